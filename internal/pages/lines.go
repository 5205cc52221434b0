package pages

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
)

// The lines of the small drawings, in the units of their view box.
const (
	lineWidth, lineHeight = 240.0, 80.0
	lineMargin            = 5.0
)

// pick is a point's value on the page's scale, in the unit that is written.
func (v view) pick(p measure.Point) (float64, bool) {
	value := v.scale.Pick(p)
	if v.m.Unit == catalog.Share && v.scale == wording.AsNumber {
		value.Decimal = value.Decimal.Mul(wording.Hundred)
	}
	return value.Decimal.InexactFloat64(), value.Valid
}

// lines draws the series of all places until the chosen period on one scale.
func (v view) lines(
	ctx context.Context,
	points map[string][]measure.Point,
	england figures.LatestFigure,
	places []figures.LatestFigure,
	first catalog.Period,
) ([]SmallLine, string, error) {
	drawn := places
	if v.compares() || len(places) == 0 {
		drawn = append([]figures.LatestFigure{england}, places...)
	}
	low, high := math.Inf(1), math.Inf(-1)
	charts := make([]measure.Chart, len(drawn))
	for i, s := range drawn {
		signal, err := v.c.figures.SignalOf(ctx, v.asOf, v.m, s.Area, v.at)
		if err != nil {
			return nil, "", err
		}
		charts[i] = signal.Chart
		for _, p := range signal.Chart.Points {
			if y, ok := v.pick(p); ok {
				low, high = min(low, y), max(high, y)
			}
			if asked, ok := v.asked(s, points[s.Area.Code], p); ok {
				low, high = min(low, asked), max(high, asked)
			}
		}
	}
	if low > high {
		return nil, "", nil
	}
	if v.m.Unit != catalog.Share {
		low, high = min(low, 0), max(high, 0)
	}
	if low == high {
		low, high = low-1, high+1
	}
	steps := map[string]int{}
	for p := first; !p.Start.After(v.at.Start); p = p.Next() {
		steps[p.String()] = len(steps)
	}
	if len(steps) < 2 {
		return nil, "", nil // there is no course of time to draw
	}
	x := func(p catalog.Period) float64 {
		return lineMargin + (lineWidth-2*lineMargin)*float64(steps[p.String()])/float64(len(steps)-1)
	}
	y := func(value float64) float64 {
		return lineHeight - lineMargin - (lineHeight-2*lineMargin)*(value-low)/(high-low)
	}
	var lines []SmallLine
	for i, s := range drawn {
		lines = append(lines, v.line(s, charts[i], points[s.Area.Code], x, y))
	}
	end := func(y float64) string {
		switch {
		case y == 0:
			return "zero"
		case v.m.Unit == catalog.Share:
			y /= 100
		}
		return v.amount(y).Text
	}
	return lines, wording.Axes(first, v.at, end(low), end(high)), nil
}

func (v view) line(s figures.LatestFigure, chart measure.Chart, points []measure.Point, x func(catalog.Period) float64, y func(float64) float64) SmallLine {
	line := SmallLine{
		Code: s.Area.Code, Name: s.Area.Name, URL: cardURL(s.Area.Code, v.m, v.asOf),
		Latest: v.c.figure(v.m, v.scale, s.Now, s.Area.Code, v.asOf), Variation: wording.VariationIcon(s.Signal, v.c.directory.Named),
	}
	line.Variation.Words = ""      // the ranked table says them
	line.Latest.ProvenanceURL = "" // the ranked table leads there
	var path, target strings.Builder
	drawing, asking := false, false
	var first, last, lowest, highest *measure.Point
	missing := 0
	for i := range chart.Points {
		p := &chart.Points[i]
		value, ok := v.pick(*p)
		if !ok {
			missing++
			drawing = false
		} else {
			if drawing && chart.Chart.Points[i].Group != chart.Chart.Points[i-1].Group {
				drawing = false
			}
			stroke(&path, drawing, x(p.Period), y(value))
			drawing = true
			if first == nil {
				first, lowest, highest = p, p, p
			}
			last = p
			if v.scale.Pick(*p).Decimal.LessThan(v.scale.Pick(*lowest).Decimal) {
				lowest = p
			}
			if v.scale.Pick(*p).Decimal.GreaterThan(v.scale.Pick(*highest).Decimal) {
				highest = p
			}
			if p.Period == v.at {
				line.X, line.Y = fmt.Sprintf("%.1f", x(p.Period)), fmt.Sprintf("%.1f", y(value))
			}
		}
		asked, ok := v.asked(s, points, *p)
		if ok {
			stroke(&target, asking, x(p.Period), y(asked))
		}
		asking = ok
	}
	line.Path, line.TargetPath = path.String(), target.String()
	if first == nil {
		line.Label = s.Area.Name + ": no figure in any period."
		return line
	}
	at := func(p *measure.Point) string {
		return wording.PointText(v.m, v.scale, *p) + " " + wording.InPeriod(p.Period)
	}
	line.Label = wording.Line(s.Area.Name, at(first), at(last), at(lowest), at(highest), missing)
	return line
}

// asked is what the target that governs the period of a point asks for there, on the scale of the drawing.
func (v view) asked(s figures.LatestFigure, points []measure.Point, p measure.Point) (float64, bool) {
	if s.Signal.Target == nil {
		return 0, false
	}
	governing, _ := measure.Governing(measure.Judge(v.c.directory.TargetsOf(v.m, s.Area), points, p))
	asked := governing.Required
	if v.scale == wording.AsRate && asked.Valid {
		if p.Divisor == nil || !p.Divisor.People.IsPositive() {
			return 0, false
		}
		asked.Decimal = asked.Decimal.Mul(decimal.NewFromInt(1000)).Div(p.Divisor.People)
	}
	y, ok := v.pick(measure.Point{Value: asked, Rate: asked})
	return y, ok
}

// stroke goes on with a line, or begins one, whose round end is a dot where nothing follows.
func stroke(path *strings.Builder, on bool, x, y float64) {
	if on {
		fmt.Fprintf(path, "L%.1f %.1f", x, y)
		return
	}
	fmt.Fprintf(path, "M%.1f %.1fh0", x, y)
}

// SmallLine is a series as a drawing of 240 by 80.
type SmallLine struct {
	Code, Name, URL string
	Label           string // the drawing in a sentence
	Path            string // SVG path data, parted where a figure is missing or the definition changes
	TargetPath      string // of the target; empty without one
	X, Y            string // where the chosen period's figure lies; empty when there is none
	Latest          Figure
	Variation       wording.Icon
}
