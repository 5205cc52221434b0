package mapping

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

// The names of the rules that a publication is read by; package load has those that compare it with what was loaded before.
const (
	ruleRecognised     = "recognised"
	ruleHeadings       = "headings"
	rulePeriodStated   = "period_stated"
	ruleFigures        = "figures"
	ruleMostRead       = "most_rows_read"
	ruleWithinBounds   = "within_bounds"
	ruleTotalPresent   = "total_present"
	ruleTotalReadable  = "total_readable"
	ruleTotalEqual     = "total_equal"
	ruleYearOfRates    = "year_of_rates"
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
	ruleWholeNumber    = "whole_number"
	ruleParts          = "parts"
	rulePartOfWhole    = "part_of_whole"
	ruleStatedOnce     = "stated_once"
	ruleWholeRow       = "whole_row"
	ruleDeclaredColumn = "declared_column"
	ruleOrigin         = "origin"
	ruleShown          = "shown"
)

// FileRules are those that a file breaks as a whole, in the order in which they are checked.
var FileRules = []Rule{
	{ruleRecognised, RefusesFile, "A declared source reads its headings."},
	{ruleHeadings, RefusesFile, "Every column is declared, once, and every measure that the source demands has one."},
	{rulePeriodStated, RefusesFile, "The file states its period where its source says."},
	{ruleFigures, RefusesFile, "At least one row states a figure that is accepted; a return is filled in."},
	{ruleMostRead, RefusesFile, "Where a publication lists every organisation, at most half of the rows, or fewer than ten, have something that is rejected."},
	{ruleWithinBounds, RefusesFile, "No more figures are stated twice, and no more organisations named, than a publication can mean."},
	{ruleTotalPresent, RefusesFile, "The total row that the publication ends or begins with is there, and every row that it adds up."},
	{ruleTotalReadable, RefusesFile, "The publisher's totals are numbers."},
	{ruleTotalEqual, RefusesFile, "The publisher's total for England is the sum of the rows."},
	{
		ruleYearOfRates,
		RefusesFile,
		"Rates from which counts follow are, in most rows, those of whole numbers among the people of their own year: else they are of another year.",
	},
}

// RowRules are those that single rows break.
var RowRules = []Rule{
	{ruleKnownPlace, RejectsRow, "The organisation is one of the reference, or a footprint."},
	{rulePlaceOfMeasure, RejectsRow, "The measure is stated by that kind of place."},
	{ruleKnownMeasure, RejectsRow, "The measure is an observed one of the catalogue."},
	{ruleReturned, RejectsRow, "A return states measures that wait for returns; a figure of another names the published cell that it was taken from."},
	{rulePeriod, RejectsRow, "The period is written as declared and is of the measure's grain."},
	{rulePeriodEnded, RejectsRow, "The period has ended."},
	{ruleCalculated, RejectsRow, "A formula that a figure is read from has its result in the file."},
	{
		ruleCellRead,
		RejectsRow,
		"A cell that a figure is read from holds nothing but what a cell of its kind does, and readers see it whole: what is not read, struck out, not shown, shown in thousands, or followed by other digits or the mark of a footnote, is no figure.",
	},
	{ruleOwnCell, RejectsRow, "A figure has a cell of its own, which is not merged with others, and no cell that is read lies under a merged one."},
	{ruleNumber, RejectsRow, "A figure is a number, not larger than a publication can mean, and is not negative, unless its measure may be."},
	{ruleDenominator, RejectsRow, "A share or a rate has a denominator over zero, and a count has none."},
	{ruleWholeNumber, RejectsRow, "People, cases and days that are counted one by one have no fraction."},
	{ruleParts, RejectsRow, "A total within a row is the sum of its parts."},
	{rulePartOfWhole, RejectsRow, "A part is not larger than its whole: people among those counted, waits among attendances."},
	{ruleStatedOnce, RejectsRow, "A figure is stated once in the file."},
	{ruleWholeRow, RejectsRow, "The row is not cut short."},
	{ruleDeclaredColumn, RejectsRow, "A text stands under a heading, in a column that is declared for such rows."},
	{ruleOrigin, RejectsRow, "The published row or day that a canonical row names can be read."},
}

// Warnings are those that refuse nothing.
var Warnings = []Rule{
	{
		ruleShown,
		Warns,
		"The rows and columns that figures are read from are shown, not hidden or filtered out. They are loaded all the same: a filter that was left on is no correction. A hidden sheet is not loaded.",
	},
}
