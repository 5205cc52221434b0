package measure_test

import (
	"fmt"
	"io/fs"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

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
				n, err := strconv.ParseFloat(amount, 64)
				if err != nil {
					panic(err)
				}
				all = append(all, measure.Amount{
					Footprint: fields[0], Organisation: fields[1],
					Period: time.Date(2018, time.Month(4+i), 1, 0, 0, 0, 0, time.UTC), Amount: n,
				})
			}
		}
	}
	return all
}

// What is counted in a place breaks where organisations with a large part of it come or go, and not where its work stays.
func TestMembershipBreaks(t *testing.T) {
	tables, err := fs.Sub(sql.Reference, "reference")
	if err != nil {
		t.Fatal(err)
	}
	reference, err := footprint.Read(tables)
	if err != nil {
		t.Fatal(err)
	}
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
		{"one reports zero of what it usually has", []string{"A RA1 100 100 100 100", "A RA2 50 50 0 0"}, "A 2018-06 -33%"},
		{"one reports zero of what mostly is zero", []string{"A RA1 0 0 0 1", "A RA2 0 2 0 0", "A RA3 0 0 0 0"}, ""},
		{"one leaves that had what mostly is zero", []string{"A RA1 0 0 0 1", "A RA2 0 2 - -", "A RA3 0 0 0 0"}, "A 2018-06 -100%"},
		// Burton Hospitals joined Derby, which lies in another footprint.
		{
			"one joins another place's",
			[]string{"E54000010 RJF 30 30 - -", "E54000010 RJE 70 70 70 70", "E54000012 RTG 60 60 90 90"},
			"E54000010 2018-06 -30%; E54000012 2018-06 33%",
		},
	} {
		var got []string
		found := measure.MembershipBreaks(catalog.Month, amounts(test.rows...), reference)
		for _, place := range []string{"A", "E54000010", "E54000012"} {
			for _, b := range found[place] {
				got = append(got, fmt.Sprintf("%s %s %.0f%%", place, b.From, math.Round(b.Part*100)))
				if len(b.Moves) == 0 {
					t.Errorf("%s: nobody is named", test.name)
				}
			}
		}
		if words := strings.Join(got, "; "); words != test.want {
			t.Errorf("%s: got %q, want %q", test.name, words, test.want)
		}
	}
}
