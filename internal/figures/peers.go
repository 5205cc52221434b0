package figures

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
	"stpdash/internal/rates"
)

const (
	// NearestPeers is how many peers are shown.
	NearestPeers = 5
	// MaxFootprints is of how many of the 44 a feature must be known for them to be compared by it: nine in ten.
	MaxFootprints = 40
)

// Peers are the footprints that one can be compared with for a measure: those of its region, and those most like it.
type Peers struct {
	Measure  *catalog.Measure
	Period   catalog.Period // the latest that any of the 44 has a figure for; it has no start when none has
	Rated    bool           // the 44 are ranked by the rate per 1,000 registered patients, otherwise by the value
	Ranked   int            // how many of the 44 have a figure in the period
	Features []PeerFeature
	Itself   PeerPlace
	Nearest  []PeerPlace // most similar first; none where it cannot be compared
	Region   []PeerPlace // the other footprints of its region, by name
	// Apart are the other footprints that could not be compared, as a feature of theirs is not known, by name.
	Apart []PeerPlace
}

// PeerFeature is one of the features that footprints are compared by. Size, age structure and the measure's own baseline
// count alike, so the two shares that tell of the age structure weigh half each.
type PeerFeature struct {
	Aspect   string // "size", "age" or "baseline"
	Measure  *catalog.Measure
	From, To catalog.Period // of which the figures are
	Per      int            // how many registered patients a figure is stated for, of a count's baseline
	Log      bool           // compared on the logarithmic scale
	Weight   float64
	Mean, SD float64 // of the figures as compared, over the footprints compared
	LeftOut  LeftOut // why the footprints are not compared by it

	figures map[string]decimal.Decimal // by footprint
}

// LeftOut is why footprints are not compared by a feature.
type LeftOut struct {
	Code  LeftOutCode // empty where they are
	Known int         // of how many of the 44 it is known, of [FewKnown]
	Area  string      // the name of the one without a figure, of [AreaUnknown]
}

// LeftOutCode is a reason for which footprints are not compared by a feature.
type LeftOutCode string

// The reasons.
const (
	NoRate      LeftOutCode = "no_rate"      // so its figures tell of size before anything else
	NoSpan      LeftOutCode = "no_span"      // in which most of the 44 have figures without a change of definition
	FewKnown    LeftOutCode = "few_known"    // of the 44
	AreaUnknown LeftOutCode = "area_unknown" // the one that others are compared with has no figure
)

// known tells whether a footprint can be compared by the feature.
func (f PeerFeature) known(code string) bool {
	figure, ok := f.figures[code]
	return ok && (!f.Log || figure.IsPositive())
}

// compared is a footprint's figure on the scale that it is compared on, NaN when not known.
func (f PeerFeature) compared(code string) float64 {
	if !f.known(code) {
		return math.NaN()
	}
	x := f.figures[code].InexactFloat64()
	if f.Log {
		return math.Log(x)
	}
	return x
}

// PeerPlace is a footprint beside the one asked for.
type PeerPlace struct {
	Area               Area
	Latest             measure.Point // in the period of the answer
	Rank, Fifth, Tenth int           // among the 44, 1 the lowest; 0 without a figure
	Compared           bool          // whether there is a distance
	Distance           float64       // from the footprint asked for, in standard deviations
	Figures            []PeerFigure  // in the order of the features
}

// PeerFigure is one feature of a footprint.
type PeerFigure struct {
	Value decimal.NullDecimal // null when not known
	Score float64             // standard deviations from the mean, where compared
	Part  float64             // what it adds to the square of the distance, where compared
}

// Peers compares a footprint with the others for a measure.
func (f *peerFinder) Peers(ctx context.Context, asOf Moment, m *catalog.Measure, s Area) (Peers, error) {
	switch {
	case s.Footprint == nil:
		return Peers{}, &InputError{Parameter: "footprint", Value: s.Code, Accepted: "the code of one of the 44 (E54000005, QWO)"}
	case !Stated(m, s):
		return Peers{}, &InputError{Parameter: "measure", Value: m.ID, Accepted: "a measure that footprints have figures for, not England alone"}
	}
	return Remember(
		ctx,
		f.memory,
		asOf,
		"peers "+m.ID+" "+m.Hash()+" "+s.Code,
		func(ctx context.Context) (Peers, error) { return f.comparePeers(ctx, asOf, m, s) },
	)
}

func (f *peerFinder) comparePeers(ctx context.Context, asOf Moment, m *catalog.Measure, s Area) (Peers, error) {
	peers := Peers{Measure: m, Rated: m.PerThousand}
	patients, err := f.RegisteredPatients(ctx, asOf)
	if err != nil {
		return peers, err
	}
	all, err := f.Points(ctx, asOf, m)
	if err != nil {
		return peers, err
	}
	points := all.ByPlace()
	delete(points, footprint.England)
	delete(points, footprint.Unallocated)
	ofPlaces, err := f.ageAndSize(ctx, asOf, patients)
	if err != nil {
		return peers, err
	}
	ofMeasure, err := Remember(ctx, f.memory, asOf, aboutMeasure("baseline", m), func(context.Context) (PeerFeature, error) { return baseline(m, points), nil })
	if err != nil {
		return peers, err
	}
	peers.Features = append(slices.Clone(ofPlaces), ofMeasure)
	peers.Period = all.Latest(m.Grain)
	places := ranked(f.directory.Reference, &peers, points)
	itself := slices.IndexFunc(places, func(p PeerPlace) bool { return p.Area.Code == s.Code })
	nearest, err := compare(&peers, places, itself)
	if err != nil {
		return peers, err
	}
	peers.Itself = places[itself]
	for _, i := range nearest[:min(NearestPeers, len(nearest))] {
		peers.Nearest = append(peers.Nearest, places[i])
	}
	for i, p := range places {
		if i == itself {
			continue
		}
		if p.Area.Footprint.Region == s.Footprint.Region {
			peers.Region = append(peers.Region, p)
		}
		if !p.Compared {
			peers.Apart = append(peers.Apart, p)
		}
	}
	return peers, nil
}

// ageShares are the measures that tell how old the patients are, and ageWeight is that of each: together they weigh as much as one feature.
var ageShares = []string{"share_65_over", "share_75_over"}

var ageWeight = 1 / float64(len(ageShares))

// ageAndSize are the features that do not depend on the measure: how many patients are registered, and how old they are.
func (f *peerFinder) ageAndSize(ctx context.Context, asOf Moment, patients map[string]decimal.NullDecimal) ([]PeerFeature, error) {
	var measures []*catalog.Measure
	question := "age and size"
	for _, id := range append([]string{RegisteredPatientsID}, ageShares...) {
		if m, ok := f.directory.Catalog.Measure(id); ok { // definitions of one's own need not have it
			measures, question = append(measures, m), aboutMeasure(question, m)
		}
	}
	return Remember(ctx, f.memory, asOf, question, func(ctx context.Context) ([]PeerFeature, error) {
		return f.featuresOf(ctx, asOf, patients, measures)
	})
}

// featuresOf are those that some measures give: the patients who are registered, and shares of them.
func (f *peerFinder) featuresOf(ctx context.Context, asOf Moment, patients map[string]decimal.NullDecimal, measures []*catalog.Measure) ([]PeerFeature, error) {
	var features []PeerFeature
	for _, m := range measures {
		quarter := catalog.Period{Start: RegisteredQuarter, Grain: m.Grain}
		points, err := f.Points(ctx, asOf, m)
		if err != nil {
			return nil, err
		}
		feature := PeerFeature{Aspect: "age", Measure: m, From: quarter, To: quarter, Weight: ageWeight, figures: map[string]decimal.Decimal{}}
		if m.ID == RegisteredPatientsID {
			feature.Aspect, feature.Weight, feature.Log = "size", 1, true
		}
		for _, place := range f.directory.Reference.Footprints() {
			value := patients[place.Code]
			if m.ID != RegisteredPatientsID {
				p, _ := measure.At(points.Of(place.Code), RegisteredQuarter)
				value = p.Value
			}
			if value.Valid {
				feature.figures[place.Code] = value.Decimal
			}
		}
		features = append(features, feature)
	}
	return features, nil
}

// baseline is the feature of the measure's own level in the first year that most of the 44 have figures for.
func baseline(m *catalog.Measure, points map[string][]measure.Point) PeerFeature {
	f := PeerFeature{Aspect: "baseline", Measure: m, Weight: 1}
	if !measure.HasLevel(m) {
		f.LeftOut = LeftOut{Code: NoRate}
		return f
	}
	b, ok := measure.NewBaseline(m, points, MaxFootprints)
	if !ok {
		f.LeftOut = LeftOut{Code: NoSpan}
		return f
	}
	f.From, f.To, f.figures = b.From, b.To, b.Levels
	if !m.Ratio() {
		f.Per = 1000
	}
	return f
}

// ranked are the 44 by name, with their figures of the features and their places in the latest period.
func ranked(r *footprint.Reference, peers *Peers, points map[string][]measure.Point) []PeerPlace {
	var places []PeerPlace
	var values []decimal.NullDecimal
	for _, f := range r.Footprints() {
		place := PeerPlace{Area: Area{Code: f.Code, Name: f.Name, Footprint: &f}, Latest: measure.Point{Period: peers.Period}}
		if p, ok := measure.At(points[f.Code], peers.Period.Start); ok {
			place.Latest = p
		}
		for _, feature := range peers.Features {
			figure, ok := feature.figures[f.Code]
			place.Figures = append(place.Figures, PeerFigure{Value: decimal.NullDecimal{Decimal: figure, Valid: ok}})
		}
		value := place.Latest.Value
		if peers.Rated {
			value = place.Latest.Rate
		}
		if value.Valid {
			peers.Ranked++
		}
		places, values = append(places, place), append(values, value)
	}
	ranks, fifths, tenths := measure.Ranks(values), measure.Groups(values, 5), measure.Groups(values, 10)
	for i := range places {
		places[i].Rank, places[i].Fifth, places[i].Tenth = ranks[i], fifths[i], tenths[i]
	}
	return places
}

// compare puts the distances from one place into all that can be compared with it, and says which are the nearest. What
// cannot be known of that place, or only of few, is left out, with the reason.
func compare(peers *Peers, places []PeerPlace, itself int) ([]int, error) {
	var used []int
	var weights []float64
	for i := range peers.Features {
		f := &peers.Features[i]
		known := 0
		for _, p := range places {
			if f.known(p.Area.Code) {
				known++
			}
		}
		switch {
		case f.LeftOut.Code != "":
		case known < MaxFootprints:
			f.LeftOut = LeftOut{Code: FewKnown, Known: known}
		case !f.known(places[itself].Area.Code):
			f.LeftOut = LeftOut{Code: AreaUnknown, Area: places[itself].Area.Name}
		default:
			used, weights = append(used, i), append(weights, f.Weight)
		}
	}
	if len(used) == 0 {
		return nil, nil
	}
	units := make([]rates.Comparand, len(places))
	for i, p := range places {
		units[i].Code = p.Area.Code
		for _, j := range used {
			units[i].Features = append(units[i].Features, peers.Features[j].compared(p.Area.Code))
		}
	}
	laid, err := rates.NewPeers(units, weights)
	if err != nil {
		return nil, fmt.Errorf("comparing the 44: %w", err)
	}
	found, err := laid.Nearest(places[itself].Area.Code, len(places))
	if err != nil {
		return nil, fmt.Errorf("comparing the 44: %w", err)
	}
	for k, j := range used {
		peers.Features[j].Mean, peers.Features[j].SD = laid.Mean[k], laid.SD[k]
		for i := range places {
			if laid.Scores[i] != nil {
				places[i].Compared, places[i].Figures[j].Score = true, laid.Scores[i][k]
			}
		}
	}
	var nearest []int
	for _, peer := range found {
		nearest = append(nearest, peer.Unit)
		places[peer.Unit].Distance = peer.Distance
		for k, j := range used {
			places[peer.Unit].Figures[j].Part = peer.Parts[k]
		}
	}
	return nearest, nil
}
