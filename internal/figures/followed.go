package figures

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
	"stpdash/internal/steps"
)

// Followed are the figures of all places of one kind, each as it can be followed through a window whatever mergers changed its code, screened by
// the rule of gaps and steps.
type Followed struct {
	Measure *catalog.Measure
	At      string           // commissioner, provider or council
	Periods []catalog.Period // those of the window, and those around it in which the same is counted
	Places  []FollowedPlace  // in the order of their names
}

// FollowedPlace is one place. In each period its figure is the sum of those of its codes.
type FollowedPlace struct {
	Name      string    // the code that it had last in the window
	Codes     []string  // in their order
	Footprint string    // that it lay in last; its own name where it lay in several
	Counts    []float64 // by period; NaN where a part is missing, in a gap, or where a known event bent the figures
	Gaps      []FollowedGap
	Steps     []FollowedStep
	// NotScreened is why no gap or step could be looked for; empty where one could.
	NotScreened steps.Reason
	// Divided is the first day in the window on which only a part of its work came or went; zero where there is none.
	Divided time.Time
}

// FollowedGap is a run of periods in which a part was not counted, or was counted twice, by their positions.
type FollowedGap struct{ From, Until int }

// FollowedStep is a period, by its position, from which on the figures are on another level. Size is by how much, as a part of those before; 0
// where an analyst confirmed it and none was found.
type FollowedStep struct {
	At        int
	Size      float64
	Confirmed bool // as a change of counting, by an analyst
}

// Follow are the figures of a measure in all places of a kind, as they can be followed from the first to the last period.
func (f *follower) Follow(ctx context.Context, asOf Moment, m *catalog.Measure, at string, first, last catalog.Period) (*Followed, error) {
	key := fmt.Sprintf("%s %s %s %s", aboutMeasure("followed", m), at, first, last)
	return Remember(ctx, f.memory, asOf, key, func(ctx context.Context) (*Followed, error) {
		counts, err := f.counts(ctx, asOf, m)
		if err != nil {
			return nil, err
		}
		return Follow(f.directory.Reference, m, at, counts, first, last)
	})
}

// Counts are figures of organisations by their codes and the starts of periods.
type Counts map[string]map[time.Time]float64

// counts are the figures of all organisations.
func (f *follower) counts(ctx context.Context, asOf Moment, m *catalog.Measure) (Counts, error) {
	return Remember(ctx, f.memory, asOf, aboutMeasure("counts", m), func(ctx context.Context) (Counts, error) {
		counts := Counts{}
		err := f.store.EachOrganisationFigure(ctx, asOf.Bound, []*catalog.Measure{m}, Range{}, func(organisation string, v measure.Value) error {
			if p := measure.NewPoint(m, v, measure.People{}); p.Value.Valid {
				if counts[organisation] == nil {
					counts[organisation] = map[time.Time]float64{}
				}
				counts[organisation][p.Period.Start] = p.Value.Decimal.InexactFloat64()
			}
			return nil
		})
		return counts, err
	})
}

// Follow puts the figures of organisations together to places that can be followed from the first to the last period, and screens them. Half a year
// after the last is looked at too, so that a step near the end is seen.
func Follow(r *footprint.Reference, m *catalog.Measure, at string, counts Counts, first, last catalog.Period) (*Followed, error) {
	f := &Followed{Measure: m, At: at}
	var units []catalog.TreatedUnit
	begin, end := last, first
	for code, of := range counts {
		o, known := r.Organisation(code)
		if !known || string(o.Kind) != at && string(o.Also) != at {
			continue
		}
		units = append(units, catalog.TreatedUnit{At: at, Code: code, Extent: catalog.WholePlace})
		for start := range of {
			if start.Before(begin.Start) {
				begin.Start = start
			}
			if start.After(end.Start) {
				end.Start = start
			}
		}
	}
	slices.SortFunc(units, func(a, b catalog.TreatedUnit) int { return cmp.Compare(a.Code, b.Code) })
	if last.Start.After(end.Start) {
		last = end
	}
	latest := last
	for range m.Grain.PerYear() / 2 {
		latest = latest.Next()
	}
	for p := begin; !p.Start.After(end.Start) && !p.Start.After(latest.Start); p = p.Next() {
		if slices.ContainsFunc(m.Breaks, func(b catalog.Break) bool { return b.From == p.String() }) {
			if p.Start.After(first.Start) {
				break
			}
			f.Periods = nil
		}
		f.Periods = append(f.Periods, p)
	}
	if len(f.Periods) == 0 {
		return f, nil
	}
	units = slices.DeleteFunc(units, func(u catalog.TreatedUnit) bool {
		return !slices.ContainsFunc(f.Periods, func(p catalog.Period) bool { _, has := counts[u.Code][p.Start]; return has })
	})
	divided := map[string]time.Time{}
	for _, s := range catalog.Across(r, units, first, last) {
		if s.Divided != nil {
			for _, code := range s.Codes {
				divided[code] = s.Divided.From
			}
		}
	}
	total := make([]float64, len(f.Periods))
	var series []steps.Series
	for _, s := range catalog.Across(r, units, f.Periods[0], last) {
		place := FollowedPlace{Codes: s.Codes, Counts: f.sum(s.Codes, counts, total), Divided: divided[s.Codes[0]]}
		for _, code := range s.Codes {
			if place.Divided.IsZero() {
				place.Divided = divided[code]
			}
			if successor, went := r.Successor(code); !went || !slices.Contains(s.Codes, successor) {
				place.Name = code
			}
		}
		place.Footprint = clusterOf(r, place.Name)
		f.Places = append(f.Places, place)
	}
	slices.SortFunc(f.Places, func(a, b FollowedPlace) int { return cmp.Compare(a.Name, b.Name) })
	for i, p := range f.Periods {
		if len(m.Events(p)) > 0 {
			total[i] = math.NaN()
			for _, place := range f.Places {
				place.Counts[i] = math.NaN()
			}
		}
	}
	for _, place := range f.Places {
		series = append(series, steps.Series{Name: place.Name, Counts: place.Counts})
	}
	found, err := steps.Find(series, steps.Settings{Season: max(2, m.Grain.PerYear()), Total: total})
	if err != nil {
		return nil, err
	}
	f.screen(m, found)
	return f, nil
}

// sum adds up codes by period, and all of them to the total. Where one has no figure between its first and its last, the sum has none.
func (f *Followed) sum(codes []string, counts Counts, total []float64) []float64 {
	sum := slices.Repeat([]float64{math.NaN()}, len(f.Periods))
	lacks := make([]bool, len(f.Periods))
	for _, code := range codes {
		first, last := -1, -1
		for i, p := range f.Periods {
			if _, has := counts[code][p.Start]; has {
				if first < 0 {
					first = i
				}
				last = i
			}
		}
		for i := max(0, first); i <= last; i++ {
			n, has := counts[code][f.Periods[i].Start]
			switch {
			case !has:
				lacks[i] = true
				continue
			case math.IsNaN(sum[i]):
				sum[i] = n
			default:
				sum[i] += n
			}
			total[i] += n
		}
	}
	for i := range sum {
		if lacks[i] {
			sum[i] = math.NaN()
		}
	}
	return sum
}

// screen takes gaps out of the figures and marks steps, those found by rule and those that an analyst confirmed.
func (f *Followed) screen(m *catalog.Measure, found steps.Result) {
	at := map[string]*FollowedPlace{}
	for i := range f.Places {
		at[f.Places[i].Name] = &f.Places[i]
	}
	for _, left := range found.LeftOut {
		at[left.Series].NotScreened = left.Reason
	}
	for _, finding := range found.Findings {
		place := at[finding.Series]
		if finding.Kind == steps.Step {
			place.Steps = append(place.Steps, FollowedStep{At: finding.From, Size: finding.Size})
		} else {
			place.Gaps = append(place.Gaps, FollowedGap{finding.From, finding.Until})
		}
	}
	for i := range f.Places {
		place := &f.Places[i]
		for t, p := range f.Periods {
			for _, code := range place.Codes {
				if m.Gap(code, p) != nil {
					place.Gaps = append(place.Gaps, FollowedGap{t, t})
				}
				near := func(s FollowedStep) bool { return s.At >= t-nearStep && s.At <= t+nearStep }
				if m.BreakOf(code, p) == nil {
					continue
				}
				if found := slices.IndexFunc(place.Steps, near); found >= 0 {
					place.Steps[found].Confirmed = true
				} else {
					place.Steps = append(place.Steps, FollowedStep{At: t, Confirmed: true})
				}
			}
		}
		for _, gap := range place.Gaps {
			for t := gap.From; t <= gap.Until; t++ {
				place.Counts[t] = math.NaN()
			}
		}
		slices.SortFunc(place.Steps, func(a, b FollowedStep) int { return cmp.Compare(a.At, b.At) })
	}
}

// clusterOf is the footprint that an organisation lay in last; its own code where it lay in several or in none.
func clusterOf(r *footprint.Reference, code string) string {
	cluster := ""
	for _, m := range r.MembershipsOf(code) {
		switch {
		case !m.Placed():
		case cluster == "" || cluster == m.Footprint:
			cluster = m.Footprint
		default:
			return code
		}
	}
	return cmp.Or(cluster, code)
}

// RegisteredByCommissioner are the people registered with each commissioner in the quarter that tells how large places are, by its code; those of
// whom that is not known are left out.
func (f *follower) RegisteredByCommissioner(ctx context.Context, asOf Moment) (map[string]float64, error) {
	m, err := f.MeasureAsOf(ctx, RegisteredPatientsID, asOf)
	if err != nil {
		return nil, err
	}
	counts, err := f.counts(ctx, asOf, m)
	people := map[string]float64{}
	for code, of := range counts {
		if o, known := f.directory.Reference.Organisation(code); !known || o.Kind != footprint.Commissioner {
			continue
		}
		for quarter := RegisteredQuarter; quarter.After(RegisteredQuarter.AddDate(-2, 0, 0)) && people[code] == 0; quarter = quarter.AddDate(0, -3, 0) {
			people[code] = of[quarter]
		}
		if people[code] == 0 {
			delete(people, code)
		}
	}
	return people, err
}
