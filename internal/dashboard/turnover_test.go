package dashboard

import (
	"fmt"
	"io/fs"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
	"stpdash/sql"
)

func amounts(rows ...string) []measure.Amount {
	var all []measure.Amount
	for _, row := range rows { // "place organisation amount amount ...", by month from April 2018, "-" where there is none
		fields := strings.Fields(row)
		for i, amount := range fields[2:] {
			if amount != "-" {
				all = append(all, measure.Amount{Footprint: fields[0], Organisation: fields[1],
					Period: time.Date(2018, time.Month(4+i), 1, 0, 0, 0, 0, time.UTC), Amount: decimal.RequireFromString(amount)})
			}
		}
	}
	return all
}

// What is counted in a place breaks where organisations with a large part of it come or go, and not where its work stays.
func TestTurnovers(t *testing.T) {
	tables, err := fs.Sub(sql.Reference, "reference")
	if err != nil {
		t.Fatal(err)
	}
	reference, err := footprint.Read(tables)
	if err != nil {
		t.Fatal(err)
	}
	c := &Composer{Reference: reference}
	m := &catalog.Measure{ID: "m", Grain: catalog.Month}
	for _, test := range []struct {
		name string
		rows []string
		want string
	}{
		{"the same organisations", []string{"A RA1 100 90 130 100", "A RA2 50 50 50 50"}, ""},
		{"one leaves with its work", []string{"A RA1 100 100 100 100", "A RA2 50 50 - -"}, "A 2018-06 -33%"},
		{"one leaves and another takes its work over", []string{"A RA1 100 100 150 150", "A RA2 50 50 - -"}, ""},
		{"one leaves and comes back under another code", []string{"A RA1 100 100 100 100", "A RA2 50 50 - -", "A RA3 - - 50 50"}, ""},
		{"one comes with its work", []string{"A RA1 100 100 100 100", "A RA2 - 100 100 100"}, "A 2018-05 50%"},
		{"one pauses", []string{"A RA1 100 100 100 100", "A RA2 50 - 50 50"}, ""},
		{"a small one leaves", []string{"A RA1 100 100 100 100", "A RA2 4 4 - -"}, ""},
		{"one reports nought of what it usually has", []string{"A RA1 100 100 100 100", "A RA2 50 50 0 0"}, "A 2018-06 -33%"},
		{"one reports nought of what mostly is nought", []string{"A RA1 0 0 0 1", "A RA2 0 2 0 0", "A RA3 0 0 0 0"}, ""},
		{"one leaves that had what mostly is nought", []string{"A RA1 0 0 0 1", "A RA2 0 2 - -", "A RA3 0 0 0 0"}, "A 2018-06 -100%"},
		// Burton Hospitals joined Derby, which lies in another footprint.
		{"one joins another place's", []string{"E54000010 RJF 30 30 - -", "E54000010 RJE 70 70 70 70", "E54000012 RTG 60 60 90 90"},
			"E54000010 2018-06 -30%; E54000012 2018-06 33%"},
	} {
		var got []string
		found := c.turnoversOf(m, amounts(test.rows...))
		for _, place := range []string{"A", "E54000010", "E54000012"} {
			for _, turnover := range found[place] {
				got = append(got, fmt.Sprintf("%s %s %.0f%%", place, turnover.From, math.Round(turnover.Part*100)))
				if !strings.Contains(turnover.Words, "% of the figure changed (") {
					t.Errorf("%s: %q", test.name, turnover.Words)
				}
			}
		}
		if words := strings.Join(got, "; "); words != test.want {
			t.Errorf("%s: got %q, want %q", test.name, words, test.want)
		}
	}
}

// Organisations of one name are told apart by their codes.
func TestTurnoversOfOneName(t *testing.T) {
	tables, err := fs.Sub(sql.Reference, "reference")
	if err != nil {
		t.Fatal(err)
	}
	reference, err := footprint.Read(tables)
	if err != nil {
		t.Fatal(err)
	}
	c := &Composer{Reference: reference}
	found := c.turnoversOf(&catalog.Measure{ID: "m", Grain: catalog.Month}, amounts("A RJ1 100 100 100 100", "A Y01069 40 40 - -", "A Y01231 50 50 - -"))
	want := "organisations with 47% of the figure changed (Dr Local Care Direct OOH (Y01069) left and Dr Local Care Direct OOH (Y01231) left)"
	if len(found["A"]) != 1 || found["A"][0].Words != want {
		t.Errorf("%+v, want %q", found["A"], want)
	}
	m := &catalog.Measure{Unit: catalog.Number, Counted: "attendances"}
	if got := c.missing(m, measure.Point{Organisations: 3, Missing: []string{"Y01069", "Y01231"}}); got !=
		"No figure from 2 of 3 organisations: Dr Local Care Direct OOH (Y01069) and Dr Local Care Direct OOH (Y01231)." {
		t.Error(got)
	}
}
