package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
	"stpdash/internal/spc"
)

// ungrouped is what NHSRplotthedots calls the only series.
const ungrouped = "no facet"

// spcFlags are the flags of stpd evidence spc.
type spcFlags struct {
	data, value, time, group, rebase, direction, chart, kind string
	target                                                   float64
	noScreen                                                 bool
	fixAfter                                                 int
}

func evidenceSPCCommand() *cobra.Command {
	var f spcFlags
	c := &cobra.Command{
		Use: "spc", Short: "Chart a series by statistical process control",
		Long: "Chart a series by statistical process control as NHS Making Data Count does: an XmR chart, the labels of its points, and the icons of " +
			"variation and assurance.\n\nWithout --time the rows stand in the order of time. A blank figure is a gap: no moving range spans it and no run of " +
			"points passes over it. Limits from fewer than 13 figures carry a warning.\n\nOf events too rare to count, chart what lies between them: --chart g of numbers, " +
			"such as patients or months without one (Benneyan 2001), --chart t of times (Nelson 1994).",
		Example: "  stpd evidence spc --data waits.csv --value y --time month --direction decrease --target 95\n" +
			"  stpd evidence spc --data waits.csv --value y --time month --group trust --rebase 2017-04,2018-04 --direction decrease --json\n" +
			"  stpd evidence spc --data falls.csv --value days_between --chart t --direction increase",
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return evidenceSPC(c, f) },
	}
	evidenceData(c, &f.data)
	flags := c.Flags()
	flags.StringVar(&f.value, "value", "", "column of the figures")
	flags.StringVar(&f.time, "time", "", "column of their times: numbers, 2018-12-03, 2017-04, 2016-Q1 or 2016/17")
	flags.StringVar(&f.group, "group", "", "column that tells series apart")
	flags.StringVar(&f.rebase, "rebase", "", "where limits begin anew: times, with commas between them, or a column that changes there")
	flags.StringVar(&f.direction, "direction", "", "which change is an improvement: increase, decrease or neutral")
	flags.Float64Var(&f.target, "target", 0, "target, in the unit of the figures")
	flags.BoolVar(&f.noScreen, "no-screen", false, "keep outlying moving ranges when setting limits")
	flags.IntVar(&f.fixAfter, "fix-after", 0, "set limits by the first so many rows of each stretch, at least 12")
	flags.StringVar(
		&f.kind,
		"kind",
		"",
		"what the figures are, for limits within what they can be: count, share (0 to 1), percent (0 to 100) or other (no bounds); without it, by the figures",
	)
	flags.StringVar(&f.chart, "chart", "xmr", "xmr, g (numbers between rare events) or t (times between them)")
	_ = c.MarkFlagRequired("value")
	_ = c.MarkFlagRequired("direction")
	return c
}

// spcPoint is one figure, with the names of NHSRplotthedots.
type spcPoint struct {
	Series  string         `json:"f"`
	Time    string         `json:"x"`
	Group   int            `json:"rebase_group"`
	Value   figure         `json:"y"`
	Mean    figure         `json:"mean_col"`
	LPL     figure         `json:"lpl"`
	UPL     figure         `json:"upl"`
	Outside *bool          `json:"outside_limits"`
	Near    *bool          `json:"close_to_limits"`
	Side    *int           `json:"relative_to_mean"`
	Cause   *spc.Cause     `json:"special_cause_type"`
	Type    *spc.PointType `json:"point_type"`
}

// spcGroup is the figures between two breaks. Icons are those of the last one.
type spcGroup struct {
	Series         string         `json:"f"`
	Group          int            `json:"rebase_group"`
	Mean           figure         `json:"mean"`
	LPL            figure         `json:"lpl"`
	UPL            figure         `json:"upl"`
	Points         int            `json:"n"`
	Missing        int            `json:"missing"`
	Common         int            `json:"common_cause"`
	Improvement    int            `json:"improvement"`
	Concern        int            `json:"concern"`
	NeutralHigh    int            `json:"neutral_high"`
	NeutralLow     int            `json:"neutral_low"`
	Short          bool           `json:"short_group_warning"`
	Variation      *spc.Variation `json:"variation_icon"`
	VariationWords string         `json:"variation_words,omitempty"`
	Assurance      *spc.Assurance `json:"assurance"`
	AssuranceWords string         `json:"assurance_words,omitempty"`
	Improving      string         `json:"improvement_direction"`
	Target         *float64       `json:"target"`
	Screened       bool           `json:"screen_outliers"`
	FixAfter       *int           `json:"fix_after_n_points"`
	Reason         string         `json:"reason,omitempty"`
	Code           string         `json:"reason_code,omitempty"`
}

// spcResult is what stpd evidence spc states.
type spcResult struct {
	Points []spcPoint `json:"points"`
	Groups []spcGroup `json:"groups"`
	Notes  []spcNote  `json:"notes,omitempty"`
}

// spcNote says something of the limits of a series.
type spcNote struct {
	Series string `json:"f"`
	Note   string `json:"note"`
}

func evidenceSPC(c *cobra.Command, f spcFlags) error {
	settings := spc.Settings{FixAfter: f.fixAfter, KeepRanges: f.noScreen}
	var err error
	if settings.Improvement, err = spc.ParseDirection(f.direction); err != nil {
		return usageError{err}
	}
	if c.Flags().Changed("target") {
		settings.Target = &f.target
	}
	rare := map[string]func([]float64) spc.RareChart{"g": spc.NewGChart, "t": spc.NewTChart}[f.chart]
	switch {
	case !slices.Contains([]string{"", kindCount, kindShare, kindPercent, kindOther}, f.kind):
		return usageError{fmt.Errorf("--kind %q; accepted are %s, %s, %s or %s", f.kind, kindCount, kindShare, kindPercent, kindOther)}
	case rare != nil && f.kind != "":
		return usageError{fmt.Errorf("--kind is for --chart xmr")}
	case rare == nil && f.chart != "xmr":
		return usageError{fmt.Errorf("--chart %q; accepted are xmr, g or t", f.chart)}
	case rare != nil && (f.rebase != "" || f.fixAfter != 0 || f.noScreen || settings.Target != nil):
		return usageError{fmt.Errorf("--rebase, --fix-after, --no-screen and --target are for --chart xmr")}
	}
	t, err := readEvidence(c.Context(), f.data)
	if err != nil {
		return err
	}
	figures, err := t.numbers(f.value)
	if err != nil {
		return err
	}
	all, err := t.groups(f.group, ungrouped)
	if err != nil {
		return err
	}
	order, err := readSPCOrder(t, f)
	if err != nil {
		return err
	}
	var result spcResult
	var between rareResult
	for _, g := range all {
		if settings.Rebase, err = order.apply(t, f, g.rows); err != nil {
			return err
		}
		series := make([]float64, len(g.rows))
		for i, row := range g.rows {
			series[i] = figures[row]
		}
		if rare != nil {
			if at := slices.IndexFunc(series, func(y float64) bool { return f.chart == "g" && !math.IsNaN(y) && y != math.Trunc(y) }); at >= 0 {
				return t.errorAt(g.rows[at], f.value, "found %v; --chart g is of whole numbers between events; of times there is --chart t", series[at])
			}
			between = append(between, newRareSeries(g, order.texts, rare(series), settings.Improvement))
			continue
		}
		chart, err := spc.New(series, settings)
		if err != nil {
			return usageError{err}
		}
		notes, err := limitFigures(chart, series, f.kind)
		if err != nil {
			return fmt.Errorf("%s, column %s: %w", t.file, f.value, err)
		}
		for _, note := range notes {
			result.Notes = append(result.Notes, spcNote{g.name, note})
		}
		result.add(g, order.texts, chart, settings)
	}
	if err := order.outside(); err != nil {
		return err
	}
	if longest := result.longest(); f.fixAfter > longest && rare == nil {
		return usageError{fmt.Errorf("--fix-after %d; the longest stretch has %d rows, so %d to %d are accepted", f.fixAfter, longest, spc.MinimumFix, longest)}
	}
	if rare != nil {
		return printEvidence(c, map[string]rareResult{"series": between}, between.print)
	}
	return printEvidence(c, result, result.print)
}

// longest is how many rows the longest stretch has.
func (r spcResult) longest() int {
	var longest int
	for _, g := range r.Groups {
		longest = max(longest, g.Points+g.Missing)
	}
	return longest
}

// rareResult is what stpd evidence spc states of what lies between rare events.
type rareResult []rareSeries

// rareSeries is one chart of rare events.
type rareSeries struct {
	Series    string         `json:"f"`
	Chart     string         `json:"chart"`
	Mean      figure         `json:"mean"`
	LPL       figure         `json:"lpl"`
	UPL       figure         `json:"upl"`
	Variation *spc.Variation `json:"variation_icon"`
	Reason    string         `json:"reason,omitempty"`
	Code      string         `json:"reason_code,omitempty"`
	Points    []rarePoint    `json:"points"`
}

type rarePoint struct {
	Time    string `json:"x"`
	Value   figure `json:"y"`
	Outside bool   `json:"outside_limits"`
}

func newRareSeries(g evidenceGroup, times []string, chart spc.RareChart, improvement spc.Direction) rareSeries {
	r := rareSeries{
		Series: g.name,
		Chart:  chart.Kind,
		Mean:   figure(chart.Mean),
		LPL:    figure(chart.LPL),
		UPL:    figure(chart.UPL),
		Reason: wording.ChartLimits(chart.Reason),
		Code:   string(chart.Reason.Code),
		Points: []rarePoint{},
	}
	switch {
	case chart.Variation == spc.NeutralVariationHigh && improvement == spc.Increase:
		chart.Variation = spc.ImprovementHigh
	case chart.Variation == spc.NeutralVariationHigh && improvement == spc.Decrease:
		chart.Variation = spc.ConcernHigh
	}
	if chart.Variation != spc.NoVariation {
		r.Variation = &chart.Variation
	}
	for i, y := range chart.Figures {
		point := rarePoint{Time: strconv.Itoa(i + 1), Value: figure(y), Outside: chart.Outside[i]}
		if times != nil {
			point.Time = times[g.rows[i]]
		}
		r.Points = append(r.Points, point)
	}
	return r
}

func (r rareResult) print(w io.Writer) {
	var points, charts [][]any
	for _, s := range r {
		for _, p := range s.Points {
			outside := "-"
			if p.Outside {
				outside = "above the upper limit"
			}
			points = append(points, []any{s.Series, p.Time, p.Value, outside})
		}
		charts = append(charts, []any{s.Series, s.Chart, s.Mean, s.LPL, s.UPL, shown(s.Variation), s.Reason})
	}
	writeTable(w, []string{"series", "time", "between events", "signal"}, points)
	fmt.Fprintln(w)
	writeTable(w, []string{"series", "chart", "mean", "lower limit", "upper limit", "variation", "reason"}, charts)
}

// add states a chart. Times are those of the rows, or their place in the series.
func (r *spcResult) add(g evidenceGroup, times []string, chart *spc.Chart, s spc.Settings) {
	for i, p := range chart.Points {
		point := spcPoint{
			Series: g.name, Time: strconv.Itoa(i + 1), Group: p.Group,
			Value: figure(p.Y), Mean: figure(p.Mean), LPL: figure(p.LPL), UPL: figure(p.UPL),
		}
		if times != nil {
			point.Time = times[g.rows[i]]
		}
		if p.Cause != spc.NoCause {
			point.Outside, point.Near, point.Side, point.Cause, point.Type = &p.Outside, &p.Near, &p.Side, &p.Cause, &p.Type
		}
		r.Points = append(r.Points, point)
	}
	for i, of := range chart.Groups {
		group := spcGroup{
			Series: g.name, Group: i, Mean: figure(of.Mean), LPL: figure(of.LPL), UPL: figure(of.UPL), Points: of.Points, Missing: of.Missing,
			Common: of.Common, Improvement: of.Improvement, Concern: of.Concern, NeutralHigh: of.NeutralHigh, NeutralLow: of.NeutralLow, Short: of.Short,
			Improving: s.Improvement.String(), Target: s.Target, Screened: !s.KeepRanges, Reason: limitsReason(of.Reason), Code: string(of.Reason.Code),
		}
		if s.FixAfter > 0 {
			group.FixAfter = &s.FixAfter
		}
		if i == len(chart.Groups)-1 {
			group.VariationWords, group.AssuranceWords = wording.Variation(chart.Variation), wording.Assurance(chart.Assurance)
			if chart.Variation != spc.NoVariation {
				group.Variation = &chart.Variation
			}
			if chart.Assurance != spc.NoAssurance {
				group.Assurance = &chart.Assurance
			}
		}
		r.Groups = append(r.Groups, group)
	}
}

func (r spcResult) print(w io.Writer) {
	var points, groups [][]any
	for _, p := range r.Points {
		points = append(points, []any{p.Series, p.Time, p.Group, p.Value, p.Mean, p.LPL, p.UPL, shown(p.Cause), shown(p.Type)})
	}
	for _, g := range r.Groups {
		groups = append(groups, []any{
			g.Series, g.Group, g.Points, g.Missing, g.Mean, g.LPL, g.UPL, g.Common, g.Improvement, g.Concern, g.NeutralHigh + g.NeutralLow,
			shown(g.Variation), shown(g.Assurance),
		})
	}
	writeTable(w, []string{"series", "time", "group", "figure", "mean", "lower limit", "upper limit", "cause", "type"}, points)
	fmt.Fprintln(w)
	writeTable(w, []string{
		"series", "group", "figures", "missing", "mean", "lower limit", "upper limit", "common", "improving", "concerning", "neutral",
		"variation", "assurance",
	}, groups)
	fmt.Fprintln(w)
	for _, note := range r.Notes {
		fmt.Fprintf(w, "%s: %s.\n", note.Series, note.Note)
	}
	for _, g := range r.Groups {
		name := fmt.Sprintf("%s, group %d", g.Series, g.Group)
		if g.Reason != "" {
			fmt.Fprintf(w, "%s: %s.\n", name, g.Reason)
		}
		if g.Short {
			fmt.Fprintf(w, "%s: fewer than %d figures, so the limits are provisional.\n", name, spc.MinimumPoints)
		}
		if g.VariationWords != "" {
			fmt.Fprintf(w, "%s: %s %s\n", name, g.VariationWords, g.AssuranceWords)
		}
	}
}

// limitsReason says why a group has no limits, and what can be done about small counts.
func limitsReason(r spc.Reason) string {
	if r.Code == spc.SmallCounts {
		return fmt.Sprintf("half or more of the figures are counts under %d, of which one case more or less is no sign of a change, so there are no limits. "+
			"Chart what lies between cases: --chart g or --chart t. Where figures are no counts: --kind %s", r.Need, kindOther)
	}
	return wording.ChartLimits(r)
}

// What figures can be.
const (
	kindCount, kindShare, kindPercent, kindOther = "count", "share", "percent", "other"
)

// limitFigures takes the limits from groups of mostly small counts, as pages do, and keeps the others within what figures can be. Without a
// kind that is told by figures which reach a bound: 0 and never less; 100, or 1 in parts, and never more.
func limitFigures(chart *spc.Chart, series []float64, kind string) (notes []string, err error) {
	known := slices.DeleteFunc(slices.Clone(series), math.IsNaN)
	if len(known) == 0 || kind == kindOther {
		return nil, nil
	}
	low, high := slices.Min(known), slices.Max(known)
	whole := !slices.ContainsFunc(known, func(y float64) bool { return y != math.Trunc(y) })
	zero, top := 0.0, math.Inf(1)
	lower := &zero
	switch {
	case kind == kindShare, kind == "" && low >= 0 && high == 1 && !whole:
		top = 1
	case kind == kindPercent, kind == "" && low >= 0 && high == 100 && !whole:
		top = 100
	case kind == "" && low != 0:
		lower = nil
	}
	if kind != "" && (low < 0 || high > top) {
		return nil, fmt.Errorf(
			"figures lie from %v to %v, which --kind %s cannot; accepted are figures of 0 or more, of a share up to 1, of percent up to 100",
			low,
			high,
			kind,
		)
	}
	if kind == kindCount && !whole {
		return nil, fmt.Errorf("--kind %s is of whole numbers", kindCount)
	}
	for g := range chart.Groups {
		small, points := 0, 0
		for _, p := range chart.Points {
			if p.Group == g && !math.IsNaN(p.Y) {
				if points++; p.Y < measure.FewCases {
					small++
				}
			}
		}
		counts := whole && (kind == kindCount || kind == "" && low == 0)
		if counts && points > 0 && 2*small >= points && chart.Groups[g].Reason.Code == "" {
			chart.WithoutLimits(g, spc.Reason{Code: spc.SmallCounts, Need: measure.FewCases})
		}
	}
	bounded := slices.ContainsFunc(chart.Groups, func(g spc.Group) bool { return lower != nil && g.LPL < *lower || g.UPL > top })
	if bounded {
		chart.Within(lower, &top)
		words := "0"
		if !math.IsInf(top, 1) {
			words += fmt.Sprintf(" to %v", top)
		} else {
			words += " or more"
		}
		notes = append(notes, "limits are kept within "+words+", which is what the figures can be")
	}
	if lower == nil && low > 0 && slices.ContainsFunc(chart.Groups, func(g spc.Group) bool { return g.LPL < 0 }) {
		notes = append(notes, "a lower limit lies below 0, and no figure does: where none can, say so with --kind "+kindCount+", "+kindShare+" or "+kindPercent)
	}
	if lower == nil && low >= 0 && high <= 100 && high > 90 && slices.ContainsFunc(chart.Groups, func(g spc.Group) bool { return g.UPL > 100 }) {
		notes = append(notes, "an upper limit lies above 100, and no figure does: where figures are percentages, say so with --kind "+kindPercent)
	}
	return notes, nil
}

// shown is a label, or a dash where there is none.
func shown[T ~string](label *T) string {
	if label == nil {
		return "-"
	}
	return string(*label)
}

// spcOrder is the times of the rows, and where their limits begin anew.
type spcOrder struct {
	texts  []string  // times as they stand; nil without --time
	times  []float64 // the same as numbers
	marks  []string  // a column that changes where limits begin anew; nil without one
	breaks []*spcBreak
}

// spcBreak is a time at which limits begin anew.
type spcBreak struct {
	text   string
	time   float64
	inside bool // of a series
}

func readSPCOrder(t *evidenceTable, f spcFlags) (*spcOrder, error) {
	o := &spcOrder{}
	read := spcPeriod
	if f.time != "" {
		var err error
		if o.texts, err = t.texts(f.time); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(o.texts, func(text string) bool { _, err := spcNumber(text); return err != nil }) {
			read = spcNumber
		}
		for row, text := range o.texts {
			at, err := read(text)
			if err != nil {
				return nil, t.errorAt(row, f.time, "%w", err)
			}
			o.times = append(o.times, at)
		}
	}
	var err error
	switch {
	case f.rebase == "":
	case slices.Contains(t.columns, f.rebase):
		o.marks, err = t.texts(f.rebase)
	case f.time == "":
		err = usageError{fmt.Errorf("--rebase: %s has no column %q, and times need --time; its columns are %s", t.file, f.rebase, strings.Join(t.columns, ", "))}
	default:
		for text := range strings.SplitSeq(f.rebase, ",") {
			at, err := read(strings.TrimSpace(text))
			if err != nil {
				return nil, usageError{fmt.Errorf("--rebase: %w; or a column: %s", err, strings.Join(t.columns, ", "))}
			}
			o.breaks = append(o.breaks, &spcBreak{text: text, time: at})
		}
	}
	return o, err
}

func spcNumber(text string) (float64, error) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return 0, fmt.Errorf("found %q where a number should be, as in the column of times", text)
	}
	return n, nil
}

// spcPeriod reads a period, or another form of date that spreadsheets and statistical programs write.
func spcPeriod(text string) (float64, error) {
	if p, err := catalog.ParsePeriod(text); err == nil {
		return float64(p.Start.Unix()), nil
	}
	for _, layout := range []string{time.DateTime, time.RFC3339, "02/01/2006"} {
		if at, err := time.Parse(layout, text); err == nil {
			return float64(at.Unix()), nil
		}
	}
	return 0, fmt.Errorf("found %q; times are numbers, or such as 2018-12-03, 03/12/2018, 2017-04, 2016-Q1, 2013 and 2016/17", text)
}

// apply puts the rows of a series in the order of time and finds the places, counted from 0, at which its limits begin anew.
func (o *spcOrder) apply(t *evidenceTable, f spcFlags, rows []int) ([]int, error) {
	at := func(row int) float64 { return o.times[row] }
	if o.times != nil {
		slices.SortStableFunc(rows, func(a, b int) int { return cmp.Compare(at(a), at(b)) })
		for i := 1; i < len(rows); i++ {
			if at(rows[i]) == at(rows[i-1]) {
				return nil, t.errorAt(rows[i], f.time, "%s has a figure already, on line %d; one for each time is accepted, or --group to tell series apart",
					o.texts[rows[i]], t.line(rows[i-1]))
			}
		}
	}
	var places []int
	for i := 1; i < len(rows) && o.marks != nil; i++ {
		// A group's number in every row and a mark in the first row of each are both in use.
		if mark := o.marks[rows[i]]; mark != o.marks[rows[i-1]] && !slices.Contains([]string{"", "0", "false", "na"}, strings.ToLower(mark)) {
			places = append(places, i)
		}
	}
	for _, b := range o.breaks {
		place := slices.IndexFunc(rows, func(row int) bool { return at(row) >= b.time })
		b.inside = b.inside || place > 0 || place == 0 && at(rows[0]) == b.time
		if place > 0 {
			places = append(places, place)
		}
	}
	slices.Sort(places)
	return slices.Compact(places), nil
}

// outside says which break lies in no series.
func (o *spcOrder) outside() error {
	for _, b := range o.breaks {
		if !b.inside {
			first := slices.Index(o.times, slices.Min(o.times))
			last := slices.Index(o.times, slices.Max(o.times))
			return usageError{fmt.Errorf("--rebase: %s is outside the series, which run from %s to %s", b.text, o.texts[first], o.texts[last])}
		}
	}
	return nil
}
