package mapping_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"stpdash/internal/mapping"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/publication"
)

const socialCare = "adult_social_care"

// plainFile reads a published file that is compressed, as its text.
func plainFile(t testing.TB, folder, beginning string) string {
	t.Helper()
	for _, file := range mappingtest.Published(t, folder) {
		if strings.HasPrefix(filepath.Base(file), beginning) {
			unzipped, err := gzip.NewReader(bytes.NewReader(mappingtest.ReadFile(t, file)))
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(unzipped)
			if err != nil {
				t.Fatal(err)
			}
			return string(content)
		}
	}
	t.Fatalf("no file of %s begins with %q", folder, beginning)
	return ""
}

// TestOutcomesOfCouncils reads the files a second time, by their columns alone, and expects each value as it is published.
func TestOutcomesOfCouncils(t *testing.T) {
	t.Parallel()
	m := mappingtest.Mapper(t)
	england := map[string]string{ // NHS Digital, ASCOF
		"care_home_admissions_65 2018/19": "577.6", "care_home_admissions_65 2019/20": "584.0", "care_home_admissions_65 2020/21": "498.2",
		"home_91_days_after_reablement 2018/19": "82.4", "home_91_days_after_reablement 2019/20": "82.0", "home_91_days_after_reablement 2020/21": "79.1",
		"carers_satisfied 2018/19": "38.6", "users_satisfied 2018/19": "64.3", "users_satisfied 2019/20": "64.2", "direct_payments 2018/19": "28.3",
		"direct_payments 2020/21": "26.6", "reablement_offered 2018/19": "2.8", "users_quality_of_life 2019/20": "19.1", "carers_quality_of_life 2018/19": "7.5",
	}
	per := map[string]int64{"care_home_admissions_65": 100000, "users_quality_of_life": 1, "carers_quality_of_life": 1} // others are percentages
	compared := 0
	for year, rows := range map[string]int{"2019": 1217, "2020": 751, "2021": 597} {
		content := plainFile(t, socialCare, "final_data_"+year)
		f := mappingtest.MustMap(t, m, "final_data_"+year+".csv", []byte(content))
		if f.Source.ID != "ascof" || len(f.Rejections) > 0 {
			t.Fatalf("%s is read by %s with rejections %v", year, f.Source.ID, f.Rejections)
		}
		published, err := csv.NewReader(strings.NewReader(content)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		read := 0
		for _, o := range f.Observations {
			if o.Status != mapping.Reported {
				if o.Note == "" {
					t.Errorf("%s of %s is missing without a reason", o.Measure, o.Organisation)
				}
				continue
			}
			read++
			of, known := per[o.Measure]
			if !known {
				of = 100
			}
			row := published[o.Cell.Row-1]
			value, stated := o.Numerator.Decimal.Mul(decimal.NewFromInt(of)).DivRound(o.Denominator.Decimal, 12), decimal.RequireFromString(row[5])
			apart := decimal.New(1, -9)
			if o.Measure == "care_home_admissions_65" {
				apart = decimal.RequireFromString("0.0500001")
				if !o.Numerator.Decimal.IsInteger() {
					t.Errorf("%s admissions of %s", o.Numerator.Decimal, o.Organisation)
				}
			}
			if value.Sub(stated).Abs().GreaterThan(apart) || row[4] != "Total" || row[1] == "Region" || o.Cell.Raw != row[5] {
				t.Errorf("%s of %s in %s is read as %s, and the row says %v", o.Measure, o.Organisation, o.Period, value, row)
			}
			if o.Organisation == "ENG" {
				if want, known := england[o.Measure+" "+o.Period.String()]; known {
					compared++
					if !stated.Equal(decimal.RequireFromString(want)) {
						t.Errorf("%s of England in %s is %s, want %s", o.Measure, o.Period, stated, want)
					}
				}
			}
		}
		if read != rows {
			t.Errorf("%d values are read of %s, want %d", read, year, rows)
		}
	}
	if compared != len(england) {
		t.Errorf("%d figures of England are compared, of %d", compared, len(england))
	}
}

// Files that are not what they seem are read right, or refused with what is wrong and where.
func TestHostileFilesOfCouncils(t *testing.T) {
	t.Parallel()
	m := mappingtest.Mapper(t)
	outcomes, codes := plainFile(t, socialCare, "final_data_2019"), plainFile(t, socialCare, "CSV ASCFR Totals")
	headings, words := plainFile(t, socialCare, "pss-exp-eng-14-15"), plainFile(t, "../tidy", "asc_gross")
	const admissions = `Barking and Dagenham,Council,E09000002,"Long-term support needs of older adults aged 65 and over met by admission to residential and nursing care homes, per 100,000 population",Total,`
	for name, c := range map[string]struct {
		file, content string
		from, to      string // what is replaced, everywhere
		rule          string
		says          []string
		rejected      int // 0: the file is refused
	}{
		"a rate of no whole number": {"final_data_2019.csv", outcomes, admissions + "723.9", admissions + "724.9", "denominator", []string{"724.9 is not the rate of a whole number among 19755", "accepted:"}, 1},
		"a figure with a mark":      {"final_data_2019.csv", outcomes, admissions + "723.9", admissions + "723.9*", "number", []string{"723.9*"}, 1},
		"a figure of pounds":        {"final_data_2019.csv", outcomes, admissions + "723.9", admissions + "£723.9", "number", []string{"£723.9"}, 1},
		"a council of another country": {
			"final_data_2019.csv", outcomes, "Barking and Dagenham,Council,E09000002", "Barking and Dagenham,Council,W06000001",
			"known_place",
			[]string{"the organisation is not known"},
			8,
		},
		"the year of another file": {"final_data_2019.csv", strings.ReplaceAll(outcomes, ",2019\n", ",2020\n"), "", "", "", []string{"rates are those of no whole number", "row ", "column F", "accepted: the year"}, 0},
		"a measure of a new name": {
			"final_data_2019.csv", outcomes, "Overall satisfaction of carers with social services", "Carers who are content", "declared_column",
			[]string{"no declared purpose", "accepted: rows where"},
			152,
		},
		"a second column of values":   {"final_data_2019.csv", strings.ReplaceAll(outcomes, "\n", ",1\n"), "Population,Year,1", "Population,Year,Measure Value", "", []string{"columns F and K, row 1: two columns for measure care_home_admissions_65"}, 0},
		"a region among the councils": {"CSV ASCFR Totals.csv", codes, "2017,102,E10000006,", "2017,,E12000002,", "known_place", []string{"the organisation is not known"}, 109},
		"England cut off":             {"CSV ASCFR Totals.csv", codes, "E92000001", "E12000001", "", []string{"no total row"}, 0},
		"England of another sum":      {"CSV ASCFR Totals.csv", codes, "2017,,,E92000001,2,1,4,7,,,1,", "2017,,,E92000001,2,1,4,9,,,1,1,1,1,1,1,1000\n2017,,,E92000001,2,1,4,7,,,1,", "", []string{"social_care_spend_community of 2016/17 is published as", "row "}, 0},
		"councils of a second block":  {"pss-exp-eng-14-15-x.csv", strings.ReplaceAll(headings, "914 - Torbay", "102 - Cumbria"), "", "", "", []string{"columns F and FA, row 2: two columns"}, 0},
		"a council that is none":      {"pss-exp-eng-14-15-x.csv", headings, "914 - Torbay", "999 - Atlantis", "", []string{`column FA, row 2: heading "999 - Atlantis"`, "accepted: a code of"}, 0},
		"a heading without a code":    {"pss-exp-eng-14-15-x.csv", headings, "914 - Torbay", "Torbay", "", []string{`column FA, row 2: heading "Torbay" is not declared`}, 0},
		"a support of a new name":     {"pss-exp-eng-14-15-x.csv", headings, "Social care activities", "Social work", "declared_column", []string{"no declared purpose"}, 152},
		"a name without the year":     {"spend.csv", headings, "", "", "", []string{"the name of the file does not state the period"}, 0},
		"an account of another name":  {"asc.csv", words, `"Gross Current Expenditure"`, `"Net Current Expenditure"`, "", []string{"every row was rejected", "no declared purpose"}, 0},
		"a council stated twice":      {"asc.csv", words, `104,"E06000057","Northumberland"`, `106,"E08000037","Gateshead"`, "stated_once", []string{"is stated"}, 198},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content := []byte(c.content)
			if c.from != "" {
				if content = bytes.ReplaceAll(content, []byte(c.from), []byte(c.to)); bytes.Equal(content, []byte(c.content)) {
					t.Fatalf("%q is not in the file", c.from)
				}
			}
			p, err := publication.Decode(t.Context(), c.file, content, publication.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			f, err := mappingtest.Map(m, p, content)
			said := ""
			switch {
			case c.rejected == 0 && err == nil:
				t.Fatalf("the file is accepted, with rejections of the rules %v", f.Rules())
			case c.rejected == 0:
				said = err.Error()
			case err != nil:
				t.Fatal(err)
			case len(f.Rejections) != c.rejected:
				t.Fatalf("%d rejections, want %d: %+v", len(f.Rejections), c.rejected, f.Rejections[:min(2, len(f.Rejections))])
			default:
				r := f.Rejections[0]
				if said = r.Reason; r.Rule != c.rule || r.Row == 0 || r.Column == "" {
					t.Errorf("rejected is %+v", r)
				}
			}
			for _, want := range c.says {
				if !strings.Contains(said, want) {
					t.Errorf("it says %q, want %q", said, want)
				}
			}
		})
	}
}
