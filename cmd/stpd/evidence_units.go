package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
	"stpdash/internal/footprint"
	"stpdash/internal/steps"
)

// unitFlags say which columns and rows of a file are the counts of places by period.
type unitFlags struct {
	data, unit, time, outcome, cluster, from, until string
	only, leaveOut                                  []string
	organisations, unscreened                       bool
}

func (f *unitFlags) declare(c *cobra.Command) {
	evidenceData(c, &f.data)
	flags := c.Flags()
	flags.StringVar(&f.unit, "unit", "", "column of the units")
	flags.StringVar(&f.time, "time", "", "column of the times: months such as 2017-04, quarters such as 2016-Q1, weeks or years")
	flags.StringVar(&f.outcome, "outcome", "", "column of the counts")
	flags.StringVar(&f.cluster, "cluster", "", "column of what errors may be correlated within; the unit without it")
	flags.StringSliceVar(&f.only, "only", nil, "only rows with a text in a column, as measure=non_elective_admissions; several texts of one column are added up")
	flags.StringVar(&f.from, "from", "", "only times from this one on")
	flags.StringVar(&f.until, "until", "", "only times up to this one")
	flags.StringSliceVar(&f.leaveOut, "leave-out", nil, "units to leave out, such as those of other schemes")
	flags.BoolVar(
		&f.organisations,
		"organisations",
		false,
		"units are codes of organisations: those that merged within the times are added up throughout (--until keeps apart those that merged later), those of no footprint left out, and the footprint is the cluster",
	)
	flags.BoolVar(&f.unscreened, "unscreened", false, "do not look for gaps and steps")
	for _, name := range []string{"unit", "time", "outcome"} {
		_ = c.MarkFlagRequired(name)
	}
	c.MarkFlagsMutuallyExclusive("cluster", "organisations")
}

// unitPanel are the units of a file, screened.
type unitPanel struct {
	units   []evidence.Unit
	periods []string
	// known is where each unit of the file went, itself or what it merged into.
	known map[string]string
	// parts are the units of the file that were added up into one.
	parts map[string][]string
	// left are those that --leave-out names, and notScreened those that could not be looked at.
	left        map[string]bool
	notScreened map[string]steps.Reason
	gaps, steps int
}

// period is the position of a time.
func (p *unitPanel) period(time string) (int, error) {
	at := slices.Index(p.periods, time)
	if at < 0 {
		return 0, usageError{fmt.Errorf("found the time %q, accepted: %s to %s", time, p.periods[0], p.periods[len(p.periods)-1])}
	}
	return at, nil
}

// unit finds one, also by a code that merged into it.
func (p *unitPanel) unit(name string) (evidence.Unit, bool) {
	at := slices.IndexFunc(p.units, func(u evidence.Unit) bool { return u.Name == p.known[name] })
	if at < 0 {
		return evidence.Unit{}, false
	}
	return p.units[at], true
}

func (f *unitFlags) read(ctx context.Context) (*unitPanel, *evidenceTable, error) {
	t, err := readEvidence(ctx, f.data)
	if err != nil {
		return nil, nil, err
	}
	kept, err := f.rows(t)
	if err != nil {
		return nil, t, err
	}
	read := columns{table: t}
	unit, time, outcome := read.texts(f.unit), read.texts(f.time), read.numbers(f.outcome)
	var cluster []string
	if f.cluster != "" {
		cluster = read.texts(f.cluster)
	}
	if read.err != nil {
		return nil, t, read.err
	}
	p := &unitPanel{known: map[string]string{}, parts: map[string][]string{}, left: map[string]bool{}, notScreened: map[string]steps.Reason{}}
	grain, err := p.times(t, f, time, kept)
	if err != nil {
		return nil, t, err
	}
	at := map[string]int{}
	for i, label := range p.periods {
		at[label] = i
	}
	counts, clusters := map[string][]float64{}, map[string]string{}
	for _, i := range kept {
		period, within := at[time[i]]
		if !within {
			continue
		}
		if counts[unit[i]] == nil {
			counts[unit[i]] = slices.Repeat([]float64{math.NaN()}, len(p.periods))
		}
		switch of := &counts[unit[i]][period]; {
		case math.IsNaN(*of):
			*of = outcome[i]
		case len(f.only) < 2:
			return nil, t, t.errorAt(i, f.time, "unit %s has two rows at time %s; --only chooses rows", unit[i], time[i])
		default:
			*of += outcome[i]
		}
		if cluster != nil {
			clusters[unit[i]] = cluster[i]
		}
	}
	total := make([]float64, len(p.periods))
	for _, of := range counts {
		for i, y := range of {
			if !math.IsNaN(y) {
				total[i] += y
			}
		}
	}
	for name := range counts {
		p.known[name] = name
	}
	if f.organisations {
		if counts, clusters, err = p.organisations(counts); err != nil {
			return nil, t, err
		}
	}
	return p, t, p.screen(f, counts, clusters, total, grain)
}

// rows are those that --only chooses.
func (f *unitFlags) rows(t *evidenceTable) ([]int, error) {
	wanted := map[string][]string{}
	for _, text := range f.only {
		column, value, ok := strings.Cut(text, "=")
		if !ok {
			return nil, usageError{fmt.Errorf("--only %q; accepted is column=text", text)}
		}
		wanted[column] = append(wanted[column], value)
	}
	texts := map[string][]string{}
	for column := range wanted {
		of, err := t.texts(column)
		if err != nil {
			return nil, err
		}
		texts[column] = of
	}
	var kept []int
	for i := range t.lines {
		keep := true
		for column, of := range wanted {
			keep = keep && slices.Contains(of, texts[column][i])
		}
		if keep {
			kept = append(kept, i)
		}
	}
	if len(kept) == 0 {
		return nil, usageError{fmt.Errorf("%s: no row has %s", t.file, strings.Join(f.only, ", "))}
	}
	return kept, nil
}

// times lists every period from the first to the last, also those that no unit has.
func (p *unitPanel) times(t *evidenceTable, f *unitFlags, time []string, kept []int) (catalog.Grain, error) {
	var grain catalog.Grain
	labels := map[float64]string{}
	first, last := math.Inf(1), math.Inf(-1)
	limits := [2]float64{math.Inf(-1), math.Inf(1)}
	for i, limit := range []string{f.from, f.until} {
		if limit == "" {
			continue
		}
		period, err := catalog.ParsePeriod(limit)
		if err != nil {
			return "", usageError{fmt.Errorf("--%s: %w", []string{"from", "until"}[i], err)}
		}
		limits[i] = periodsSinceZero(period)
	}
	parsed := map[string]float64{}
	for _, i := range kept {
		n, seen := parsed[time[i]]
		if !seen {
			period, err := catalog.ParsePeriod(time[i])
			switch {
			case err != nil:
				return "", t.errorAt(i, f.time, "%w", err)
			case grain != "" && period.Grain != grain:
				return "", t.errorAt(i, f.time, "%s is a %s, and the first time a %s", time[i], period.Grain.Words(), grain.Words())
			}
			grain, n = period.Grain, periodsSinceZero(period)
			parsed[time[i]] = n
		}
		if n < limits[0] || n > limits[1] {
			continue
		}
		labels[n] = time[i]
		first, last = min(first, n), max(last, n)
	}
	if len(labels) == 0 {
		return "", usageError{fmt.Errorf("%s: no time lies from %s to %s", t.file, cmp.Or(f.from, "the first"), cmp.Or(f.until, "the last"))}
	}
	for n := first; n <= last; n++ {
		p.periods = append(p.periods, cmp.Or(labels[n], fmt.Sprintf("(period %g)", n)))
	}
	return grain, nil
}

// organisations adds up those that merged into one, and finds the footprint of each. A figure is missing where one of those added up has
// none between its first and its last.
func (p *unitPanel) organisations(counts map[string][]float64) (merged map[string][]float64, clusters map[string]string, err error) {
	known, err := reference()
	if err != nil {
		return nil, nil, err
	}
	merged, clusters = map[string][]float64{}, map[string]string{}
	parts := map[string][]string{}
	for code := range counts {
		into := code
		for {
			next, ok := known.Successor(into)
			if !ok || counts[next] == nil {
				break
			}
			into = next
		}
		parts[into] = append(parts[into], code)
	}
	for code, of := range parts {
		cluster, ok := placed(known, code)
		if !ok {
			for _, part := range of {
				delete(p.known, part)
			}
			continue
		}
		clusters[code] = cluster
		sum := slices.Repeat([]float64{math.NaN()}, len(p.periods))
		for t := range sum {
			some, lacks, n := false, false, 0.0
			for _, part := range of {
				series := counts[part]
				first := slices.IndexFunc(series, func(y float64) bool { return !math.IsNaN(y) })
				last := len(series) - 1
				for last > 0 && math.IsNaN(series[last]) {
					last--
				}
				switch {
				case !math.IsNaN(series[t]):
					some, n = true, n+series[t]
				case t > first && t < last && first >= 0:
					lacks = true
				}
			}
			if some && !lacks {
				sum[t] = n
			}
		}
		merged[code] = sum
		slices.Sort(of)
		p.parts[code] = of
		for _, part := range of {
			p.known[part] = code
		}
	}
	return merged, clusters, nil
}

// placed is the footprint that an organisation lay in last, itself where it lay in several; false for one that lay in none.
func placed(known *footprint.Reference, code string) (cluster string, ok bool) {
	memberships := known.MembershipsOf(code)
	if len(memberships) == 0 {
		return "", false
	}
	whole := map[string]bool{}
	for _, m := range memberships {
		if m.Footprint == footprint.Unallocated {
			continue
		}
		ok, cluster = true, m.Footprint
		whole[m.Footprint] = true
	}
	if len(whole) > 1 {
		cluster = code
	}
	return cluster, ok
}

// screen takes gaps out of the units and marks their steps. A unit that could not be looked at is not used.
func (p *unitPanel) screen(f *unitFlags, counts map[string][]float64, clusters map[string]string, total []float64, grain catalog.Grain) error {
	var all []steps.Series
	for name, of := range counts {
		all = append(all, steps.Series{Name: name, Counts: of})
	}
	slices.SortFunc(all, func(a, b steps.Series) int { return cmp.Compare(a.Name, b.Name) })
	breaks := map[string][]int{}
	if !f.unscreened {
		found, err := steps.Find(all, steps.Settings{Season: max(2, grain.PerYear()), Total: total})
		if err != nil {
			return err
		}
		for _, left := range found.LeftOut {
			p.notScreened[left.Series] = left.Reason
		}
		for _, finding := range found.Findings {
			if finding.Kind == steps.Step {
				p.steps++
				breaks[finding.Series] = append(breaks[finding.Series], finding.From)
				continue
			}
			p.gaps++
			for t := finding.From; t <= finding.Until; t++ {
				counts[finding.Series][t] = math.NaN()
			}
		}
	}
	for _, name := range f.leaveOut {
		into, known := p.known[name]
		if !known {
			continue // not in the file, so not used anyway
		}
		p.left[into] = true
	}
	for _, s := range all {
		if _, not := p.notScreened[s.Name]; not || p.left[s.Name] {
			continue
		}
		var sum, n float64
		for _, y := range s.Counts {
			if !math.IsNaN(y) {
				sum, n = sum+y, n+1
			}
		}
		p.units = append(
			p.units,
			evidence.Unit{
				Name:    s.Name,
				Cluster: cmp.Or(clusters[s.Name], s.Name),
				Size:    sum / max(1, n) * float64(grain.PerYear()),
				Outcome: s.Counts,
				Breaks:  breaks[s.Name],
			},
		)
	}
	if len(p.units) == 0 {
		return fmt.Errorf("no unit can be used: %d could not be looked at for gaps and steps, %d are left out", len(p.notScreened), len(p.left))
	}
	return nil
}

// describe says how the units were screened.
func (p *unitPanel) describe(w io.Writer) {
	fmt.Fprintf(
		w,
		"%d units at %d times, %s to %s; %d gaps and %d steps found",
		len(p.units),
		len(p.periods),
		p.periods[0],
		p.periods[len(p.periods)-1],
		p.gaps,
		p.steps,
	)
	if len(p.notScreened) > 0 {
		by := map[steps.Reason]int{}
		for _, reason := range p.notScreened {
			by[reason]++
		}
		fmt.Fprintf(w, "; %d units not used, as they are too short (%d), too small (%d) or too noisy (%d) to be looked at", len(p.notScreened),
			by[steps.TooShort], by[steps.TooSmall], by[steps.TooNoisy])
	}
	fmt.Fprintln(w)
}
