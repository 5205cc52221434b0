package evidence

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

// Estimator estimates the effect on the treated unit of a comparison, such as [SyntheticControl].
type Estimator func(context.Context, Comparison) (*Synthetic, error)

// Placebos are the effects that a method finds where there was no scheme: each donor in turn is taken as treated, the other donors being
// its donors and the treated unit left out.
type Placebos struct {
	// N is the treated unit and its placebos.
	N int `json:"n"`
	// Rank of the treated unit by the ratio of squared gaps after the start to those before, the largest being 1, and P = Rank/N
	// (Abadie, Diamond and Hainmueller 2010, section 3.4). It judges an effect against how well the method fits each unit.
	Rank int    `json:"rank"`
	P    Number `json:"p"`
	// EffectRank and EffectP are the same by the size of the effect, whatever the fit before the start.
	EffectRank int    `json:"effect_rank"`
	EffectP    Number `json:"effect_p"`
	// SE is the standard deviation of the placebos' effects (Arkhangelsky et al. 2021, American Economic Review 111:4088, algorithm 4).
	SE Number `json:"se"`
	// Interval has the constant effects that EffectP would not reject at 5 per cent (Firpo and Possebom 2018, Journal of Causal
	// Inference 6(2), equation 12); nil where placebos are too few to reject any.
	Interval *[2]float64 `json:"interval"`
	// RatioInterval has those that P would not reject.
	RatioInterval *[2]float64 `json:"ratio_interval"`
	// Units are the treated unit and the placebos, by rank.
	Units []Placebo `json:"units"`
	Notes []Note    `json:"note_facts,omitempty"`
}

// Placebo is one unit taken as treated.
type Placebo struct {
	Unit     string `json:"unit"`
	Treated  bool   `json:"treated,omitempty"`
	Estimate Number `json:"estimate"`
	PreMSPE  Number `json:"pre_mspe"`
	PostMSPE Number `json:"post_mspe"`
	Ratio    Number `json:"ratio"`
	Rank     int    `json:"rank"`
	P        Number `json:"p"`
	// Gaps by period, as in the path of the treated unit.
	Gaps []Number `json:"gaps"`
	// NoEstimate says why the figures serve for ranks alone.
	NoEstimate Note `json:"no_estimate_facts,omitzero"`
}

// placeboDraws is how many groups of donors stand in for a mean of treated units.
const placeboDraws = 500

// minPlacebos can reject an effect at 5 per cent: the treated unit is then the most extreme of 20.
const minPlacebos = 19

// farWorse is how many times the median of the placebos' squared gaps before the start a unit's own may be: the widest of the limits by
// which Abadie, Diamond and Hainmueller (2010, section 3.4) leave out units that their donors do not resemble.
const farWorse = 20

// TestByPlacebos repeats the estimate on placebos and gives it their uncertainty: their standard deviation as its standard error, and the share of
// units at least as extreme as its p-value, by the ratio of squared gaps, or by the size of the effect where the method takes out the level
// of each unit. Its interval has the effects that this test would not reject, so that it leaves out zero where the p-value is 0.05 or less.
// There is no interval from fewer placebos than could reject anything, nor of a unit that its donors fit far worse before the start than
// those of placebos fit them. Where the treated series is the mean of several units, groups of as
// many donors are drawn from the seed; otherwise every donor is taken once and the seed is not used.
func (s *Synthetic) TestByPlacebos(ctx context.Context, c Comparison, estimate Estimator, seed uint64) error {
	if s.NoEstimate.Code != "" {
		return nil
	}
	if rest := len(c.Donors) - c.Units; rest < 2 {
		s.Reason = Note{Code: TooFewPlaceboDonors, Have: max(0, rest), Need: 2}
		return nil
	}
	groups := c.placeboGroups(seed)
	names := make([]string, len(groups))
	for i, group := range groups {
		names[i] = c.names(group)
	}
	found, err := c.placebosOf(ctx, estimate, groups)
	if err != nil {
		return err
	}
	p := &Placebos{Units: []Placebo{s.placebo(c.Name)}}
	p.Units[0].Treated = true
	var failed, beyond []string
	for i, f := range found {
		switch {
		case !f.Solved.Converged:
			failed = append(failed, names[i])
			continue
		case f.NoEstimate.Code != "":
			beyond = append(beyond, names[i])
		}
		p.Units = append(p.Units, f.placebo(names[i]))
	}
	if len(failed) > 0 {
		p.Notes = append(p.Notes, Note{Code: PlacebosLeftOut, Names: failed})
	}
	if len(beyond) > 0 {
		p.Notes = append(p.Notes, Note{Code: PlacebosFarBeyond, Names: beyond})
	}
	p.rank(s.size)
	s.Placebos = p
	s.uncertainty(p)
	return nil
}

// placebosOf are the estimates with each group of donors taken as treated, all cores at once.
func (c Comparison) placebosOf(ctx context.Context, estimate Estimator, groups [][]int) ([]*Synthetic, error) {
	found := make([]*Synthetic, len(groups))
	work, within := errgroup.WithContext(ctx)
	work.SetLimit(runtime.GOMAXPROCS(0))
	for i, group := range groups {
		if within.Err() != nil {
			break
		}
		work.Go(func() (err error) {
			if found[i], err = estimate(within, c.pretend(group)); err != nil {
				if within.Err() != nil {
					return within.Err()
				}
				err = fmt.Errorf("placebo %s: %w", c.names(group), err)
			}
			return err
		})
	}
	return found, cmp.Or(work.Wait(), ctx.Err())
}

// names are those of a group of donors.
func (c Comparison) names(group []int) string { return strings.Join(pick(c.Donors, group), " + ") }

// uncertainty gives the estimate that of its placebos.
func (s *Synthetic) uncertainty(p *Placebos) {
	s.P, s.Interval = p.P, p.RatioInterval
	if s.levelled {
		s.P, s.Interval = p.EffectP, p.Interval
	}
	s.SE, s.SEKind, s.Reason = p.SE, ErrorKind{Code: PlaceboDeviation, Have: p.N - 1}, Note{}
	typical, own := p.typicalFit(exactFit*s.size), float64(s.Fit.PreMSPE)
	s.Fit.PlaceboMSPE, s.Fit.AgainstPlacebos = new(Number(typical)), new(Number(own/typical))
	switch {
	case !(float64(p.SE) > rounding*s.size):
		s.SE, s.Interval = missing, nil
		s.Reason = Note{Code: NoVariation}
	case own > farWorse*typical && own > exactFit*s.size*exactFit*s.size:
		s.SE, s.SEKind, s.Interval = missing, ErrorKind{}, nil
		s.Reason = Note{Code: UnlikeDonors, Value: number(own), Than: number(typical), Need: farWorse}
		if s.levelled { // the size of an effect is judged without regard to the fit
			s.P = missing
		}
	case p.N-1 < minPlacebos:
		s.Interval = nil
		s.Reason = Note{Code: TooFewPlacebos, Have: p.N - 1, Need: minPlacebos}
	case s.Interval == nil:
		s.Reason = Note{Code: NothingNotRejected}
	default:
		s.MDE = Number(minimumDetectable(float64(p.SE)*math.Sqrt(float64(p.N-1)/float64(p.N-2)), float64(p.N-2)))
	}
}

// typicalFit is the median of the placebos' squared gaps before the start, without those that are reproduced but for a gap called exact, which
// many donors can do to some units by chance; zero where all are.
func (p *Placebos) typicalFit(exact float64) float64 {
	var fits []float64
	for _, u := range p.Units {
		if !u.Treated && float64(u.PreMSPE) > exact*exact {
			fits = append(fits, float64(u.PreMSPE))
		}
	}
	if len(fits) == 0 {
		return 0
	}
	slices.Sort(fits)
	return (fits[(len(fits)-1)/2] + fits[len(fits)/2]) / 2
}

// placeboGroups are the donors, by position, that are taken as treated together.
func (c Comparison) placeboGroups(seed uint64) [][]int {
	var groups [][]int
	if c.Units <= 1 {
		for j := range c.Donors {
			groups = append(groups, []int{j})
		}
		return groups
	}
	random := rand.New(rand.NewPCG(seed, 0))
	for range placeboDraws {
		group := random.Perm(len(c.Donors))[:c.Units]
		slices.Sort(group)
		groups = append(groups, group)
	}
	return groups
}

// pretend takes the mean of a group of donors as treated and the others as its donors.
func (c Comparison) pretend(group []int) Comparison {
	mean := func(of func(j int) float64) float64 {
		var sum float64
		for _, j := range group {
			sum += of(j)
		}
		return sum / float64(len(group))
	}
	placebo := Comparison{Times: c.Times, Start: c.Start, Units: c.Units, Treated: make([]float64, len(c.Times)), Validation: c.Validation}
	for t := range c.Times {
		placebo.Treated[t] = mean(func(j int) float64 { return c.Outcomes[j][t] })
	}
	others := c.others(group...)
	placebo.Donors, placebo.Outcomes = pick(c.Donors, others), pick(c.Outcomes, others)
	pretend := func(predictors []Predictor) (of []Predictor) {
		for _, p := range predictors {
			of = append(of, Predictor{Name: p.Name, Treated: mean(func(j int) float64 { return p.Donors[j] }), Donors: pick(p.Donors, others)})
		}
		return of
	}
	placebo.Predictors, placebo.Training = pretend(c.Predictors), pretend(c.Training)
	return placebo
}

// others are the positions of the donors that are not named.
func (c Comparison) others(positions ...int) []int {
	var others []int
	for j := range c.Donors {
		if !slices.Contains(positions, j) {
			others = append(others, j)
		}
	}
	return others
}

// tiedRatios is the relative difference below which ratios of squared gaps are the same.
const tiedRatios = 1e-9

func (s *Synthetic) placebo(name string) Placebo {
	p := Placebo{Unit: name, Estimate: Number(s.found), PreMSPE: s.Fit.PreMSPE, PostMSPE: Number(s.post), Ratio: s.Fit.Ratio, NoEstimate: s.NoEstimate}
	if s.NoEstimate.Code != "" {
		p.Ratio = p.PostMSPE / p.PreMSPE
	}
	for _, period := range s.Path {
		p.Gaps = append(p.Gaps, period.Gap)
	}
	return p
}

// rank orders the units, of which the first is the treated one. Figures that differ by less than arithmetic on outcomes of a size can tell
// are the same.
func (p *Placebos) rank(size float64) {
	p.N = len(p.Units)
	ratio := func(u Placebo) float64 { return float64(u.PostMSPE) / float64(u.PreMSPE) }
	var effects []float64
	for i := range p.Units {
		u := &p.Units[i]
		for _, other := range p.Units {
			if !(ratio(other)*(1+tiedRatios) < ratio(*u)) {
				u.Rank++
			}
		}
		u.P = Number(float64(u.Rank) / float64(p.N))
		if i > 0 {
			effects = append(effects, float64(u.Estimate))
		}
	}
	effect := float64(p.Units[0].Estimate)
	p.Rank, p.P, p.EffectRank = p.Units[0].Rank, p.Units[0].P, 1
	sizes := make([]float64, len(effects))
	for i, e := range effects {
		if sizes[i] = math.Abs(e); sizes[i] >= math.Abs(effect)-rounding*size {
			p.EffectRank++
		}
	}
	p.EffectP = Number(float64(p.EffectRank) / float64(p.N))
	p.SE = missing
	if len(effects) > 1 {
		mean := floats.Sum(effects) / float64(len(effects))
		p.SE = Number(math.Sqrt(stat.MomentAbout(2, effects, mean, nil)))
	}
	// An effect d is rejected when (1 + placebos at least as large as |effect - d|) / N is 0.05 or less, so when |effect - d| lies
	// above the k-th largest placebo, k being 0.05 N rounded down.
	if k := int((1 - confidence) * float64(p.N) * (1 + rounding)); k >= 1 {
		slices.SortFunc(sizes, func(a, b float64) int { return cmp.Compare(b, a) })
		p.Interval = interval(effect-sizes[k-1], effect+sizes[k-1])
		// By the ratio, d is rejected when the gaps after the start less d, squared, are above the k-th largest ratio times those before.
		var ratios []float64
		for _, u := range p.Units[1:] {
			ratios = append(ratios, ratio(u))
		}
		slices.SortFunc(ratios, func(a, b float64) int { return cmp.Compare(b, a) })
		own := p.Units[0]
		if squared := ratios[k-1]*float64(own.PreMSPE)*(1+tiedRatios) - (float64(own.PostMSPE) - effect*effect); squared >= 0 {
			p.RatioInterval = interval(effect-math.Sqrt(squared), effect+math.Sqrt(squared))
		}
	}
	slices.SortStableFunc(p.Units, func(a, b Placebo) int { return cmp.Compare(a.Rank, b.Rank) })
}
