package evidence

import (
	"context"
	"errors"
	"fmt"
)

// Note is why a figure is missing, or what a reader should know of an estimate: a code of a closed list with what it is about. Without a Code there
// is none. The comment of each code says which facts it has; the sentences are made where they are shown.
type Note struct {
	Code  NoteCode `json:"code,omitempty"`
	Have  int      `json:"have,omitempty"` // as many as there are
	Need  int      `json:"need,omitempty"` // as many as it takes, or as there are in all
	Value *Number  `json:"value,omitempty"`
	Than  *Number  `json:"than,omitempty"`  // what the value is compared with
	Names []string `json:"names,omitempty"` // of units, predictors, groups or terms
	Times []string `json:"times,omitempty"`
}

// NoteCode names a note.
type NoteCode string

// Why an error, an interval or a test is missing.
const (
	NoVariation           NoteCode = "no_variation"              // by which the estimate could be judged: the standard error is not above zero
	NoDegreesOfFreedom    NoteCode = "no_degrees_of_freedom"     // are left
	NoPlacebosYet         NoteCode = "no_placebos"               // were estimated
	TooFewPlaceboDonors   NoteCode = "too_few_placebo_donors"    // besides those taken as treated: Have of Need
	TooFewPlacebos        NoteCode = "too_few_placebos"          // to reject anything at 5 per cent: Have of Need
	UnlikeDonors          NoteCode = "unlike_donors"             // the squared gap before the start, Value, is more than Need times that of the median placebo, Than
	NothingNotRejected    NoteCode = "nothing_not_rejected"      // the gaps from the start on differ so much that the test rejects every constant effect
	OneTreatedCluster     NoteCode = "one_treated_cluster"       // whose own variation cannot be separated from the effect
	OneUntreatedCluster   NoteCode = "one_untreated_cluster"     // the same
	OneUnitCompared       NoteCode = "one_unit_compared"         // a group, or its controls: the same
	OneUnitIncluded       NoteCode = "one_unit_included"         // groups, or controls, of one unit, whose own variation the error does not know
	TooFewAroundStart     NoteCode = "too_few_around_start"      // periods for an error: Have on the shorter side of it, of Need
	ReferencePeriod       NoteCode = "reference_period"          // its effect is zero by construction
	NothingBeforeToTest   NoteCode = "nothing_before_to_test"    // no period lies before the reference
	EffectsDependent      NoteCode = "effects_dependent"         // those before the start: their covariance has no inverse
	TooFewClustersForTest NoteCode = "too_few_clusters_for_test" // Have clusters, for a test of Need effects together
	TooFewUnitsForTest    NoteCode = "too_few_units_for_test"    // of all effects before the starts together: Have
	OfTheGroup            NoteCode = "of_the_group"              // an error belongs to the group, not to one place
	UnknownSize           NoteCode = "unknown_size"              // of the treated unit, Value
)

// Why there is no estimate.
const (
	FarBeyondDonors  NoteCode = "far_beyond_donors"  // the weights below zero sum to Value, under Than
	StepsUsedUp      NoteCode = "steps_used_up"      // Have of them, before the solver came to an end
	PointsAlike      NoteCode = "points_alike"       // the solver met points that hardly differ
	InfiniteTerm     NoteCode = "infinite_term"      // some fitted counts are zero but for rounding
	WorkStopped      NoteCode = "work_stopped"       // before its end
	TooFewDonors     NoteCode = "too_few_donors"     // without a gap: Have of Need
	TooFewPeriods    NoteCode = "too_few_periods"    // before the start: Have of Need
	TooFewToFit      NoteCode = "too_few_to_fit"     // periods with an outcome, Have, for Need terms
	NothingFromStart NoteCode = "nothing_from_start" // no period lies from it on
	OutcomeUnusable  NoteCode = "outcome_unusable"   // missing, or too large to be squared
	NothingToWeigh   NoteCode = "nothing_to_weigh"   // all donors have the same outcomes before the start
	NoPenalty        NoteCode = "no_penalty"         // can be chosen, as the outcomes before the start differ too much in size
	NotAboveZero     NoteCode = "not_above_zero"     // a figure of Names at Times is Value, which has no logarithm
	TermsDependent   NoteCode = "terms_dependent"    // the term of Names is a sum of the others
	AllZero          NoteCode = "all_zero"           // or missing: there is nothing to compare
	OneSideZero      NoteCode = "one_side_zero"      // all outcomes before the start, or from it on
	ExpectedNearZero NoteCode = "expected_near_zero" // or below it, so no percentage of it is given
	SpanTooShort     NoteCode = "span_too_short"     // the figures span Value times, and a season takes Than
	NoAutoregression NoteCode = "no_autoregression"  // fits the errors
	NothingDistinct  NoteCode = "nothing_distinct"   // every predictor is the same for all units
	NoPlaceUsable    NoteCode = "no_place_usable"    // of the group: each has a gap or a jump in its window
	NotTheseFigures  NoteCode = "not_these_figures"  // the method has no answer for them, for a reason without a code of its own
	TimesUneven      NoteCode = "times_uneven"       // so that lags cannot be counted
)

// How an estimate was solved for.
const (
	LeastSquares       NoteCode = "least_squares"        // in closed form
	ClosedForm         NoteCode = "closed_form"          // of another kind
	ActiveSet          NoteCode = "active_set"           // over the weights of donors
	Reweighted         NoteCode = "reweighted"           // least squares, iteratively
	MeansDiffered      NoteCode = "differences_of_means" // of groups and controls
	SearchEnded        NoteCode = "search_ended"         // from Have starts, the best ends at squared gaps of Value and Than
	SearchStillGaining NoteCode = "search_still_gaining" // the same, and it had not come to an end
)

// What a reader of an estimate should know.
const (
	DonorsReproduce     NoteCode = "donors_reproduce"       // the treated unit before the start, which many weights would do
	DonorsLeftOut       NoteCode = "donors_left_out"        // Names, which have no outcome at some time
	PlacebosLeftOut     NoteCode = "placebos_left_out"      // Names, which did not converge
	PlacebosFarBeyond   NoteCode = "placebos_far_beyond"    // Names lie far beyond their donors and are kept in the ranks
	FewDonorsTried      NoteCode = "few_donors_tried"       // Have donors, where the test was tried with Need or more
	StartsDiffer        NoteCode = "starts_differ"          // Have of them: units treated earlier are a poor comparison for later ones
	OwnStarts           NoteCode = "own_starts"             // Have of them: each member is compared around its own
	SecondReference     NoteCode = "second_reference"       // the effect in period Value cannot be separated from the others
	PredictorSame       NoteCode = "predictor_same"         // Names is the same for all units and was left out
	PredictorFollows    NoteCode = "predictor_follows"      // Names follows from those before it and was left out
	TrainingSame        NoteCode = "training_same"          // the two of training predictors
	TrainingFollows     NoteCode = "training_follows"       //
	PredictorsMatched   NoteCode = "predictors_matched"     // Have of Need
	InterventionFalls   NoteCode = "intervention_falls"     // from Value to Than at Times
	TreatmentEnds       NoteCode = "treatment_ends"         // in Have of Need units; that of Names is treated at the first of Times and not at the second
	TreatmentOrder      NoteCode = "treatment_order"        // the same, where times are words: the last and the first of all times follow
	UnitsWithGaps       NoteCode = "units_with_gaps"        // Have, left out
	UnitsAlwaysTreated  NoteCode = "units_always_treated"   // Have, left out
	GroupsUncontrolled  NoteCode = "groups_uncontrolled"    // Names at Times have no controls, and so no effect
	GroupsOfOneUnit     NoteCode = "groups_of_one_unit"     // Names, left out of the summaries
	EffectsOfOneControl NoteCode = "effects_of_one_control" // of Names at Times, left out of the summaries
)

// number is a figure as a fact of a note.
func number(of float64) *Number { return new(Number(of)) }

// Refusal is the error of figures that a method has no answer for. Its text is for the caller; the note is what can be shown.
type Refusal struct {
	Note Note
	text string
}

func (r *Refusal) Error() string { return r.text }

// refused is the error of figures without an answer, for the reason of the note.
func refused(of Note, format string, args ...any) error {
	return &Refusal{of, fmt.Sprintf(format, args...)}
}

// NoteOf is why a method gave an error.
func NoteOf(err error) Note {
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal):
		return refusal.Note
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return Note{Code: WorkStopped}
	}
	return Note{Code: NotTheseFigures}
}

// ErrorKind is which of the many a standard error is. Without a Code there is none.
type ErrorKind struct {
	Code ErrorCode `json:"code,omitempty"`
	// Have are the placebos of a deviation, or the lags of Newey and West.
	Have int `json:"have,omitempty"`
	// Delta tells that it was carried over to another figure by the delta method.
	Delta bool `json:"delta_method,omitempty"`
}

// ErrorCode names a kind of standard error.
type ErrorCode string

// The kinds of standard errors.
const (
	PlaceboDeviation  ErrorCode = "placebo_deviation"   // of Have placebos
	SizeDeviation     ErrorCode = "size_deviation"      // by the size of the unit
	DonorsDeviation   ErrorCode = "donors_deviation"    // correlated within clusters
	ClusteredByUnit   ErrorCode = "cr1_by_unit"         // CR1, clustered by unit
	Clustered         ErrorCode = "cr1"                 // CR1, by other clusters
	ClusteredFew      ErrorCode = "cr1_few_clusters"    // CR1 without its bias of few clusters
	ClusteredUnbiased ErrorCode = "cr2"                 // CR2
	OfModel           ErrorCode = "model"               // as the family has it
	OfModelDispersed  ErrorCode = "model_dispersed"     // times the root of the dispersion
	NeweyWest         ErrorCode = "newey_west"          // with Have lags
	NeweyWestSmall    ErrorCode = "newey_west_small"    // without its small-sample bias
	Autoregressive    ErrorCode = "autoregressive"      // of the first order, Kenward-Roger
	InfluenceFunction ErrorCode = "influence_function"  // by unit
	InfluenceFewUnits ErrorCode = "influence_few_units" // the same without its bias of few units
)

// IntervalError is the error behind an interval where it is not the standard error but one that holds in small samples. SE and DF are missing where
// there is no interval.
type IntervalError struct {
	ErrorKind
	SE Number `json:"se"`
	DF Number `json:"df"`
}

// unsolved is the error of an estimate that was not solved for.
func unsolved(c Convergence) error {
	return refused(c.Note, "there is no estimate: its weights or terms were not found in %d steps (%s)", c.Iterations, c.Note.Code)
}
