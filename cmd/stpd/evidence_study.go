package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"stpdash/internal/evidence"
)

// studyFlags are the flags of stpd evidence study.
type studyFlags struct {
	unitFlags
	before, every, draws int
	after, groups        []int
	falls                []float64
	seed                 uint64
	method               string
	within               time.Duration
}

func evidenceStudyCommand() *cobra.Command {
	var f studyFlags
	c := &cobra.Command{
		Use:   "study",
		Short: "Study how often a test of relative effects is right on real series in which nothing is known to have happened",
		Long: "Study how often a test of relative effects is right. Each unit takes its turn as treated, at many starts, with the others as its donors: the share in " +
			"which an effect is found is the size of the test where nothing was put in, and its power where a fall was. Groups of units are drawn from --seed.\n\n" +
			"Series with a gap or a step in a window are left out of it, by the rule of stpd steps. The same file, flags and seed give the same study.",
		Example: "  stpd evidence study --data sql/reference/bundled/mar.csv.gz --only measure=non_elective_admissions --unit organisation --time period \\\n" +
			"      --outcome numerator --from 2013-04 --organisations --before 24 --after 6,12,24 --groups 2,5,10,22 --draws 200 --seed 1",
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return evidenceStudy(c, f) },
	}
	f.declare(c)
	flags := c.Flags()
	flags.IntVar(&f.before, "before", 24, "periods before the start")
	flags.IntSliceVar(&f.after, "after", []int{12}, "periods from the start on; each number is studied")
	flags.IntVar(&f.every, "every", 6, "periods from one start to the next")
	flags.Float64SliceVar(&f.falls, "falls", []float64{2, 5, 10, 20}, "falls that are put in, in per cent")
	flags.IntSliceVar(&f.groups, "groups", nil, "numbers of units in the groups that are drawn")
	flags.IntVar(&f.draws, "draws", 200, "groups of each number drawn at each start")
	flags.Uint64Var(&f.seed, "seed", 1, "what groups are drawn from")
	flags.StringVar(
		&f.method,
		"method",
		string(evidence.BySDID),
		"sdid, last (plain difference-in-differences on the last 12 periods) or recent (on all, the last weighing most)",
	)
	flags.DurationVar(&f.within, "within", 10*time.Minute, "how long it may take")
	return c
}

// studyResult is what stpd evidence study states.
type studyResult struct {
	Units   int               `json:"units"`
	From    string            `json:"from"`
	Until   string            `json:"until"`
	Gaps    int               `json:"gaps"`
	Steps   int               `json:"steps"`
	Studies []*evidence.Study `json:"studies"`
	panel   *unitPanel
	took    []time.Duration
}

func evidenceStudy(c *cobra.Command, f studyFlags) error {
	if f.within <= 0 {
		return usageError{fmt.Errorf("--within %s; accepted are times above 0", f.within)}
	}
	ctx, cancel := context.WithTimeout(c.Context(), f.within)
	defer cancel()
	late := fmt.Errorf("the study took longer than --within %s: starts farther apart take less", f.within)
	panel, t, err := f.read(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return late
	}
	if err != nil {
		return err
	}
	r := studyResult{
		Units: len(panel.units),
		From:  panel.periods[0],
		Until: panel.periods[len(panel.periods)-1],
		Gaps:  panel.gaps,
		Steps: panel.steps,
		panel: panel,
	}
	plan := evidence.Plan{Every: f.every, Groups: f.groups, Draws: f.draws, Seed: f.seed, Method: evidence.RelativeMethod(f.method)}
	for _, fall := range f.falls {
		plan.Falls = append(plan.Falls, fall/100)
	}
	for _, after := range f.after {
		plan.Design = evidence.Design{Before: f.before, After: after}
		begin := time.Now()
		study, err := plan.Run(ctx, panel.units)
		if errors.Is(err, context.DeadlineExceeded) {
			return late
		}
		if err != nil {
			return refuse(c, t, err)
		}
		r.Studies, r.took = append(r.Studies, study), append(r.took, time.Since(begin))
	}
	return printEvidence(c, r, r.print)
}

func (r studyResult) print(w io.Writer) {
	r.panel.describe(w)
	for i, s := range r.Studies {
		fmt.Fprintf(w, "\n%d periods before the start and %d from it on: %d starts, %d units taken as treated, %d to %d a start; seed %d; %.1f s\n\n",
			s.Before, s.After, s.Starts, s.Placebos, s.Fewest, s.Most, s.Seed, r.took[i].Seconds())
		header := []string{"test", "of", "k", "tried", "deviation %", "size %", "up to"}
		for _, fall := range s.Falls {
			header = append(header, "-"+strconv.FormatFloat(100*fall, 'g', 4, 64)+"%")
		}
		var rows [][]any
		for _, a := range append(append([]evidence.Accuracy{}, s.Tests...), s.Groups...) {
			k := any("")
			if a.K > 0 {
				k = a.K
			}
			row := []any{a.Test, a.Of, k, a.Tried, percents(a.Deviation), percents(a.Size), percents(a.SizeUpTo)}
			for _, power := range a.Power {
				row = append(row, percents(power))
			}
			rows = append(rows, append(row, percents(a.Detectable)))
		}
		writeTable(w, append(header, "smallest seen %"), rows)
		if v := s.Size; v != nil {
			fmt.Fprintf(w, "\ndeviation by size: root of %.4g + %.4g / figures a year\n", v.A, v.B)
		}
		rows = nil
		for _, place := range s.Places {
			if place.Starts >= 3 && 5*place.Rejected >= place.Starts && place.Rejected > 1 {
				rows = append(rows, []any{place.Unit, place.Starts, place.Rejected})
			}
		}
		if len(rows) > 0 {
			fmt.Fprintln(w)
			writeTable(w, []string{"rejected one time in five or more", "starts", "rejected"}, rows)
		}
	}
}

// percents is a share in per cent with one decimal.
func percents(share evidence.Number) any {
	if share.Missing() {
		return figure(share)
	}
	return figure(float64(int(1000*float64(share)+0.5)) / 10)
}
