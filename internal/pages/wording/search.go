package wording

// SearchHint says what can be searched for.
const SearchHint = "Write a code such as RJ1 or QWO, or a few words of a name, such as emergency admissions."

// Found says how much was found for a text, or what to do.
func Found(n int, text string) string {
	if n == 0 {
		return "Nothing was found for “" + text + "”. Try fewer words or only their beginnings, the code, or another name: " +
			"a hospital by its trust, a place by its footprint."
	}
	return Plural(n, "result", "results") + " for “" + text + "”."
}
