package mapping_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/mapping"
	"stpdash/internal/mapping/mappingtest"
)

// wholeSource is a source whose files are all here, and what their publishers say that they add up to.
type wholeSource struct {
	folder, source string
	files          string // pattern of the files
	read           int    // how many of them are read
	figures        int    // that they state, those that are missing among them
	missing        int    // figures that the publication leaves out
	totals         int    // totals of the publishers' own that agree
	apart          int64  // by how much a total may differ, where the rows are rounded and it is not
	england        map[string]string
}

// The totals of England are those that the publisher states in the file, or, where it states none, as cited.
var wholeSources = []wholeSource{
	{
		folder: "mar_commissioner", source: "mar", files: "*.xls", read: 93, figures: 129696, totals: 93 * 7,
		england: map[string]string{ // NHS England, Monthly Activity Return, England rows
			"non_elective_admissions 2012-04": "444233", "elective_admissions 2013-03": "619956",
			"non_elective_admissions 2013-04": "462317", "non_elective_admissions 2016-04": "486718", "non_elective_admissions 2019-12": "580666",
			"elective_admissions 2013-04": "630876", "elective_admissions 2019-12": "651537", "elective_admissions_ordinary 2019-12": "92859",
			"elective_admissions_day_case 2019-12": "558678", "gp_referrals 2019-12": "931523", "other_referrals 2019-12": "638298",
			"first_outpatient_attendances 2019-12": "1449790",
		},
	},
	{
		folder: "mar_pct", source: "mar_primary_care_trusts", files: "*.csv", read: 48, figures: 51072, totals: 48 * 7 * 11, apart: 3, /* England and ten regions */
		england: map[string]string{ // NHS England, Monthly Activity Return, England rows; those of all PCTs, and of the National Commissioning Group once
			"non_elective_admissions 2008-04": "408413", "elective_admissions 2008-04": "563791", "first_outpatient_attendances 2008-04": "1189155",
			"non_elective_admissions 2012-03": "480163", "elective_admissions 2012-03": "676383", "first_outpatient_attendances 2012-03": "1389669",
		},
	},
	{
		folder: "hes_ccg", source: "hes", files: "*.csv", read: 6, figures: 1211 + 6, totals: 6, apart: 50,
		england: map[string]string{ // NHS Digital, Hospital Episode Statistics, totals; rounded rows differ from the later ones by up to 35
			"hes_emergency_admissions 2015/16": "5764765", "hes_emergency_admissions 2016/17": "5883234", "hes_emergency_admissions 2017/18": "6100345",
			"hes_emergency_admissions 2018/19": "6437950", "hes_emergency_admissions 2019/20": "6509585", "hes_emergency_admissions 2020/21": "5450825",
			"hes_emergency_admissions_repeated 2017/18": "6100310", "hes_emergency_admissions_repeated 2020/21": "5450837",
		},
	},
	{
		folder: "gp_payments", source: "gp_payments", files: "*.csv.gz", read: 6, figures: 90772,
		england: map[string]string{ // NHS Digital, NHS Payments to General Practice: £7.99bn in 2014/15 to £9.38bn in 2019/20
			"gp_payments 2014/15": "7990324226", "gp_payments 2019/20": "9377079858.68", "gp_payments_patients 2014/15": "56633982",
			"gp_payments_patients 2017/18": "59527981",
		},
	},
	{
		folder: "../tidy", source: "allocations", files: "ccg_core_allocation_annual.csv", read: 1, figures: 1438,
		england: map[string]string{ // NHS England, allocations: £62.74bn in 2013/14 to £78.37bn in 2019/20
			"core_allocation 2013/14": "62743712000", "core_allocation 2016/17": "70541332000", "core_allocation 2019/20": "78372981000",
		},
	},
	{
		folder: "trust_finance", source: "trust_accounts", files: "*.csv.gz", read: 1, figures: 6543,
		england: map[string]string{ // added up from the table, which states no totals
			"trust_operating_cost 2018/19": "87305579020.44", "trust_operating_income 2018/19": "86902009832.57", "trust_net_position 2018/19": "-866472000",
		},
	},
	{
		folder: "adult_social_care", source: "social_care_spend", files: "pss-exp-eng-14-15-*.csv.gz", read: 1, figures: 25 * 152,
		england: map[string]string{ // NHS Digital, PSS-EX1: £17.04bn, of which it states these kinds of support by age
			"social_care_spend_care_homes 2014/15": "6783134630", "social_care_spend_community 2014/15": "6244715430",
			"social_care_spend_short_term 2014/15": "587184210", "social_care_spend_other 2014/15": "3428262190",
		},
	},
	{
		folder:  "adult_social_care",
		source:  "social_care_spend",
		files:   "CSV ASCFR Totals.csv.gz",
		read:    1,
		figures: 109*151 + 4,
		missing: 4,
		totals:  4 * 10,
		apart:   1, /* England and nine regions */
		england: map[string]string{ // NHS Digital, ASC-FR: £17.53bn without the Isles of Scilly
			"social_care_spend_short_term 2016/17": "558398276.3166623", "social_care_spend_other 2016/17": "3366528197.6202256",
		},
	},
	{
		folder: "../tidy", source: "social_care_spend", files: "asc_gross_current_expenditure_council_2017_18.csv.gz", read: 1, figures: 99 * 152,
		england: map[string]string{ // NHS Digital, ASC-FR: £17.93bn
			"social_care_spend_care_homes 2017/18": "6978644808.1766563", "social_care_spend_community 2017/18": "6991737397.2037560",
			"social_care_spend_short_term 2017/18": "554988345.4533198", "social_care_spend_other 2017/18": "3402827413.3084000",
		},
	},
	{
		folder: "prescribing_low_value", source: "prescribing_low_value", files: "*.csv.gz", read: 26, figures: 168116 + 13*106, // and the patients of 13 quarters
		england: map[string]string{ // OpenPrescribing, all low-value medicines (lpzomnibus)
			"low_value_medicines 2018-01": "13384088.70", "low_value_medicines 2019-01": "11208905.96", "low_value_medicines 2020-01": "8486790.44",
			"low_value_medicines 2022-12": "5961042.02",
		},
	},
}

func TestWholeSourcesAddUp(t *testing.T) {
	t.Parallel()
	for _, want := range wholeSources {
		t.Run(want.source, func(t *testing.T) {
			t.Parallel()
			var files, figures, missing, totals int
			sums := map[string]decimal.Decimal{}
			for _, file := range mappingtest.Published(t, want.folder) {
				name := filepath.Base(file)
				if !catalog.MatchAny([]string{want.files}, name) {
					continue
				}
				files++
				b := mappingtest.Read(t, file)
				if b.Source.ID != want.source {
					t.Errorf("%s is read by the source %s", name, b.Source.ID)
				}
				for _, r := range b.Rejections {
					t.Errorf("%s, row %d: %s", name, r.Row, r.Reason)
				}
				figures += len(b.Observations)
				for _, o := range b.Observations {
					if o.Status != mapping.Reported {
						missing++
						if o.Note == "" {
							t.Errorf("%s: %s of %s in %s is missing without a reason", name, o.Measure, o.Organisation, o.Period)
						}
						continue
					}
					key := o.Measure + " " + o.Period.String()
					sums[key] = sums[key].Add(o.Numerator.Decimal)
				}
				for _, r := range b.Reconciliations {
					if totals++; r.Verdict != mapping.Equal || r.Difference.Abs().GreaterThan(decimal.NewFromInt(want.apart)) {
						t.Errorf("%s: %+v", name, r)
					}
				}
			}
			if files != want.read || figures != want.figures || missing != want.missing || totals != want.totals {
				t.Errorf("%d files with %d figures, %d of them missing, and %d totals; want %d, %d, %d, %d", files, figures, missing, totals,
					want.read, want.figures, want.missing, want.totals)
			}
			for key, total := range want.england {
				if sum := sums[key]; !sum.Sub(decimal.RequireFromString(total)).Abs().LessThan(decimal.RequireFromString("0.005")) {
					t.Errorf("%s adds up to %s, want %s", key, sum, total)
				}
			}
			if want.source == "prescribing_low_value" {
				checkAllMedicines(t, sums)
			}
		})
	}
}

// checkAllMedicines compares the cost of all low-value medicines with that of the 25, which are published apart.
func checkAllMedicines(t *testing.T, sums map[string]decimal.Decimal) {
	t.Helper()
	months := 0
	for key, all := range sums {
		period, ok := strings.CutPrefix(key, "low_value_medicines ")
		if !ok {
			continue
		}
		months++
		each, medicines := decimal.Zero, 0
		for key, sum := range sums {
			if strings.HasPrefix(key, "low_value_") && strings.HasSuffix(key, " "+period) && !strings.HasPrefix(key, "low_value_medicines ") {
				each, medicines = each.Add(sum), medicines+1
			}
		}
		if medicines != 25 || each.Sub(all).Abs().GreaterThan(decimal.RequireFromString("0.005")) {
			t.Errorf("%s: %d medicines cost %s, all of them %s", period, medicines, each, all)
		}
	}
	if months != 61 {
		t.Errorf("%d months, want 61", months)
	}
}
