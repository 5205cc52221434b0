SELECT hash FROM definition
