package forecast

// ReasonCode names a reason for which there is no forecast, no width of its intervals or nothing to judge forecasts by.
type ReasonCode string

// The reasons.
const (
	AllMissing       ReasonCode = "all_missing"       // every figure
	TooFew           ReasonCode = "too_few"           // known figures
	TooManyGaps      ReasonCode = "too_many_gaps"     // more than a quarter of the figures are missing
	GapsAtEnd        ReasonCode = "gaps_at_end"       // more than a season of figures is missing after the last known one
	SeasonUnknown    ReasonCode = "season_unknown"    // a month or quarter is known too seldom in the first seasons
	Inseparable      ReasonCode = "inseparable"       // trend and season cannot be separated in the first figures
	NoParameters     ReasonCode = "no_parameters"     // the search for them failed
	NoErrors         ReasonCode = "no_errors"         // the figures follow their trend and season without any, so intervals have no width
	NothingToJudge   ReasonCode = "nothing_to_judge"  // no figure comes after those that a forecast needs
	NoFigures        ReasonCode = "no_figures"        // at all
	OverlappingSpans ReasonCode = "overlapping_spans" // neighbouring figures share periods
)

// Reason is why there is no forecast, no width of its intervals or nothing to judge forecasts by, with the numbers that tell it; without a
// Code there is none.
type Reason struct {
	Code ReasonCode
	// Have is how many figures there are that count, and Need how many it takes: known ones of [TooFew], [SeasonUnknown] and
	// [NothingToJudge]. Of [TooManyGaps] and [GapsAtEnd] Have is how many are missing, and of the second Need how many may be.
	Have, Need int
	Season     int // figures in a season, of [TooFew]
	Of         int // figures looked at, of [TooManyGaps] and [SeasonUnknown]
	Position   int // in the season, counted from 1, of [SeasonUnknown]
}
