package figures

import (
	"slices"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
)

// MissingReason is a reason for which an organisation has no figure in that of its place.
type MissingReason string

// The reasons.
const (
	// Unreported: the organisation stated nothing, or its row could not be read.
	Unreported MissingReason = "not_reported"
	// OmittedByPublisher: the publication leaves the organisation out of a period in which it had something to report.
	OmittedByPublisher MissingReason = "omitted"
	// OfUnknownPlace: its figure is published, and it is not known in which of several footprints it lay.
	OfUnknownPlace MissingReason = "place_unknown"
	// ConfirmedGap: its published figure is known to lack a part, and is left out.
	ConfirmedGap MissingReason = "known_gap"
	// NobodyLists: no file lists every organisation of the place.
	NobodyLists MissingReason = "not_listed"
)

// MissingReasons are all reasons. Where organisations of a place have different ones, the first of them is that of the place.
var MissingReasons = []MissingReason{NobodyLists, Unreported, OmittedByPublisher, OfUnknownPlace, ConfirmedGap}

// MissingReasonOf says why an organisation has no figure in that of a place; of a derived measure, for the periods that it is made from.
func (d *Directory) MissingReasonOf(m *catalog.Measure, place, organisation string, p catalog.Period) MissingReason {
	if organisation == measure.Unlisted {
		return NobodyLists
	}
	reason := Unreported
	for _, period := range measure.PeriodsUnder(m, p) {
		for _, id := range m.Stored().Components() {
			component, known := d.Catalog.Measure(id)
			if !known {
				continue
			}
			found := d.missingReasonOf(component, place, organisation, period)
			if found != Unreported && (reason == Unreported || slices.Index(MissingReasons, found) < slices.Index(MissingReasons, reason)) {
				reason = found
			}
		}
	}
	return reason
}

// MissingReasonIn is the reason for which a place has no whole figure; empty where it has one.
func (d *Directory) MissingReasonIn(m *catalog.Measure, place string, p measure.Point) MissingReason {
	first := len(MissingReasons)
	for _, organisation := range p.Missing {
		first = min(first, slices.Index(MissingReasons, d.MissingReasonOf(m, place, organisation, p.Period)))
		if first <= slices.Index(MissingReasons, Unreported) {
			break
		}
	}
	switch {
	case first < len(MissingReasons):
		return MissingReasons[first]
	case !p.Complete:
		return Unreported
	}
	return ""
}

func (d *Directory) missingReasonOf(component *catalog.Measure, place, organisation string, p catalog.Period) MissingReason {
	if component.Gap(organisation, p) != nil {
		return ConfirmedGap
	}
	sums := place != footprint.England && place != footprint.Unallocated && place != organisation
	for _, id := range component.Sources {
		source, known := d.Catalog.Source(id)
		switch {
		case !known:
		case source.Omission(component.ID, organisation, p) != nil:
			return OmittedByPublisher
		case sums && d.mayBelong(organisation, source.CodesOn(p)):
			return OfUnknownPlace
		}
	}
	return Unreported
}

// mayBelong tells whether it is not known in which of several footprints an organisation lay.
func (d *Directory) mayBelong(organisation string, on time.Time) bool {
	return slices.ContainsFunc(d.Reference.MembershipsOf(organisation), func(m footprint.Membership) bool {
		return m.Share.IsZero() && m.Holds(on)
	})
}
