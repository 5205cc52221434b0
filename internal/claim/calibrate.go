package claim

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/sync/errgroup"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
)

// Falls are those that a calibration puts into the figures of a place, in per cent of them. Each is claimed as large as it is, and twice as
// large; where nothing is put in, each is claimed all the same, and so is a size that the register has.
var Falls = []float64{2, 5, 10, 20}

// Sampling says which claims a calibration makes up.
type Sampling struct {
	Seed  uint64    `json:"seed"`
	Draws int       `json:"draws"`
	Sizes []float64 `json:"register_sizes"` // of the register's claims, in per cent
}

// Calibration tells how often the test of claims is right, on real figures of which it is known what was done to them.
type Calibration struct {
	Sampling
	AsOf    time.Time         `json:"as_of"`      // when the figures stood so
	Figures map[string]string `json:"figures"`    // a hash of the figures of each measure, and of those watched beside it
	Rules   string            `json:"rules"`      // a hash of [Rules]
	Cores   int               `json:"cores"`      // that it ran on
	Seconds float64           `json:"run_time_s"` // that it took
	// Domains are those of small places.
	Domains []*DomainStudy `json:"domains,omitempty"`
	Drawn   []Draw         `json:"-"` // in a file, a line each after that of the calibration
}

// Draw is a place that is supposed to have begun a scheme.
type Draw struct {
	Measure string  `json:"measure"`
	Place   string  `json:"place"`
	Start   string  `json:"start"`
	Trials  []Trial `json:"trials"`
}

// Trial is what the test of claims found when the figures of the place were lowered from the start on. Figures are in per cent of what
// there would have been, to two decimals; missing where nothing was estimated.
type Trial struct {
	Fall       float64         `json:"fall"` // put in; 0 for none, so that whatever is claimed is false
	Percent    evidence.Number `json:"percent"`
	Interval   *[2]float64     `json:"interval"`
	Detectable evidence.Number `json:"detectable"`
	Answers    []Answer        `json:"answers"`
}

// Answer is the verdict on a claim of one size.
type Answer struct {
	Claimed    float64 `json:"claimed"`              // in per cent
	Registered bool    `json:"registered,omitempty"` // it is a size of the register
	Verdict    Verdict `json:"verdict"`
	Rule       int     `json:"rule"` // of [Rules], which decided
}

// Calibrated are the measures that a calibration lowers: counts, amounts of money and rates that pages show by footprint and month or
// quarter, of which claims say that they fell.
func Calibrated(c *catalog.Catalog) []*catalog.Measure {
	var calibrated []*catalog.Measure
	for _, m := range c.Headlines() {
		if m.Derived == nil && m.Level != catalog.ByEngland && m.Unit != catalog.Share && m.Direction != catalog.Up &&
			slices.Contains([]catalog.Grain{catalog.Month, catalog.Quarter}, m.Grain) {
			calibrated = append(calibrated, m)
		}
	}
	return calibrated
}

// Starts are the periods from which on a claim about a measure could be evidenced: two years of figures lie before, and one after, none of them
// bent by a known event.
func (f Figures) Starts() []catalog.Period {
	var first, last catalog.Period
	for _, place := range f.Footprints {
		for _, p := range place.Points {
			switch {
			case !p.Value.Valid:
			case first.Start.IsZero():
				first, last = p.Period, p.Period
			case p.Period.Start.Before(first.Start):
				first = p.Period
			case p.Period.Start.After(last.Start):
				last = p.Period
			}
		}
	}
	if first.Start.IsZero() {
		return nil
	}
	var periods []catalog.Period
	for p := first; !p.Start.After(last.Start) && len(f.Measure.Events(p)) == 0; p = p.Next() {
		periods = append(periods, p)
	}
	year := f.Measure.Grain.PerYear()
	if len(periods) < 3*year {
		return nil
	}
	return periods[2*year : len(periods)-year+1]
}

// Hash names the figures, so that it can be told whether they are still the same.
func (d Data) Hash() string {
	sum := sha256.New()
	for _, f := range slices.Concat([]Figures{d.Figures}, d.Others) {
		fmt.Fprintln(sum, f.Measure.ID, f.Measure.Hash())
		for _, place := range f.Footprints {
			for _, p := range place.Points {
				if p.Value.Valid {
					fmt.Fprintln(sum, place.Code, p.Period, p.Value.Decimal)
				}
			}
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:6])
}

// RulesHash names the version of [Rules] and [Falls].
func RulesHash() string {
	sum := sha256.New()
	for _, r := range Rules {
		fmt.Fprintln(sum, r.Verdict, r.Code)
	}
	fmt.Fprintln(sum, Falls)
	return hex.EncodeToString(sum.Sum(nil)[:6])
}

// Calibrate tries the test of claims on measures that have [Figures.Starts], all cores at once. Told hears of each draw that is done.
func Calibrate(ctx context.Context, s Sampling, panel []Data, told func()) (*Calibration, error) {
	if len(panel) == 0 {
		return nil, fmt.Errorf("no measure has figures of two years before a start and one after: nothing can be tried")
	}
	c := &Calibration{Sampling: s, Figures: map[string]string{}, Rules: RulesHash(), Cores: runtime.GOMAXPROCS(0), Drawn: make([]Draw, s.Draws)}
	for _, d := range panel {
		c.Figures[d.Measure.ID] = d.Hash()
	}
	var telling sync.Mutex
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(c.Cores)
	for i := range c.Drawn {
		work.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			var err error
			if c.Drawn[i], err = s.Draw(ctx, panel, i); err != nil {
				return err
			}
			telling.Lock()
			defer telling.Unlock()
			told()
			return nil
		})
	}
	return c, work.Wait()
}

// Draw makes the i-th draw, which is the same whatever is drawn besides. The measures take turns; place, start and size are random.
func (s Sampling) Draw(ctx context.Context, panel []Data, i int) (Draw, error) {
	random := rand.New(rand.NewPCG(s.Seed, uint64(i)))
	d := panel[i%len(panel)]
	starts := d.Starts()
	place, start := d.Footprints[random.IntN(len(d.Footprints))].Code, starts[random.IntN(len(starts))]
	draw := Draw{Measure: d.Measure.ID, Place: place, Start: start.String()}
	registered := Answer{Registered: true}
	if len(s.Sizes) > 0 {
		registered.Claimed = s.Sizes[random.IntN(len(s.Sizes))]
	}
	var falses []Answer
	for _, size := range Falls {
		falses = append(falses, Answer{Claimed: size})
	}
	if registered.Claimed > 0 {
		falses = append(falses, registered)
	}
	draw.Trials = append(draw.Trials, d.try(ctx, place, start, 0, falses))
	for _, fall := range Falls {
		draw.Trials = append(draw.Trials, d.try(ctx, place, start, fall, []Answer{{Claimed: fall}, {Claimed: 2 * fall}}))
	}
	return draw, ctx.Err()
}

// try lowers the figures of a place and tests claims of some sizes about it.
func (d Data) try(ctx context.Context, place string, start catalog.Period, fall float64, claims []Answer) Trial {
	d.Figures = d.lowered(place, start, fall)
	first := newTest(catalog.Supposed(d.Measure, place, start, claims[0].Claimed), d)
	refused := first.measure(ctx)
	trial := Trial{Fall: fall, Percent: unknown, Detectable: unknown}
	if e := first.Effect; e != nil {
		trial.Percent, trial.Detectable = hundredths(e.Percent), hundredths(e.Detectable)
		if i := e.PercentInterval; i != nil {
			trial.Interval = &[2]float64{float64(hundredths(evidence.Number(i[0]))), float64(hundredths(evidence.Number(i[1])))}
		}
	}
	for _, a := range claims {
		// What is claimed does not change the estimate, which is by far the most work: it is made once.
		t := first.about(catalog.Supposed(d.Measure, place, start, a.Claimed))
		t.answer(ctx, refused)
		a.Verdict, a.Rule = t.Verdict, t.Rule-1
		trial.Answers = append(trial.Answers, a)
	}
	return trial
}

// about is the test of another claim about the same places, time and direction, by the same estimate.
func (t *test) about(c *catalog.Claim) *test {
	r := *t.Result
	r.Checks, r.Reasons, r.Refused = nil, nil, nil
	other := *t
	other.Result, other.claim = &r, c
	expected := 0.0
	if t.Effect != nil {
		expected = t.expected()
	}
	other.size(expected)
	return &other
}

// lowered multiplies the place's figures from the start on.
func (f Figures) lowered(place string, start catalog.Period, fall float64) Figures {
	by := decimal.NewFromFloat(1 - fall/100)
	f.Footprints = slices.Clone(f.Footprints)
	for i := range f.Footprints {
		if f.Footprints[i].Code != place {
			continue
		}
		points := slices.Clone(f.Footprints[i].Points)
		for j := range points {
			if p := &points[j]; !p.Period.Start.Before(start.Start) {
				p.Numerator.Decimal, p.Value.Decimal = p.Numerator.Decimal.Mul(by), p.Value.Decimal.Mul(by)
			}
		}
		f.Footprints[i].Points = points
	}
	return f
}

func hundredths(n evidence.Number) evidence.Number {
	return evidence.Number(math.Round(float64(n)*100) / 100)
}

// Write writes a calibration, compressed: a line about it, and one for each draw.
func (c *Calibration) Write(w io.Writer) error {
	packed := gzip.NewWriter(w)
	lines := json.NewEncoder(packed)
	err := lines.Encode(c)
	for i := 0; err == nil && i < len(c.Drawn); i++ {
		err = lines.Encode(c.Drawn[i])
	}
	return errors.Join(err, packed.Close())
}

// ReadCalibration reads what Write wrote.
func ReadCalibration(r io.Reader) (*Calibration, error) {
	unpacked, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("calibration: %w", err)
	}
	c, lines := &Calibration{}, json.NewDecoder(unpacked)
	if err := lines.Decode(c); err != nil {
		return nil, fmt.Errorf("calibration: line 1: %w", err)
	}
	c.Drawn = make([]Draw, c.Draws)
	for i := range c.Drawn {
		if err := lines.Decode(&c.Drawn[i]); err != nil {
			return nil, fmt.Errorf("calibration: line %d: %w", i+2, err)
		}
	}
	return c, nil
}
