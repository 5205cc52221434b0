package warehouse

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
)

// AsOf bounds what is seen: the loads up to a number that were published by a time.
type AsOf struct {
	At   time.Time
	Load uint64
}

// Now sees everything that is published.
var Now = AsOf{At: time.Date(2299, 1, 1, 0, 0, 0, 0, time.UTC), Load: math.MaxInt64}

// AsOfLoad sees what was there when a load was published; ErrNotFound when it never was.
func (w *Warehouse) AsOfLoad(ctx context.Context, id uint64) (AsOf, error) {
	asOf := AsOf{Load: id}
	err := w.rows(ctx, "as_of_load", clickhouse.Parameters{"load": number(id)}, func(rows driver.Rows) error { return rows.Scan(&asOf.At) })
	if err == nil && asOf.At.IsZero() {
		err = fmt.Errorf("published load %d: %w", id, ErrNotFound)
	}
	return asOf, err
}

// AsOfTime sees what was there at a time.
func (w *Warehouse) AsOfTime(ctx context.Context, at time.Time) (AsOf, error) {
	asOf := AsOf{At: at}
	err := w.rows(ctx, "as_of_time", clickhouse.Parameters{"at": instant(at)}, func(rows driver.Rows) error { return rows.Scan(&asOf.Load) })
	return asOf, err
}

// Seen tells what is seen as of a moment: the same answer means the same figures and verdicts.
type Seen struct {
	Changes  uint64    // of state of loads
	Last     time.Time // when the last of them was
	Load     uint64    // the newest, where its publication was that last change: as of it, the same is seen; otherwise 0
	Verdicts uint64    // ever kept, whenever they began to stand
	Runs     uint64    // ever ended
}

// Seen finds what is seen as of a moment.
func (w *Warehouse) Seen(ctx context.Context, asOf AsOf) (Seen, error) {
	parameters := clickhouse.Parameters{}
	bindAsOf(parameters, asOf)
	var s Seen
	err := w.rows(ctx, "seen", parameters, func(rows driver.Rows) error { return rows.Scan(&s.Changes, &s.Last, &s.Load, &s.Verdicts, &s.Runs) })
	return s, err
}

// Begun is when the first load was begun; zero where there is none.
func (w *Warehouse) Begun(ctx context.Context) (at time.Time, err error) {
	err = w.rows(ctx, "begun", nil, func(rows driver.Rows) error { return rows.Scan(&at) })
	return at, err
}

// Value is one measure of one footprint in one period.
type Value struct {
	Measure       string
	Footprint     string
	Period        time.Time // first day
	Numerator     decimal.NullDecimal
	Denominator   decimal.NullDecimal
	Organisations uint16
	Missing       []string // codes of organisations without a figure
	Definition    string
	Load          uint64 // the newest load among the cells beneath the value
	// PartialNumerator and PartialDenominator are those of the organisations that reported, where others did not.
	PartialNumerator, PartialDenominator decimal.NullDecimal
}

// Unlisted stands among the missing where no load lists every organisation, so that a sum of those known is not the place's.
const Unlisted = "UNLISTED"

// Complete tells whether every organisation has a figure.
func (v Value) Complete() bool { return len(v.Missing) == 0 }

// Range is a span of periods by their first days, both included; zero ends are open.
type Range struct{ From, To time.Time }

func bindRange(parameters clickhouse.Parameters, r Range) {
	if r.From.IsZero() {
		r.From = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if r.To.IsZero() {
		r.To = time.Date(2149, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	parameters["from"], parameters["to"] = day(r.From), day(r.To)
}

func bindAsOf(parameters clickhouse.Parameters, a AsOf) {
	parameters["at"], parameters["bound"] = instant(a.At), number(a.Load)
}

// Values are those of some measures, in the order of measure, footprint and period; no footprints asked for means all.
func (w *Warehouse) Values(ctx context.Context, asOf AsOf, measures, footprints []string, r Range) ([]Value, error) {
	parameters := clickhouse.Parameters{"measures": array(measures), "footprints": array(footprints)}
	bindAsOf(parameters, asOf)
	bindRange(parameters, r)
	var values []Value
	err := w.rows(ctx, "values", parameters, func(rows driver.Rows) error {
		var v Value
		var numerator, denominator, partialNumerator, partialDenominator *decimal.Decimal
		err := rows.Scan(&v.Measure, &v.Footprint, &v.Period, &numerator, &denominator, &v.Organisations, &v.Missing, &v.Definition, &v.Load,
			&partialNumerator, &partialDenominator)
		v.Numerator, v.Denominator = optional(numerator), optional(denominator)
		v.PartialNumerator, v.PartialDenominator = optional(partialNumerator), optional(partialDenominator)
		values = append(values, v)
		return err
	})
	return values, err
}

func optional(n *decimal.Decimal) decimal.NullDecimal {
	if n == nil {
		return decimal.NullDecimal{}
	}
	return decimal.NewNullDecimal(*n)
}

// Latest is the newest period of a measure and the newest load of figures for it.
type Latest struct {
	Period time.Time
	Load   uint64
}

// Latest finds the newest periods and loads of some measures, by what is observed of their components.
func (w *Warehouse) Latest(ctx context.Context, asOf AsOf, measures []*catalog.Measure) (map[string]Latest, error) {
	parameters := clickhouse.Parameters{}
	bindAsOf(parameters, asOf)
	observed := map[string]Latest{}
	err := w.rows(ctx, "latest", parameters, func(rows driver.Rows) error {
		var measure string
		var l Latest
		err := rows.Scan(&measure, &l.Period, &l.Load)
		observed[measure] = l
		return err
	})
	latest := map[string]Latest{}
	for _, m := range measures {
		for _, component := range m.Stored().Components() {
			l, ok := observed[component]
			if known := latest[m.ID]; ok && (l.Period.After(known.Period) || l.Period.Equal(known.Period) && l.Load > known.Load) {
				latest[m.ID] = l
			}
		}
	}
	return latest, err
}

// MeasureAsOf is a measure as it was defined when its values were made; the present one where it had none.
func (w *Warehouse) MeasureAsOf(ctx context.Context, asOf AsOf, present *catalog.Measure) (*catalog.Measure, error) {
	parameters := clickhouse.Parameters{"measure": present.ID}
	bindAsOf(parameters, asOf)
	m := present
	err := w.rows(ctx, "definition_as_of", parameters, func(rows driver.Rows) error {
		var body string
		if err := rows.Scan(&body); err != nil {
			return err
		}
		then, err := catalog.ParseMeasure(body)
		m = then
		return err
	})
	return m, err
}

// OrganisationSeries is one measure of one organisation.
func (w *Warehouse) OrganisationSeries(ctx context.Context, asOf AsOf, m *catalog.Measure, organisation string, r Range) ([]Value, error) {
	parameters := termParameters(m.Terms())
	parameters["organisation"] = organisation
	bindAsOf(parameters, asOf)
	bindRange(parameters, r)
	var values []Value
	err := w.rows(ctx, "organisation_series", parameters, func(rows driver.Rows) error {
		v := Value{Measure: m.ID, Definition: m.Hash(), Organisations: 1}
		var complete bool
		var numerator, denominator *decimal.Decimal
		err := rows.Scan(&v.Period, &complete, &numerator, &denominator, &v.Load)
		v.Numerator, v.Denominator = optional(numerator), optional(denominator)
		if !complete {
			v.Missing = []string{organisation}
		}
		values = append(values, v)
		return err
	})
	return values, err
}

// termParameters binds what a measure is made from.
func termParameters(terms []catalog.Term) clickhouse.Parameters {
	var components, fields, parts []string
	var coefficients []int8
	for _, t := range terms {
		components, fields, parts = append(components, t.Component), append(fields, t.Field), append(parts, t.Part)
		coefficients = append(coefficients, t.Coefficient)
	}
	return clickhouse.Parameters{
		"component": array(components), "field": array(fields), "part": array(parts), "coefficient": numbers(coefficients),
	}
}

// Cell is one published cell beneath a figure.
type Cell struct {
	Component    string
	Period       time.Time // first day
	Organisation string
	Item         string // the part of the organisation's figure, where it is split over rows
	Footprint    string
	Membership   string          // what says that the organisation belongs to the footprint
	Share        decimal.Decimal // of the organisation's figure that counts in the footprint
	Numerator    decimal.NullDecimal
	Denominator  decimal.NullDecimal
	Status       string
	Note         string
	Load         uint64
	File         string
	SHA256       string
	Sheet        string
	Row          uint32
	Column       string
	Raw          string
	ViaFile      string
	ViaRow       uint32
	LoadedAt     time.Time
	Released     string
	Definition   string // of the source that read the cell
	Source       string
}

// Cells are the published cells beneath the figures of some places, in the order of time. With England among them, they are those beneath
// England's figures, in which the other places are contained.
func (w *Warehouse) Cells(ctx context.Context, asOf AsOf, m *catalog.Measure, scopes []string, r Range) ([]Cell, error) {
	return w.cells(ctx, asOf, m, scopes, "", r)
}

// OrganisationCells are the published cells beneath one figure of an organisation.
func (w *Warehouse) OrganisationCells(ctx context.Context, asOf AsOf, m *catalog.Measure, organisation string, period time.Time) ([]Cell, error) {
	return w.cells(ctx, asOf, m, nil, organisation, Range{period, period})
}

func (w *Warehouse) cells(ctx context.Context, asOf AsOf, m *catalog.Measure, scopes []string, organisation string, r Range) ([]Cell, error) {
	parameters := clickhouse.Parameters{"scopes": array(scopes), "organisation": organisation, "footprints": array(w.areas)}
	parameters["component"] = array(m.Components())
	bindAsOf(parameters, asOf)
	bindRange(parameters, r)
	var cells []Cell
	err := w.rows(ctx, "cells", parameters, func(rows driver.Rows) error {
		var c Cell
		var numerator, denominator *decimal.Decimal
		err := rows.Scan(&c.Component, &c.Period, &c.Organisation, &c.Item, &c.Footprint, &c.Membership, &c.Share, &numerator, &denominator, &c.Status, &c.Note,
			&c.Load, &c.File, &c.SHA256, &c.Sheet, &c.Row, &c.Column, &c.Raw, &c.Released, &c.ViaFile, &c.ViaRow, &c.LoadedAt, &c.Definition, &c.Source)
		c.Numerator, c.Denominator = optional(numerator), optional(denominator)
		cells = append(cells, c)
		return err
	})
	return cells, err
}

// Amount is what an organisation of a place had of a measure in one period.
type Amount struct {
	Footprint, Organisation string
	Period                  time.Time
	Amount                  decimal.Decimal // zero also where none was reported
}

// Amounts are those of all organisations in all periods: of a share or a rate its denominator. Periods of each organisation follow
// each other.
func (w *Warehouse) Amounts(ctx context.Context, asOf AsOf, m *catalog.Measure) ([]Amount, error) {
	var components []string
	denominators := false
	for _, t := range m.Terms() {
		if (t.Part == "denominator") == m.Ratio() && t.Coefficient > 0 && !slices.Contains(components, t.Component) {
			components = append(components, t.Component)
			denominators = t.Field == "denominator"
		}
	}
	parameters := clickhouse.Parameters{"component": array(components), "denominators": fmt.Sprint(denominators)}
	bindAsOf(parameters, asOf)
	bindRange(parameters, Range{})
	var all []Amount
	err := w.rows(ctx, "amounts", parameters, func(rows driver.Rows) error {
		var a Amount
		var amount *decimal.Decimal
		err := rows.Scan(&a.Footprint, &a.Organisation, &a.Period, &amount)
		a.Amount = optional(amount).Decimal
		all = append(all, a)
		return err
	})
	return all, err
}
