package pages

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
	"stpdash/internal/review"
	"stpdash/internal/slides"
	"stpdash/internal/spc"
)

// MessageRow is one of the things that matter most, as a board reads it.
type MessageRow struct {
	Headline string
	Worse    bool // than usual, or than a target requires
	New      bool // in the week
	Findings []MessageFinding
	More     string // the footprints that are named alone, in a sentence
	Required string // by a target
	Rest     []string
	Chart    MessageChart
}

// MessageFinding is what a message says of one footprint.
type MessageFinding struct {
	Place  Link
	Figure string // with its period
	Beside string // what it is compared with
}

// MessageChart is the line of one footprint with the range in which its figures lie by chance, as a drawing of 330 by 150.
type MessageChart struct {
	Title  string
	Label  string // the drawing in a sentence
	Path   string // of the figures, parted where one is missing
	Range  string // areas of the usual range, one a group of figures counted alike
	Target string // line of the target; empty without one
	// What is written on the drawing.
	First, Last   string // the ends of its time
	Value         string // the figure that is told of
	X, Y          string // where that lies
	TextY         string // where its value is written
	RangeY        string // where the range is named; empty without one
	TargetY       string
	TargetText    string
	Pale          [][2]string // figures that a known event bent
	Marked        [][2]string // earlier figures that were unusual for the same reason
	LowEnd, HiEnd string      // what the scale ends at
	// Plotted is the same chart as numbers; nil without one.
	Plotted *slides.Chart
}

const (
	messageWidth, messageHeight = 330.0, 150.0
	messageLeft, messageRight   = 44.0, 82.0 // room for the scale and for the figure
	messageTop, messageBottom   = 12.0, 24.0
)

// messages tells what matters most.
func (p reviewed) messages(ctx context.Context, page *ReviewPage) error {
	for _, told := range p.v.Messages {
		m := wording.Message{Message: told, Areas: len(p.v.Places)}
		row := MessageRow{Headline: m.Headline(), Worse: told.Kind == review.Worse, New: told.New && !p.v.First, Required: m.Required(), Rest: m.Rest()}
		named, more := m.Told()
		row.More = m.Others(more)
		for _, f := range named {
			row.Findings = append(row.Findings, MessageFinding{
				Place:  Link{Text: f.Place.Name, URL: cardURL(f.Place.Code, m.Measure(), p.v.Later)},
				Figure: m.Figure(f), Beside: m.Beside(f),
			})
		}
		var err error
		if row.Chart, err = p.messageChart(ctx, m, named[0]); err != nil {
			return err
		}
		page.Messages = append(page.Messages, row)
	}
	return nil
}

// shownOnMessage is how many periods the chart of a message shows: two years, or as many of a longer grain as tell of a course.
func shownOnMessage(g catalog.Grain) int {
	switch g {
	case catalog.Month:
		return 24
	case catalog.Quarter:
		return 12
	default:
		return 30
	}
}

// messageChart draws the footprint in which the figure lies furthest from its mean.
func (p reviewed) messageChart(ctx context.Context, m wording.Message, f review.Finding) (MessageChart, error) {
	of := m.Measure()
	charted, err := p.c.figures.SignalOf(ctx, p.v.Later, of, f.Place, f.Now.Period)
	if err != nil {
		return MessageChart{}, err
	}
	chart := charted.Chart
	from := max(0, len(chart.Points)-shownOnMessage(of.Grain))
	points, limits := chart.Points[from:], chart.Chart.Points[from:]
	if len(points) < 2 {
		return MessageChart{}, nil
	}
	value := func(p measure.Point) (float64, bool) {
		return p.Value.Decimal.InexactFloat64(), p.Value.Valid
	}
	low, high := math.Inf(1), math.Inf(-1)
	reach := func(y float64) {
		if !math.IsNaN(y) {
			low, high = min(low, y), max(high, y)
		}
	}
	for i, point := range points {
		if y, ok := value(point); ok {
			reach(y)
		}
		reach(limits[i].LPL)
		reach(limits[i].UPL)
	}
	asked, governed := f.Now.Signal.Judged()
	governed = governed && asked.Required.Valid
	if governed {
		reach(asked.Required.Decimal.InexactFloat64())
	}
	if low >= high {
		low, high = low-1, high+1
	}
	x := func(i int) float64 {
		return messageLeft + (messageWidth-messageLeft-messageRight)*float64(i)/float64(len(points)-1)
	}
	y := func(v float64) float64 {
		return messageTop + (messageHeight-messageTop-messageBottom)*(high-v)/(high-low)
	}
	at := func(v float64) string { return fmt.Sprintf("%.1f", v) }
	end := func(v float64) string { return wording.Value(of, roundedTo(v, high-low)) }
	drawn := MessageChart{
		Title: fmt.Sprintf("%s: %s", f.Place.Name, wording.LowerFirst(of.Title)),
		First: points[0].Period.Words(), Last: points[len(points)-1].Period.Words(), LowEnd: end(low), HiEnd: end(high),
	}
	var path, band strings.Builder
	drawing := false
	for i, point := range points {
		v, ok := value(point)
		if ok {
			stroke(&path, drawing && limits[i].Group == limits[i-1].Group, x(i), y(v))
		}
		drawing = ok
		told := point.Period == f.Now.JudgedPeriod()
		switch {
		case !ok:
		case told:
			drawn.X, drawn.Y, drawn.Value = at(x(i)), at(y(v)), wording.Brief(of, point) // there is no room for more
			drawn.TextY = at(min(max(y(v)+4, messageTop+4), messageHeight-messageBottom))
		case len(of.Events(point.Period)) > 0:
			drawn.Pale = append(drawn.Pale, [2]string{at(x(i)), at(y(v))})
		case limits[i].Type == spc.Concern && m.Kind == review.Worse && limits[i].Outside:
			drawn.Marked = append(drawn.Marked, [2]string{at(x(i)), at(y(v))})
		}
		if next := i + 1; next < len(points) && limits[next].Group == limits[i].Group && !math.IsNaN(limits[i].LPL) && !math.IsNaN(limits[i].UPL) {
			fmt.Fprintf(&band, "M%s %sL%s %sL%s %sL%s %sZ", at(x(i)), at(y(limits[i].UPL)), at(x(next)), at(y(limits[next].UPL)),
				at(x(next)), at(y(limits[next].LPL)), at(x(i)), at(y(limits[i].LPL)))
		}
	}
	if slices.ContainsFunc(points, measure.Point.Estimate) {
		drawn.Title += wording.EstimateMark
	}
	drawn.Path, drawn.Range = path.String(), band.String()
	drawn.Plotted = plottedMessage(m, f, points, limits)
	if governed {
		drawn.TargetY = at(y(asked.Required.Decimal.InexactFloat64()))
		drawn.Target = fmt.Sprintf("M%s %sH%s", at(messageLeft), drawn.TargetY, at(messageWidth-messageRight))
		drawn.TargetText = "Target " + wording.Value(of, asked.Required.Decimal)
	}
	drawn.Label = fmt.Sprintf("%s, %s to %s: %s %s.", drawn.Title, drawn.First, drawn.Last, m.Figure(f), m.Beside(f))
	return drawn, nil
}

// roundedTo rounds a value to what tells places apart on a scale of some length.
func roundedTo(v, length float64) decimal.Decimal {
	return decimal.NewFromFloat(v).Round(int32(max(0, 2-math.Ceil(math.Log10(length)))))
}
