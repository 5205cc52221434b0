package wording

import (
	"fmt"
	"strings"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/measure"
)

// ReturnPeriod is a period as those who return figures say it: "July to September 2018 (Q2 of 2018/19)".
func ReturnPeriod(p catalog.Period) string {
	switch p.Grain {
	case catalog.Quarter:
		quarter, year := (int(p.Start.Month())+8)/3%4+1, p.Start.Year()
		if quarter == 4 { // January to March belong to the financial year before
			year--
		}
		return fmt.Sprintf("%s (Q%d of %d/%02d)", p.Words(), quarter, year, (year+1)%100)
	case catalog.FinancialYear:
		return fmt.Sprintf("April %d to March %d (%s)", p.Start.Year(), p.Start.Year()+1, p)
	}
	return p.Words()
}

// What a return does to a figure.
const (
	ReturnedNew     = "New"
	ReturnedRevised = "Revised"
	ReturnedSame    = "The same"
	NothingStated   = "Nothing"
)

// ReturnedFigure is a figure with the counts that it is made of, as it was returned.
func ReturnedFigure(m *catalog.Measure, p measure.Point, note string) string {
	text := "Not reported"
	switch {
	case !p.Numerator.Valid:
	case !p.Value.Valid:
		text = Count(p.Numerator.Decimal)
	case p.Denominator.Valid:
		text = fmt.Sprintf("%s (%s of %s)", Value(m, p.Value.Decimal), Count(p.Numerator.Decimal), Count(p.Denominator.Decimal))
	default:
		text = Value(m, p.Value.Decimal)
	}
	if note != "" {
		text += ": " + note
	}
	return text
}

// ReturnWaits says that a return is logged and its figures not shown yet.
const ReturnWaits = "It is recorded, and its figures are not shown yet. They will be when the service has loaded them."

// ReturnState says what became of the figures of a return.
func ReturnState(l load.Load) string {
	if l.State == load.Withdrawn {
		return fmt.Sprintf("Withdrawn on %s: %s", Moment(l.At), l.Message)
	}
	return fmt.Sprintf("Its figures are shown since %s.", Moment(l.At))
}

// Revised says what a figure was before, and who revised it and why: "Revised from 60.0% on 3 May 2019, by Ann Other, because …".
func Revised(was string, at time.Time, by, reason string) string {
	words := fmt.Sprintf("Revised from %s on %s", LowerFirst(was), Day(at.In(figures.London)))
	if by != "" {
		words += ", by " + by
	}
	if reason != "" {
		words += ", because: " + strings.TrimSuffix(reason, ".")
	}
	return words + "."
}

// Why a return is not accepted as it was sent.
const (
	ReturnChanged = "Something that this return touches changed while your form was open. What is shown now stands in the table below. " +
		"Compare it with what you return, then confirm again if yours is still right"
	ReturnNeedsReason = "Say why: readers see it"
	ReturnNoFile      = "The file is not kept any more. Choose it again"
	ReturnFileMissing = "Choose a file"
	ReturnOtherPeriod = "This measure is not returned for such a period. Choose another period"
	ReturnNotYours    = "Choose a place that you return figures for"
)

// ReturnTooLarge says how large a file may be.
func ReturnTooLarge(bytes int) string {
	return fmt.Sprintf("Choose a file of at most %d MB", bytes>>20)
}

// What a workbook says to those who fill it in.
const (
	ReturnNumber = "Enter a number that is not negative, or leave the cell empty"
	ReturnListed = "Choose one of the list"
)

// ReturnInstructions are the lines before the definitions, in a workbook for a return.
var ReturnInstructions = []string{
	"How to fill in this return",
	"1. Fill in the sheet \"return\": the numerator and, for a share or a rate, the denominator.",
	"2. The row of the footprint is its figure. Rows of its organisations are shown for themselves, and not added up.",
	"3. Leave a row empty that you do not return: what was returned before still counts.",
	"4. If a figure is not known, leave the numerator empty and say why in the note. It is not counted as zero.",
	"5. Do not change the other columns or the headings. Write nothing about patients.",
	"6. Upload the workbook on the page \"Return figures\". You see what it changes before anything is shown.",
}
