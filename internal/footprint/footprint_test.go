package footprint_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"stpdash/internal/footprint"
)

var (
	before = time.Date(2017, 3, 31, 0, 0, 0, 0, time.UTC)
	after  = time.Date(2017, 4, 1, 0, 0, 0, 0, time.UTC)
)

func tables(t *testing.T) fs.FS {
	t.Helper()
	return os.DirFS("../../sql/reference")
}

func read(t *testing.T) *footprint.Reference {
	t.Helper()
	r, err := footprint.Read(tables(t))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFootprints(t *testing.T) {
	r := read(t)
	footprints := r.Footprints()
	if len(footprints) != 44 {
		t.Fatalf("%d footprints, want 44", len(footprints))
	}
	if !slices.IsSortedFunc(footprints, func(a, b footprint.Footprint) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("the footprints are not in the order of their names")
	}
	inRegion := map[string]int{}
	for _, f := range footprints {
		inRegion[f.Region.Name]++
		for _, code := range []string{f.Code, f.Code2016, f.ODSCode, " " + strings.ToLower(f.ODSCode) + "\t"} {
			if got, ok := r.Footprint(code); !ok || got != f {
				t.Errorf("Footprint(%q) = %v, %v; want %s", code, got, ok, f.Name)
			}
		}
	}
	want := map[string]int{"North": 9, "Midlands and East": 17, "London": 5, "South East": 6, "South West": 7}
	if diff := cmp.Diff(want, inRegion); diff != "" {
		t.Error(diff)
	}
	if _, ok := r.Footprint("E54000049"); ok {
		t.Error("the footprint that three merged into in 2018 is not one of the 44")
	}
}

func TestRegions(t *testing.T) {
	r := read(t)
	var slugs []string
	for _, region := range r.Regions() {
		slugs = append(slugs, region.Slug())
	}
	if want := []string{"london", "midlands-and-east", "north", "south-east", "south-west"}; !slices.Equal(slugs, want) {
		t.Errorf("the regions are %q, want %q", slugs, want)
	}
	for _, name := range []string{"midlands-and-east", "Midlands and East", " MIDLANDS  AND EAST"} {
		if region, ok := r.Region(name); !ok || region.Name != "Midlands and East" {
			t.Errorf("%q is %v, %v", name, region, ok)
		}
	}
	for _, name := range []string{"", "midlands", "Y54", "../north"} {
		if region, ok := r.Region(name); ok {
			t.Errorf("%q is %v", name, region)
		}
	}
}

func TestCodesOf2016(t *testing.T) {
	r := read(t)
	differ := map[string]string{}
	for _, f := range r.Footprints() {
		if f.Code != f.Code2016 {
			differ[f.Code2016] = f.Code
		}
	}
	want := map[string]string{"E54000001": "E54000046", "E54000002": "E54000047", "E54000003": "E54000045", "E54000004": "E54000048"}
	if diff := cmp.Diff(want, differ); diff != "" {
		t.Error(diff)
	}
}

// The tiles of a region touch each other, so that it can be outlined as one shape.
func TestTilesOfARegionTouch(t *testing.T) {
	r := read(t)
	regions := map[footprint.Region]bool{}
	for _, f := range r.Footprints() {
		regions[f.Region] = true
	}
	for region := range regions {
		apart := map[[2]int]bool{}
		var reached [][2]int
		for _, f := range r.Footprints() {
			if f.Region == region {
				apart[[2]int{f.TileColumn, f.TileRow}] = true
				reached = append(reached, [2]int{f.TileColumn, f.TileRow})
			}
		}
		reached = reached[:1]
		delete(apart, reached[0])
		for len(reached) > 0 {
			at := reached[0]
			reached = reached[1:]
			for column := at[0] - 1; column <= at[0]+1; column++ {
				for row := at[1] - 1; row <= at[1]+1; row++ {
					if next := [2]int{column, row}; apart[next] {
						delete(apart, next)
						reached = append(reached, next)
					}
				}
			}
		}
		if len(apart) > 0 {
			t.Errorf("%s: the tiles %v do not touch the others", region, apart)
		}
	}
}

func TestOf(t *testing.T) {
	r := read(t)
	for _, test := range []struct {
		name, organisation string
		on                 time.Time
		footprint          string
	}{
		{"a trust", "R1H", after, "E54000029"},
		{"in small letters with spaces", " r1h ", after, "E54000029"},
		{"published with a small letter", "NTV0b", after, "E54000035"},
		{"an ambulance service serves several footprints", "RX7", after, ""},
		{"not in any table", "ZZZ", after, ""},
		{"North Durham before it moved", "00J", before, "E54000045"},
		{"North Durham after it moved", "00J", after, "E54000046"},
		{"Cumbria while it lay in two", "01H", before, ""},
		{"Cumbria afterwards", "01H", after, "E54000047"},
		{"a council that is partner in one", "107", after, "E54000046"},
		{"a council that is partner in several", "620", after, ""},
		{"a commissioner before it began", "93C", after, ""},
		{"a trust before it took over a provider of one footprint", "RTQ", after, ""},
		{"the trust afterwards", "RTQ", time.Date(2019, 10, 1, 0, 0, 0, 0, time.UTC), "E54000043"},
		{"a national hospital", "RP4", after, ""},
		{"one that may belong to several", "NV3", after, ""},
		{"the commissioner afterwards", "93C", time.Date(2020, 4, 1, 0, 0, 0, 0, time.UTC), "E54000028"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, ok := r.Of(test.organisation, test.on)
			if got != test.footprint || ok != (test.footprint != "") {
				t.Errorf("Of(%q, %s) = %q, %v; want %q", test.organisation, test.on.Format(time.DateOnly), got, ok, test.footprint)
			}
		})
	}
}

func TestMemberships(t *testing.T) {
	r := read(t)
	kinds := map[footprint.Kind]int{}
	for _, m := range r.Memberships() {
		o, ok := r.Organisation(m.Organisation)
		if !ok {
			t.Fatalf("%s is not an organisation", m.Organisation)
		}
		if m.Placed() {
			kinds[o.Kind]++
		}
	}
	// 363 providers; 198 councils, of which 14 lie in several footprints; 399 commissioners, of which one moved and nine lay in several.
	want := map[footprint.Kind]int{footprint.Provider: 363, footprint.Commissioner: 412, footprint.Council: 216}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Error(diff)
	}
	members := 0
	for _, f := range r.Footprints() {
		of := r.Members(f.ODSCode, after)
		members += len(of)
		if len(of) == 0 {
			t.Errorf("%s has no members", f.Name)
		}
		for _, o := range of {
			if code, _ := r.Of(o.Code, after); code != f.Code && !slices.Contains(r.MayBelong(o.Code, after), f.Code) {
				t.Errorf("%s is a member of %s and lies in %q", o.Code, f.Code, code)
			}
		}
	}
	if members != 773 { // an organisation counts in each of its footprints; those that had ended by then, as the trusts for primary care, do not
		t.Errorf("%d members of all footprints, want 773", members)
	}
	if got := r.Members("ZZZ", after); got != nil {
		t.Errorf("an unknown footprint has the members %v", got)
	}
}

// registered holds what the measures of patients are in the table that they were taken from, and what they add up to.
var registered = map[string]struct{ column, letter, england string }{
	"registered_patients":         {"registered_patients_2016q1", "P", "57541178"},
	"registered_patients_65_over": {"registered_65plus_2016q1", "Q", "9902537"},
	"registered_patients_75_over": {"registered_75plus_2016q1", "R", "4486853"},
}

func TestRegisteredPatients(t *testing.T) {
	r := read(t)
	sums, footprints := map[string]decimal.Decimal{}, map[string]map[string]bool{}
	for _, row := range patients(t) {
		id := row["measure"]
		if f, ok := r.Footprint(row["organisation"]); !ok || f.Code != row["organisation"] || row["period"] != "2016-Q1" {
			t.Errorf("unexpected row %q", row)
		}
		if footprints[id] == nil {
			footprints[id] = map[string]bool{}
		}
		footprints[id][row["organisation"]] = true
		sums[id] = sums[id].Add(decimal.RequireFromString(row["numerator"]))
	}
	for id, of := range registered {
		if len(footprints[id]) != 44 || sums[id].String() != of.england {
			t.Errorf("%s: %d footprints with %s patients, want 44 with %s", id, len(footprints[id]), sums[id], of.england)
		}
	}
	if len(sums) != len(registered) {
		t.Errorf("patients of the measures %v", sums)
	}
}

// TestRegisteredPatientsAreThoseOfTheirCells reads each figure in the cell that it is said to come from, and adds the
// commissioners up to the footprints anew.
func TestRegisteredPatientsAreThoseOfTheirCells(t *testing.T) {
	const file = "footprints.csv"
	content := shared(t, file)
	table := records(t, content)
	columns := table[0]
	commissioners := map[string]decimal.Decimal{}
	of := map[string]string{
		"registered_patients":         "registered_patients",
		"registered_patients_65_over": "aged_65_plus",
		"registered_patients_75_over": "aged_75_plus",
	}
	for _, row := range rows(records(t, shared(t, "ccg_registered_patients_2016q1.csv"))) {
		for id, column := range of {
			key := id + " " + row["stp_ons_code_2017"]
			commissioners[key] = commissioners[key].Add(decimal.RequireFromString(row[column]))
		}
	}
	for _, row := range patients(t) {
		id, code, figure := row["measure"], row["organisation"], row["numerator"]
		line, err := strconv.Atoi(row["published_row"])
		if err != nil || line < 2 || line > len(table) {
			t.Fatalf("%s of %s: row %q", id, code, row["published_row"])
		}
		column := slices.Index(columns, registered[id].column)
		if row["published_file"] != file || row["published_sha256"] != fmt.Sprintf("%x", sha256.Sum256(content)) ||
			row["published_column"] != registered[id].letter || string(rune('A'+column)) != registered[id].letter {
			t.Errorf("%s of %s: the cell %q", id, code, row)
		}
		if cells := table[line-1]; cells[slices.Index(columns, "stp_ons_code_2017")] != code || cells[column] != figure {
			t.Errorf("%s of %s is %s, its cell %s of the row of %s", id, code, figure, cells[column], cells[1])
		}
		if sum := commissioners[id+" "+code]; sum.String() != figure {
			t.Errorf("%s of %s is %s, its commissioners add up to %s", id, code, figure, sum)
		}
	}
}

// patients are the bundled figures of registered patients.
func patients(t *testing.T) []map[string]string {
	t.Helper()
	content, err := fs.ReadFile(tables(t), "registered_patients.csv")
	if err != nil {
		t.Fatal(err)
	}
	return rows(records(t, content))
}

// shared reads a table that the reference data were taken from. Without the folder it skips the test, but fails it in CI.
func shared(t *testing.T, name string) []byte {
	t.Helper()
	folder := os.Getenv("STP_SHARED")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared")
	}
	content, err := os.ReadFile(filepath.Join(folder, "data", "reference", name))
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatalf("the reference tables are missing: %v", err)
	default:
		t.Skipf("the reference tables are not here (STP_SHARED names the folder that holds data/): %v", err)
	}
	return content
}

func records(t *testing.T, content []byte) [][]string {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// rows are the records under a header, by its columns.
func rows(records [][]string) []map[string]string {
	var rows []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, column := range records[0] {
			row[column] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func TestReadRefuses(t *testing.T) {
	const (
		footprints    = "footprints.csv"
		organisations = "organisations.csv"
		memberships   = "memberships.csv"
		devon         = "E54000037,E54000037,QJK,Devon,Devon,Y58,South West,2,10\n"
		barts         = "R1H,Barts Health NHS Trust,provider\n"
		durham        = "00J,E54000046,1,2017-04-01,,"
	)
	for _, test := range []struct{ name, file, old, new, message string }{
		{"a missing footprint", footprints, devon, "", "found 43 footprints; accepted: 44"},
		{"a duplicate code", footprints, devon, devon + strings.Replace(devon, "2,10", "2,11", 1), "a name that line 34 does not have"},
		{"a code of another footprint", footprints, "E54000037,E54000037", "E54000037,E54000038", `found "E54000038"; accepted: a code of no other footprint, not one of Devon`},
		{"no ONS code", footprints, "E54000037,", "Devon,", `footprints.csv, line 34, column code: found "Devon"`},
		{"no name", footprints, ",Devon,Devon,", ",,Devon,", `column name: found ""`},
		{"a short name that does not fit", footprints, ",Devon,Devon,", ",Devon,Devon and all of its moors,", "2 lines of at most 12 characters"},
		{"a word that does not fit", footprints, ",Devon,Devon,", ",Devon,Devonshire-by-the-sea,", "2 lines of at most 12 characters"},
		{"a tile taken twice", footprints, "South West,2,10", "South West,1,10", "a tile that line"},
		{"no tile", footprints, "South West,2,10", "South West,two,10", `column tile_column: found "two"; accepted: a whole number from 1`},
		{"a tile row of 0", footprints, "South West,2,10", "South West,2,0", `column tile_row: found "0"`},
		{"another name of a region", footprints, "Devon,Y58,South West", "Devon,Y58,The West", `column region: found "The West"; accepted: "South West"`},
		{"a sixth region", footprints, "Devon,Y58,South West", "Devon,Y99,The West", "found 6 regions; accepted: 5"},
		{"other columns", footprints, "code,code_2016", "code,code_2015", `found the columns ["code" "code_2015"`},
		{"a column too many", footprints, "South West,2,10", "South West,2,10,9", "line 34: found 10 columns; accepted: 9"},
		{"an open quotation", organisations, "Barts", `"Barts`, "read organisations.csv"},
		{"an organisation twice", organisations, barts, barts + barts, `column code: found "R1H"; accepted: a code that line`},
		{"an organisation in small letters", organisations, "R1H,", "r1h,", "an ODS code in capitals"},
		{"the code of England", organisations, "R1H,", "ENG,", "a code that is not reserved"},
		{"the code of a footprint", organisations, "R1H,", "QJK,", "a code of no footprint"},
		{"an organisation without name", organisations, ",Barts Health NHS Trust,", ",,", `column name: found ""`},
		{"another kind", organisations, "NHS Trust,provider", "NHS Trust,practice", `found "practice"; accepted: provider, commissioner, council`},
		{"an unknown organisation", memberships, "R1H,", "ZZZ,", `column organisation: found "ZZZ"; accepted: a code of organisations.csv`},
		{"an organisation in no footprint", memberships, "RP4,UNALLOCATED,1,,,", "RP4,E54000028,0,,,", "memberships.csv: found shares of RP4 (Great Ormond Street Hospital for Children NHS Foundation Trust) that add up to 0 before the first day stated; accepted: 1 on every day"},
		{"an organisation that ends in no footprint", memberships, "RTQ,E54000043,1,2019-10-01,,", "RTQ,E54000043,1,2019-10-01,2020-04-01,", "shares of RTQ (Gloucestershire Health and Care NHS Foundation Trust) that add up to 0 on 2020-04-01"},
		{"a gap", memberships, "RTQ,E54000043,1,2019-10-01,,", "RTQ,E54000043,1,2019-11-01,,", "add up to 0 on 2019-10-01"},
		{"only perhaps", memberships, "R1H,E54000029,1,", "R1H,E54000029,0,", "shares of R1H (Barts Health NHS Trust) that add up to 0 before"},
		{"an unknown footprint", memberships, durham, strings.Replace(durham, "46", "49", 1), `column footprint: found "E54000049"; accepted: a code of footprints.csv`},
		{"a code of 2016", memberships, durham, strings.Replace(durham, "46", "01", 1), `found "E54000001"`},
		{"no share", memberships, durham, strings.Replace(durham, ",1,", ",half,", 1), `column share: found "half"; accepted: a number above 0 and up to 1, or 0`},
		{"a share above 1", memberships, durham, strings.Replace(durham, ",1,", ",1.5,", 1), `found "1.5"`},
		{"overlapping shares", memberships, durham, strings.Replace(durham, "2017-04-01", "2017-03-31", 1), "shares of 00J that add up to 1 at most; on 2017-03-31 they are 2"},
		{"no day", memberships, durham, strings.Replace(durham, "2017-04-01", "1/4/2017", 1), `column valid_from: found "1/4/2017"; accepted: a day such as 2017-04-01`},
		{"an end before the start", memberships, durham, durham[:len(durham)-1] + "2017-04-01,", "a day after valid_from"},
		{"no source", memberships, durham + "NHS Digital ODS STP mapping April 2019", durham, `column source: found ""`},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := fstest.MapFS{}
			for _, name := range []string{footprints, organisations, memberships} {
				content, err := fs.ReadFile(tables(t), name)
				if err != nil {
					t.Fatal(err)
				}
				if name == test.file {
					changed := strings.Replace(string(content), test.old, test.new, 1)
					if changed == string(content) {
						t.Fatalf("%s does not hold %q", name, test.old)
					}
					content = []byte(changed)
				}
				files[name] = &fstest.MapFile{Data: content}
			}
			_, err := footprint.Read(files)
			if err == nil || !strings.Contains(err.Error(), test.message) || !strings.Contains(err.Error(), test.file) {
				t.Errorf("error %v\nwant one of %s with %q", err, test.file, test.message)
			}
		})
	}
}

func TestReadRefusesMissingAndEmptyFiles(t *testing.T) {
	if _, err := footprint.Read(fstest.MapFS{}); err == nil || !strings.Contains(err.Error(), "footprints.csv") {
		t.Errorf("error %v, want one that names footprints.csv", err)
	}
	empty := fstest.MapFS{"footprints.csv": &fstest.MapFile{}}
	if _, err := footprint.Read(empty); err == nil || !strings.Contains(err.Error(), "found the columns []") {
		t.Errorf("error %v, want one that found no columns", err)
	}
}

// North Durham moved in April 2017: by whatever day's codes its figures are stated, it belongs where it lay in their period. Codes that mean another
// area than they did, as Cumbria's since then, are placed by the day whose codes they are.
func TestDayOf(t *testing.T) {
	r := read(t)
	day := func(text string) time.Time {
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	codes := day("2019-04-01")
	for _, c := range []struct{ organisation, period, want string }{
		{"00J", "2015-10-01", "2015-10-01"},
		{"00J", "2017-04-01", "2019-04-01"}, // either is in the same footprint
		{"00C", "2015-10-01", "2019-04-01"},
		{"01H", "2015-10-01", "2019-04-01"},
		{"15E", "2015-10-01", "2019-04-01"},
		{"none", "2015-10-01", "2019-04-01"},
	} {
		if got := r.DayOf(c.organisation, day(c.period), codes); !got.Equal(day(c.want)) {
			t.Errorf("%s in %s is placed by %s, want %s", c.organisation, c.period, got.Format(time.DateOnly), c.want)
		}
	}
	for _, f := range r.Footprints() {
		moved := f.Code == "E54000045" || f.Code == "E54000046"
		if got := r.SameArea(f.Code, before, footprint.CouncilsPlaced); got == moved {
			t.Errorf("%s had the same commissioners on %s as when councils were placed: %v", f.Code, before.Format(time.DateOnly), got)
		}
		if !r.SameArea(f.Code, day("2020-01-01"), footprint.CouncilsPlaced) {
			t.Errorf("%s has other commissioners in 2020, all of them made of its own", f.Code)
		}
	}
	for organisation, want := range map[string]bool{"00J": true, "00C": false, "01H": false, "16C": false, "116": false} {
		if got := r.Moved(organisation); got != want {
			t.Errorf("%s moved: %v", organisation, got)
		}
	}
}
