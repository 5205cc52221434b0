package mapping_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"stpdash/internal/mapping"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/publication"
)

// TestWeeklyAE compares every cell of the weekly A&E files with an independent reading of them.
func TestWeeklyAE(t *testing.T) {
	t.Parallel()
	packed, err := gzip.NewReader(bytes.NewReader(mappingtest.PublishedFile(t, "../tidy", "ae_weekly_type1_by_provider_2010_2015.csv.gz")))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(packed)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, row := range csvRows(t, content) {
		if row["org_code"] == "" { // a walk-in centre, in one week
			continue
		}
		at := row["org_code"] + " week ending " + row["week_ending"]
		attendances, share := row.number(t, "attendances_type1"), row.number(t, "pct_within_4h_type1")
		want["attendances "+at] = attendances.String()
		want["share "+at] = fmt.Sprintf("%s of %s", share.Mul(attendances).Shift(-2), attendances)
		want["admissions "+at] = row["emergency_admissions_via_type1"]
		if row["emergency_admissions_via_type1"] == "0" {
			want["admissions "+at] = "not reported"
		}
	}
	// Weeks that leave out a trust of the weeks around them.
	for code, weeks := range map[string][]string{
		"REM": {"2010-11-07", "2010-12-05", "2011-01-30"}, "RRK": {"2010-12-19"}, "RJF": {"2010-12-26", "2011-01-02"},
		"RVJ": {"2011-12-25", "2012-01-01", "2012-01-08"}, "RXH": {"2012-09-23"},
	} {
		for _, week := range weeks {
			for _, figure := range []string{"attendances", "admissions", "share"} {
				want[fmt.Sprintf("%s %s week ending %s", figure, code, week)] = "not reported"
			}
		}
	}
	names := map[string]string{
		"ae_weekly_attendances_type1":          "attendances",
		"ae_weekly_emergency_admissions_type1": "admissions",
		"ae_weekly_four_hour_type1":            "share",
	}
	got, notReported := map[string]string{}, 0
	for _, file := range mappingtest.Published(t, "ae_weekly") {
		name := filepath.Base(file)
		if strings.Contains("week1- week2- week3- week4- week5- week6-", name[:6]) {
			continue // which the list states too
		}
		b := mappingtest.Read(t, file)
		if b.Source.ID != "ae_weekly" || len(b.Rejections) > 0 || len(b.Unknown) > 0 {
			t.Errorf("%s: source %s, rejected %v, unknown %v", name, b.Source.ID, b.Rejections, b.Unknown)
		}
		for _, o := range b.Observations {
			key := fmt.Sprintf("%s %s %s", names[o.Measure], o.Organisation, o.Period)
			if o.Status != mapping.Reported {
				notReported++
				got[key] = "not reported"
				continue
			}
			if got[key] = o.Numerator.Decimal.String(); o.Denominator.Valid {
				got[key] += " of " + o.Denominator.Decimal.String()
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("figures (-independent reading +read):\n%s", diff)
	}
	if len(got) != 3*(33_101+10) || notReported != 14+3*10 {
		t.Errorf("%d figures, %d of them not reported; want %d and %d", len(got), notReported, 3*(33_101+10), 14+3*10)
	}
}

// The six weeks that both files state are the same in both, so the second is passed over.
func TestWeeklyAEIsStatedTwiceAlike(t *testing.T) {
	c := mappingtest.Definitions(t, nil)
	source, _ := c.Source("ae_weekly")
	twice := *source
	twice.Skip, twice.Tables = nil, append(twice.Tables[:0:0], twice.Tables...)
	weeks := map[string]string{}
	for i, end := range []string{"2014-11-09", "2014-11-16", "2014-11-23", "2014-11-30", "2014-12-07", "2014-12-14"} {
		weeks[fmt.Sprintf("week%d", i+1)] = "week ending " + end
	}
	twice.Tables[1].Period.Periods = weeks
	only := *c
	only.Sources = append(only.Sources[:0:0], &twice)
	m := mapping.NewMapper(&only, mappingtest.Reference(t))
	read := func(files ...string) map[string]string {
		figures := map[string]string{}
		for _, file := range files {
			for _, o := range mappingtest.MustMap(t, m, file, mappingtest.PublishedFile(t, "ae_weekly", file)).Observations {
				if end := o.Period.String(); end >= "week ending 2014-11-09" {
					figures[fmt.Sprint(o.Measure, " ", o.Organisation, " ", end)] = fmt.Sprint(o.Status, " ", decimalText(o.Numerator), " of ", decimalText(o.Denominator))
				}
			}
		}
		return figures
	}
	var byCode []string
	for i := range 6 {
		byCode = append(byCode, fmt.Sprintf("week%d-weekly_ae_sitrep.json", i+1))
	}
	list, second := read("performance_list.csv.gz"), read(byCode...)
	if diff := cmp.Diff(list, second); diff != "" || len(list) != 6*140*3 {
		t.Errorf("%d figures (-list +by code):\n%s", len(list), diff)
	}
}

func decimalText(n decimal.NullDecimal) string {
	if !n.Valid {
		return ""
	}
	return n.Decimal.StringFixed(4)
}

const weeklyHeader = "\"name\",\"patients_seen_in_four_hours\",\"attendances_at_ane\",\"emergency_admissions_via_type_1_ae\",\"analysisdate\"\n"

// Weekly files as others may write them: read right, or refused with the row and column, what was found and what is accepted.
func TestHostileWeeklyAE(t *testing.T) {
	m := mappingtest.Mapper(t)
	const code = `{"RCF": {"name": "Airedale NHS Foundation Trust", "attendances_at_ane": "1000", "patients_seen_in_four_hours": "95.0", "emergency_admissions": "200"}}`
	for name, test := range map[string]struct {
		file, content string
		want          []string // observations and rejections
		refused       string
	}{
		"other spellings of a name": {
			"weekly.csv", weeklyHeader + "ALDER  HEY CHILDREN\u2019S NHS FOUNDATION TRUST,95.0,1000,200,2011.03.27\n\"barking, havering & redbridge hospitals nhs trust\",90,1000,200,2011.03.27\n",
			[]string{"2B RBS share 950 of 1000", "2C RBS attendances 1000", "2D RBS admissions 200", "3B RF4 share 900 of 1000", "3C RF4 attendances 1000", "3D RF4 admissions 200"},
			"",
		},
		"a name that is not known": {
			"weekly.csv", weeklyHeader + "Airedale NHS Trust,95,1000,200,2011.03.27\nEverytown Hospitals NHS Trust,95,1000,200,2011.03.27\n",
			[]string{
				"2B RCF share 950 of 1000", "2C RCF attendances 1000", "2D RCF admissions 200",
				`row 3, column A, "Everytown Hospitals NHS Trust": the organisation of this name is not known; accepted: a name of sql/reference/organisations.csv or of the source's names`,
			},
			"",
		},
		"a week that ends on a Monday": {
			"weekly.csv", weeklyHeader + "Airedale NHS Trust,95,1000,200,2011.03.27\nBolton NHS Foundation Trust,95,1000,200,2011.03.28\n",
			[]string{"2B RCF share 950 of 1000", "2C RCF attendances 1000", "2D RCF admissions 200", `row 3, column E, "2011.03.28": period "2011.03.28" ends on a Monday; accepted: a week that ends on a Sunday`},
			"",
		},
		"a week written otherwise": {"weekly.csv", weeklyHeader + "Airedale NHS Trust,95,1000,200,27/03/2011\n", nil, `period "27/03/2011" does not state the last day of a week, such as 2010.11.07`},
		"formatted text": {
			"weekly.csv", weeklyHeader + "Airedale NHS Trust, 95.0 ,\" 1,000 \",200 ,2011.03.27 \n",
			[]string{"2B RCF share 950 of 1000", "2C RCF attendances 1000", "2D RCF admissions 200"},
			"",
		},
		"a percentage with its mark":       {"weekly.csv", weeklyHeader + "Airedale NHS Trust,95.0%,1000,200,2011.03.27\n", nil, `row 2, column B, "95.0%": found "95.0%" where a number should be`},
		"a share in place of a percentage": {"weekly.csv", weeklyHeader + "Airedale NHS Trust,195,1000,200,2011.03.27\n", nil, "the numerator counts a part of the denominator, so it is at most 1000"},
		"a fraction of a patient":          {"weekly.csv", weeklyHeader + "Airedale NHS Trust,95,1000.5,200,2011.03.27\n", nil, "is counted one by one: accepted is a whole number"},
		"two revisions of a week in a file": {
			"weekly.csv", weeklyHeader + "Airedale NHS Trust,95,1000,200,2011.03.27\nBolton NHS Foundation Trust,95,1000,200,2011.03.27\nAiredale NHS Foundation Trust,96,1001,200,2011.03.27\n",
			[]string{
				"3B RMC share 950 of 1000", "3C RMC attendances 1000", "3D RMC admissions 200",
				`row 2, column A, "Airedale NHS Trust": ae_weekly_four_hour_type1 of RCF in week ending 2011-03-27 is stated in row 4 too`,
				`row 4, column A, "Airedale NHS Foundation Trust": ae_weekly_four_hour_type1 of RCF in week ending 2011-03-27 is stated in row 2 too`,
			},
			"",
		},
		"zeros that mean not reported":               {"weekly.csv", weeklyHeader + "Airedale NHS Trust,95,1000,0,2011.03.27\n", []string{"2B RCF share 950 of 1000", "2C RCF attendances 1000", "2D RCF admissions not_reported"}, ""},
		"another column":                             {"weekly.csv", strings.TrimSpace(weeklyHeader) + ",\"attendances_type3\"\nAiredale NHS Trust,95,1000,200,2011.03.27,5\n", nil, `column F, row 1: heading "attendances_type3" is not declared in source ae_weekly`},
		"a week by code":                             {"week7-weekly_ae_sitrep.json", code, []string{"2C RCF attendances 1000", "2D RCF share 950 of 1000", "2E RCF admissions 200"}, ""},
		"a week of which nothing states when it was": {"week19-weekly_ae_sitrep.json", code, nil, `it is not stated which period "week19" is; accepted: week10, week11`},
		"a file by another name":                     {"sitrep.json", code, nil, "the name of the file does not state the period: it does not match"},
		"a code that is not known": {
			"week7-weekly_ae_sitrep.json", strings.Replace(code, "{\"RCF\"", `{"RZZ": {"name": "Everytown", "attendances_at_ane": "9", "patients_seen_in_four_hours": "95", "emergency_admissions": "2"}, "RCF"`, 1),
			[]string{"3C RCF attendances 1000", "3D RCF share 950 of 1000", "3E RCF admissions 200", `row 2, column A, "RZZ": the organisation is not known; accepted: a code of sql/reference/organisations.csv or of a footprint`},
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := publication.Decode(t.Context(), test.file, []byte(test.content), publication.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			b, err := mappingtest.Map(m, p, []byte(test.content))
			if test.refused != "" {
				said := fmt.Sprint(err)
				if err == nil {
					said = fmt.Sprint(b.Rejections)
				}
				if !strings.Contains(said, test.refused) {
					t.Errorf("%s; want it refused with %q", said, test.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, o := range b.Observations {
				name := strings.TrimSuffix(strings.TrimPrefix(o.Measure, "ae_weekly_"), "_type1")
				text := fmt.Sprintf(
					"%d%s %s %s ",
					o.Cell.Row,
					o.Cell.Column,
					o.Organisation,
					map[string]string{"attendances": name, "emergency_admissions": "admissions", "four_hour": "share"}[name],
				)
				switch {
				case o.Status == mapping.Rejected:
					continue
				case o.Status != mapping.Reported:
					text += string(o.Status)
				default:
					text += o.Numerator.Decimal.String()
				}
				if o.Status == mapping.Reported && o.Denominator.Valid {
					text += " of " + o.Denominator.Decimal.String()
				}
				got = append(got, text)
			}
			for _, r := range b.Rejections {
				got = append(got, fmt.Sprintf("row %d, column %s, %q: %s", r.Row, r.Column, r.Value, r.Reason))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
