package pages

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/shopspring/decimal"

	"stpdash/internal/figures"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
	"stpdash/internal/rates"
)

// funnel holds the places against all of them together.
func (v view) funnel(places []figures.LatestFigure, compared measure.Comparison) FunnelPlot {
	f := compared.Funnel
	switch {
	case compared.Reason != "":
		return FunnelPlot{Reason: wording.Uncounted(compared.Reason)}
	case f == nil:
		return FunnelPlot{Reason: "No footprint has a figure that could be compared."}
	case math.IsNaN(f.Baseline):
		return FunnelPlot{Reason: "No funnel can be drawn: " + wording.FunnelReason(f.Reason) + "."}
	}
	plot := FunnelPlot{Denominator: v.denominator(), Centre: v.amount(f.Baseline)}
	outside := map[rates.Significance][]string{}
	at := make([]int, len(places))
	for i, s := range places {
		at[i] = i
		if u := f.Units[i]; u.Reason.Code == "" {
			_, lies := u.Verdict()
			outside[lies] = append(outside[lies], s.Area.Name)
		}
	}
	slices.SortStableFunc(at, func(i, j int) int { return cmp.Compare(f.Units[j].Denominator, f.Units[i].Denominator) })
	for _, i := range at {
		s, u := places[i], f.Units[i]
		if u.Reason.Code != "" {
			continue
		}
		band, lies := u.Verdict()
		plot.Rows = append(plot.Rows, FunnelRow{
			Code: s.Area.Code, Name: s.Area.Name, URL: cardURL(s.Area.Code, v.m, v.asOf),
			Denominator: Figure{Text: wording.Count(decimal.NewFromFloat(u.Denominator)), Plain: fmt.Sprint(u.Denominator)}, Value: v.amount(u.Value),
			Lower95: v.amount(band.Lower2s), Upper95: v.amount(band.Upper2s), Lower998: v.amount(band.Lower3s), Upper998: v.amount(band.Upper3s),
			Where: wording.FunnelPlaces[lies], Outside: lies == rates.High3s || lies == rates.Low3s,
		})
	}
	plot.Sentences = wording.Funnel(f, plot.Centre.Text, outside, len(plot.Rows), len(places)-len(plot.Rows))
	return plot
}

// denominator is what the funnel's places differ in size by.
func (v view) denominator() string {
	switch {
	case v.m.PerThousand:
		return "Registered patients"
	case v.m.Denominator != nil && v.m.Denominator.Description != "":
		return v.m.Denominator.Description
	}
	return "Denominator"
}

// FunnelPlot holds the 44 against all of them together.
type FunnelPlot struct {
	Reason      string // why there is none, in a sentence; the rest is empty then
	Sentences   []string
	Denominator string // as a column heading
	Centre      Figure
	Rows        []FunnelRow // the largest denominator first
}

// FunnelRow is a footprint in the funnel.
type FunnelRow struct {
	Code, Name, URL                      string
	Denominator, Value                   Figure
	Lower95, Upper95, Lower998, Upper998 Figure
	Where                                string // "above the 99.8% limit"
	Outside                              bool   // beyond a 99.8% limit
}
