package load

// Severity is what follows from a broken rule.
type Severity string

// The severities of rules.
const (
	RefusesFile Severity = "refuses the file"
	RejectsRow  Severity = "rejects the row"
	Asks        Severity = "stops and asks"
	Warns       Severity = "warns"
)

// Rule is one thing that is demanded of what is loaded.
type Rule struct {
	Name     string
	Severity Severity
	Demands  string
}

// The names of rules.
const (
	ruleReadable       = "readable"
	ruleSurvives       = "survives"
	ruleRecognised     = "recognised"
	ruleHeadings       = "headings"
	rulePeriodStated   = "period_stated"
	ruleFigures        = "figures"
	ruleOrganisations  = "organisations"
	ruleTotalPresent   = "total_present"
	ruleTotalReadable  = "total_readable"
	ruleTotalEqual     = "total_equal"
	ruleWithinBounds   = "within_bounds"
	ruleKnownPlace     = "known_place"
	rulePlaceOfMeasure = "place_of_measure"
	ruleKnownMeasure   = "known_measure"
	ruleReturned       = "returned_measure"
	rulePeriod         = "period"
	rulePeriodEnded    = "period_ended"
	ruleCalculated     = "calculated"
	ruleCellRead       = "cell_read"
	ruleOwnCell        = "own_cell"
	ruleNumber         = "number"
	ruleDenominator    = "denominator"
	ruleParts          = "parts"
	rulePartOfWhole    = "part_of_whole"
	ruleWholeFile      = "part_of_whole_in_file"
	ruleSameFigure     = "same_figure"
	ruleShareForm      = "share_form"
	ruleKnownPeople    = "known_population"
	ruleShareMoves     = "share_moves"
	rulePeriodRepeats  = "period_repeats"
	ruleAmountMoves    = "amount_moves"
	ruleTotalMoves     = "total_moves"
	ruleExchanged      = "columns_exchanged"
	ruleStatedOnce     = "stated_once"
	ruleWholeRow       = "whole_row"
	ruleDeclaredColumn = "declared_column"
	ruleOrigin         = "origin"
	ruleHistory        = "history"
	ruleProviderStays  = "provider_stays"
	rulePeriodFollows  = "period_follows"
	ruleShown          = "shown"
	ruleAllRead        = "all_read"
)

// Rules are all that is checked, in the order in which it is.
var Rules = []Rule{
	{ruleReadable, RefusesFile, "The file is a csv, xls or xlsx, or a zip or gz of them, that can be read to its end within the limits of size."},
	{ruleSurvives, RefusesFile, "Reading the file does not end the service. One that was being read at two deaths in a row is read in a process of its own first, and set aside where that dies too."},
	{ruleRecognised, RefusesFile, "A declared source reads its headings."},
	{ruleHeadings, RefusesFile, "Every column is declared, once, and every measure that the source demands has one."},
	{rulePeriodStated, RefusesFile, "The file states its period where its source says."},
	{ruleFigures, RefusesFile, "At least one row states a figure that is accepted; a return is filled in."},
	{ruleWithinBounds, RefusesFile, "No more figures are stated twice, and no more organisations named, than a publication can mean."},
	{ruleTotalPresent, RefusesFile, "The total row that the publication ends or begins with is there, and every row that it adds up."},
	{ruleTotalReadable, RefusesFile, "The publisher's totals are numbers."},
	{ruleTotalEqual, RefusesFile, "The publisher's total for England is the sum of the rows."},
	{ruleWholeFile, RefusesFile, "A part is not larger than its whole, where a return states them in different rows."},
	{ruleOrganisations, RefusesFile, "A publication that lists every organisation leaves out at most a tenth of those that are shown for a measure and period."},
	{ruleKnownPlace, RejectsRow, "The organisation is one of the reference, or a footprint."},
	{rulePlaceOfMeasure, RejectsRow, "The measure is stated by that kind of place."},
	{ruleKnownMeasure, RejectsRow, "The measure is an observed one of the catalogue."},
	{ruleReturned, RejectsRow, "A return states measures that wait for returns; a figure of another names the published cell that it was taken from."},
	{rulePeriod, RejectsRow, "The period is written as declared and is of the measure's grain."},
	{rulePeriodEnded, RejectsRow, "The period has ended."},
	{ruleCalculated, RejectsRow, "A formula that a figure is read from has its result in the file."},
	{ruleCellRead, RejectsRow, "A cell that a figure is read from holds nothing but what a cell of its kind does, and readers see it whole: what is not read, struck out, not shown, or followed by the mark of a footnote, is no figure."},
	{ruleOwnCell, RejectsRow, "A figure has a cell of its own: one that is merged with another is not blank."},
	{ruleNumber, RejectsRow, "A figure is a number, not larger than a publication can mean, and is not negative, unless its measure may be."},
	{ruleDenominator, RejectsRow, "A share or a rate has a denominator over zero, and a count has none."},
	{ruleParts, RejectsRow, "A total within a row is the sum of its parts."},
	{rulePartOfWhole, RejectsRow, "A part is not larger than its whole: people among those counted, waits among attendances."},
	{ruleStatedOnce, RejectsRow, "A figure is stated once in the file."},
	{ruleWholeRow, RejectsRow, "The row is not cut short."},
	{ruleDeclaredColumn, RejectsRow, "A text stands under a heading, in a column that is declared for such rows."},
	{ruleOrigin, RejectsRow, "The published row or day that a canonical row names can be read."},
	{ruleSameFigure, Asks, "Organisations of one footprint, the rows of a period, and the periods of a file do not all state the same figure."},
	{ruleShareForm, Asks, "A share is stated as counts: not as a fraction, nor a hundredth of what others state."},
	{ruleKnownPeople, Asks, "A number of people differs by at most a third from what is known of them. An organisation has no more than its footprint, and no less than a five-hundredth of it. A returned rate counts at most one for each person."},
	{ruleShareMoves, Asks, "A returned share or rate is less than ten times, and more than a tenth of, that of the period before."},
	{rulePeriodRepeats, Asks, "At most half of the returned figures of a period, or four fifths of published ones, are those of another of the thirteen periods before or after."},
	{ruleAmountMoves, Asks, "A returned number, or denominator, is less than ten times, and more than a tenth of, the organisation's own of another period. Without one, it is less than 30 times what others state for as many people."},
	{ruleTotalMoves, Asks, "Where a publication lists every organisation, all of them together state less than ten times, and more than a tenth of, the period before."},
	{ruleExchanged, Asks, "Where a publication lists every organisation, no two measures are like each other's figures of the period before rather than their own."},
	{ruleHistory, Warns, "A figure lies within what the series of its organisation has been."},
	{ruleProviderStays, Warns, "An organisation that had a figure in the period before has one."},
	{rulePeriodFollows, Warns, "The period before has figures."},
	{ruleShown, Warns, "The rows and columns that figures are read from are shown, not hidden or filtered out. They are loaded all the same: a filter that was left on is no correction. A hidden sheet is not loaded."},
	{ruleAllRead, Warns, "An archive holds nothing but files of figures."},
}
