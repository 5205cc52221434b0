package claim

// Lack is what would have to be there to test a claim of which nothing could be estimated.
type Lack string

// What claims lack.
const (
	LacksLoading  Lack = "loading"  // the rest of the figures that came with the product
	LacksBefore   Lack = "before"   // figures from before the scheme began
	LacksAfter    Lack = "after"    // figures from after it began
	LacksDates    Lack = "dates"    // when the scheme began, or the plan was due
	LacksPlanYear Lack = "due"      // figures of the year that the plan was for
	LacksWhole    Lack = "whole"    // figures without gaps
	LacksOneCount Lack = "counting" // figures counted one way throughout
	LacksSize     Lack = "size"     // one size, or the plan itself
	LacksPart     Lack = "part"     // figures of the part of the place that the scheme reached
	LacksPlaces   Lack = "places"   // places to compare with
	LacksQuiet    Lack = "event"    // a year that no known event bent
	LacksMeasure  Lack = "measure"  // a measure that a claim can be tested with
)

// lackOf is what each reason says to be missing.
var lackOf = map[ReasonCode]Lack{
	NotLoadedYet:      LacksLoading,
	NothingBefore:     LacksBefore,
	TooFewBefore:      LacksBefore,
	NothingAfter:      LacksAfter,
	TooFewAfter:       LacksAfter,
	NoStart:           LacksDates,
	NotDue:            LacksPlanYear,
	KnownGap:          LacksWhole,
	FigureMissing:     LacksWhole,
	GapInWindow:       LacksWhole,
	NoWholeYear:       LacksWhole,
	NoYears:           LacksWhole,
	NoFigures:         LacksWhole,
	MembershipChanged: LacksOneCount,
	CountingChanged:   LacksOneCount,
	FiguresJump:       LacksOneCount,
	DefinitionChanged: LacksOneCount,
	StepInWindow:      LacksOneCount,
	WorkDivided:       LacksOneCount,
	MergedWithOthers:  LacksOneCount,
	NoOneSize:         LacksSize,
	NoSize:            LacksSize,
	PlanNotLoaded:     LacksSize,
	OtherUnit:         LacksSize,
	OtherBaseline:     LacksSize,
	PartNotPublished:  LacksPart,
	PartUnknown:       LacksPart,
	WiderThanClaim:    LacksPart,
	NoBaseline:        LacksDates,
	PlaceNotPublished: LacksPlaces,
	TooFewPlaces:      LacksPlaces,
	OtherScheme:       LacksPlaces,
	GroupNotStudied:   LacksPlaces,
	NoUnitFigures:     LacksPlaces,
	NotNamedThere:     LacksPlaces,
	TooSmallPlace:     LacksPlaces,
	NotScreened:       LacksPlaces,
	KnownEvent:        LacksQuiet,
}

// Lacks is what would have to be there first, of a claim that could not be tested: by the reason that weighs most, or what that one rests on.
func (r *Result) Lacks() Lack {
	if len(r.Reasons) == 0 {
		return LacksMeasure
	}
	for reason := &r.Reasons[0]; reason != nil; reason = reason.Facts.Because {
		if lack, ok := lackOf[reason.Code]; ok {
			return lack
		}
	}
	return LacksMeasure
}
