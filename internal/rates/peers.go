package rates

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Comparand is a unit that may be compared with others by its features, all in the same order. A feature that is not
// known is NaN.
type Comparand struct {
	Code     string
	Features []float64
}

// Peers are units laid out by their features, so that the likeness of two is the distance between them.
type Peers struct {
	Mean, SD []float64 // of each feature over the units that can be compared
	// Scores are each unit's features as standard deviations from the mean, in the order of the units; nil for a unit that
	// cannot be compared, as one of its features is not known.
	Scores [][]float64

	units   []Comparand
	weights []float64
}

// Peer is another unit and how unlike it is.
type Peer struct {
	Unit     int // its place in the units given
	Distance float64
	// Parts are what each feature adds to the square of the distance, in the order of the features: together they are it.
	Parts []float64
}

// NewPeers standardises each feature to a mean of zero and a standard deviation of one over the units of which all features
// are known; the standard deviation is that of a whole population, as the units are all there are. A feature in which they
// do not differ scores zero. The distance of two units a and b is the Euclidean one, each feature having a weight:
//
//	z = (x - mean) / SD   d² = Σ w (z_a - z_b)²
//
// So it does not matter in what unit a feature is measured. Features standardised so and Euclidean distances are how the
// Nearest Neighbours Model of the Chartered Institute of Public Finance and Accountancy finds councils that are alike (as
// Hartlepool's Joint Strategic Needs Assessment describes it). NHS England's Adult Social Care Local Authority Peer Groups
// (github.com/NHSDigital/ASC_LA_Peer_Groups) are by Euclidean distance with weights too, but scale each feature by its range
// and transform it towards a normal distribution.
//
// It fails where fewer than two units can be compared, two have one code, a unit has not as many features as there are
// weights, a feature is infinite or too large to compute with, or a weight is not above zero.
func NewPeers(units []Comparand, weights []float64) (*Peers, error) {
	if len(weights) == 0 {
		return nil, fmt.Errorf("no features: one at least is needed to compare units")
	}
	for i, w := range weights {
		if !(w > 0) || math.IsInf(w, 0) {
			return nil, fmt.Errorf("weight %v of feature %d: a number above zero is accepted", w, i+1)
		}
	}
	codes := map[string]bool{}
	var comparable []int
	for i, u := range units {
		switch {
		case codes[u.Code]:
			return nil, fmt.Errorf("unit %s is given twice", u.Code)
		case len(u.Features) != len(weights):
			return nil, fmt.Errorf("unit %s has %d features; accepted: %d, as many as weights", u.Code, len(u.Features), len(weights))
		}
		codes[u.Code] = true
		if j := slices.IndexFunc(u.Features, func(x float64) bool { return math.IsInf(x, 0) }); j >= 0 {
			return nil, fmt.Errorf("feature %d of unit %s is infinite", j+1, u.Code)
		}
		if !slices.ContainsFunc(u.Features, math.IsNaN) {
			comparable = append(comparable, i)
		}
	}
	if len(comparable) < 2 {
		return nil, fmt.Errorf("all features are known of %d units; at least 2 are needed to compare", len(comparable))
	}
	p := &Peers{Mean: make([]float64, len(weights)), SD: make([]float64, len(weights)), Scores: make([][]float64, len(units)), units: units, weights: weights}
	for _, i := range comparable {
		p.Scores[i] = make([]float64, len(weights))
	}
	n := float64(len(comparable))
	for f := range weights {
		least, most := math.Inf(1), math.Inf(-1)
		for _, i := range comparable {
			x := units[i].Features[f]
			p.Mean[f] += x / n
			least, most = min(least, x), max(most, x)
		}
		if least == most { // the mean may differ from it by rounding, which is no difference
			p.Mean[f] = least
			continue
		}
		squares := 0.0
		for _, i := range comparable {
			d := units[i].Features[f] - p.Mean[f]
			squares += d * d
		}
		p.SD[f] = math.Sqrt(squares / n)
		if p.SD[f] == 0 || math.IsInf(p.SD[f], 0) {
			return nil, fmt.Errorf("feature %d lies between %g and %g: too small or too large a difference to compute with", f+1, least, most)
		}
		for _, i := range comparable {
			p.Scores[i][f] = (units[i].Features[f] - p.Mean[f]) / p.SD[f]
		}
	}
	return p, nil
}

// Nearest are the k units most like one, the nearest first; those equally near are in the order of their codes. There are
// fewer where fewer can be compared. It fails where the unit is not one of those given or cannot be compared itself.
func (p *Peers) Nearest(code string, k int) ([]Peer, error) {
	itself := slices.IndexFunc(p.units, func(u Comparand) bool { return u.Code == code })
	if itself < 0 {
		return nil, fmt.Errorf("unit %q is not among the %d units", code, len(p.units))
	}
	if p.Scores[itself] == nil {
		return nil, fmt.Errorf("unit %s cannot be compared: not all of its features are known", code)
	}
	var peers []Peer
	for i, scores := range p.Scores {
		if i == itself || scores == nil {
			continue
		}
		peer := Peer{Unit: i, Parts: make([]float64, len(p.weights))}
		square := 0.0
		for f, w := range p.weights {
			d := scores[f] - p.Scores[itself][f]
			peer.Parts[f] = w * d * d
			square += peer.Parts[f]
		}
		peer.Distance = math.Sqrt(square)
		peers = append(peers, peer)
	}
	slices.SortFunc(peers, func(a, b Peer) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), strings.Compare(p.units[a.Unit].Code, p.units[b.Unit].Code))
	})
	return peers[:min(max(k, 0), len(peers))], nil
}
