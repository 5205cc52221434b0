package footprint_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"stpdash/internal/footprint"
)

func april(year int) time.Time {
	return time.Date(year, time.April, 1, 0, 0, 0, 0, time.UTC)
}

func described(all []footprint.Succession) []string {
	var lines []string
	for _, s := range all {
		share := "a part"
		if s.Share.Valid {
			share = s.Share.Decimal.String()
		}
		lines = append(lines, strings.Join([]string{s.Organisation, s.Successor, s.From.Format(time.DateOnly), share}, " "))
	}
	return lines
}

func TestLineage(t *testing.T) {
	r := read(t)
	for _, test := range []struct {
		name, organisation string
		predecessors, next []string
		ended              time.Time
	}{
		{
			"a primary care trust of two commissioners", "5QC", nil,
			[]string{"5QC 10J 2013-04-01 0.1675", "5QC 10K 2013-04-01 0.1335", "5QC 10V 2013-04-01 0.1548", "5QC 11A 2013-04-01 0.4352", "5QC 99M 2013-04-01 0.109"},
			april(2013),
		},
		{
			"a merger of primary care trusts", "5QV",
			[]string{"5P3 5QV 2010-04-01 1", "5P4 5QV 2010-04-01 1"},
			[]string{"5QV 06H 2013-04-01 0.0184", "5QV 06K 2013-04-01 0.4746", "5QV 06N 2013-04-01 0.507"},
			april(2013),
		},
		{"a merged commissioner", "15E", []string{"04X 15E 2018-04-01 1", "05P 15E 2018-04-01 1", "13P 15E 2018-04-01 1"}, nil, time.Time{}},
		{"one that gave up a part", "01H", []string{"5NE 01H 2013-04-01 1", "5NV 01H 2013-04-01 0.0121"}, []string{"01H 01K 2017-04-01 a part"}, time.Time{}},
		{"a merged trust", "R1K", []string{"RC3 R1K 2014-10-01 1", "RV8 R1K 2014-10-01 1"}, nil, time.Time{}},
		{"a council that ended", "811", nil, []string{"811 738 2019-04-01 1"}, april(2019)},
		{"one that was always there", "RJ1", nil, nil, time.Time{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.predecessors, described(r.SuccessionsTo(test.organisation))); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.next, described(r.Successions(test.organisation))); diff != "" {
				t.Error(diff)
			}
			ended, ok := r.Ended(test.organisation)
			if ok != !test.ended.IsZero() || !ended.Equal(test.ended) {
				t.Errorf("Ended is %s, %v; want %s", ended, ok, test.ended)
			}
			if !test.ended.IsZero() && (r.Existed(test.organisation, test.ended) || !r.Existed(test.organisation, test.ended.AddDate(0, 0, -1))) {
				t.Errorf("it does not exist until %s", test.ended)
			}
		})
	}
}

// TestEveryPCTBecameCCGs holds the lineage against the table of postcodes, cell by cell.
func TestEveryPCTBecameCCGs(t *testing.T) {
	r := read(t)
	cells := 0
	for _, row := range rows(records(t, shared(t, "../tidy/pct_to_ccg_2013.csv"))) {
		for _, s := range r.Successions(row["pct_code"]) {
			if s.Successor != row["ccg_code"] {
				continue
			}
			cells++
			off := s.Share.Decimal.Mul(decimal.NewFromInt(100)).Sub(decimal.RequireFromString(row["percent_of_postcodes"])).Abs()
			if off.GreaterThan(decimal.RequireFromString("0.02")) || !s.From.Equal(april(2013)) { // percentages that do not add up to 100
				t.Errorf("%s to %s is %s from %s, the table has %s%%", s.Organisation, s.Successor, s.Share.Decimal, s.From, row["percent_of_postcodes"])
			}
		}
	}
	if cells != 237 {
		t.Errorf("%d shares compared, want 237", cells)
	}
}

// TestCouncilsLieWhereTheirLSOAsDo holds the share of every council in every footprint against the look-up, found by its ONS code.
func TestCouncilsLieWhereTheirLSOAsDo(t *testing.T) {
	r := read(t)
	of := map[string]decimal.Decimal{}
	lsoas := map[string]decimal.Decimal{}
	for _, row := range rows(records(t, shared(t, "../tidy/council_to_stp_by_lsoa_2017.csv"))) {
		n := decimal.RequireFromString(row["lsoas"])
		of[row["council_ons_code"]+" "+row["stp_ons_code_2017"]] = n
		lsoas[row["council_ons_code"]] = lsoas[row["council_ons_code"]].Add(n)
	}
	shared, whole := map[string]bool{}, map[string]bool{}
	for key, n := range of {
		ons, place, _ := strings.Cut(key, " ")
		o, ok := r.Organisation(ons)
		if !ok || o.Kind != footprint.Council {
			t.Fatalf("%s is %v", ons, o)
		}
		found := false
		for _, m := range r.MembershipsOf(o.Code) {
			if m.Footprint != place {
				continue
			}
			found = true
			if off := m.Share.Sub(n.Div(lsoas[ons])).Abs(); off.GreaterThan(decimal.RequireFromString("0.000001")) {
				t.Errorf("%s (%s) lies in %s with %s, want %s of %s", o.Name, ons, place, m.Share, n, lsoas[ons])
			}
			if m.Share.LessThan(decimal.NewFromInt(1)) {
				shared[o.Code] = true
				whole[place] = false
			} else if _, known := whole[place]; !known {
				whole[place] = true
			}
		}
		if !found {
			t.Errorf("%s (%s) is not in %s", o.Name, ons, place)
		}
	}
	places := 0
	for _, is := range whole {
		if is {
			places++
		}
	}
	// 26 would be of whole councils if shares under one in twenty were passed over.
	if len(lsoas) != 152 || len(shared) != 14 || len(whole) != 44 || places != 19 {
		t.Errorf("%d councils, %d of them shared; %d footprints, %d of them of whole councils; want 152, 14, 44 and 19", len(lsoas), len(shared), len(whole), places)
	}
}

func TestPlacesByONSCode(t *testing.T) {
	r := read(t)
	for code, want := range map[string]string{"E06000001": "111", " e08000020": "", "E08000037": "106", "E10000009": "809", "E06000059": "809", "E38000163": "00N", "E16000001": "5A3"} {
		o, ok := r.Organisation(code)
		if o.Code != want || ok != (want != "") {
			t.Errorf("%q is %q, want %q", code, o.Code, want)
		}
	}
	if diff := cmp.Diff([]string{"E06000059", "E10000009"}, r.ONSCodes("809")); diff != "" {
		t.Error(diff)
	}
}
