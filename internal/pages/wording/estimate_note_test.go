package wording

import (
	"strings"
	"testing"

	"stpdash/internal/evidence"
	"stpdash/internal/forecast"
)

// Every code that the mathematics can give has words of its own, and they name what the code is about.
func TestEveryCodeOfEvidenceHasWords(t *testing.T) {
	given := codes(t, "evidence")
	if len(given["NoteCode"]) < 50 || len(given["ErrorCode"]) < 10 || len(given["VariationKind"]) < 6 {
		t.Fatalf("found %d notes, %d errors and %d variations", len(given["NoteCode"]), len(given["ErrorCode"]), len(given["VariationKind"]))
	}
	value, than := evidence.Number(12.5), evidence.Number(34.5)
	said := map[string]string{}
	for _, code := range given["NoteCode"] {
		n := evidence.Note{
			Code: evidence.NoteCode(code), Have: 7, Need: 9, Value: &value, Than: &than,
			Names: []string{"RJ1", "RJ2"}, Times: []string{"2018-04", "2018-05", "2018-06", "2018-07"},
		}
		words := EvidenceNote(n)
		if words == "" || strings.Contains(words, "%!") {
			t.Errorf("the note %q has the words %q", code, words)
		}
		if other := said[words]; other != "" {
			t.Errorf("the notes %q and %q have the same words: %s", code, other, words)
		}
		said[words] = code
	}
	for _, code := range given["ErrorCode"] {
		if words := ErrorKind(evidence.ErrorKind{Code: evidence.ErrorCode(code), Have: 7}); words == "" || strings.Contains(words, "%!") {
			t.Errorf("the error %q has the words %q", code, words)
		}
	}
	for _, kind := range given["VariationKind"] {
		if _, known := variations[evidence.VariationKind(kind)]; !known {
			t.Errorf("the variation %q has no words", kind)
		}
	}
	if words := EvidenceNote(evidence.Note{}); words != "" {
		t.Errorf("no note says %q", words)
	}
}

// Every scale of a forecast has its name.
func TestEveryForecastScaleHasWords(t *testing.T) {
	for _, scale := range codes(t, "forecast")["ScaleKind"] {
		if forecastScales[forecast.ScaleKind(scale)] == "" {
			t.Errorf("the scale %q has no words", scale)
		}
	}
	if got := ForecastMethod(
		&forecast.Method{Seasonal: true, Scale: forecast.RootScale},
	); got != "damped trend exponential smoothing, ETS(A,Ad,A), on the square root" {
		t.Error(got)
	}
	if got := ForecastMethod(nil); got != "" {
		t.Error(got)
	}
}
