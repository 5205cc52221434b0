package load

import (
	"slices"

	"stpdash/internal/mapping"
)

// The names of the rules that a load is held to beyond those that its file is read by.
const (
	ruleReadable      = "readable"
	ruleSurvives      = "survives"
	ruleWholeFile     = "part_of_whole_in_file"
	ruleOrganisations = "organisations"
	ruleSameFigure    = "same_figure"
	ruleShareForm     = "share_form"
	ruleKnownPeople   = "known_population"
	rulePlausible     = "plausible"
	ruleShareMoves    = "share_moves"
	rulePeriodRepeats = "period_repeats"
	ruleAmountMoves   = "amount_moves"
	ruleTotalMoves    = "total_moves"
	ruleOwnHistory    = "own_history"
	ruleAllListed     = "all_listed"
	ruleRevision      = "revision_moves"
	ruleZero          = "zero"
	ruleExchanged     = "columns_exchanged"
	ruleTotalsAgree   = "totals_agree"
	ruleAtMost        = "at_most"
	ruleSamePlace     = "same_place"
	ruleSamePeriod    = "same_period"
	ruleSourcePeriods = "source_periods"
	ruleSucceeded     = "succeeded"
	ruleCited         = "cited_figure"
	ruleItemOnce      = "item_once"
	ruleHistory       = "history"
	ruleProviderStays = "provider_stays"
	rulePeriodFollows = "period_follows"
	ruleAllRead       = "all_read"
	ruleReturnForm    = "return_form"
	ruleReturnPlace   = "return_place"
)

// Rules are all that is checked, in the order in which it is.
var Rules = slices.Concat([]mapping.Rule{
	{
		Name:     ruleReadable,
		Severity: mapping.RefusesFile,
		Demands:  "The file is a csv, xls or xlsx, or a zip or gz of them, or a JSON table, that can be read to its end within the limits of size.",
	},
	{
		Name:     ruleSurvives,
		Severity: mapping.RefusesFile,
		Demands:  "Loading the file does not end the service. One that was being loaded at two deaths in a row is read in a process of its own first, and set aside where that dies too, or at the third death.",
	},
}, mapping.FileRules, []mapping.Rule{
	{Name: ruleWholeFile, Severity: mapping.RefusesFile, Demands: "A part is not larger than its whole, where a return states them in different rows."},
	{
		Name:     ruleOrganisations,
		Severity: mapping.RefusesFile,
		Demands:  "A publication that lists every organisation leaves out at most a tenth of those that are shown for a measure and period.",
	},
}, mapping.RowRules, []mapping.Rule{
	{
		Name:     ruleReturnForm,
		Severity: mapping.RejectsRow,
		Demands:  "What is returned in the browser is in canonical form, of measures that wait for returns, and names no published file.",
	},
	{
		Name:     ruleReturnPlace,
		Severity: mapping.RejectsRow,
		Demands:  "What is returned in the browser is of the footprint that it is returned for, or of an organisation in it.",
	},
	{
		Name:     ruleSameFigure,
		Severity: mapping.Asks,
		Demands:  "Organisations of one footprint, the rows of a period, and the periods of a file do not all state the same figure.",
	},
	{Name: ruleShareForm, Severity: mapping.Asks, Demands: "A share is stated as counts: not as a fraction, nor a hundredth of what others state."},
	{
		Name:     ruleKnownPeople,
		Severity: mapping.Asks,
		Demands:  "A number of people differs by at most a third from what is known of them. An organisation has no more than its footprint, and no less than a five-hundredth of it. A returned rate counts at most one for each person.",
	},
	{
		Name:     rulePlausible,
		Severity: mapping.Asks,
		Demands:  "A figure lies between what its measure says is plausible, of an amount mostly for each person of the place: a first return has nothing else to be compared with.",
	},
	{
		Name:     ruleShareMoves,
		Severity: mapping.Asks,
		Demands:  "A returned share or rate is less than ten times, and more than a tenth of, that of the period before, or of the next where none is known.",
	},
	{
		Name:     rulePeriodRepeats,
		Severity: mapping.Asks,
		Demands:  "At most half of the returned figures of a period, or four fifths of published ones, are those of another of the thirteen periods before or after.",
	},
	{
		Name:     ruleAmountMoves,
		Severity: mapping.Asks,
		Demands:  "A returned number, or denominator, is less than ten times, and more than a tenth of, the organisation's own of another period. Without one, it is less than 30 times what others state for as many people.",
	},
	{
		Name:     ruleTotalMoves,
		Severity: mapping.Asks,
		Demands:  "Where a publication lists every organisation, all of them together state less than ten times, and more than a tenth of, the period before, of a share its odds; and, where fifty have a hundred cases, fewer than a fifth of these change by as much. Where that period is not loaded, all together are compared with the nearest of thirteen before or after: a hundred times or a hundredth.",
	},
	{
		Name:     ruleOwnHistory,
		Severity: mapping.Asks,
		Demands:  "Where a publication lists every organisation, a figure is less than eight times the most that the organisation stated in the thirteen periods before and after, where that is 500 or more; more than an eighth of the least, where that is 10,000 or more; and not a tenth, a hundredth or a thousandth, nor ten times as many, of figures that were steady.",
	},
	{
		Name:     ruleAllListed,
		Severity: mapping.Asks,
		Demands:  "A publication that lists every organisation leaves none out that carried 1,000 cases or £1,000,000 in the nearest list that is shown, unless it is known to have ended or others of its footprint state what it did. An organisation keeps more than half of its parts, such as practices.",
	},
	{
		Name:     ruleRevision,
		Severity: mapping.Asks,
		Demands:  "Where a publication lists every organisation, figures that are shown already change by at most a third, organisation by organisation, and so does each organisation's of a hundred or more.",
	},
	{
		Name:     ruleZero,
		Severity: mapping.Asks,
		Demands:  "Where a publication lists every organisation, none states 0 where a hundred or more are shown, or where it stated 1,000 or more in each of at least three of the thirteen periods before and after, or 2,000 in one; and none states nothing but zeros after 500 cases of three kinds.",
	},
	{
		Name:     ruleExchanged,
		Severity: mapping.Asks,
		Demands:  "Where a publication lists every organisation, no two measures are like each other's figures of the period before rather than their own.",
	},
	{
		Name:     ruleTotalsAgree,
		Severity: mapping.Asks,
		Demands:  "What a publication states of a region, a footprint or England is what its rows make together. England's share or rate differs by at most a twentieth from what the organisations make, or lies between their lowest and highest. A footprint returns no less than its organisations, and states as much as they do in a list of them all.",
	},
	{
		Name:     ruleAtMost,
		Severity: mapping.Asks,
		Demands:  "Parts are together no more than what they are parts of, in one place and period, as the measures say, or twenty more of less than a hundred: admissions through type 1 departments among the attendances there.",
	},
	{
		Name:     ruleSamePlace,
		Severity: mapping.Asks,
		Demands:  "The name, the second code and the footprint that a row states are those of the organisation whose code it has.",
	},
	{
		Name:     ruleSamePeriod,
		Severity: mapping.Asks,
		Demands:  "Where rows state their period once more, at least one row of each period confirms it. Sheets that state a period above their headings state the same. A period that the name of the file states is one of those that its figures are of.",
	},
	{
		Name:     ruleSourcePeriods,
		Severity: mapping.Asks,
		Demands:  "Figures are of periods since the publication began and before it ended, as its source says.",
	},
	{
		Name:     ruleSucceeded,
		Severity: mapping.Asks,
		Demands:  "An organisation states nothing for periods that begin more than three months after its end, where others took over all that it did: they state it.",
	},
	{
		Name:     ruleCited,
		Severity: mapping.Asks,
		Demands:  "A row that names the published file and row of its figure states what is shown of it.",
	},
	{
		Name:     ruleItemOnce,
		Severity: mapping.Asks,
		Demands:  "No two items of a list, such as practices, state the same figures in all columns, where one of these is 10,000 or more.",
	},
	{Name: ruleHistory, Severity: mapping.Warns, Demands: "A figure lies within what the series of its organisation has been."},
	{Name: ruleProviderStays, Severity: mapping.Warns, Demands: "An organisation that had a figure in the period before has one."},
	{Name: rulePeriodFollows, Severity: mapping.Warns, Demands: "The period before has figures."},
}, mapping.Warnings, []mapping.Rule{
	{Name: ruleAllRead, Severity: mapping.Warns, Demands: "An archive holds nothing but files of figures."},
})
