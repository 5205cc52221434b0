// Package tables writes whole tables of figures for those who analyse them elsewhere: as CSV, JSON lines and Parquet, row by row, and packed with
// what describes them.
package tables

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
)

// Kind is what the cells of a column are.
type Kind int

// The kinds.
const (
	Text    Kind = iota
	Whole        // a whole number
	Flag         // true or false
	Day          // a date
	Decimal      // a decimal number, exact
)

// Column is one of a table.
type Column struct {
	Name, Description string
	Kind              Kind
	Scale             int  // of a decimal: how many places it has at most
	Quoted            bool // a decimal that is a text in JSON, so that no reader makes a float of it
	Optional          bool // whether a cell may be empty

	cell func(*figures.TableRow) any // a string, int64, bool, time.Time or decimal.NullDecimal; nil for none
}

// How many decimal places figures have at most; see measure.RoundedValue.
const (
	countScale = 4
	ratioScale = 10
)

// Columns are those of a table of figures, in their order.
var Columns = []Column{
	{Name: "measure", Description: "Id of the measure", cell: func(r *figures.TableRow) any { return r.Measure.ID }},
	{
		Name: "place", Description: "Code of the place: ENG, the slug of a region, the ONS code of 2017 of a footprint, UNALLOCATED, or the code of an organisation",
		cell: func(r *figures.TableRow) any { return r.Code },
	},
	{Name: "name", Description: "Name of the place", cell: func(r *figures.TableRow) any { return r.Name }},
	{Name: "level", Description: "What the place is: " + figures.LevelWords(), cell: func(r *figures.TableRow) any { return string(r.Level) }},
	{
		Name: "period", Description: "The period, as every answer writes it: 2018-12-03, 2017-04, 2016-Q1, 2013 or 2016/17",
		cell: func(r *figures.TableRow) any { return r.Period.String() },
	},
	{Name: "start", Description: "First day of the period", Kind: Day, cell: func(r *figures.TableRow) any { return r.Period.Start }},
	{Name: "end", Description: "Last day of the period", Kind: Day, cell: func(r *figures.TableRow) any { return r.Period.End().AddDate(0, 0, -1) }},
	exact(
		"numerator",
		"What was counted or paid: pounds to the penny, other figures to four places; empty of a weighted mean",
		func(r *figures.TableRow) decimal.NullDecimal { return r.Numerator },
	),
	exact(
		"denominator",
		"What it is divided by; empty where the measure is no share or rate",
		func(r *figures.TableRow) decimal.NullDecimal { return r.Denominator },
	),
	value("value", "The numerator, or numerator over denominator for a share, times per for a rate; empty where there is none, never 0",
		func(r *figures.TableRow) decimal.NullDecimal { return r.Value }),
	{
		Name:        "per_1000",
		Description: "The value per 1,000 registered patients; empty where the measure or place has no such rate",
		Kind:        Decimal,
		Scale:       ratioScale,
		Optional:    true,
		cell:        func(r *figures.TableRow) any { return r.Rate },
	},
	{
		Name:        "people",
		Description: "How many people the value or the rate per 1,000 is divided by; empty where there are none, or none are known",
		Kind:        Decimal,
		Scale:       countScale,
		Quoted:      true,
		Optional:    true,
		cell: func(r *figures.TableRow) any {
			if r.Divisor == nil {
				return nil
			}
			return measure.Rounded(catalog.Number, decimal.NewNullDecimal(r.Divisor.People))
		},
	},
	{
		Name:        "people_period",
		Description: "The period that the people were counted in, which is not always the figure's",
		Optional:    true,
		cell: func(r *figures.TableRow) any {
			if r.Divisor == nil {
				return nil
			}
			return r.Divisor.Period.String()
		},
	},
	{Name: "unit", Description: "number, share (from 0 to 1), gbp or rate", cell: func(r *figures.TableRow) any { return string(r.Measure.Unit) }},
	{
		Name:        "per",
		Description: "How many of the denominator a rate is stated for; empty for other units",
		Kind:        Whole,
		Optional:    true,
		cell: func(r *figures.TableRow) any {
			if r.Measure.Per == 0 {
				return nil
			}
			return int64(r.Measure.Per)
		},
	},
	{Name: "complete", Description: "Whether every organisation reported", Kind: Flag, cell: func(r *figures.TableRow) any { return r.Complete }},
	{
		Name:        "estimate",
		Description: "Whether only a share of the figure of some organisation counts, as it lies in several footprints, or several organisations' figures were put together by weights",
		Kind:        Flag,
		cell:        func(r *figures.TableRow) any { return r.Estimate() },
	},
	{Name: "shared", Description: "Those organisations, each with its share", Optional: true, cell: func(r *figures.TableRow) any { return sharedOf(r.Shared) }},
	{
		Name:        "partial",
		Description: "Whether others than the missing organisations have a figure together. It stands in the next columns, and is never the place's",
		Kind:        Flag,
		cell:        func(r *figures.TableRow) any { return r.Partial != nil },
	},
	exact("partial_numerator", "The numerator of those that reported", func(r *figures.TableRow) decimal.NullDecimal { return partialOf(r).Numerator }),
	exact("partial_denominator", "Their denominator", func(r *figures.TableRow) decimal.NullDecimal { return partialOf(r).Denominator }),
	value("partial_value", "Their value", func(r *figures.TableRow) decimal.NullDecimal { return partialOf(r).Value }),
	{
		Name:        "reported",
		Description: "Of a partial figure: how many organisations reported; over a span of periods, how many figures there are, one a period from each",
		Kind:        Whole,
		Optional:    true,
		cell: func(r *figures.TableRow) any {
			if r.Partial == nil {
				return nil
			}
			return int64(r.Partial.Reported)
		},
	},
	{
		Name:        "expected",
		Description: "Of a partial figure: how many organisations there are; over a span of periods, in each",
		Kind:        Whole,
		Optional:    true,
		cell: func(r *figures.TableRow) any {
			if r.Partial == nil {
				return nil
			}
			return int64(r.Partial.Expected)
		},
	},
	{Name: "reason", Description: "Why there is no value: " + reasonWords(), Optional: true, cell: func(r *figures.TableRow) any { return some(ReasonOf(r)) }},
	{
		Name:        "missing",
		Description: "Codes of the organisations without a figure; reason says why",
		Optional:    true,
		cell:        func(r *figures.TableRow) any { return some(strings.Join(r.Missing, " ")) },
	},
	{Name: "definition_hash", Description: "The version of the measure's definition", cell: func(r *figures.TableRow) any { return r.Measure.Hash() }},
	{
		Name:        "load_id",
		Description: "The newest load among the published cells beneath the figure",
		Kind:        Whole,
		cell:        func(r *figures.TableRow) any { return int64(r.Load) },
	},
}

// exact is a column of counts or pounds.
func exact(name, description string, of func(*figures.TableRow) decimal.NullDecimal) Column {
	return Column{
		Name: name, Description: description, Kind: Decimal, Scale: countScale, Quoted: true, Optional: true,
		cell: func(r *figures.TableRow) any { return measure.RoundedCount(r.Measure, of(r)) },
	}
}

// value is a column of values.
func value(name, description string, of func(*figures.TableRow) decimal.NullDecimal) Column {
	return Column{
		Name: name, Description: description, Kind: Decimal, Scale: ratioScale, Optional: true,
		cell: func(r *figures.TableRow) any { return measure.RoundedValue(r.Measure, of(r)) },
	}
}

func partialOf(r *figures.TableRow) measure.Partial {
	if r.Partial == nil {
		return measure.Partial{}
	}
	return *r.Partial
}

func sharedOf(all []measure.Shared) any {
	var texts []string
	for _, s := range all {
		texts = append(texts, s.Organisation+" "+s.Share.String())
	}
	return some(strings.Join(texts, "; "))
}

// some is a text, nil for an empty one.
func some(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// The reasons for which a figure has no value.
const (
	nothingCounted = "nothing_counted"
)

func reasonWords() string {
	return strings.Join([]string{
		string(figures.Unreported) + " (an organisation did not report)",
		string(figures.NobodyLists) + " (no file lists every organisation of the place)",
		string(figures.OmittedByPublisher) + " (the publication leaves out an organisation that had something to report)",
		string(figures.OfUnknownPlace) + " (an organisation's figure is published, and it is not known in which of several footprints it lay)",
		string(figures.ConfirmedGap) + " (the published figure of an organisation lacks a part, and is left out)",
		code(
			measure.Contradictory,
		) + " (the numerator of a share lies outside its denominator)",
		code(measure.DefinitionChanged) + ", " + code(measure.OrganisationsChanged) +
			" and " + code(measure.PeriodMissing) + " (within the span of a derived figure)",
		code(
			measure.PeopleUnknown,
		) + " (how many people there were)",
		code(measure.NotCombined) + " (the organisations' figures are not put together)",
		nothingCounted + " (the denominator is 0)",
	}, ", ")
}

func code(reason measure.NoValueReason) string { return strings.ReplaceAll(string(reason), " ", "_") }

// ReasonOf says why a figure has no value; empty where it has one.
func ReasonOf(r *figures.TableRow) string {
	switch {
	case r.Value.Valid:
		return ""
	case !r.Complete:
		return string(r.MissingReason)
	case r.NoValue != "":
		return code(r.NoValue)
	}
	return nothingCounted
}

// day writes a date, in the form of time.DateOnly. A table has millions of them.
func day(t time.Time) string {
	year, month, date := t.Date()
	if year < 1000 || year > 9999 {
		return t.Format(time.DateOnly)
	}
	return string([]byte{
		'0' + byte(year/1000), '0' + byte(year/100%10), '0' + byte(year/10%10), '0' + byte(year%10), '-',
		'0' + byte(month/10), '0' + byte(month%10), '-', '0' + byte(date/10), '0' + byte(date%10),
	})
}
