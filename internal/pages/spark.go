package pages

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
	"stpdash/internal/spc"
)

// Spark is the course of a row's last figures as a drawing of 182 by 40, without axis or frame.
type Spark struct {
	// Words stand in place of a drawing where there are too few figures for one.
	Words string
	Label string // the drawing in a sentence
	// The paths of the drawing: the band of normal variation, what the target requires, where the series breaks, the line, and the figures that are
	// marked, each kind with a shape of its own.
	Band, Target, Break, Line     string
	Worse, Better, Neither, Event string
	Dots                          string // of a series too short for a line's meaning
	Last                          string // the last figure, where it is not marked
}

// What the drawing of a row has room for.
const (
	sparkWidth, sparkHeight = 182.0, 40.0
	sparkMargin             = 5.0
	sparkFigures            = 36
	sparkStep               = 14.0 // between the figures of a short series
	sparkFewest             = 4    // figures that make a course of time
	sparkBandPart           = 0.6  // of the range of the figures, beyond which the band does not stretch the drawing
)

// newSpark draws the last figures of a row up to its last whole one.
func newSpark(r figures.Row, targets []*catalog.Target) Spark {
	m := r.Measure
	end := slices.IndexFunc(r.Points, func(p measure.Point) bool { return p.Period == r.Whole.Period }) + 1
	var known int
	first, last, lowest, highest := -1, -1, -1, -1
	begin := max(0, end-sparkFigures)
	points := r.Points[begin:end]
	for i, p := range points {
		if !p.Value.Valid {
			continue
		}
		if known++; first < 0 {
			first, lowest, highest = i, i, i
		}
		last = i
		if p.Value.Decimal.LessThan(points[lowest].Value.Decimal) {
			lowest = i
		}
		if p.Value.Decimal.GreaterThan(points[highest].Value.Decimal) {
			highest = i
		}
	}
	if known < sparkFewest {
		return Spark{Words: wording.FewFigures(known)}
	}
	at := func(i int) string {
		return wording.PointValue(m, points[i]) + " " + wording.InPeriod(points[i].Period)
	}
	s := Spark{Label: wording.Line(m.Title, at(first), at(last), at(lowest), at(highest), len(points)-known)}
	value := func(i int) float64 { return points[i].Value.Decimal.InexactFloat64() }
	low, high := value(lowest), value(highest)
	if high <= low {
		low, high = low-1, high+1
	}
	own := high - low
	var chart *measure.Chart
	if r.Signal != nil && len(r.Signal.Chart.Points) == end {
		chart = &r.Signal.Chart
	}
	firm := func(i int) (spc.Point, bool) {
		if chart == nil {
			return spc.Point{}, false
		}
		p := chart.Chart.Points[begin+i]
		return p, !chart.Groups[p.Group].Short && !math.IsNaN(p.UPL) && !math.IsNaN(p.LPL)
	}
	required := make([]float64, len(points))
	bottom, top := low, high
	for i, p := range points {
		required[i] = math.NaN()
		if j, ok := measure.Governing(measure.Judge(targets, r.Points, p)); ok && j.Required.Valid {
			required[i] = j.Required.Decimal.InexactFloat64()
			bottom, top = min(bottom, max(required[i], low-sparkBandPart*own)), max(top, min(required[i], high+sparkBandPart*own))
		}
		if limits, ok := firm(i); ok {
			bottom, top = min(bottom, max(limits.LPL, low-sparkBandPart*own/2)), max(top, min(limits.UPL, high+sparkBandPart*own/2))
		}
	}
	x := func(i int) float64 {
		if known < spc.MinimumPoints {
			return sparkWidth - sparkMargin - sparkStep*float64(len(points)-1-i)
		}
		return sparkMargin + (sparkWidth-2*sparkMargin)*float64(i)/float64(len(points)-1)
	}
	if known < spc.MinimumPoints && x(0) < sparkMargin { // gaps make it long
		x = func(i int) float64 {
			return sparkMargin + (sparkWidth-2*sparkMargin)*float64(i)/float64(len(points)-1)
		}
	}
	y := func(v float64) float64 {
		v = max(bottom, min(top, v))
		return sparkHeight - sparkMargin - (sparkHeight-2*sparkMargin)*(v-bottom)/(top-bottom)
	}
	s.draw(m, points, chart, begin, firm, required, x, y, value)
	return s
}

// draw writes the paths of a drawing.
func (s *Spark) draw(m *catalog.Measure, points []measure.Point, chart *measure.Chart, begin int, firm func(int) (spc.Point, bool), required []float64,
	x func(int) float64, y func(float64) float64, value func(int) float64,
) {
	var band, target, breaks, line, dots strings.Builder
	marks := map[string]*strings.Builder{"worse": {}, "better": {}, "neither": {}, "event": {}}
	drawing, requiring := false, false
	few := 0
	for i := range points {
		if points[i].Value.Valid {
			few++
		}
	}
	for i, p := range points {
		limits, ok := firm(i)
		anew := i > 0 && chart != nil && chart.Chart.Points[begin+i].Group != chart.Chart.Points[begin+i-1].Group
		if anew {
			fmt.Fprintf(&breaks, "M%.1f 2V38", (x(i-1)+x(i))/2)
			drawing = false
		}
		if ok && (i == 0 || anew) { // a group of limits begins
			to := i
			for to+1 < len(points) && chart.Chart.Points[begin+to+1].Group == limits.Group {
				to++
			}
			fmt.Fprintf(&band, "M%.1f %.1fH%.1fV%.1fH%.1fz", x(i), y(limits.UPL), x(to), y(limits.LPL), x(i))
		}
		if requires := !math.IsNaN(required[i]); requires {
			stroke(&target, requiring, x(i), y(required[i]))
			requiring = true
		} else {
			requiring = false
		}
		if !p.Value.Valid {
			drawing = false
			continue
		}
		stroke(&line, drawing, x(i), y(value(i)))
		drawing = true
		kind := ""
		switch {
		case len(m.Events(p.Period)) > 0:
			kind = "event"
		case ok:
			kind = map[spc.PointType]string{spc.Concern: "worse", spc.Improvement: "better", spc.NeutralHigh: "neither", spc.NeutralLow: "neither"}[limits.Type]
		}
		radius, last := 2.1, i == len(points)-1
		if last {
			radius = 3.9
		}
		switch {
		case kind != "":
			mark(marks[kind], kind, x(i), y(value(i)), radius)
		case last:
			s.Last = disc(x(i), y(value(i)), radius)
		case few < spc.MinimumPoints:
			dots.WriteString(disc(x(i), y(value(i)), 1.8))
		}
	}
	s.Band, s.Target, s.Break, s.Line, s.Dots = band.String(), target.String(), breaks.String(), line.String(), dots.String()
	s.Worse, s.Better, s.Neither, s.Event = marks["worse"].String(), marks["better"].String(), marks["neither"].String(), marks["event"].String()
}

// mark draws the shape of a kind around a point: a diamond, a triangle, a square, a ring.
func mark(path *strings.Builder, kind string, x, y, r float64) {
	switch kind {
	case "worse":
		fmt.Fprintf(path, "M%.1f %.1fl%.1f %.1fl%.1f %.1fl%.1f %.1fz", x, y-1.2*r, 1.2*r, 1.2*r, -1.2*r, 1.2*r, -1.2*r, -1.2*r)
	case "better":
		fmt.Fprintf(path, "M%.1f %.1fl%.1f %.1fh%.1fz", x, y-1.2*r, 1.2*r, 2.1*r, -2.4*r)
	case "neither":
		fmt.Fprintf(path, "M%.1f %.1fh%.1fv%.1fh%.1fz", x-0.9*r, y-0.9*r, 1.8*r, 1.8*r, -1.8*r)
	default:
		path.WriteString(disc(x, y, r))
	}
}

// disc is a circle as path data.
func disc(x, y, r float64) string {
	return fmt.Sprintf("M%.1f %.1fa%.1f %.1f 0 1 0 %.1f 0a%.1f %.1f 0 1 0 %.1f 0z", x-r, y, r, r, 2*r, r, r, -2*r)
}

// Strip is where a footprint lies among the 44, low to high: a tick at each value, as a drawing of 160 by 18.
type Strip struct{ Ticks, Own string }

const (
	stripWidth  = 160.0
	stripMargin = 4.0
)

// newStrip draws a tick at the value of each footprint; nothing where they are not compared or all equal.
func newStrip(p figures.Position) Strip {
	if p.Of == 0 {
		return Strip{}
	}
	low, high := p.Value.InexactFloat64(), p.Value.InexactFloat64()
	for _, v := range p.Values {
		low, high = min(low, v.InexactFloat64()), max(high, v.InexactFloat64())
	}
	if high <= low {
		return Strip{}
	}
	x := func(v float64) float64 { return stripMargin + (stripWidth-2*stripMargin)*(v-low)/(high-low) }
	at := make([]string, 0, len(p.Values))
	for _, v := range p.Values {
		at = append(at, fmt.Sprintf("%.1f", x(v.InexactFloat64())))
	}
	slices.Sort(at)
	var ticks strings.Builder
	for _, tick := range slices.Compact(at) {
		fmt.Fprintf(&ticks, "M%s 7v9", tick)
	}
	own := x(p.Value.InexactFloat64())
	return Strip{ticks.String(), fmt.Sprintf("M%.1f 5h2.6v12h-2.6zM%.1f 1h8l-4 5z", own-1.3, own-4)}
}
