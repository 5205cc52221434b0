package evidence

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Member is a unit of a group with the start of its scheme.
type Member struct {
	Unit
	Start int
}

// MemberEffect is the relative effect of one member, less the mean of the donors' at the same start.
type MemberEffect struct {
	Unit    string  `json:"unit"`
	Cluster string  `json:"cluster"`
	Start   int     `json:"start"`
	Effect  Number  `json:"effect"`
	Percent Percent `json:"percent"`
}

// LeftOut is a unit that was not used, and why.
type LeftOut struct {
	Unit   string `json:"unit"`
	Member bool   `json:"member"` // of the group, not a donor
	Reason Unfit  `json:"reason"`
	At     int    `json:"at"` // the period of it
}

// Group is the mean relative effect on places that had a scheme, each weighing the same.
type Group struct {
	Design
	Method        string `json:"method"`
	Units         int    `json:"units"`
	Clusters      int    `json:"clusters"`
	Donors        int    `json:"donors"`
	DonorClusters int    `json:"donor_clusters"`
	// Estimate is in logarithms.
	Estimate
	Percent Percent `json:"percent"`
	// Rho is how the effects of two donors of one cluster are correlated, and Independent the error if they were not.
	Rho         Number         `json:"rho"`
	Independent Number         `json:"se_independent"`
	Check       RelativeCheck  `json:"check"`
	Baseline    *RelativeCheck `json:"baseline,omitempty"` // as of one place
	SignDiffers bool           `json:"sign_differs"`
	Members     []MemberEffect `json:"members"`
	// Path is the group by period from the start of each member.
	Path    []GroupPeriod `json:"path"`
	LeftOut []LeftOut     `json:"left_out,omitempty"`
	Notes   []Note        `json:"note_facts,omitempty"`
}

// GroupPeriod is one period of a group, counted from the start of each member: below zero before it. All is in logarithms.
type GroupPeriod struct {
	Period   int    `json:"period"`
	Observed Number `json:"observed"` // the mean over the members
	Gap      Number `json:"gap"`      // from what the donors say there would have been, less the mean of the donors' own gaps
	Chance   Number `json:"chance"`   // the standard error of the gap, with the correlation within clusters
}

// EstimateGroup estimates the mean relative effect on a group of places. Each has one effect, by synthetic difference-in-differences in
// logarithms around its own start against the donors, which had no scheme at any time; members that start at other times are therefore
// never donors, and the mean over members is the simple one: the stacked design of Cengiz, Dube, Lindner and Zipperer (2019, Quarterly
// Journal of Economics 134:1405) with one weight a place. Taken off is the mean of the donors' effects at the same start. A
// unit with a gap or a jump within a window is left out, named; its error is that of [GroupMean].
func EstimateGroup(ctx context.Context, members []Member, donors []Unit, d Design) (*Group, error) {
	if d.Before < 3 || d.After < 1 {
		return nil, refused(
			Note{Code: TooFewPeriods, Have: d.Before, Need: 3},
			"the design has %d periods before the start and %d from it on; accepted are 3 or more and 1 or more",
			d.Before,
			d.After,
		)
	}
	g := &Group{Design: d, Method: "mean of synthetic difference-in-differences in logarithms"}
	var starts []int
	members = slices.DeleteFunc(slices.Clone(members), func(m Member) bool {
		why, at := m.Within(m.Start-d.Before, m.Start+d.After)
		if why != Fit {
			g.LeftOut = append(g.LeftOut, LeftOut{m.Name, true, why, at})
			return true
		}
		if !slices.Contains(starts, m.Start) {
			starts = append(starts, m.Start)
		}
		return false
	})
	if len(members) == 0 {
		return nil, refused(Note{Code: NoPlaceUsable},
			"no place of the group can be used: each has a gap or a jump within %d periods before its start and %d from it on, or the figures do not reach so far",
			d.Before,
			d.After,
		)
	}
	slices.Sort(starts)
	known := map[string]bool{}
	for _, m := range members {
		if known[m.Name] {
			return nil, fmt.Errorf("the place %s is named twice in the group", m.Name)
		}
		known[m.Name] = true
	}
	donors = slices.DeleteFunc(slices.Clone(donors), func(u Unit) bool {
		for _, start := range starts {
			if why, at := u.Within(start-d.Before, start+d.After); why != Fit {
				g.LeftOut = append(g.LeftOut, LeftOut{u.Name, false, why, at})
				return true
			}
		}
		return false
	})
	for _, u := range donors {
		if known[u.Name] {
			return nil, fmt.Errorf("the place %s is in the group and among its donors", u.Name)
		}
	}
	if len(donors) < 3 {
		return nil, refused(
			Note{Code: TooFewDonors, Have: len(donors), Need: 3},
			"%d donors have neither gap nor jump in every window of the group: at least three are needed",
			len(donors),
		)
	}
	means, err := g.stack(ctx, members, donors, starts, d, SyntheticDiD)
	if err != nil {
		return nil, err
	}
	if g.Path, err = means.path(members, donors, starts, d); err != nil {
		return nil, err
	}
	g.Estimate, g.Percent, g.Rho, g.Independent = means.Estimate, InPercent(means.Estimate), means.Rho, means.Independent
	g.Units, g.Clusters, g.Donors, g.DonorClusters = len(members), means.clusters, len(donors), means.DonorClusters
	for i, m := range members {
		e := uncertain(means.effects[i], Note{Code: OfTheGroup})
		g.Members = append(g.Members, MemberEffect{Unit: m.Name, Cluster: m.Cluster, Start: m.Start, Effect: e.Value, Percent: InPercent(e)})
	}
	last := Design{min(checkBefore, d.Before), d.After}
	check, err := g.stack(ctx, members, donors, starts, last, MeanDiD)
	if err != nil {
		return nil, err
	}
	g.Check = RelativeCheck{Method: "difference-in-differences", Before: last.Before, Estimate: check.Estimate, Percent: InPercent(check.Estimate)}
	g.SignDiffers = float64(g.Value)*float64(g.Check.Value) < 0
	if back := d.baseline(); back.Before > 0 {
		earlier, starts := slices.Clone(members), slices.Clone(starts)
		for i := range earlier {
			earlier[i].Start -= back.After
		}
		for i := range starts {
			starts[i] -= back.After
		}
		found, err := g.stack(ctx, earlier, donors, starts, back, SyntheticDiD)
		if err != nil {
			return nil, err
		}
		g.Baseline = &RelativeCheck{Method: baselineMethod, Before: back.Before, Estimate: found.Estimate, Percent: InPercent(found.Estimate)}
	}
	if len(starts) > 1 {
		g.Notes = append(g.Notes, Note{Code: OwnStarts, Have: len(starts)})
	}
	return g, nil
}

// stackedMean is the mean of a group with the effects it is of.
type stackedMean struct {
	MeanEffect
	effects  []float64 // of the members
	clusters int       // that they lie in
	members  []*Synthetic
	donors   [][]*Synthetic // by start
}

// path is that of the group, each period tested as the whole is.
func (m stackedMean) path(members []Member, donors []Unit, starts []int, d Design) ([]GroupPeriod, error) {
	names := make([]string, len(donors))
	for j, u := range donors {
		names[j] = u.Cluster
	}
	var path []GroupPeriod
	for t := range d.Before + d.After {
		var treated []Effect
		observed := 0.0
		for i, member := range members {
			at := m.members[i].Path[t]
			treated = append(treated, Effect{Cluster: member.Cluster, Start: slices.Index(starts, member.Start), Value: float64(at.Gap)})
			observed += float64(at.Observed) / float64(len(members))
		}
		of := make([][]float64, len(starts))
		for s := range starts {
			for _, donor := range m.donors[s] {
				of[s] = append(of[s], float64(donor.Path[t].Gap))
			}
		}
		mean, err := GroupMean(treated, names, of)
		if err != nil {
			return nil, err
		}
		path = append(path, GroupPeriod{t - d.Before, Number(observed), mean.Value, mean.SE})
	}
	return path, nil
}

// stack estimates by one method at each start.
func (g *Group) stack(ctx context.Context, members []Member, donors []Unit, starts []int, d Design, estimate Estimator) (m stackedMean, err error) {
	m.effects, m.members = make([]float64, len(members)), make([]*Synthetic, len(members))
	var treated []Effect
	clusters := map[string]bool{}
	of := make([][]float64, len(starts))
	for s, start := range starts {
		placebos, err := d.estimates(ctx, donors, start, estimate)
		if err != nil {
			return m, err
		}
		m.donors = append(m.donors, placebos)
		for _, p := range placebos {
			of[s] = append(of[s], p.found)
		}
		mean := stat.Mean(of[s], nil)
		for i, member := range members {
			if member.Start != start {
				continue
			}
			found, err := estimate(ctx, d.comparison(member.window(start-d.Before, start+d.After), donors, start))
			if err != nil {
				return m, fmt.Errorf("%s: %w", member.Name, err)
			}
			if !found.Solved.Converged {
				return m, fmt.Errorf("%s: %w", member.Name, unsolved(found.Solved))
			}
			m.effects[i], m.members[i] = found.found-mean, found
			treated = append(treated, Effect{Cluster: member.Cluster, Start: s, Value: found.found})
			clusters[member.Cluster] = true
		}
	}
	names := make([]string, len(donors))
	for j, u := range donors {
		names[j] = u.Cluster
	}
	m.clusters = len(clusters)
	m.MeanEffect, err = GroupMean(treated, names, of)
	return m, err
}

// Effect is that of one treated unit at one of several starts.
type Effect struct {
	Cluster string
	Start   int // the position of its start
	Value   float64
}

// MeanEffect is the mean of the effects of a group less that of the donors, with the correlation within clusters.
type MeanEffect struct {
	Estimate
	Rho           Number
	Independent   Number // the standard error without Rho
	DonorClusters int
}

// GroupMean is the mean of k treated effects less the mean of those of m donors at the same starts. With s^2 the variance of the donors'
// effects, rho the mean product of their residuals over pairs of one cluster by s^2, not below zero, and P the ordered pairs of different
// units of one cluster, the variance of the difference is
//
//	s^2 (1/k + rho P_treated/k^2 + 1/m + rho P_donors/m^2),
//
// that of two means of equicorrelated units (Moulton 1986, Journal of Econometrics 32:385), and t has as many degrees of
// freedom as there are clusters of donors, less one (Donald and Lang 2007, Review of Economics and Statistics 89:221). With several
// starts, s is that of each start for the treated, and for the donors that of each one's mean over the starts, weighed as the treated are.
// Clusters name those of the donors, and donors are their effects by start.
func GroupMean(treated []Effect, clusters []string, donors [][]float64) (MeanEffect, error) {
	k, m := float64(len(treated)), float64(len(clusters))
	if k < 1 || m < 3 {
		return MeanEffect{}, fmt.Errorf("the group has %d units and %d donors; accepted are one or more, and three or more", len(treated), len(clusters))
	}
	deviation, mean := make([]float64, len(donors)), make([]float64, len(donors))
	for s, of := range donors {
		if len(of) != len(clusters) {
			return MeanEffect{}, fmt.Errorf("start %d has effects of %d donors, not %d", s, len(of), len(clusters))
		}
		mean[s], deviation[s] = stat.MeanStdDev(of, nil)
	}
	each := make([]float64, len(clusters)) // the mean of each donor over the starts, less that of all
	var value, own, together float64
	byCluster := map[string]float64{} // the sum of deviations, and so of their products over pairs
	for _, e := range treated {
		if e.Start < 0 || e.Start >= len(donors) {
			return MeanEffect{}, fmt.Errorf("a unit starts at position %d of %d starts", e.Start, len(donors))
		}
		s := deviation[e.Start]
		value += (e.Value - mean[e.Start]) / k
		for j, d := range donors[e.Start] {
			each[j] += (d - mean[e.Start]) / k
		}
		own += s * s
		byCluster[e.Cluster] += s
		together -= s * s
	}
	for _, name := range slices.Sorted(maps.Keys(byCluster)) {
		together += byCluster[name] * byCluster[name]
	}
	var square, products, pairs float64
	sums, counts := map[string]float64{}, map[string]float64{}
	for j, e := range each {
		square += e * e / (m - 1)
		sums[clusters[j]] += e
		counts[clusters[j]]++
		products -= e * e
		pairs--
	}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		products += sums[name] * sums[name]
		pairs += counts[name] * counts[name]
	}
	rho := 0.0
	if pairs > 0 && square > 0 {
		rho = max(0, products/pairs/square)
	}
	independent := own/(k*k) + square/m
	variance := independent + rho*(together/(k*k)+square*pairs/(m*m))
	r := MeanEffect{Rho: Number(rho), Independent: Number(math.Sqrt(independent)), DonorClusters: len(counts)}
	r.Estimate = newEstimate(value, math.Sqrt(variance), float64(len(counts)-1), ErrorKind{Code: DonorsDeviation})
	return r, nil
}

// Holm are the p-values of several tests, adjusted so that the chance that any true hypothesis is rejected at a level is no more than it
// (Holm 1979, Scandinavian Journal of Statistics 6:65, section 2): the i-th smallest of m is multiplied by m-i+1, and none is smaller than
// those before it. A missing one stays so and is not counted.
func Holm(p []Number) []Number {
	order := []int{}
	adjusted := slices.Repeat([]Number{missing}, len(p))
	for i, value := range p {
		if !value.Missing() {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	least := Number(0)
	for rank, i := range order {
		least = max(least, min(1, p[i]*Number(len(order)-rank)))
		adjusted[i] = least
	}
	return adjusted
}
