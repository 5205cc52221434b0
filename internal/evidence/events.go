package evidence

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// EventStudy is the effect in each period before and after treatment.
type EventStudy struct {
	N        int `json:"n"`
	Clusters int `json:"clusters"`
	// Periods are relative to the first one treated, which is 0. Period -1 is the reference: its effect is zero by construction.
	Periods []EventPeriod `json:"periods"`
	// PreTrend tests that all effects before the reference are zero.
	PreTrend WaldTest `json:"pretrend"`
	Notes    []Note   `json:"note_facts,omitempty"`
}

// EventPeriod is the effect in one period relative to the first one treated.
type EventPeriod struct {
	Period int `json:"event_time"`
	Estimate
	// Rows of treated units in this period.
	Rows int `json:"n"`
}

// WaldTest is a joint test that several effects are zero.
type WaldTest struct {
	Statistic Number `json:"statistic"` // chi-square, or F where DF2 is given
	DF        int    `json:"df"`
	DF2       Number `json:"df2"`
	P         Number `json:"p"`
	Reason    Note   `json:"reason_facts,omitzero"`
}

// StudyEvents replaces the one effect of [DifferenceInDifferences] by one for each period relative to the first treated one, the last
// before it being the reference (Angrist and Pischke 2009, section 5.2), and tests those before it for a trend that was there
// already. Where units start at different times and effects differ between them, these effects mix (Sun and Abraham 2021, Journal of
// Econometrics 225:175); those of staggered adoption do not.
func StudyEvents(ctx context.Context, rows Rows) (*EventStudy, error) {
	d, err := newTwoWay(ctx, rows)
	if err != nil {
		return nil, err
	}
	start, err := d.starts()
	if err != nil {
		return nil, err
	}
	count := map[int]int{}
	for i, u := range d.crossed.unit {
		if start[u] != never {
			count[int(d.crossed.time[i])-start[u]]++
		}
	}
	// Effects after the start come first and the most distant before it last: what cannot be separated is dropped from the end.
	var periods []int
	for r := range count {
		if r != -1 {
			periods = append(periods, r)
		}
	}
	slices.SortFunc(periods, func(a, b int) int { return cmp.Or(cmp.Compare(min(b, 0), min(a, 0)), cmp.Compare(a, b)) })
	if count[-1] == 0 {
		return nil, fmt.Errorf("no treated unit has a row in the period before its start, which is the reference")
	}
	column := map[int]int{}
	columns := make([]int, len(periods))
	for j, r := range periods {
		column[r], columns[j] = j, j
	}
	relative := effects{of: slices.Repeat([]int32{none}, len(d.outcome)), k: len(periods)}
	for i, u := range d.crossed.unit {
		if start[u] == never {
			continue
		}
		if j, known := column[int(d.crossed.time[i])-start[u]]; known {
			relative.of[i] = int32(j)
		}
	}
	within, err := d.within(ctx, relative)
	if err != nil {
		return nil, err
	}
	var fit *fitted
	var notes []Note
	for {
		var collinear int
		if fit, collinear = within.solve(d, columns); collinear == none {
			break
		}
		if periods[collinear] >= 0 {
			return nil, d.undetermined()
		}
		notes = append(notes, Note{Code: SecondReference, Value: number(float64(periods[collinear]))})
		periods, columns = slices.Delete(periods, collinear, collinear+1), slices.Delete(columns, collinear, collinear+1)
	}

	study := &EventStudy{N: len(d.outcome), Clusters: len(d.clusters), Notes: notes}
	cov, err := d.clustered(ctx, within, fit)
	if err != nil {
		return nil, err
	}
	withheld := d.withheld()
	inflation, fewDF := d.fewClusters()
	var leads []int
	for j, r := range periods {
		period := EventPeriod{Period: r, Rows: count[r], Estimate: uncertain(fit.coef[j], withheld)}
		if withheld.Code == "" {
			se := standardError(cov, j)
			period.Estimate = newEstimate(
				fit.coef[j],
				se,
				float64(len(d.clusters)-1),
				d.errorKind(),
			).smallSample(se*inflation, fewDF, ClusteredFew)
		}
		study.Periods = append(study.Periods, period)
		if r < -1 {
			leads = append(leads, j)
		}
	}
	reference := uncertain(0, Note{Code: ReferencePeriod})
	study.Periods = append(study.Periods, EventPeriod{Period: -1, Rows: count[-1], Estimate: reference})
	slices.SortFunc(study.Periods, func(a, b EventPeriod) int { return cmp.Compare(a.Period, b.Period) })

	study.PreTrend = wald(pick(fit.coef, leads), subset(cov, leads))
	switch {
	case withheld.Code != "":
		study.PreTrend = WaldTest{Statistic: missing, DF: len(leads), DF2: missing, P: missing, Reason: withheld}
	case len(leads) >= len(d.clusters):
		study.PreTrend = WaldTest{
			Statistic: missing, DF: len(leads), DF2: missing, P: missing,
			Reason: Note{Code: TooFewClustersForTest, Have: len(d.clusters), Need: len(leads)},
		}
	case !study.PreTrend.Statistic.Missing():
		f := float64(study.PreTrend.Statistic) / float64(len(leads))
		df2 := float64(len(d.clusters) - 1)
		study.PreTrend.Statistic, study.PreTrend.DF2 = Number(f), Number(df2)
		study.PreTrend.P = Number(distuv.F{D1: float64(len(leads)), D2: df2}.Survival(f))
	}
	return study, nil
}

// fewClusters is what CR1 errors of a comparison of treated with untreated clusters fall short by, and their degrees of freedom. A difference
// of two means, of m treated and c other clusters with one variance, has the variance 1/m + 1/c of it, of which squared residuals show
// (m-1)/m^2 + (c-1)/c^2; they behave as chi-square with (1/m + 1/c)^2 / (1/(m^2 (m-1)) + 1/(c^2 (c-1))) degrees of freedom when each is divided
// by what it shows (Bell and McCaffrey 2002, Survey Methodology 28:169, section 3; Imbens and Kolesar 2016, Review of Economics and
// Statistics 98:701, section II). Where all clusters are treated at some time there are no such sides.
func (d *twoWay) fewClusters() (inflation, df float64) {
	m := float64(d.treatedClusters())
	g := float64(len(d.clusters))
	c := g - m
	if m < 2 || c < 2 {
		return 1, g - 1
	}
	bias := (1/m + 1/c) / ((m-1)/(m*m) + (c-1)/(c*c)) * (g - 1) / g
	return math.Sqrt(max(1, bias)), (1/m + 1/c) * (1/m + 1/c) / (1/(m*m*(m-1)) + 1/(c*c*(c-1)))
}

// wald is the test that effects with a covariance are all zero: b' V^-1 b is chi-square with as many degrees of freedom as effects.
func wald(effects []float64, cov *mat.SymDense) WaldTest {
	test := WaldTest{Statistic: missing, DF: len(effects), DF2: missing, P: missing}
	if len(effects) == 0 {
		test.Reason = Note{Code: NothingBeforeToTest}
		return test
	}
	var cholesky mat.Cholesky
	if !cholesky.Factorize(cov) || cholesky.Cond() > 1e14 {
		test.Reason = Note{Code: EffectsDependent}
		return test
	}
	var solved mat.VecDense
	b := mat.NewVecDense(len(effects), effects)
	_ = cholesky.SolveVecTo(&solved, b) // its condition was looked at above
	statistic := mat.Dot(b, &solved)
	test.Statistic = Number(statistic)
	test.P = Number(distuv.ChiSquared{K: float64(len(effects))}.Survival(statistic))
	return test
}

func subset(cov *mat.SymDense, of []int) *mat.SymDense {
	if len(of) == 0 {
		return nil
	}
	part := mat.NewSymDense(len(of), nil)
	part.SubsetSym(cov, of)
	return part
}
