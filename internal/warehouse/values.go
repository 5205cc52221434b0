package warehouse

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
)

// AsOfLoad sees what was there when a load was published; ErrNotFound when it never was.
func (w *Warehouse) AsOfLoad(ctx context.Context, id uint64) (figures.AsOf, error) {
	asOf := figures.AsOf{Load: id}
	err := w.rows(ctx, "as_of_load", clickhouse.Parameters{"load": number(id)}, func(rows driver.Rows) error { return rows.Scan(&asOf.At) })
	if err == nil && asOf.At.IsZero() {
		err = fmt.Errorf("published load %d: %w", id, figures.ErrNotFound)
	}
	return asOf, err
}

// AsOfTime sees what was there at a time.
func (w *Warehouse) AsOfTime(ctx context.Context, at time.Time) (figures.AsOf, error) {
	asOf := figures.AsOf{At: at}
	err := w.rows(ctx, "as_of_time", clickhouse.Parameters{"at": instant(at)}, func(rows driver.Rows) error { return rows.Scan(&asOf.Load) })
	return asOf, err
}

// Watermark finds what is seen as of a moment.
func (w *Warehouse) Watermark(ctx context.Context, asOf figures.AsOf) (figures.Watermark, error) {
	parameters := clickhouse.Parameters{}
	bindAsOf(parameters, asOf)
	var s figures.Watermark
	err := w.rows(ctx, "seen", parameters, func(rows driver.Rows) error { return rows.Scan(&s.Changes, &s.Last, &s.Load, &s.Verdicts, &s.Runs) })
	return s, err
}

// FirstLoadAt is when the first load was begun; zero where there is none.
func (w *Warehouse) FirstLoadAt(ctx context.Context) (at time.Time, err error) {
	err = w.rows(ctx, "begun", nil, func(rows driver.Rows) error { return rows.Scan(&at) })
	return at, err
}

func bindRange(parameters clickhouse.Parameters, r figures.Range) {
	if r.From.IsZero() {
		r.From = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if r.To.IsZero() {
		r.To = time.Date(2149, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	parameters["from"], parameters["to"] = day(r.From), day(r.To)
}

func bindAsOf(parameters clickhouse.Parameters, a figures.AsOf) {
	parameters["at"], parameters["bound"] = instant(a.At), number(a.Load)
}

// Values are those of some measures, in the order of measure, footprint and period; no footprints asked for means all.
func (w *Warehouse) Values(ctx context.Context, asOf figures.AsOf, measures, footprints []string, r figures.Range) ([]measure.Value, error) {
	parameters := clickhouse.Parameters{"measures": array(measures), "footprints": array(footprints)}
	bindAsOf(parameters, asOf)
	bindRange(parameters, r)
	var values []measure.Value
	err := w.rows(ctx, "values", parameters, func(rows driver.Rows) error {
		var v measure.Value
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

// Latest finds the newest periods and loads of some measures, by what is observed of their components.
func (w *Warehouse) Latest(ctx context.Context, asOf figures.AsOf, measures []*catalog.Measure) (map[string]figures.Latest, error) {
	parameters := clickhouse.Parameters{}
	bindAsOf(parameters, asOf)
	observed := map[string]figures.Latest{}
	err := w.rows(ctx, "latest", parameters, func(rows driver.Rows) error {
		var measure string
		var l figures.Latest
		err := rows.Scan(&measure, &l.Period, &l.Load)
		observed[measure] = l
		return err
	})
	latest := map[string]figures.Latest{}
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
func (w *Warehouse) MeasureAsOf(ctx context.Context, asOf figures.AsOf, present *catalog.Measure) (*catalog.Measure, error) {
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
func (w *Warehouse) OrganisationSeries(ctx context.Context, asOf figures.AsOf, m *catalog.Measure, organisation string, r figures.Range) ([]measure.Value, error) {
	parameters := termParameters(m.Terms())
	parameters["organisation"] = organisation
	bindAsOf(parameters, asOf)
	bindRange(parameters, r)
	var values []measure.Value
	err := w.rows(ctx, "organisation_series", parameters, func(rows driver.Rows) error {
		v := measure.Value{Measure: m.ID, Definition: m.Hash(), Organisations: 1}
		var complete bool
		var numerator, denominator *decimal.Decimal
		err := rows.Scan(&v.Period, &complete, &numerator, &denominator, &v.Load)
		v.Numerator, v.Denominator = optional(numerator), optional(denominator)
		if !complete || m.Gap(organisation, catalog.Period{Start: v.Period, Grain: m.Grain}) != nil {
			v.Numerator, v.Denominator, v.Missing = decimal.NullDecimal{}, decimal.NullDecimal{}, []string{organisation}
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

// Cells are the published cells beneath the figures of some places, in the order of time. With England among them, they are those beneath
// England's figures, in which the other places are contained.
func (w *Warehouse) Cells(ctx context.Context, asOf figures.AsOf, m *catalog.Measure, scopes []string, r figures.Range) ([]figures.Cell, error) {
	return w.cells(ctx, asOf, m, scopes, "", r)
}

// OrganisationCells are the published cells beneath one figure of an organisation.
func (w *Warehouse) OrganisationCells(ctx context.Context, asOf figures.AsOf, m *catalog.Measure, organisation string, period time.Time) ([]figures.Cell, error) {
	return w.cells(ctx, asOf, m, nil, organisation, figures.Range{From: period, To: period})
}

func (w *Warehouse) cells(ctx context.Context, asOf figures.AsOf, m *catalog.Measure, scopes []string, organisation string, r figures.Range) ([]figures.Cell, error) {
	parameters := clickhouse.Parameters{"scopes": array(scopes), "organisation": organisation, "footprints": array(w.areas)}
	parameters["component"] = array(m.Components())
	bindAsOf(parameters, asOf)
	bindRange(parameters, r)
	var cells []figures.Cell
	err := w.rows(ctx, "cells", parameters, func(rows driver.Rows) error {
		var c figures.Cell
		var numerator, denominator *decimal.Decimal
		err := rows.Scan(&c.Component, &c.Period, &c.Organisation, &c.Item, &c.Footprint, &c.Membership, &c.Share, &numerator, &denominator, &c.Status, &c.Note,
			&c.Load, &c.File, &c.SHA256, &c.Sheet, &c.Row, &c.Column, &c.Raw, &c.Released, &c.ViaFile, &c.ViaRow, &c.LoadedAt, &c.Definition, &c.Source)
		c.Numerator, c.Denominator = optional(numerator), optional(denominator)
		if g := m.Gap(c.Organisation, catalog.Period{Start: c.Period, Grain: m.Grain}); g != nil && slices.Contains(g.Measures, c.Component) {
			c.Numerator, c.Denominator, c.Status, c.Note = decimal.NullDecimal{}, decimal.NullDecimal{}, figures.KnownGap, "The published figure is a known gap: "+g.Reason
		}
		cells = append(cells, c)
		return err
	})
	return cells, err
}

// Amounts are those of all organisations in all periods: of a share or a rate its denominator. Periods of each organisation follow
// each other.
func (w *Warehouse) Amounts(ctx context.Context, asOf figures.AsOf, m *catalog.Measure) ([]measure.Amount, error) {
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
	bindRange(parameters, figures.Range{})
	var all []measure.Amount
	err := w.rows(ctx, "amounts", parameters, func(rows driver.Rows) error {
		var a measure.Amount
		var amount *decimal.Decimal
		err := rows.Scan(&a.Footprint, &a.Organisation, &a.Period, &amount)
		a.Amount, a.Missing = optional(amount).Decimal, amount == nil
		all = append(all, a)
		return err
	})
	return all, err
}
