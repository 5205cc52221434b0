package web

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/measure"
)

// What an amount rests on is named with it.
func TestWhatAmountsRestOn(t *testing.T) {
	k := figurestest.Unloaded(t, time.Now)
	year, err := catalog.ParsePeriod("2017/18")
	if err != nil {
		t.Fatal(err)
	}
	some := decimal.NewNullDecimal(decimal.RequireFromString("12.345"))
	declared := k.Catalog.Money().Groups[1]
	line := figures.MoneyLine{MoneyLine: declared.Lines[0], Of: declared.Of}
	body := moneyBody{Years: []string{"2017/18"}}
	for want, p := range map[string]measure.Point{
		"whole":    {Value: some, Numerator: some, Complete: true, Organisations: 2},
		"estimate": {Value: some, Numerator: some, Complete: true, Organisations: 2, Shared: []measure.Shared{{Organisation: "406", Share: decimal.RequireFromString("0.14")}}},
		"partial":  {Organisations: 2, Missing: []string{"906"}, Partial: &measure.Partial{Value: some, Numerator: some, Reported: 1, Expected: 2}},
		"none":     {Organisations: 2, Missing: []string{"906"}},
	} {
		p.Period = year
		f := newMoneyFigure(line, figures.MoneyFigure{Year: year, Point: p})
		if f.Basis != want || f.Value.Valid != (want == "whole" || want == "estimate") || f.Value.Valid && f.Value.Decimal.String() != "12.35" {
			t.Errorf("%s: %+v", want, f)
		}
		body.Lines = append(body.Lines, moneyLine{Measure: line.Measure().ID, PerPerson: line.Person().ID, Figures: []moneyFigure{f}})
	}
	sheet := body.sheet()
	if len(sheet.rows) != 5 {
		t.Fatalf("%d rows", len(sheet.rows))
	}
	for _, row := range sheet.rows {
		if len(row) != len(sheet.rows[0]) {
			t.Errorf("%d cells beneath %d headings", len(row), len(sheet.rows[0]))
		}
	}
	if ids := body.measures(); len(ids) != 2 {
		t.Errorf("the workbook names %v", ids)
	}
}
