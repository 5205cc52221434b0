package engine

// fence does nothing: this system has no way for a process to give up folders and addresses.
func fence(orders, ...string) (bool, error) { return false, nil }
