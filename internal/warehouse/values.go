package warehouse

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
	"unique"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
)

// FigureStore answers with figures as they stood at a moment.
type FigureStore struct{ *connection }

// EachValue hands out those of some measures, in the order of measure, footprint and period; an empty list of footprints means all.
func (w FigureStore) EachValue(ctx context.Context, asOf figures.AsOf, measures, footprints []string, r figures.Range, hand func(measure.Value) error) error {
	parameters := clickhouse.Parameters{"measures": array(measures), "footprints": array(footprints)}
	bindAsOf(parameters, asOf)
	bindRange(parameters, r)
	return w.rows(ctx, "footprint_values", parameters, func(rows driver.Rows) error {
		var v measure.Value
		var numerator, denominator, partialNumerator, partialDenominator *decimal.Decimal
		var shared []string
		var shares []decimal.Decimal
		if err := rows.Scan(&v.Measure, &v.Footprint, &v.Period, &numerator, &denominator, &v.Organisations, &v.Missing, &v.Definition, &v.Load,
			&partialNumerator, &partialDenominator, &shared, &shares); err != nil {
			return err
		}
		v.Numerator, v.Denominator = optional(numerator), optional(denominator)
		v.PartialNumerator, v.PartialDenominator = optional(partialNumerator), optional(partialDenominator)
		for i, organisation := range shared {
			v.Shared = append(v.Shared, measure.Shared{Organisation: organisation, Share: shares[i]})
		}
		return hand(v)
	})
}

func optional(n *decimal.Decimal) decimal.NullDecimal {
	if n == nil {
		return decimal.NullDecimal{}
	}
	return decimal.NewNullDecimal(*n)
}

// Latest finds the newest periods and loads of some measures, by what is observed of their components.
func (w FigureStore) Latest(ctx context.Context, asOf figures.AsOf, measures []*catalog.Measure) (map[string]figures.Latest, error) {
	parameters := clickhouse.Parameters{}
	bindAsOf(parameters, asOf)
	observed := map[string]figures.Latest{}
	err := w.rows(ctx, "latest_periods", parameters, func(rows driver.Rows) error {
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

// Definitions are those that last made the values of each measure, by its id.
func (w FigureStore) Definitions(ctx context.Context, asOf figures.AsOf) (map[string]figures.Definition, error) {
	parameters := clickhouse.Parameters{}
	bindAsOf(parameters, asOf)
	all := map[string]figures.Definition{}
	return all, w.rows(ctx, "measure_definitions", parameters, func(rows driver.Rows) error {
		var of string
		var d figures.Definition
		err := rows.Scan(&of, &d.Hash, &d.Body)
		all[of] = d
		return err
	})
}

// OrganisationSeries is one measure of one organisation.
func (w FigureStore) OrganisationSeries(
	ctx context.Context,
	asOf figures.AsOf,
	m *catalog.Measure,
	organisation string,
	r figures.Range,
) ([]measure.Value, error) {
	return w.OrganisationFigures(ctx, asOf, []*catalog.Measure{m}, organisation, r)
}

// OrganisationFigures are some measures of one organisation, each in the order of time.
func (w FigureStore) OrganisationFigures(
	ctx context.Context,
	asOf figures.AsOf,
	measures []*catalog.Measure,
	organisation string,
	r figures.Range,
) ([]measure.Value, error) {
	var values []measure.Value
	err := w.eachOrganisationFigure(ctx, asOf, measures, []string{organisation}, r, func(_ string, v measure.Value) error {
		values = append(values, v)
		return nil
	})
	return values, err
}

// EachOrganisationFigure hands on some measures of all organisations: in the order of the measures, organisations and time.
func (w FigureStore) EachOrganisationFigure(
	ctx context.Context,
	asOf figures.AsOf,
	measures []*catalog.Measure,
	r figures.Range,
	hand func(organisation string, v measure.Value) error,
) error {
	return w.eachOrganisationFigure(ctx, asOf, measures, nil, r, hand)
}

// EachFigureOf hands on a measure of some organisations: in the order of their codes and of time.
func (w FigureStore) EachFigureOf(
	ctx context.Context,
	asOf figures.AsOf,
	m *catalog.Measure,
	organisations []string,
	hand func(organisation string, v measure.Value) error,
) error {
	if len(organisations) == 0 {
		return nil
	}
	return w.eachOrganisationFigure(ctx, asOf, []*catalog.Measure{m}, organisations, figures.Range{}, hand)
}

func (w FigureStore) eachOrganisationFigure(
	ctx context.Context,
	asOf figures.AsOf,
	measures []*catalog.Measure,
	organisations []string,
	r figures.Range,
	hand func(string, measure.Value) error,
) error {
	var terms []catalog.Term
	var ids []string
	var parts []uint64
	made := map[string]*catalog.Measure{}
	for _, m := range measures {
		made[m.ID] = m
		for _, t := range m.Terms() {
			terms, ids, parts = append(terms, t), append(ids, m.ID), append(parts, uint64(len(m.Terms())))
		}
	}
	parameters := termParameters(terms)
	parameters["made"], parameters["parts"], parameters["organisations"] = array(ids), numbers(parts), array(organisations)
	bindAsOf(parameters, asOf)
	bindRange(parameters, r)
	return w.rows(ctx, "organisation_figures", parameters, func(rows driver.Rows) error {
		v := measure.Value{Organisations: 1}
		var of string
		var complete bool
		var numerator, denominator *decimal.Decimal
		if err := rows.Scan(&v.Measure, &of, &v.Period, &complete, &numerator, &denominator, &v.Load); err != nil {
			return err
		}
		m := made[v.Measure]
		v.Numerator, v.Denominator, v.Definition = optional(numerator), optional(denominator), m.Hash()
		if !complete || m.Gap(of, catalog.Period{Start: v.Period, Grain: m.Grain}) != nil {
			v.Numerator, v.Denominator, v.Missing = decimal.NullDecimal{}, decimal.NullDecimal{}, []string{of}
		}
		return hand(of, v)
	})
}

// Cells are the published cells beneath the figures of some places, in the order of time. With England among them, they are those beneath
// England's figures, in which the other places are contained.
func (w FigureStore) Cells(ctx context.Context, asOf figures.AsOf, m *catalog.Measure, scopes []string, r figures.Range) ([]figures.Cell, error) {
	return w.cells(ctx, asOf, m, scopes, "", r)
}

// OrganisationCells are the published cells beneath the figures of an organisation, in the order of time.
func (w FigureStore) OrganisationCells(
	ctx context.Context,
	asOf figures.AsOf,
	m *catalog.Measure,
	organisation string,
	r figures.Range,
) ([]figures.Cell, error) {
	return w.cells(ctx, asOf, m, nil, organisation, r)
}

func (w FigureStore) cells(
	ctx context.Context,
	asOf figures.AsOf,
	m *catalog.Measure,
	scopes []string,
	organisation string,
	r figures.Range,
) ([]figures.Cell, error) {
	parameters := clickhouse.Parameters{"scopes": array(scopes), "organisation": organisation, "footprints": array(w.areas)}
	parameters["component"], parameters["england"] = array(m.Components()), strconv.FormatBool(m.EnglandStated)
	bindAsOf(parameters, asOf)
	bindRange(parameters, r)
	var cells []figures.Cell
	err := w.rows(ctx, "published_cells", parameters, func(rows driver.Rows) error {
		var c figures.Cell
		var numerator, denominator *decimal.Decimal
		var placings string
		err := rows.Scan(
			&c.Component,
			&c.Period,
			&c.Organisation,
			&c.Item,
			&c.Footprint,
			&c.Membership,
			&placings,
			&c.Share,
			&numerator,
			&denominator,
			&c.Status,
			&c.Note,
			&c.Load,
			&c.File,
			&c.SHA256,
			&c.Sheet,
			&c.Row,
			&c.Column,
			&c.Raw,
			&c.Released,
			&c.ViaFile,
			&c.ViaRow,
			&c.LoadedAt,
			&c.Definition,
			&c.Source,
		)
		if err == nil && placings != "" {
			if err = json.Unmarshal([]byte(placings), &c.Placings); err != nil {
				err = fmt.Errorf("where %s of load %d may belong: %w", c.Organisation, c.Load, err)
			}
		}
		for _, text := range []*string{ // few differ, and a pack has a hundred thousand cells
			&c.Component, &c.Organisation, &c.Item, &c.Footprint, &c.Membership, &c.Status, &c.Note, &c.File, &c.SHA256, &c.Sheet, &c.Column, &c.Released,
			&c.ViaFile, &c.Definition, &c.Source,
		} {
			*text = unique.Make(*text).Value()
		}
		c.Numerator, c.Denominator = optional(numerator), optional(denominator)
		if g := m.Gap(c.Organisation, catalog.Period{Start: c.Period, Grain: m.Grain}); g != nil && slices.Contains(g.Measures, c.Component) {
			c.Numerator, c.Denominator, c.Status, c.Note = decimal.NullDecimal{}, decimal.NullDecimal{}, figures.KnownGap, "The published figure is a known gap: "+g.Reason
		}
		cells = append(cells, c)
		return err
	})
	return cells, err
}

// Amounts are those of some measures of all organisations in some periods, by the measure's id: of a share or a rate its denominator, where that
// has the same periods. Periods of each organisation follow each other.
func (w FigureStore) Amounts(ctx context.Context, asOf figures.AsOf, measures []*catalog.Measure, r figures.Range) (map[string][]measure.Amount, error) {
	var made, components, fields []string
	for _, m := range measures {
		first := len(components)
		for _, t := range m.Terms() {
			if (t.Part == "denominator") == (m.Ratio() && !m.DividedByOwnPeriods()) && t.Coefficient > 0 && !slices.Contains(components[first:], t.Component) {
				made, components, fields = append(made, m.ID), append(components, t.Component), append(fields, t.Field)
			}
		}
	}
	parameters := clickhouse.Parameters{"made": array(made), "component": array(components), "field": array(fields)}
	bindAsOf(parameters, asOf)
	bindRange(parameters, r)
	all := map[string][]measure.Amount{}
	err := w.rows(ctx, "organisation_amounts", parameters, func(rows driver.Rows) error {
		var of string
		var a measure.Amount
		var periods []time.Time
		var amounts []float64
		err := rows.Scan(&of, &a.Footprint, &a.Organisation, &periods, &amounts)
		for i, amount := range amounts {
			a.Period, a.Amount, a.Missing = periods[i], amount, math.IsNaN(amount)
			if a.Missing {
				a.Amount = 0
			}
			all[of] = append(all[of], a)
		}
		return err
	})
	return all, err
}
