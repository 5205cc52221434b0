package mapping_test

import (
	"encoding/csv"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/mapping"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/publication"
)

// fields are one row of a csv by its headings.
type fields map[string]string

// csvRows reads a csv without the program's own decoder.
func csvRows(t testing.TB, content []byte) []fields {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(string(content))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []fields
	for _, record := range records[1:] {
		row := fields{}
		for i, heading := range records[0] {
			row[heading] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func (f fields) number(t testing.TB, column string) decimal.Decimal {
	t.Helper()
	n, err := decimal.NewFromString(f[column])
	if err != nil {
		t.Fatalf("column %s: %v", column, err)
	}
	return n
}

// starts reads the first day of a period of a grain.
func starts(t testing.TB, grain catalog.Grain, day string) string {
	t.Helper()
	start, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	return catalog.Period{Start: start, Grain: grain}.String()
}

// financialQuarter reads "2018-19 Q1", April to June 2018.
func financialQuarter(t testing.TB, text string) string {
	t.Helper()
	year, err := strconv.Atoi(text[:4])
	quarter := int(text[len(text)-1] - '0')
	if err != nil || quarter < 1 || quarter > 4 {
		t.Fatalf("%q is not a quarter", text)
	}
	return catalog.Period{Start: time.Date(year, time.Month(1+3*quarter), 1, 0, 0, 0, 0, time.UTC), Grain: catalog.Quarter}.String()
}

// figure is what one cell of a publication states, read by the test itself; of has the denominator of a share or rate.
type figure struct {
	measure, period, item string
	number, of            decimal.Decimal
}

// filesOfSources are the files with a source of their own beside A&E, loans and lidocaine, and what they hold.
var declaredFiles = []struct {
	folder, file, source string
	// read lists what one row states, nothing where it is passed over; repeated is a file that states the same and is read instead.
	read         func(t testing.TB, row fields) []figure
	repeated     string
	organisation string // the heading of the organisation's code; empty where the figures are England's
	figures      int
	notReported  int
	rejected     []string
	// allocated is the share of each measure's sum that lies in a footprint.
	allocated map[string]string
	totals    int // of the publisher, compared with ours
}{
	{
		folder: "../tidy", file: "kh03_beds_quarterly.csv", source: "beds", organisation: "org_code",
		read: func(t testing.TB, row fields) []figure {
			group, read := map[string]string{"general_and_acute": "general_acute", "maternity": "maternity"}[row["specialty_group"]]
			if !read {
				return nil
			}
			quarter := starts(t, catalog.Quarter, row["quarter_start"])
			return []figure{
				{measure: "beds_available_" + group, period: quarter, number: row.number(t, "available_beds_avg")},
				{measure: "beds_occupied_" + group, period: quarter, number: row.number(t, "occupied_beds_avg")},
			}
		},
		figures: 2*(5540+4139) + 24, notReported: 24,
		allocated: map[string]string{
			"beds_available_general_acute": "0.9886", "beds_occupied_general_acute": "0.9894",
			"beds_available_maternity": "1", "beds_occupied_maternity": "1",
		},
	},
	{
		folder: "../tidy", file: "cancelled_operations_quarterly.csv", source: "cancelled_operations", organisation: "org_code",
		read: func(t testing.TB, row fields) []figure {
			if !slices.Contains([]string{
				"2018-19 Q1", "2018-19 Q2", "2018-19 Q3", "2018-19 Q4", "2019-20 Q1", "2019-20 Q2", "2019-20 Q3",
				"2023-24 Q1", "2023-24 Q2", "2023-24 Q4",
			}, row["quarter"]) {
				return nil
			}
			quarter := financialQuarter(t, row["quarter"])
			return []figure{
				{measure: "operations_cancelled", period: quarter, number: row.number(t, "cancelled_elective_operations")},
				{measure: "operations_cancelled_not_treated_28_days", period: quarter, number: row.number(t, "not_treated_within_28_days")},
			}
		},
		figures: 2*(7*152-2+138+137+137) + 14, notReported: 14,
		allocated: map[string]string{"operations_cancelled": "0.9934", "operations_cancelled_not_treated_28_days": "0.9941"},
	},
	{
		folder: "../tidy", file: "ons_mid_year_population_council.csv", source: "mid_year_population", organisation: "ons_code",
		read: func(t testing.TB, row fields) []figure {
			if code := row["ons_code"]; code == "E92000001" || strings.HasPrefix(code, "E07") {
				return nil
			}
			return []figure{
				{measure: "adults", period: row["mid_year"], item: row["ons_code"], number: row.number(t, "aged_18_plus")},
				{measure: "adults_65_over", period: row["mid_year"], item: row["ons_code"], number: row.number(t, "aged_65_plus")},
			}
		},
		// 152 councils, one fewer since those of Dorset became two, and the two that followed Northamptonshire in mid-2020
		figures: 2 * (3*152 + 2*151 + 152), totals: 12,
		allocated: map[string]string{"adults": "0.7791", "adults_65_over": "0.7614"},
	},
	{
		folder: "../tidy", file: "ccg_registered_patients_quarterly_2013_2016.csv", source: "registered_patients_by_age", organisation: "ccg_code",
		read: func(t testing.TB, row fields) []figure {
			quarter := row["quarter_file"]
			if quarter < "2013_07" || quarter > "2015" || row["ccg_code"] == "RY6" {
				return nil
			}
			first, _, _ := strings.Cut(quarter, "-")
			return []figure{
				{
					measure: "registered_patients",
					period:  starts(t, catalog.Quarter, strings.Replace(first, "_", "-", 1)+"-01"),
					number:  row.number(t, "registered_patients"),
				},
			}
		},
		figures: 6 * 211, allocated: map[string]string{"registered_patients": "0.9908"},
	},
	{
		folder: "../tidy", file: "winter_sitrep_ambulance_daily_2018_19.csv", source: "ambulance", organisation: "org_code",
		read: func(t testing.TB, row fields) []figure {
			measure := map[string]string{
				"ambulance_arrivals": "ambulance_arrivals", "handover_delay_30_60_min": "ambulance_handovers_30_to_60",
				"handover_delay_over_60_min": "ambulance_handovers_over_60",
			}[row["measure"]]
			return []figure{{measure: measure, period: row["date"], number: row.number(t, "value")}}
		},
		figures: 3 * 134 * 63, notReported: 62,
		allocated: map[string]string{"ambulance_arrivals": "1", "ambulance_handovers_30_to_60": "1", "ambulance_handovers_over_60": "1"},
	},
	{
		folder: "cancer", file: "cwt_q1_2015_16_provider.xlsx", source: "cancer", organisation: "org_code",
		repeated: "cancer_waits_provider_quarterly_2015_16_h1.csv", read: cancerQuarter("2015-04-01"),
		figures: 2 * (159 + 165 + 168),
		allocated: map[string]string{
			"cancer_two_week_seen": "0.9914", "cancer_two_week_late": "0.9942", "cancer_31_day_treated": "0.9874",
			"cancer_31_day_late": "0.9971", "cancer_62_day_treated": "0.9897", "cancer_62_day_late": "0.9892",
		},
		totals: 6,
	},
	{
		folder: "cancer", file: "cwt_q2_2015_16_provider.xlsx", source: "cancer", organisation: "org_code",
		repeated: "cancer_waits_provider_quarterly_2015_16_h1.csv", read: cancerQuarter("2015-07-01"),
		figures: 2 * (161 + 163 + 166),
		allocated: map[string]string{
			"cancer_two_week_seen": "0.9915", "cancer_two_week_late": "0.9914", "cancer_31_day_treated": "0.9869",
			"cancer_31_day_late": "0.9912", "cancer_62_day_treated": "0.99", "cancer_62_day_late": "0.99",
		},
		totals: 6,
	},
	{
		folder: "delays", file: "dtoc_england_timeseries.xls", source: "delayed_transfers",
		repeated: "dtoc_england_monthly.csv",
		read: func(t testing.TB, row fields) []figure {
			measure := map[string]string{
				"NHS": "nhs", "Social Care": "social_care", "Both": "both", "Acute": "acute", "Non-Acute": "non_acute",
				"A)": "assessment", "B)": "funding", "C)": "nhs_care", "Di)": "residential_home", "Dii)": "nursing_home", "E)": "care_at_home",
				"F)": "equipment", "G)": "choice", "H)": "disputes", "I)": "housing", "O)": "other",
			}
			category, _, reason := strings.Cut(row["category"], ") ")
			if reason {
				category += ")"
			}
			if measure[category] == "" {
				return nil
			}
			month := starts(t, catalog.Month, row["month"])
			return []figure{{measure: "delayed_transfer_days_" + measure[category], period: month, number: row.number(t, "delayed_days")}}
		},
		figures: 16 * 115,
	},
	{
		folder: "../tidy", file: "prescribing_anticoagulants_ccg_annual.csv", source: "prescribing_anticoagulants", organisation: "ccg_or_other_code",
		read: func(t testing.TB, row fields) []figure {
			if row["calendar_year"] == "2019" || row["stp_ons_code_2017"] == "" {
				return nil
			}
			return []figure{
				{measure: "anticoagulant_items", period: row["calendar_year"], number: row.number(t, "items")},
				{measure: "anticoagulant_cost", period: row["calendar_year"], number: row.number(t, "cost_gbp")},
			}
		},
		figures:   2 * (6*191 + 1),
		allocated: map[string]string{"anticoagulant_items": "1", "anticoagulant_cost": "1"},
	},
	{
		folder: "prescribing", file: "ebm_opioidspercent_ccg_month.csv", source: "prescribing_opioid_high_dose_share", organisation: "code",
		read:    openPrescribing("opioid_high_dose_share", "1"),
		figures: 191 * 61, allocated: map[string]string{"opioid_high_dose_share": "1"},
	},
	{
		folder: "prescribing", file: "ebm_opioidper1000_ccg_month.csv", source: "prescribing_opioid_high_dose_items", organisation: "code",
		read:    openPrescribing("opioid_high_dose_items", "1000"),
		figures: 191 * 60, allocated: map[string]string{"opioid_high_dose_items": "1"},
	},
	{
		folder: "prescribing", file: "ebm_opioidome_ccg_month.csv", source: "prescribing_opioid_ome", organisation: "code",
		read:    openPrescribing("opioid_morphine_equivalent", "1000"),
		figures: 191 * 60, allocated: map[string]string{"opioid_morphine_equivalent": "1"},
	},
	{
		folder: "prescribing", file: "ebm_doacs_ccg_month.csv", source: "prescribing_doacs", organisation: "pct",
		read: func(t testing.TB, row fields) []figure {
			items := row.number(t, "doacs")
			if items.IsZero() {
				return nil
			}
			return []figure{{
				measure: "doac_share", period: starts(t, catalog.Month, row["month"]),
				number: items, of: items.Shift(2).DivRound(row.number(t, "perc_doacs"), 6).Truncate(0),
			}}
		},
		figures: 18926, notReported: 155, allocated: map[string]string{"doac_share": "1"},
	},
	{
		folder: "../tidy", file: "ccg_acsc_unplanned_hospitalisation_2015_16.csv", source: "avoidable_admissions", organisation: "ccg_ods_code",
		read: func(t testing.TB, row fields) []figure {
			population := row.number(t, "population")
			admissions := row.number(t, "acsc_emergency_admission_rate_per_100k").Mul(population).Shift(-5)
			return []figure{{measure: "avoidable_admissions", period: row["financial_year"], number: admissions, of: population}}
		},
		figures: 209, allocated: map[string]string{"avoidable_admissions": "0.9898"},
	},
	{
		folder: "../tidy", file: "trust_financial_performance_2018_19.csv", source: "trust_finance", organisation: "org_code",
		read: func(t testing.TB, row fields) []figure {
			thousand := decimal.NewFromInt(1000)
			if row["org_code"] == "RN3" {
				return nil // twice, with different figures
			}
			return []figure{
				{measure: "trust_surplus_planned", period: row["financial_year"], number: row.number(t, "plan_surplus_deficit_gbp_000").Mul(thousand)},
				{measure: "trust_surplus", period: row["financial_year"], number: row.number(t, "actual_surplus_deficit_gbp_000").Mul(thousand)},
			}
		},
		figures: 2*222 + 18, notReported: 18,
		rejected: []string{
			"row 186: trust_surplus_planned of RN3 in 2018/19 is stated in row 187 too",
			"row 187: trust_surplus_planned of RN3 in 2018/19 is stated in row 186 too",
		},
		allocated: map[string]string{"trust_surplus": "0.9244", "trust_surplus_planned": "0.9475"},
	},
	{
		folder: "../tidy", file: "spend_over25k_london_2020_21.csv", source: "payments", organisation: "org_code",
		read: func(t testing.TB, row fields) []figure {
			if row["calendar_month"] == "" {
				return nil
			}
			month := starts(t, catalog.Month, row["calendar_month"])
			return []figure{{measure: "payments_over_25000", period: month, item: row["expense_type"], number: row.number(t, "amount_gbp")}}
		},
		figures: 5719 - 118, allocated: map[string]string{"payments_over_25000": "1"},
	},
}

func openPrescribing(measure, scale string) func(testing.TB, fields) []figure {
	return func(t testing.TB, row fields) []figure {
		of := row.number(t, "denominator").Mul(decimal.RequireFromString(scale))
		return []figure{{measure: measure, period: starts(t, catalog.Month, row["month"]), number: row.number(t, "numerator"), of: of}}
	}
}

func cancerQuarter(first string) func(testing.TB, fields) []figure {
	return func(t testing.TB, row fields) []figure {
		names := map[string][2]string{
			"two_week_wait":             {"cancer_two_week_seen", "cancer_two_week_late"},
			"31_day_first_treatment":    {"cancer_31_day_treated", "cancer_31_day_late"},
			"62_day_urgent_gp_referral": {"cancer_62_day_treated", "cancer_62_day_late"},
		}[row["standard"]]
		if row["quarter_start"] != first || names[0] == "" || !strings.HasPrefix(row["care_setting"], "ALL") {
			return nil
		}
		quarter := starts(t, catalog.Quarter, first)
		return []figure{
			{measure: names[0], period: quarter, number: row.number(t, "total")},
			{measure: names[1], period: quarter, number: row.number(t, "after_standard")},
		}
	}
}

// stated lists the figures of a file as the test reads them, by measure, period and organisation.
func stated(t testing.TB, r *footprint.Reference, rows []fields, organisation string, read func(testing.TB, fields) []figure) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, row := range rows {
		code := footprint.England
		if organisation != "" {
			code = row[organisation]
			if o, known := r.Organisation(code); known {
				code = o.Code // of its ONS code
			}
		}
		for _, f := range read(t, row) {
			all[strings.Join([]string{f.measure, f.period, code, f.item}, " ")] = f.text()
		}
	}
	return all
}

func (f figure) text() string {
	if f.of.IsZero() {
		return f.number.String()
	}
	return f.number.String() + " of " + f.of.String()
}

func TestDeclaredSources(t *testing.T) {
	m, r := mappingtest.Mapper(t), mappingtest.Reference(t)
	for _, test := range declaredFiles {
		t.Run(test.file, func(t *testing.T) {
			b := mappingtest.MustMap(t, m, test.file, mappingtest.PublishedFile(t, test.folder, test.file))
			if b.Source.ID != test.source {
				t.Fatalf("read as source %s, want %s", b.Source.ID, test.source)
			}
			folder, independent := test.folder, test.file
			if test.repeated != "" {
				folder, independent = "../tidy", test.repeated
			}
			want := stated(t, r, csvRows(t, mappingtest.PublishedFile(t, folder, independent)), test.organisation, test.read)
			got, total, allocated := map[string]string{}, map[string]decimal.Decimal{}, map[string]decimal.Decimal{}
			notReported := 0
			var rejected []string
			for _, o := range b.Observations {
				key := strings.Join([]string{o.Measure, o.Period.String(), o.Organisation, o.Item}, " ")
				switch o.Status {
				case mapping.Reported:
					got[key] = figure{number: o.Numerator.Decimal, of: o.Denominator.Decimal}.text()
				case mapping.NotReported:
					notReported++
					delete(want, key)
				}
				total[o.Measure] = total[o.Measure].Add(o.Numerator.Decimal.Abs())
				if _, placed := r.Of(o.Organisation, o.CodesOn); placed {
					allocated[o.Measure] = allocated[o.Measure].Add(o.Numerator.Decimal.Abs())
				}
			}
			for _, rejection := range b.Rejections {
				rejected = append(rejected, fmt.Sprintf("row %d: %s", rejection.Row, rejection.Reason))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("figures (-in the file +read):\n%s", diff)
			}
			if len(b.Observations) != test.figures || notReported != test.notReported {
				t.Errorf("%d figures, %d of them not reported; want %d and %d", len(b.Observations), notReported, test.figures, test.notReported)
			}
			if diff := cmp.Diff(test.rejected, rejected); diff != "" {
				t.Errorf("rejections (-want +got):\n%s", diff)
			}
			for _, c := range b.Reconciliations {
				if c.Verdict != mapping.Equal {
					t.Errorf("row %d, column %s: %s is published as %s, ours is %s", c.Row, c.Column, c.Measure, c.Published, c.Ours)
				}
			}
			if len(b.Reconciliations) != test.totals {
				t.Errorf("%d totals of the publisher compared, want %d", len(b.Reconciliations), test.totals)
			}
			var shares map[string]string
			if test.organisation != "" {
				shares = map[string]string{}
				for measure, sum := range total {
					shares[measure] = allocated[measure].DivRound(sum, 4).String()
				}
			}
			if diff := cmp.Diff(test.allocated, shares); diff != "" {
				t.Errorf("share that lies in a footprint (-want +got):\n%s", diff)
			}
		})
	}
}

// Every published file is loaded by one source, or passed over with a reason.
// undeclared are the folders and files for which no source is declared yet.
var undeclared = []string{
	"geography",
	"ae_weekly_names_to_codes.csv", "ae_weekly_type1_by_provider_2010_2015.csv.gz",
	"council_to_stp_by_lsoa_2017.csv",
	"mar_commissioner_monthly_2008_2019.csv.gz", "org_changes_2000_2018_burn.csv", "pct_to_ccg_2013.csv", "sicbl_2022_to_footprint.csv",
}

// filesOfSources are the published and tidy files of which some source has something to say.
func filesOfSources(t testing.TB) []string {
	t.Helper()
	return slices.DeleteFunc(slices.Concat(mappingtest.Published(t, ""), mappingtest.Published(t, "../tidy")), func(file string) bool {
		return slices.Contains(undeclared, filepath.Base(file)) || slices.Contains(undeclared, filepath.Base(filepath.Dir(file)))
	})
}

func TestEveryPublishedFileHasOnePlace(t *testing.T) {
	t.Parallel()
	c := mappingtest.Definitions(t, nil)
	without := func(sources []string) *mapping.Mapper {
		others := *c
		others.Sources = slices.DeleteFunc(slices.Clone(c.Sources), func(s *catalog.Source) bool { return slices.Contains(sources, s.ID) })
		return mapping.NewMapper(&others, mappingtest.Reference(t))
	}
	mappers := map[string]*mapping.Mapper{} // by the source that each is without
	for _, file := range filesOfSources(t) {
		name := filepath.Base(file)
		if reason, skipped := c.Skipped(name); skipped {
			if reason == "" {
				t.Errorf("%s is passed over without a reason", name)
			}
			continue
		}
		content := mappingtest.ReadFile(t, file)
		p, err := publication.Decode(t.Context(), name, content, publication.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		tried := []string{mappingtest.Read(t, file).Source.ID}
		if mappers[tried[0]] == nil {
			mappers[tried[0]] = without(tried)
		}
		for others := mappers[tried[0]]; ; others = without(tried) {
			reading, err := others.Open(p, mappingtest.Fingerprint(content), "")
			if err != nil {
				break // no other source knows the headings
			}
			if _, err := mappingtest.Map(others, p, content); err == nil {
				t.Errorf("%s is read by the sources %s and %s, want one", name, tried[0], reading.Source.ID)
			}
			tried = append(tried, reading.Source.ID)
		}
	}
}

func TestRepeatedRows(t *testing.T) {
	table := "tables:\n  - name: csv\n    header: [month, org]\n    period: {column: month, form: canonical}\n    place: {column: org, by: code}\n" +
		"    skip: [{where: {org: [RCD, RCF]}, repeated: true, reason: listed twice}]\n" +
		"    columns: [{titles: [beds], measure: beds_general}, {titles: [area], ignore: where it lies}]\n"
	expectFigures(
		t,
		table,
		"declared.csv",
		"month,org,beds,area\n2016-01,RCD,7,North\n2016-02,RCD,7,North\n2016-01,RCD,7,\n",
		"2C RCD beds_general 2016-01 7",
		"3C RCD beds_general 2016-02 7",
	)
	expectFigures(t, table, "declared.csv", "month,org,beds,area\n2016-01,RCF,7,\n2016-01,RCF,8,\n2016-01,R1H,9,\n2016-01,R1H,9,\n2016-01,RCD,1,\n",
		"6C RCD beds_general 2016-01 1", "2C RCF beds_general 2016-01 rejected", "3C RCF beds_general 2016-01 rejected",
		"4C R1H beds_general 2016-01 rejected", "5C R1H beds_general 2016-01 rejected",
		`rejected 2B "RCF": beds_general of RCF in 2016-01 is stated in row 3 too`, `rejected 3B "RCF": beds_general of RCF in 2016-01 is stated in row 2 too`,
		`rejected 4B "R1H": beds_general of R1H in 2016-01 is stated in row 5 too`, `rejected 5B "R1H": beds_general of R1H in 2016-01 is stated in row 4 too`)
}

func TestOmittedOrganisations(t *testing.T) {
	table := "omits:\n  - {organisations: [RCF, R1H], periods: [2016-01, 2016-03], measures: [beds_general], reason: did not send any}\n" +
		"tables:\n  - name: csv\n    header: [month, org]\n    period: {column: month, form: canonical}\n    place: {column: org, by: code}\n" +
		"    columns: [{titles: [beds], measure: beds_general}]\n"
	b := expectFigures(t, table, "declared.csv", "month,org,beds\n2016-01,RCD,7\n2016-01,R1H,8\n2016-02,RCD,9\n",
		"2C RCD beds_general 2016-01 7", "3C R1H beds_general 2016-01 8", "4C RCD beds_general 2016-02 9",
		"0 RCF beds_general 2016-01 not_reported")
	if o := b.Observations[3]; o.Note != "did not send any" || o.Cell.File != "declared.csv" || o.CodesOn.IsZero() {
		t.Errorf("%+v", o)
	}
	if _, err := declare(t, table, "declared.csv", "month,org,beds\n2016-01,RCD,x\n"); err == nil || !strings.Contains(err.Error(), "every row was rejected") {
		t.Error(err)
	}
}

// A trust that had ended has no figures, though its line stands in the list for longer; what is more than zeros is a figure.
func TestZerosOfEndedOrganisations(t *testing.T) {
	table := "tables:\n  - name: csv\n    header: [month, org]\n    zero: [\"-\"]\n    period: {column: month, form: canonical}\n    place: {column: org, by: code}\n" +
		"    columns: [{titles: [general], measure: beds_general}, {titles: [maternity], measure: beds_maternity}]\n"
	expectFigures(t, table, "declared.csv", "month,org,general,maternity\n2018-03,RY1,-,-\n2018-04,RY1,-,-\n2018-05,RY1,-,7\n2018-04,RCD,-,-\n",
		"2C RY1 beds_general 2018-03 0", "2D RY1 beds_maternity 2018-03 0",
		"4C RY1 beds_general 2018-05 0", "4D RY1 beds_maternity 2018-05 7",
		"5C RCD beds_general 2018-04 0", "5D RCD beds_maternity 2018-04 0")
}

func TestNotesInTheColumnOfCodes(t *testing.T) {
	table := "tables:\n  - name: csv\n    header: [org, beds]\n    period: {file: true, pattern: '(\\d{4}-\\d\\d)', form: canonical}\n    place: {column: org, by: code}\n" +
		"    columns: [{titles: [beds], measure: beds_general}, {titles: [note], ignore: in words}]\n"
	expectFigures(t, table, "declared 2016-01.csv", "org,beds,note\nRCD,7,\n\"Published by us, in May.\",,\nR99,,\nR98 A,,closed\nR97 B,3,\n",
		"2B RCD beds_general 2016-01 7", "4B R99 beds_general 2016-01 rejected", "5B R98 A beds_general 2016-01 rejected", "6B R97 B beds_general 2016-01 rejected",
		`rejected 4A "R99": the organisation is not known; accepted: a code of sql/reference/organisations.csv or of a footprint`,
		`rejected 5A "R98 A": the organisation is not known; accepted: a code of sql/reference/organisations.csv or of a footprint`,
		`rejected 6A "R97 B": the organisation is not known; accepted: a code of sql/reference/organisations.csv or of a footprint`)
}

func TestColumnsOfSomeFiles(t *testing.T) {
	table := "tables:\n  - name: csv\n    header: [month, org, n]\n    period: {column: month, form: canonical}\n    place: {column: org, by: code}\n" +
		"    columns:\n      - {titles: [n], files: [\"*-general.*\"], measure: beds_general}\n      - {titles: [n], files: [\"*-maternity.*\"], measure: beds_maternity}\n"
	expectFigures(t, table, "declared-general.csv", "month,org,n\n2016-01,RCD,7\n", "2C RCD beds_general 2016-01 7")
	expectFigures(t, table, "declared-maternity.csv", "month,org,n\n2016-01,RCD,7\n", "2C RCD beds_maternity 2016-01 7")
	if _, err := declare(
		t,
		table,
		"declared-other.csv",
		"month,org,n\n2016-01,RCD,7\n",
	); err == nil ||
		!strings.Contains(err.Error(), `heading "n" is not declared`) {
		t.Error(err)
	}
}

func TestDenominatorsThatFollowFromPercentages(t *testing.T) {
	table := "tables:\n  - name: csv\n    header: [month, org]\n    period: {column: month, form: canonical}\n    place: {column: org, by: code}\n" +
		"    columns: [{titles: [items], measure: opioids, percentage: share}]\n"
	b := expectFigures(t, table, "declared.csv", `month,org,items,share
2016-01,RCD,9,0.7407407407407408
2016-02,RCD,0,0
2016-03,RCD,2,0
2016-04,RCD,9,0.74
2016-05,RCD,9,
2016-06,RCD,9,100
`,
		"2C RCD opioids 2016-01 9 of 1215", "3C RCD opioids 2016-02 not_reported", "4C RCD opioids 2016-03 rejected",
		"5C RCD opioids 2016-04 rejected", "6C RCD opioids 2016-05 rejected", "7C RCD opioids 2016-06 9 of 9",
		`rejected 4D "0": accepted is a percentage over zero`,
		`rejected 5D "0.74": 9 is not that percentage of a whole number`,
		`rejected 6D "": found "" where a number should be`)
	if note := b.Observations[1].Note; !strings.Contains(note, "does not tell of how many") {
		t.Error(note)
	}
}
