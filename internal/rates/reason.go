package rates

// Reason is why a unit is left out of a funnel, or why a funnel has no baseline or no phi; without a Code there is none.
type Reason struct {
	Code  ReasonCode
	Value float64 // that is not accepted
	Of    float64 // the denominator, of MoreThanAll
}

// ReasonCode names a reason.
type ReasonCode string

// Why a unit is left out.
const (
	NumeratorMissing   ReasonCode = "numerator_missing"
	DenominatorMissing ReasonCode = "denominator_missing"
	NumeratorRefused   ReasonCode = "numerator_refused"   // Value is below zero, or infinite
	DenominatorRefused ReasonCode = "denominator_refused" // Value is not above zero, or infinite
	TooLarge           ReasonCode = "too_large"           // is the rate
	MoreThanAll        ReasonCode = "more_than_all"       // Value is more than Of, of which it is a part
)

// Why there is no baseline, or no phi.
const (
	NoUnits     ReasonCode = "no_units"      // can be compared
	NoEvents    ReasonCode = "no_events"     // at all
	TooFewUnits ReasonCode = "too_few_units" // for their differences to be measured
	NoLogarithm ReasonCode = "no_logarithm"  // of a unit without events
)

// Reasons are all codes.
var Reasons = []ReasonCode{
	NumeratorMissing,
	DenominatorMissing,
	NumeratorRefused,
	DenominatorRefused,
	TooLarge,
	MoreThanAll,
	NoUnits,
	NoEvents,
	TooFewUnits,
	NoLogarithm,
}
