package figures

import (
	"slices"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
)

// Lack is a reason for which an organisation has no figure in that of its place.
type Lack string

// The reasons.
const (
	// Unreported: the organisation stated nothing, or its row could not be read.
	Unreported Lack = "not_reported"
	// OmittedByPublisher: the publication leaves the organisation out of a period in which it had something to report.
	OmittedByPublisher Lack = "omitted"
	// OfUnknownPlace: its figure is published, and it is not known in which of several footprints it lay.
	OfUnknownPlace Lack = "place_unknown"
	// ConfirmedGap: its published figure is known to lack a part, and is left out.
	ConfirmedGap Lack = "known_gap"
	// NobodyLists: no file lists every organisation of the place.
	NobodyLists Lack = "not_listed"
)

// Lacks are all reasons. Where organisations of a place have different ones, the first of them is that of the place.
var Lacks = []Lack{NobodyLists, Unreported, OmittedByPublisher, OfUnknownPlace, ConfirmedGap}

// LackOf says why an organisation has no figure in that of a place; of a derived measure, for the periods that it is made from.
func (d *Directory) LackOf(m *catalog.Measure, place, organisation string, p catalog.Period) Lack {
	if organisation == measure.Unlisted {
		return NobodyLists
	}
	lack := Unreported
	for _, period := range measure.PeriodsUnder(m, p) {
		for _, id := range m.Stored().Components() {
			component, known := d.Catalog.Measure(id)
			if !known {
				continue
			}
			found := d.lackOf(component, place, organisation, period)
			if found != Unreported && (lack == Unreported || slices.Index(Lacks, found) < slices.Index(Lacks, lack)) {
				lack = found
			}
		}
	}
	return lack
}

// LackIn is the reason for which a place has no whole figure; empty where it has one.
func (d *Directory) LackIn(m *catalog.Measure, place string, p measure.Point) Lack {
	first := len(Lacks)
	for _, organisation := range p.Missing {
		first = min(first, slices.Index(Lacks, d.LackOf(m, place, organisation, p.Period)))
		if first <= slices.Index(Lacks, Unreported) {
			break
		}
	}
	switch {
	case first < len(Lacks):
		return Lacks[first]
	case !p.Complete:
		return Unreported
	}
	return ""
}

func (d *Directory) lackOf(component *catalog.Measure, place, organisation string, p catalog.Period) Lack {
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
