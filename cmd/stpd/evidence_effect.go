package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"stpdash/internal/evidence"
	"stpdash/internal/pages/wording"
	"stpdash/internal/steps"
)

// effectFlags are the flags of stpd evidence effect.
type effectFlags struct {
	unitFlags
	treated       []string
	start         string
	before, after int
	sizeVariance  []float64
}

func evidenceEffectCommand() *cobra.Command {
	var f effectFlags
	c := &cobra.Command{
		Use:   "effect",
		Short: "Estimate a relative effect on one place, or on a group of places, by placebos",
		Long: "Estimate a relative effect by synthetic difference-in-differences in logarithms: that of one unit with an interval from the effects found for each donor, or " +
			"the mean effect on several units, each around its own start, with errors correlated within clusters.\n\n" +
			"Series with a gap or a step in the window are left out, by the rule of stpd steps, the treated ones too. A step within two periods of the start is neither left out nor " +
			"credited: it is named. The smallest fall that could be seen stands before the estimate.",
		Example: "  stpd evidence effect --data sql/reference/bundled/mar.csv.gz --only measure=non_elective_admissions --unit organisation --time period \\\n" +
			"      --outcome numerator --from 2013-04 --organisations --treated 03L --start 2016-04\n" +
			"  stpd evidence effect --data panel.csv --unit place --time month --outcome admissions --cluster county --treated A:2015-04,B:2016-04 --after 24",
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return evidenceEffect(c, f) },
	}
	f.declare(c)
	flags := c.Flags()
	flags.StringSliceVar(&f.treated, "treated", nil, "units that had the scheme, each with its start where they differ: unit or unit:time")
	flags.StringVar(&f.start, "start", "", "first time under the scheme")
	flags.IntVar(&f.before, "before", 24, "periods before the start")
	flags.IntVar(&f.after, "after", 12, "periods from the start on")
	flags.Float64SliceVar(
		&f.sizeVariance,
		"size-variance",
		nil,
		"the two numbers of the deviation by size, as stpd evidence study found them; from the donors of this start without them",
	)
	_ = c.MarkFlagRequired("treated")
	return c
}

// effectResult is what stpd evidence effect states of one unit.
type effectResult struct {
	Unit  string `json:"unit"`
	Start string `json:"start"`
	*wording.RelativeAnswer
	LeftOut []leftOut `json:"left_out"`
	Noted   string    `json:"note,omitempty"`
}

// groupResult is what it states of a group.
type groupResult struct {
	*wording.GroupAnswer
	LeftOut []leftOut `json:"left_out"`
	Noted   []string  `json:"unit_notes,omitempty"`
}

// leftOut is a unit that was not used, and why.
type leftOut struct {
	Unit   string `json:"unit"`
	Reason string `json:"reason"`
	At     string `json:"at,omitempty"`
}

// nearStart is within how many periods of the start a step is taken for what may be the effect.
const nearStart = 2

func evidenceEffect(c *cobra.Command, f effectFlags) error {
	var known *evidence.SizeVariance
	if v := f.sizeVariance; len(v) > 0 {
		if len(v) != 2 || !(v[0] >= 0 && v[1] >= 0 && v[0]+v[1] > 0) || math.IsInf(v[0]+v[1], 0) {
			return usageError{fmt.Errorf("--size-variance %v; accepted are two numbers not below zero, such as 0.00126,6.3", v)}
		}
		known = &evidence.SizeVariance{A: v[0], B: v[1]}
	}
	panel, t, err := f.read(c.Context())
	if err != nil {
		return err
	}
	if n := len(panel.periods); f.before < 3 || f.after < 1 || f.before > n || f.after > n-f.before {
		return usageError{
			fmt.Errorf(
				"--before %d and --after %d; the data have %d periods, and accepted are 3 or more before the start and 1 or more from it on",
				f.before,
				f.after,
				n,
			),
		}
	}
	members, noted, err := f.members(panel)
	if err != nil {
		return refuse(c, t, err)
	}
	donors := slices.DeleteFunc(slices.Clone(panel.units), func(u evidence.Unit) bool {
		return slices.ContainsFunc(members, func(m evidence.Member) bool { return m.Name == u.Name })
	})
	d := evidence.Design{Before: f.before, After: f.after}
	if len(members) > 1 {
		found, err := evidence.EstimateGroup(c.Context(), members, donors, d)
		if err != nil {
			return refuse(c, t, err)
		}
		r := groupResult{GroupAnswer: wording.AnswerGroup(found), LeftOut: panel.unscreened(), Noted: noted}
		for _, left := range found.LeftOut {
			r.LeftOut = append(r.LeftOut, panel.leftOut(left.Unit, left.Reason, left.At))
		}
		return printEvidence(c, r, r.print)
	}
	m := members[0]
	from, to := m.Start-f.before, m.Start+f.after
	if why, at := m.Within(from, to); why != evidence.Fit {
		return refuse(c, t, fmt.Errorf("the treated unit %s cannot be tested: %s", m.Name, panel.leftOut(m.Name, why, at).words()))
	}
	r := effectResult{Unit: m.Name, Start: panel.periods[m.Start], LeftOut: panel.unscreened(), Noted: strings.Join(noted, "; ")}
	comparison := evidence.Comparison{Times: panel.periods[from:to], Start: f.before, Name: m.Name, Treated: m.Outcome[from:to], Units: 1}
	sizes := []float64{m.Size}
	for _, u := range donors {
		if why, at := u.Within(from, to); why != evidence.Fit {
			r.LeftOut = append(r.LeftOut, panel.leftOut(u.Name, why, at))
			continue
		}
		comparison.Donors, comparison.Outcomes, sizes = append(comparison.Donors, u.Name), append(comparison.Outcomes, u.Outcome[from:to]), append(sizes, u.Size)
	}
	found, err := evidence.EstimateRelative(c.Context(), comparison, d, sizes, known)
	if err != nil {
		return refuse(c, t, err)
	}
	r.RelativeAnswer = wording.AnswerRelative(found)
	return printEvidence(c, r, r.print)
}

// members are the treated units with their starts. A step near the start is taken out of them and noted.
func (f effectFlags) members(panel *unitPanel) (members []evidence.Member, noted []string, err error) {
	for _, text := range f.treated {
		name, start, timed := strings.Cut(text, ":")
		if !timed {
			start = f.start
		}
		if start == "" {
			return nil, nil, usageError{fmt.Errorf("--treated %s has no start; accepted is %s:time, or --start", name, name)}
		}
		at, err := panel.period(start)
		if err != nil {
			return nil, nil, err
		}
		unit, found := panel.unit(name)
		switch reason, not := panel.notScreened[panel.known[name]]; {
		case not:
			return nil, nil, fmt.Errorf("the treated unit %s could not be looked at for gaps and steps: %s", name, wording.NotScreened[reason])
		case !found && panel.left[panel.known[name]]:
			return nil, nil, usageError{fmt.Errorf("the treated unit %s is among those that --leave-out names%s", name, panel.within(name))}
		case !found:
			return nil, nil, usageError{fmt.Errorf("there is no unit %q", name)}
		case slices.ContainsFunc(members, func(m evidence.Member) bool { return m.Name == unit.Name }):
			return nil, nil, usageError{fmt.Errorf("the treated unit %s is named twice, or merged with another that is named", name)}
		}
		m := evidence.Member{Unit: unit, Start: at}
		m.Breaks = slices.DeleteFunc(slices.Clone(m.Breaks), func(b int) bool {
			near := b >= at-nearStart && b <= at+nearStart
			if near {
				noted = append(noted, fmt.Sprintf("the level of %s jumps at %s: a change in one month looks the same as a change of counting", unit.Name, panel.periods[b]))
			}
			return near
		})
		if len(panel.parts[unit.Name]) > 1 {
			noted = append(noted, fmt.Sprintf("%s was tested%s: an effect on a part of it is as much smaller as the part is", name, panel.within(name)))
		}
		members = append(members, m)
	}
	if len(members) == 0 {
		return nil, nil, usageError{errors.New("--treated names no unit")}
	}
	return members, noted, nil
}

// within says what a unit was added up with.
func (p *unitPanel) within(name string) string {
	parts := p.parts[p.known[name]]
	if len(parts) < 2 {
		return ""
	}
	return fmt.Sprintf(" as part of %s, the sum of %s, which merged", p.known[name], strings.Join(parts, ", "))
}

// unscreened are the units that could not be looked at.
func (p *unitPanel) unscreened() []leftOut {
	all := []leftOut{}
	for name, reason := range p.notScreened {
		all = append(all, leftOut{Unit: name, Reason: string(reason)})
	}
	slices.SortFunc(all, func(a, b leftOut) int { return strings.Compare(a.Unit, b.Unit) })
	return all
}

func (p *unitPanel) leftOut(unit string, why evidence.Unfit, at int) leftOut {
	l := leftOut{Unit: unit, Reason: string(why)}
	if at >= 0 && at < len(p.periods) {
		l.At = p.periods[at]
	}
	return l
}

// words say why a unit was not used.
func (l leftOut) words() string {
	words := map[evidence.Unfit]string{
		evidence.HasGap: "a figure is missing or lacks a part", evidence.HasBreak: "its level jumps inside the window, as a change of counting does",
		evidence.HasNoLog: "a figure is not above zero", evidence.OutsideData: "the figures do not cover the window",
	}[evidence.Unfit(l.Reason)]
	if words == "" {
		words = wording.NotScreened[steps.Reason(l.Reason)]
	}
	if l.At != "" {
		words += " (" + l.At + ")"
	}
	return words
}

func (r effectResult) print(w io.Writer) {
	fmt.Fprintf(w, "smallest fall of %s that would be seen: %v%%\n\n", r.Unit, figure(-r.Percent.Detectable))
	names := []string{r.Method, "by the size of the unit", r.Check.Method, r.Recent.Method}
	of := r.Relative
	estimates := []*evidence.Estimate{&of.Estimate, of.BySize, &of.Check.Estimate, &of.Recent.Estimate}
	if of.Baseline != nil {
		names, estimates = append(names, of.Baseline.Method), append(estimates, &of.Baseline.Estimate)
	}
	printPercents(w, names, estimates)
	fmt.Fprintf(w, "\n%d donors, %d periods before %s and %d from it on; rank %d of %d by the size of the effect (p %v)\n",
		r.Donors, r.Before, r.Start, r.After, r.Rank, r.Donors+1, figure(r.RankP))
	notes := slices.Clone(r.Notes)
	if r.SignDiffers {
		notes = append(notes, "the plain difference-in-differences has the other sign")
	}
	if r.Noted != "" {
		notes = append(notes, r.Noted)
	}
	printNotes(w, notes)
	printLeftOut(w, r.LeftOut)
}

func (r groupResult) print(w io.Writer) {
	fmt.Fprintf(w, "smallest fall of the group that would be seen: %v%%\n\n", figure(-r.Percent.Detectable))
	of := r.Group
	names, estimates := []string{of.Method, of.Check.Method}, []*evidence.Estimate{&of.Estimate, &of.Check.Estimate}
	if of.Baseline != nil {
		names, estimates = append(names, of.Baseline.Method), append(estimates, &of.Baseline.Estimate)
	}
	printPercents(w, names, estimates)
	fmt.Fprintf(w, "\n%d units in %d clusters, %d donors in %d clusters; %d periods before each start and %d from it on; correlation within clusters %v\n\n",
		r.Units, r.Clusters, r.Donors, r.DonorClusters, r.Before, r.After, figure(r.Rho))
	var rows [][]any
	for _, m := range r.Members {
		rows = append(rows, []any{m.Unit, m.Cluster, figure(m.Percent.Value)})
	}
	writeTable(w, []string{"unit", "cluster", "effect %"}, rows)
	notes := append(slices.Clone(r.Notes), r.Noted...)
	if r.SignDiffers {
		notes = append(notes, "the plain difference-in-differences has the other sign")
	}
	printNotes(w, notes)
	printLeftOut(w, r.LeftOut)
}

// printPercents is a table of effects in per cent.
func printPercents(w io.Writer, names []string, estimates []*evidence.Estimate) {
	var rows [][]any
	var reasons []string
	for i, e := range estimates {
		if e == nil {
			continue
		}
		in := evidence.InPercent(*e)
		lower, upper := any("-"), any("-")
		if in.Interval != nil {
			lower, upper = figure(in.Interval[0]), figure(in.Interval[1])
		}
		rows = append(rows, []any{names[i], figure(in.Value), lower, upper, figure(e.P), figure(in.Detectable), wording.ErrorKind(e.SEKind)})
		if e.Reason.Code != "" {
			reasons = append(reasons, names[i]+": "+wording.EvidenceNote(e.Reason))
		}
	}
	writeTable(w, []string{"", "effect %", "lower 95%", "upper 95%", "p", "smallest fall seen %", "error by"}, rows)
	printNotes(w, reasons)
}

func printLeftOut(w io.Writer, left []leftOut) {
	if len(left) == 0 {
		return
	}
	var rows [][]any
	for _, l := range left {
		rows = append(rows, []any{l.Unit, l.words()})
	}
	fmt.Fprintln(w)
	writeTable(w, []string{"left out", "why"}, rows)
}
