package pages

import (
	"context"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
)

// DriversBlock is what drives the change of a figure: the organisations in a place, each with how much of the change it makes up.
type DriversBlock struct {
	Finding  string
	Span     string // what is compared, and how large the change is
	Method   string // how it is divided
	Caution  string // why the two figures do not compare, although both are whole; empty where they do
	Since    string // why a later figure is not the one compared; empty where there is none
	None     string // a sentence shown instead of the rows
	Was, Now string // the periods, as headings
	Of       string // what the parts are of: "fall" or "rise"
	Rows     []DriverRow
	Left     string // how many organisations are not shown, as they had nothing in either period
	Against  []Link // the earlier figures to choose from
	Download Downloads
}

// DriverRow is one organisation.
type DriverRow struct {
	Organisation       Link
	Code, Moves        string
	Was, Now           string
	Change, Part       string
	Joined, LeftPlace  bool
	Bar                Bar
	Spark              Spark
	Standing           wording.Standing
	Plain, PlainChange string
}

// Bar is a contribution as a bar from one zero line, in a drawing of 120 by 16.
type Bar struct {
	Path, Zero string
	Kind       string // "stayed", or "moved" of what joined or left
}

const barWidth = 120.0

// drivers composes what drives the change of a measure in a place.
func (c placeView) drivers(ctx context.Context, m *catalog.Measure, s figures.Area, against string, asOf figures.Moment) (*DriversBlock, error) {
	if s.Footprint == nil || m.Level == catalog.ByFootprint || m.Level == catalog.ByEngland {
		return nil, nil
	}
	q := figures.DriversQuestion{Against: figures.Against(against)}
	d, err := c.figures.Drivers(ctx, asOf, m, s, q)
	if err != nil {
		return nil, err
	}
	if against == "" && d.None.Code == figures.NoEarlierFigure && d.To.Value.Valid && d.Against == figures.AgainstYear {
		other, err := c.figures.Drivers(ctx, asOf, m, s, figures.DriversQuestion{Against: figures.AgainstPeriod})
		if err != nil {
			return nil, err
		}
		if other.None.Code == "" {
			d = other
		}
	}
	block := &DriversBlock{
		None: wording.NoDrivers(d, c.directory.Named), Since: wording.DriversSince(d, c.directory.Named),
		Download: downloads("/api/v1/drivers", "measure", m.ID, "footprint", s.Code, "against", string(d.Against), "as_of", asOf.Text),
	}
	if m.Grain != catalog.FinancialYear && m.Grain != catalog.CalendarYear && (m.Derived == nil || m.Derived.By != catalog.YearChange) {
		for _, other := range []struct {
			against figures.Against
			text    string
		}{{figures.AgainstYear, "On the year before"}, {figures.AgainstPeriod, "On the period before"}} {
			block.Against = append(block.Against, Link{
				Text: other.text, Current: d.Against == other.against,
				URL: address("/footprints/"+s.Code+"/"+m.ID, "against", string(other.against), "as_of", asOf.Text) + "#drivers",
			})
		}
	}
	if block.None != "" {
		return block, nil
	}
	var codes []string
	for _, o := range d.Organisations {
		codes = append(codes, o.Organisation)
		for _, move := range o.Moves {
			if move.Organisation != "" && !slices.Contains(codes, move.Organisation) {
				codes = append(codes, move.Organisation)
			}
		}
	}
	slices.Sort(codes)
	names := wording.ShortNames(slices.Compact(codes), c.directory.OrganisationName)
	named := func(code string) string {
		if name, ok := names[code]; ok {
			return name
		}
		return c.directory.NameOf(code)
	}
	block.Finding, block.Span, block.Method = wording.DriversFinding(d, names), wording.DriversSpan(d), wording.Decompositions[d.By]
	block.Caution = wording.Incomparable(d.NoChange, c.directory.Named)
	block.Was, block.Now = wording.ShortPeriod(d.From.Period), wording.ShortPeriod(d.To.Period)
	block.Of = "change"
	switch d.Change.Decimal.Sign() {
	case -1:
		block.Of = "fall"
	case 1:
		block.Of = "rise"
	}
	largest := 0.0
	low, high := 0.0, 0.0
	for _, o := range d.Organisations {
		points := o.Points.InexactFloat64()
		low, high = min(low, points), max(high, points)
	}
	largest = high - low
	nothing := 0
	for _, o := range d.Organisations {
		if o.Points.IsZero() && o.From.Numerator.Decimal.IsZero() && o.To.Numerator.Decimal.IsZero() {
			nothing++
			continue
		}
		row := DriverRow{
			Organisation: Link{Text: names[o.Organisation], URL: organisationURL(o.Organisation, asOf)}, Code: o.Organisation,
			Moves: wording.OrganisationMoves(o, named), Change: wording.DrivenChange(d, o.Points, false), Part: wording.PartOfChange(o.Part),
			Joined: o.Presence == figures.HasJoined, LeftPlace: o.Presence == figures.HasLeft,
			Spark: newSpark(o.Row, nil), Standing: wording.DriverStanding(o), PlainChange: o.Points.String(),
		}
		row.Was, row.Now = partText(m, d, o.From), partText(m, d, o.To)
		if largest > 0 {
			row.Bar = newBar(o.Points, low, largest, row.Joined || row.LeftPlace)
		}
		block.Rows = append(block.Rows, row)
	}
	if nothing > 0 {
		block.Left = fmt.Sprintf("%s here had nothing to count in either period.", wording.Plural(nothing, "more organisation", "more organisations"))
	}
	return block, nil
}

// newBar draws a contribution on the scale of all of them.
func newBar(points decimal.Decimal, low, span float64, moved bool) Bar {
	x := func(v float64) float64 { return 2 + (barWidth-4)*(v-low)/span }
	zero, end := x(0), x(points.InexactFloat64())
	b := Bar{Kind: "stayed", Zero: fmt.Sprintf("M%.1f 0v16", zero)}
	if moved {
		b.Kind = "moved"
	}
	from, to := min(zero, end), max(zero, end)
	if to-from >= 0.3 {
		b.Path = fmt.Sprintf("M%.1f 3h%.1fv10h%.1fz", from, to-from, from-to)
	}
	return b
}

// partText writes what an organisation has of a figure: of a share or rate its own one.
func partText(m *catalog.Measure, d figures.Drivers, p measure.Part) string {
	switch {
	case p.Periods == 0:
		return "–"
	case d.By == measure.ByRateAndMix:
		if !p.Denominator.Decimal.IsPositive() {
			return "–"
		}
		per := decimal.NewFromInt(int64(max(m.Per, 1)))
		return wording.Value(m, p.Numerator.Decimal.Mul(per).DivRound(p.Denominator.Decimal, 10))
	case m.Unit == catalog.GBP:
		return wording.Pounds(p.Numerator.Decimal)
	}
	return wording.Grouped(p.Numerator.Decimal, 0)
}
