package dashboard

import "stpdash/internal/figures"

// weekWords are the days of the week: "16 to 22 November 2026".
func weekWords(w figures.Week) string {
	from, to := w.Start(), w.End()
	layout := "2"
	if from.Month() != to.Month() {
		layout = "2 January"
	}
	if from.Year() != to.Year() {
		layout = "2 January 2006"
	}
	return from.Format(layout) + " to " + to.Format("2 January 2006")
}
