package wording

// SearchHint says what can be searched for.
const SearchHint = "Write a code such as RJ1 or QWO, or a few words, such as emergency admissions, bed blocking or off track."

// Found says how much was found for a text, or what to do.
func Found(n int, text string) string {
	if n == 0 {
		return "Nothing was found for “" + text + "”. Try fewer words or only their beginnings, the code, or another name: " +
			"a hospital by its trust, a place by its footprint."
	}
	return Plural(n, "result", "results") + " for “" + text + "”."
}

// Unloaded are what people look for that no publication loaded here states.
var Unloaded = []struct {
	Title, Why, Nearest string // Nearest is the id of the measure that comes nearest; empty where none does
	AlsoCalled          []string
}{
	{
		"Waiting lists for planned treatment", "Referral to treatment times (18 weeks) are published, and are not loaded.", "elective_admissions",
		[]string{"waiting list", "waiting lists", "18 weeks", "RTT", "referral to treatment", "elective waits", "backlog"},
	},
	{
		"Waiting times for diagnostic tests",
		"They are published, and are not loaded.",
		"",
		[]string{"diagnostics", "diagnostic waits", "scans", "MRI", "six week wait"},
	},
	{
		"Ambulance response times",
		"They are published, and are not loaded.",
		"ambulance_arrivals",
		[]string{"ambulance response", "category 1", "999", "ambulance times"},
	},
	{
		"Appointments in general practice",
		"They are published from 2018, and are not loaded.",
		"gp_payments",
		[]string{"GP appointments", "GP access", "seeing a GP", "GP waits"},
	},
	{"Mental health and talking therapies", "They are published, and are not loaded.", "", []string{"mental health", "IAPT", "talking therapies", "CAMHS"}},
	{
		"Staff, vacancies and sickness",
		"They are published, and are not loaded.",
		"",
		[]string{"workforce", "staff", "vacancies", "nurses", "doctors", "sickness absence"},
	},
	{"Deaths in hospital", "The summary hospital-level mortality indicator is published, and is not loaded.", "", []string{"mortality", "deaths", "SHMI"}},
	{"Calls to NHS 111", "They are published, and are not loaded.", "ae_booked_appointments", []string{"NHS 111", "111 calls"}},
	{"Infections in hospital", "They are published, and are not loaded.", "", []string{"MRSA", "C difficile", "infections", "sepsis"}},
	{"Figures of single patients", "None are held here: the finest figure is of an organisation on a day.", "", []string{"patient records", "patient level"}},
}

// SearchPages are the pages that answer what people ask for.
var SearchPages = []struct {
	Title, Path, What string
	AlsoCalled        []string
}{
	{
		"What is off track: the weekly review", "/review", "By region: what matters most, what is off track and since when",
		[]string{"off track", "behind target", "missing target", "red", "what changed", "board", "weekly review"},
	},
	{"Savings claims", "/claims", "What was claimed, and what the figures show", []string{"savings", "claims", "efficiency", "evidence", "new models of care"}},
	{
		"What is loaded, and how old it is",
		"/data",
		"Each source with its latest figures",
		[]string{"sources", "what is loaded", "how old", "publications", "data"},
	},
	{
		"How the figures are made",
		"/method",
		"Signals, targets, ranks, forecasts and the tests of claims",
		[]string{"method", "statistical process control", "SPC", "forecast", "how"},
	},
	{"Figures to take away", "/downloads", "All figures as CSV, JSON lines or Parquet", []string{"download", "excel", "spreadsheet", "csv", "open data"}},
}
