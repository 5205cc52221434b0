package dashboard

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/figures"
	"stpdash/internal/measure"
	"stpdash/internal/rates"
)

// where are the places in the funnel in words.
var where = map[rates.Significance]string{
	rates.High3s: "above the 99.8% limit", rates.High2s: "above the 95% limit", rates.Low3s: "below the 99.8% limit", rates.Low2s: "below the 95% limit",
	rates.NotSignificant: "within the limits", rates.NotJudged: "not judged",
}

// funnel holds the places against all of them together.
func (v view) funnel(places []figures.Standing, compared measure.Comparison) FunnelPlot {
	f := compared.Funnel
	switch {
	case compared.Reason != "":
		return FunnelPlot{Reason: compared.Reason}
	case f == nil:
		return FunnelPlot{Reason: "No footprint has a figure that could be compared."}
	case math.IsNaN(f.Baseline):
		return FunnelPlot{Reason: "No funnel can be drawn: " + f.Reason + "."}
	}
	plot := FunnelPlot{Denominator: v.denominator(), Centre: v.amount(f.Baseline)}
	outside := map[rates.Significance][]string{}
	at := make([]int, len(places))
	for i, s := range places {
		at[i] = i
		if u := f.Units[i]; u.Reason == "" {
			_, lies := u.Verdict()
			outside[lies] = append(outside[lies], s.Scope.Name)
		}
	}
	slices.SortStableFunc(at, func(i, j int) int { return cmp.Compare(f.Units[j].Denominator, f.Units[i].Denominator) })
	for _, i := range at {
		s, u := places[i], f.Units[i]
		if u.Reason != "" {
			continue
		}
		band, lies := u.Verdict()
		plot.Rows = append(plot.Rows, FunnelRow{
			Code: s.Scope.Code, Name: s.Scope.Name, URL: footprintURL(s.Scope.Code, v.asOf) + "#" + v.m.ID,
			Denominator: Figure{Text: count(decimal.NewFromFloat(u.Denominator)), Plain: fmt.Sprint(u.Denominator)}, Value: v.amount(u.Value),
			Lower95: v.amount(band.Lower2s), Upper95: v.amount(band.Upper2s), Lower998: v.amount(band.Lower3s), Upper998: v.amount(band.Upper3s),
			Where: where[lies], Outside: lies == rates.High3s || lies == rates.Low3s,
		})
	}
	plot.Sentences = append(plot.Sentences, fmt.Sprintf("The centre line is %s, that of the %s with a figure together. England's own figure may differ, as it has organisations that are in no single footprint.",
		plot.Centre.Text, plural(len(plot.Rows), "footprint", "footprints")))
	plot.Sentences = append(plot.Sentences, dispersionWords(f))
	named := false
	for _, lies := range []rates.Significance{rates.High3s, rates.Low3s} {
		if names := outside[lies]; len(names) > 0 {
			// Some names have commas of their own.
			plot.Sentences = append(plot.Sentences, fmt.Sprintf("%s: %s.", capital(where[lies]), strings.Join(names, "; ")))
			named = true
		}
	}
	if !named {
		plot.Sentences = append(plot.Sentences, "No footprint lies outside the 99.8% limits.")
	}
	if left := len(places) - len(plot.Rows); left > 0 {
		plot.Sentences = append(plot.Sentences, plural(left, "footprint is", "footprints are")+" not in the funnel, for want of a figure.")
	}
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

// dispersionWords says whether the footprints differ by more than chance, and what the limits make of it.
func dispersionWords(f *rates.Funnel) string {
	switch {
	case f.Reason != "":
		return "The limits allow for chance alone: whether the footprints differ by more could not be told, because " + f.Reason + "."
	case f.Tau2 > 0:
		return fmt.Sprintf("Over-dispersion was found: the footprints vary %s times as much as chance alone would have it (φ, of which 1 is chance), "+
			"so the limits are widened by the differences usual between them.", grouped(decimal.NewFromFloat(f.Phi), 1))
	}
	return fmt.Sprintf("No over-dispersion was found (φ = %s, of which 1 is chance), so the limits allow for chance alone.", grouped(decimal.NewFromFloat(f.Phi), 1))
}
