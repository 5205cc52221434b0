package claim

// Requirement is what would have to be there to test a claim of which nothing could be estimated.
type Requirement string

// What claims lack.
const (
	RequiresLoading  Requirement = "loading"  // the rest of the figures that came with the product
	RequiresBefore   Requirement = "before"   // figures from before the scheme began
	RequiresAfter    Requirement = "after"    // figures from after it began
	RequiresDates    Requirement = "dates"    // when the scheme began, or the plan was due
	RequiresPlanYear Requirement = "due"      // figures of the year that the plan was for
	RequiresWhole    Requirement = "whole"    // figures without gaps
	RequiresOneCount Requirement = "counting" // figures counted one way throughout
	RequiresSize     Requirement = "size"     // one size, or the plan itself
	RequiresPart     Requirement = "part"     // figures of the part of the place that the scheme reached
	RequiresPlaces   Requirement = "places"   // places to compare with
	RequiresQuiet    Requirement = "event"    // a year that no known event bent
	RequiresMeasure  Requirement = "measure"  // a measure that a claim can be tested with
)

// requirementOf is what each reason says to be missing.
var requirementOf = map[ReasonCode]Requirement{
	NotLoadedYet:      RequiresLoading,
	NothingBefore:     RequiresBefore,
	TooFewBefore:      RequiresBefore,
	NothingAfter:      RequiresAfter,
	TooFewAfter:       RequiresAfter,
	NoStart:           RequiresDates,
	NotDue:            RequiresPlanYear,
	KnownGap:          RequiresWhole,
	FigureMissing:     RequiresWhole,
	GapInWindow:       RequiresWhole,
	NoWholeYear:       RequiresWhole,
	NoYears:           RequiresWhole,
	NoFigures:         RequiresWhole,
	MembershipChanged: RequiresOneCount,
	CountingChanged:   RequiresOneCount,
	FiguresJump:       RequiresOneCount,
	DefinitionChanged: RequiresOneCount,
	StepInWindow:      RequiresOneCount,
	WorkDivided:       RequiresOneCount,
	MergedWithOthers:  RequiresOneCount,
	NoOneSize:         RequiresSize,
	NoSize:            RequiresSize,
	PlanNotLoaded:     RequiresSize,
	OtherUnit:         RequiresSize,
	OtherBaseline:     RequiresSize,
	PartNotPublished:  RequiresPart,
	PartUnknown:       RequiresPart,
	WiderThanClaim:    RequiresPart,
	NoBaseline:        RequiresDates,
	PlaceNotPublished: RequiresPlaces,
	TooFewPlaces:      RequiresPlaces,
	OtherScheme:       RequiresPlaces,
	GroupNotStudied:   RequiresPlaces,
	NoUnitFigures:     RequiresPlaces,
	NotNamedThere:     RequiresPlaces,
	TooSmallPlace:     RequiresPlaces,
	NotScreened:       RequiresPlaces,
	KnownEvent:        RequiresQuiet,
}

// Requirement is what would have to be there first, of a claim that could not be tested: by the reason that weighs most, or what that one rests on.
func (r *Result) Requirement() Requirement {
	if len(r.Reasons) == 0 {
		return RequiresMeasure
	}
	for reason := &r.Reasons[0]; reason != nil; reason = reason.Facts.Because {
		if lack, ok := requirementOf[reason.Code]; ok {
			return lack
		}
	}
	return RequiresMeasure
}
