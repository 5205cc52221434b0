// Package steps finds what is wrong inside plausible totals: periods in which a part of a series is missing or counted twice, and levels
// that jump by a change of counting. It needs no list of what to look for, knows no clock and no place, and proposes: whether a jump is a
// change of counting or something real is for people to say.
//
// Each series is taken as the log of its part of the total of its periods, less its own season. A gap is a short run far from the level
// before it, to which the level after it comes back; a step is a difference of the medians on either side that stays. How far is far is
// taken from all series of the same size, never from the series itself: one that jumps is noisy everywhere, and would hide its own jump.
//
// Medians on either side of a point and their largest difference: Fried 2007, On the robust detection of edges in time series filtering,
// Computational Statistics and Data Analysis 52:1063. The scale by the median absolute deviation: Rousseeuw and Croux 1993, Journal of the
// American Statistical Association 88:1273. The season by medians: Cleveland et al. 1990, STL, Journal of Official Statistics 6:3, robust.
package steps

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Series are the counts of one organisation by period; NaN where there is none.
type Series struct {
	Name   string
	Counts []float64
}

// Kind is what was found.
type Kind string

// The kinds.
const (
	// Gap is a short run of periods that lack a part of what was counted, or hold a part twice.
	Gap Kind = "gap"
	// Step is a level that jumps and stays.
	Step Kind = "step"
)

// Finding is one gap or step of a series.
type Finding struct {
	Series string
	Kind   Kind
	// From is the first period that differs; Until the last of a gap, and From of a step.
	From, Until int
	// Size is how far the series lies from what it was before, as a part of that: -0.25 is a fall by a quarter.
	Size float64
	// Limit is the size, in logs, beyond which it was found; Scale is the usual one of series as large.
	Limit, Scale float64
}

// Settings say how series are read.
type Settings struct {
	// Season is how many periods make a year: 12 of months, 4 of quarters, 52 of weeks.
	Season int
	// Total is what all together had in each period, of which a series is a part.
	Total []float64
}

// What is far: at least so much in logs, and so many times what is usual among series as large; a gap also so many times the noise of its
// own series. A series under LeastCount a period is not looked at, as one case more or less is a jump there, nor one in which a change by
// MostLimit would not be seen.
const (
	LeastStep  = 0.10
	LeastGap   = 0.15
	StepScales = 3.5
	GapScales  = 5.0
	GapNoise   = 5.0
	LeastCount = 20
	MostLimit  = math.Ln2
)

// backWithin is the part of a gap by which the level after it may differ from that before.
const backWithin = 1.0 / 3

// beyondTrend is how much of what a line through the values leaves two levels may leave at most: else they follow a trend.
const beyondTrend = 1.0

// LeftOut is a series that was not looked at, and why.
type LeftOut struct {
	Series string
	Reason Reason
}

// Reason is why a series was not looked at.
type Reason string

// The reasons.
const (
	TooShort Reason = "too_short" // no level on either side of any period
	TooSmall Reason = "too_small" // under LeastCount a period
	TooNoisy Reason = "too_noisy" // series as large differ so much that only a change over MostLimit would be seen
)

// Result is what was found.
type Result struct {
	Findings []Finding // in the order of the series, then of time
	LookedAt int       // series
	LeftOut  []LeftOut // in the order of the series
}

// peers is how many series of about the same size the usual difference is taken from.
const peers = 31

// seasonal is the part of what medians take for a season that is taken out: of few years they take some noise for it.
const seasonal = 0.8

// window is how many periods on either side make a level, least how few must be known, and longest how long a gap may be.
func (s Settings) window() (wide, least, longest int) {
	if s.Season <= 4 {
		return s.Season, max(2, s.Season/2), max(1, s.Season-1)
	}
	return s.Season / 2, s.Season / 4, s.Season * 3 / 4
}

// Level is how many periods on either side of a step make its level.
func (s Settings) Level() int {
	wide, _, _ := s.window()
	return wide
}

// Find looks through the series of one measure, all of the same periods.
func Find(series []Series, s Settings) (Result, error) {
	if s.Season < 2 {
		return Result{}, fmt.Errorf("season: found %d periods a year, accepted: 2 or more", s.Season)
	}
	p, err := newPanel(series, s)
	if err != nil {
		return Result{}, err
	}
	r := Result{LookedAt: len(p.lines), LeftOut: p.leftOut}
	p.scale(p.departures, func(l *line, scale float64) { l.gapScale = scale })
	for _, l := range p.lines {
		r.Findings = append(r.Findings, p.gaps(l)...)
	}
	p.scale(p.differences, func(l *line, scale float64) { l.stepScale = scale }) // with the gaps out
	for _, l := range p.lines {
		if !(StepScales*l.stepScale <= MostLimit) {
			r.LookedAt, r.LeftOut = r.LookedAt-1, append(r.LeftOut, LeftOut{l.name, TooNoisy})
			r.Findings = slices.DeleteFunc(r.Findings, func(f Finding) bool { return f.Series == l.name })
			continue
		}
		r.Findings = append(r.Findings, p.steps(l)...)
	}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(p.order[a.Series], p.order[b.Series]), cmp.Compare(a.From, b.From), cmp.Compare(a.Kind, b.Kind))
	})
	slices.SortStableFunc(r.LeftOut, func(a, b LeftOut) int { return cmp.Compare(p.order[a.Series], p.order[b.Series]) })
	return r, nil
}

// panel are the series of one measure.
type panel struct {
	Settings
	wide, least, longest int
	lines                []*line // those that are looked at
	leftOut              []LeftOut
	order                map[string]int
}

// line is one series: the logs of its part of the total, less its season, of the periods in which it is known.
type line struct {
	name                string
	z                   []float64
	at                  []int   // the periods
	size                float64 // its median count
	gapScale, stepScale float64
}

var errLength = errors.New("every series has a count for each period of the total, NaN where none is known")

func newPanel(series []Series, s Settings) (*panel, error) {
	p := &panel{Settings: s, order: map[string]int{}}
	p.wide, p.least, p.longest = s.window()
	for i, given := range series {
		if len(given.Counts) != len(s.Total) {
			return nil, fmt.Errorf("series %q: found %d periods, accepted: %d: %w", given.Name, len(given.Counts), len(s.Total), errLength)
		}
		if _, twice := p.order[given.Name]; twice {
			return nil, fmt.Errorf("series %q: found twice, accepted: each name once", given.Name)
		}
		p.order[given.Name] = i
		counts := known(given.Counts)
		size := median(counts)
		switch {
		case len(counts) < 2*p.wide:
			p.leftOut = append(p.leftOut, LeftOut{given.Name, TooShort})
			continue
		case size < LeastCount:
			p.leftOut = append(p.leftOut, LeftOut{given.Name, TooSmall})
			continue
		}
		z := make([]float64, len(given.Counts))
		for t, count := range given.Counts {
			// Of a count of nothing the log is that of half a case.
			if z[t] = math.Log(max(count, 0.5) / s.Total[t]); math.IsNaN(count) || count < 0 || !(s.Total[t] > 0) || math.IsInf(z[t], 0) {
				z[t] = math.NaN()
			}
		}
		p.deseason(z)
		l := &line{name: given.Name, size: size}
		for t, value := range z {
			if !math.IsNaN(value) {
				l.z, l.at = append(l.z, value), append(l.at, t)
			}
		}
		p.lines = append(p.lines, l)
	}
	return p, nil
}

// deseason takes a series' own season out: the median of each time of the year about a running median, made to add up to nothing. Of fewer than
// three years' worth the median would take a gap for a season.
func (p *panel) deseason(z []float64) {
	byTime := make([][]float64, p.Season)
	half := p.Season / 2
	for t := half; t+half < len(z); t++ {
		near := known(z[t-half : t+half+1])
		if math.IsNaN(z[t]) || len(near) <= half {
			continue
		}
		byTime[t%p.Season] = append(byTime[t%p.Season], z[t]-median(near))
	}
	season, mean := make([]float64, p.Season), 0.0
	for i, of := range byTime {
		if len(of) < 3 {
			return
		}
		season[i] = seasonal * median(of)
		mean += season[i] / float64(p.Season)
	}
	for t := range z {
		z[t] -= season[t%p.Season] - mean
	}
}

// before and after are the values nearest to one, at most as many as make a level. The value itself belongs to those after.
func (p *panel) before(z []float64, t int) []float64 { return z[max(0, t-p.wide):t] }

func (p *panel) after(z []float64, t int) []float64 { return z[t:min(len(z), t+p.wide)] }

// departures are how far each value lies from the level before it.
func (p *panel) departures(l *line) []float64 {
	var all []float64
	for t := p.least; t < len(l.z); t++ {
		all = append(all, l.z[t]-median(p.before(l.z, t)))
	}
	return all
}

// differences are those of the levels on either side of each value; NaN where too little is known.
func (p *panel) differences(l *line) []float64 {
	all := make([]float64, len(l.z))
	for t := range l.z {
		all[t] = math.NaN()
		if t >= p.least && len(l.z)-t >= p.least {
			all[t] = median(p.after(l.z, t)) - median(p.before(l.z, t))
		}
	}
	return all
}

// scale sets for each series how large a difference usually is: the median absolute one of the series about as large, itself among them.
func (p *panel) scale(of func(*line) []float64, set func(*line, float64)) {
	bySize := slices.Clone(p.lines)
	slices.SortStableFunc(bySize, func(a, b *line) int { return cmp.Or(cmp.Compare(a.size, b.size), cmp.Compare(a.name, b.name)) })
	each := make([]float64, len(bySize))
	for i, l := range bySize {
		values := known(of(l))
		for j, v := range values {
			values[j] = math.Abs(v)
		}
		each[i] = normal * median(values)
	}
	for i, l := range bySize {
		from := max(0, min(i-peers/2, len(bySize)-peers))
		set(l, median(known(each[from:min(len(bySize), from+peers)])))
	}
}

// normal makes the median absolute deviation of normal values their standard deviation.
const normal = 1.4826

// gaps finds the gaps of a series and takes them out of it, so that no step is seen at their ends.
func (p *panel) gaps(l *line) []Finding {
	limit := max(LeastGap, GapScales*l.gapScale, GapNoise*noise(l.z))
	var found []Finding
	for t := p.least; t < len(l.z); t++ {
		level := median(p.before(l.z, t))
		away := l.z[t] - level
		if !(math.Abs(away) > limit) {
			continue
		}
		end := t + 1
		for end < len(l.z) && l.at[end]-l.at[t] < p.longest && (l.z[end]-level)*away > 0 && math.Abs(l.z[end]-level) > limit {
			end++
		}
		after, size := p.after(l.z, end), median(l.z[t:end])-level
		if len(after) < p.least || math.Abs(median(after)-level) > max(limit/2, math.Abs(size)*backWithin) {
			continue // it has not come back, but for what a step may have left
		}
		found = append(found, Finding{Series: l.name, Kind: Gap, From: l.at[t], Until: l.at[end-1], Size: math.Expm1(size), Limit: limit, Scale: l.gapScale})
		l.z, l.at = slices.Delete(l.z, t, end), slices.Delete(l.at, t, end)
		t-- // what follows stands here now
	}
	return found
}

// steps finds the steps of a series: the largest difference first, and none nearer to it than a level is long.
func (p *panel) steps(l *line) []Finding {
	limit := max(LeastStep, StepScales*l.stepScale)
	differences := p.differences(l)
	var found []Finding
	for {
		at := -1
		for t, d := range differences {
			if math.Abs(d) > limit && (at < 0 || math.Abs(d) > math.Abs(differences[at])) {
				at = t
			}
		}
		if at < 0 {
			return found
		}
		date := p.date(l, at, differences)
		if !p.levels(l, date) {
			differences[at] = math.NaN()
			continue
		}
		begin := l.at[date]
		found = append(found, Finding{Series: l.name, Kind: Step, From: begin, Until: begin, Size: math.Expm1(differences[at]), Limit: limit, Scale: l.stepScale})
		for t := max(0, at-p.wide); t <= min(len(differences)-1, at+p.wide); t++ {
			differences[t] = math.NaN()
		}
	}
}

// levels tells whether two levels, one on either side of a value, describe those near it better than a line does.
func (p *panel) levels(l *line, at int) bool {
	first := max(0, at-p.wide)
	z := l.z[first:min(len(l.z), at+p.wide)]
	var x, y, xx, xy, yy float64
	for i, v := range z {
		x, y, xx, xy, yy = x+float64(i), y+v, xx+float64(i*i), xy+float64(i)*v, yy+v*v
	}
	n := float64(len(z))
	sxx, sxy, syy := xx-x*x/n, xy-x*y/n, yy-y*y/n
	left := 0.0
	for _, side := range [][]float64{z[:at-first], z[at-first:]} {
		var sum, squares float64
		for _, v := range side {
			sum, squares = sum+v, squares+v*v
		}
		left += squares - sum*sum/float64(len(side))
	}
	return left <= beyondTrend*(syy-sxy*sxy/sxx)
}

// date finds where a step begins: medians do not change while fewer than half of what they are taken of does, so of the values near the
// largest difference it is the one at which two levels leave the least.
func (p *panel) date(l *line, at int, differences []float64) int {
	first, last := max(0, at-p.wide), min(len(l.z), at+p.wide)
	best, least := at, math.Inf(1)
	for t := max(0, at-p.wide/2); t <= min(len(l.z)-1, at+p.wide/2); t++ {
		if math.IsNaN(differences[t]) || differences[t]*differences[at] <= 0 {
			continue
		}
		left := 0.0
		for _, side := range [][]float64{l.z[first:t], l.z[t:last]} {
			level := median(side)
			for _, z := range side {
				left += math.Abs(z - level)
			}
		}
		if left < least-1e-12 {
			best, least = t, left
		}
	}
	return best
}

// noise is that of single values: from the differences of neighbours, which a level does not enter.
func noise(z []float64) float64 {
	if len(z) < 2 {
		return 0
	}
	differences := make([]float64, len(z)-1)
	for t := range differences {
		differences[t] = z[t+1] - z[t]
	}
	middle := median(differences)
	for i, d := range differences {
		differences[i] = math.Abs(d - middle)
	}
	return normal * median(differences) / math.Sqrt2
}

// known are the values that are not NaN, in a slice of their own.
func known(values []float64) []float64 {
	all := make([]float64, 0, len(values))
	for _, v := range values {
		if !math.IsNaN(v) {
			all = append(all, v)
		}
	}
	return all
}

// median is NaN of no values.
func median(values []float64) float64 {
	var few [64]float64
	sorted := append(few[:0], values...)
	slices.Sort(sorted)
	if len(sorted) == 0 {
		return math.NaN()
	}
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}
