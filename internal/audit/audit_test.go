package audit_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"stpdash/internal/audit"
	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/pages/wording"
	"stpdash/internal/warehouse/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// declared are the product's definitions with claims of one kind each.
const declared = `claims:
  - {id: tested, title: A test, places: [E54000007], scheme: "=HYPERLINK(1)", claimant: A body, claimed: Fewer came., measure: ae_attendances,
     direction: decrease, size: 5, unit: percent, gbp: 900000, unit_cost: {gbp: 160, citation: {title: Costs, url: "https://example.org/costs"}}, kind: cashable,
     start: 2018-04, until: 2019-12, comparator: {kind: before}, citation: {title: A report, url: "https://example.org/report"}}
  - {id: alone, title: All of England, places: [england], scheme: A rule, claimant: A body, claimed: Fewer will wait., measure: delayed_transfer_days_nhs,
     direction: decrease, size: 1, unit: percent, kind: activity, start: 2017-10, until: 2019-03, comparator: {kind: before}, citation: {title: A report, url: "https://example.org/report"}}
  - {id: planned, title: A plan, places: [E54000043], scheme: A plan, claimant: A body, claimed: Fewer will come., measure: emergency_admissions,
     direction: decrease, size: 2, unit: percent, kind: plan, start: 2018-04, until: 2019-03, comparator: {kind: before}, citation: {title: The plan, url: "https://example.org/plan"}}
  - {id: early, title: Began too early, places: [E54000046], scheme: A hospital, claimant: A trust, claimed: Fewer were admitted., measure: emergency_admissions,
     direction: decrease, size: 14, unit: percent, kind: activity, start: 2015-06, comparator: {kind: before}, citation: {title: A report, url: "https://example.org/report"}}
  - {id: unloaded, title: Nothing is loaded, places: [E54000046], scheme: A pill, claimant: A body, claimed: Less was spent., measure: lidocaine_cost,
     direction: decrease, kind: cashable, start: 2017-04, comparator: {kind: before}, citation: {title: A report, url: "https://example.org/report"}}
  - {id: rated, title: Per adult, places: [E54000047], scheme: A team, claimant: A body, claimed: Fewer waited., measure: delayed_days_per_adult,
     direction: decrease, kind: activity, start: 2017-05, comparator: {kind: before}, citation: {title: A report, url: "https://example.org/report"}}
`

// composer answers from the files of a folder, loaded into an engine of their own.
func composer(t testing.TB, files map[string]io.ReadSeeker) *figurestest.Known {
	t.Helper()
	definitions := fstest.MapFS{"claims/t.yaml": {Data: []byte(declared)}}
	own := os.DirFS("../../dashboards")
	for _, pattern := range []string{"measures/*.yaml", "sources/*.yaml", "pages/*.yaml"} {
		names, err := fs.Glob(own, pattern)
		if err != nil || len(names) == 0 {
			t.Fatal(names, err)
		}
		for _, name := range names {
			content, err := fs.ReadFile(own, name)
			if err != nil {
				t.Fatal(err)
			}
			definitions[name] = &fstest.MapFile{Data: content}
		}
	}
	c, err := catalog.Read(definitions)
	if err != nil {
		t.Fatal(err)
	}
	r, err := footprint.Read(os.DirFS("../../sql/reference"))
	if err != nil {
		t.Fatal(err)
	}
	w, l := figurestest.Empty(t, c, r, time.Now)
	for name, content := range files {
		o, err := l.Load(t.Context(), load.File{Name: name, Content: content, Bundled: strings.HasSuffix(name, ".gz")}, "test")
		if err != nil || o.Load.State != load.Published || o.Load.Rejections > 0 {
			t.Fatalf("%s: %+v, %v", name, o.Load, err)
		}
	}
	return figurestest.Know(w, w, c, r, time.Now)
}

// bundled answers from the product's own figures of A&E.
func bundled(t testing.TB) *figurestest.Known {
	t.Helper()
	return bundledIn(t, "ae.csv.gz")
}

// bundledIn answers from one of the product's own files.
func bundledIn(t testing.TB, name string) *figurestest.Known {
	t.Helper()
	content, err := os.ReadFile("../../sql/reference/bundled/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return composer(t, map[string]io.ReadSeeker{name: bytes.NewReader(content)})
}

// packed is a pack with its files, by name.
type packed struct {
	*audit.Pack
	files map[string]*bytes.Buffer
}

// file is one that can be closed.
type file struct{ *bytes.Buffer }

func (file) Close() error { return nil }

func pack(t testing.TB, c *figurestest.Known, id, asOfText string) packed {
	t.Helper()
	asOf, err := c.AsOf(t.Context(), asOfText)
	if err != nil {
		t.Fatal(err)
	}
	tested, err := c.Find(id)
	if err != nil {
		t.Fatal(err)
	}
	made, err := audit.New(t.Context(), c.Figures, c.Register, asOf, tested)
	if err != nil {
		t.Fatal(err)
	}
	p, all := packed{made, map[string]*bytes.Buffer{}}, int64(0)
	written, err := made.Write(func(name string) (io.WriteCloser, error) {
		p.files[name] = &bytes.Buffer{}
		return file{p.files[name]}, nil
	})
	for _, content := range p.files {
		all += int64(content.Len())
	}
	if err != nil || written != all {
		t.Fatalf("%d bytes were written, and %d are said (%v)", all, written, err)
	}
	return p
}

func content(t testing.TB, p packed, name string) []byte {
	t.Helper()
	held, ok := p.files[name]
	if !ok {
		t.Fatalf("there is no %s", name)
	}
	return held.Bytes()
}

// table is a csv file of a pack by its headings.
func table(t testing.TB, p packed, name string) []map[string]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(content(t, p, name))).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%s: %d rows, %v", name, len(rows), err)
	}
	var all []map[string]string
	for _, row := range rows[1:] {
		byHeading := map[string]string{}
		for i, heading := range rows[0] {
			byHeading[heading] = row[i]
		}
		all = append(all, byHeading)
	}
	return all
}

func workbook(t testing.TB, p packed) *excelize.File {
	t.Helper()
	file, err := excelize.OpenReader(bytes.NewReader(content(t, p, "claim.xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

var sheets = []string{"summary", "checks", "path", "weights", "placebos", "sensitivity", "inputs", "provenance"}

func TestPack(t *testing.T) {
	c := bundled(t)
	t.Run("kinds", func(t *testing.T) { testKinds(t, c) })
	t.Run("workbook", func(t *testing.T) { testWorkbook(t, c) })
	t.Run("bytes", func(t *testing.T) { testBytes(t, c) })
}

// testKinds packs a claim of each kind.
func testKinds(t *testing.T, c *figurestest.Known) {
	for id, want := range map[string]struct {
		method   string
		verdicts []claim.Verdict
		note     []string // in method.md
		sheet    string   // one with a reason instead of figures
		reason   string
	}{
		"tested":   {claim.SyntheticDiD, nil, []string{"Arkhangelsky", "Pounds: £900,000; £160 for each one counted", "Claimed: £900,000; estimated:", "Open Government Licence v3.0", "**This one decided.**"}, "", ""},
		"alone":    {claim.TimeSeries, nil, []string{"Lopez Bernal", "anything else that happened"}, "weights", "no places could be compared with"},
		"planned":  {claim.PlanAndOutturn, nil, []string{"There is\n  no interval and no p", "**This one decided.**"}, "path", "compared with what happened"},
		"early":    {"", []claim.Verdict{claim.CannotBeTested}, []string{"1. **This one decided.** Cannot be tested.", "nothing before the start to compare with"}, "placebos", "nothing before the start"},
		"unloaded": {"", []claim.Verdict{claim.CannotBeTested}, []string{"No figures of the measure are loaded"}, "provenance", "No figures of lidocaine_cost are loaded"},
	} {
		t.Run(id, func(t *testing.T) {
			c := c
			if id == "alone" { // England's A&E has months that a trust is missing in
				c = bundledIn(t, "delayed_transfers.csv.gz")
			}
			p := pack(t, c, id, "")
			checkManifest(t, c, p, id)
			var result wording.ClaimAnswer
			if err := json.Unmarshal(content(t, p, "result.json"), &result); err != nil || result.Claim != id || result.Design.Method != want.method || result.Rule < 1 {
				t.Fatalf("%v: %s by %q, rule %d: %+v", err, result.Claim, result.Design.Method, result.Rule, result.Refused)
			}
			if want.verdicts != nil && !slices.Contains(want.verdicts, result.Verdict) {
				t.Errorf("the verdict is %s", result.Verdict)
			}
			note := string(content(t, p, "method.md"))
			for _, words := range append(want.note, result.Summary, "that of England is the sum of all cells of the period", "have no cells here", "stpd claim pack "+id+" -o FOLDER --as-of ", "https://example.org/") {
				if !strings.Contains(note, words) {
					t.Errorf("method.md is without %q:\n%s", words, note)
				}
			}
			if unread := regexp.MustCompile(`£-|£\d{4}`).FindString(note); unread != "" {
				t.Errorf("method.md has the amount %s:\n%s", unread, note)
			}
			if strings.Contains(note, "<no value>") || strings.Count(note, "**This one decided.**") != 1 {
				t.Error(note)
			}
			file := workbook(t, p)
			if diff := cmp.Diff(sheets, file.GetSheetList()); diff != "" {
				t.Error(diff)
			}
			for _, name := range sheets {
				rows, err := file.GetRows(name)
				if err != nil || len(rows) < 2 {
					t.Errorf("sheet %s: %d rows, %v", name, len(rows), err)
				}
				if name == want.sheet && !strings.Contains(rows[1][0], want.reason) {
					t.Errorf("sheet %s says %q, want %q", name, rows[1], want.reason)
				}
			}
			if id == "unloaded" {
				if cells := table(t, p, "cells.csv"); len(cells) != 1 || !strings.Contains(cells[0]["note"], "no figures of lidocaine_cost are loaded") {
					t.Errorf("cells.csv: %v", cells)
				}
				if figures := table(t, p, "figures.csv"); figures[0]["note"] != "no figures of it are loaded" {
					t.Errorf("figures.csv: %v", figures[0])
				}
				return
			}
			checkSums(t, c, p, *result.Result)
		})
	}
}

// checkManifest holds the manifest against the files.
func checkManifest(t *testing.T, c *figurestest.Known, p packed, id string) {
	t.Helper()
	var m struct {
		Claim      string    `json:"claim"`
		Definition string    `json:"definition_hash"`
		Measure    string    `json:"measure"`
		MeasureOf  string    `json:"measure_hash"`
		Version    string    `json:"stpd"`
		MadeAt     time.Time `json:"made_at"`
		AsOf       struct {
			Load uint64    `json:"load_id"`
			At   time.Time `json:"at"`
		} `json:"as_of"`
		Files []struct {
			Name   string `json:"name"`
			Size   int    `json:"size"`
			SHA256 string `json:"sha256"`
		} `json:"files"`
	}
	if err := json.Unmarshal(content(t, p, "manifest.json"), &m); err != nil {
		t.Fatal(err)
	}
	declared, _ := c.Catalog.Claim(id)
	measured, _ := c.Catalog.Measure(declared.Measure)
	if m.Claim != id || m.Definition != declared.Hash() || m.Measure != measured.ID || m.MeasureOf != measured.Hash() || m.Version != "test" || m.AsOf.Load != 3 ||
		!m.MadeAt.Equal(m.AsOf.At) {
		t.Errorf("the manifest is %+v", m)
	}
	if len(m.Files)+1 != len(p.files) {
		t.Errorf("%d of %d files are listed", len(m.Files), len(p.files))
	}
	for _, listed := range m.Files {
		held := content(t, p, listed.Name)
		if sum := sha256.Sum256(held); hex.EncodeToString(sum[:]) != listed.SHA256 || len(held) != listed.Size {
			t.Errorf("%s is not as listed", listed.Name)
		}
	}
}

// checkSums adds the published cells up, as the note says, and holds the sums against the figures of every place.
func checkSums(t *testing.T, c *figurestest.Known, p packed, result claim.Result) {
	t.Helper()
	m, _ := c.Catalog.Measure(result.Measure)
	type key struct{ place, period, part string }
	sums := map[key]decimal.Decimal{}
	for _, cell := range table(t, p, "cells.csv") {
		if cell["file"] == "" || cell["row"] == "" || len(cell["sha256"]) != 64 || cell["load_id"] == "" || cell["source_definition_hash"] == "" {
			t.Fatalf("a cell without its origin: %v", cell)
		}
		for _, term := range m.Terms() {
			if term.Component != cell["component"] || cell[term.Field] == "" {
				continue
			}
			amount := decimal.RequireFromString(cell[term.Field]).Mul(decimal.RequireFromString(cell["share"])).Mul(decimal.NewFromInt(int64(term.Coefficient)))
			for _, place := range slices.Compact([]string{cell["footprint"], footprint.England}) {
				at := key{place, cell["period"], term.Part}
				sums[at] = sums[at].Add(amount)
			}
		}
	}
	held, places := 0, map[string]bool{}
	measures := map[string]bool{}
	for _, figure := range table(t, p, "figures.csv") {
		measures[figure["measure"]] = true
		if figure["measure"] != m.ID {
			continue
		}
		for _, part := range []string{"numerator", "denominator"} {
			if figure[part] == "" {
				continue
			}
			if sum := sums[key{figure["place"], figure["period"], part}]; !sum.Equal(decimal.RequireFromString(figure[part])) {
				t.Errorf("%s of %s in %s is %s, its cells sum to %s", part, figure["place"], figure["period"], figure[part], sum)
			}
			held++
		}
		places[figure["place"]] = true
	}
	want := len(c.Reference.Footprints()) + 1
	if m.Level == catalog.ByEngland {
		want = 1
	}
	if len(places) != want || held < 40*want {
		t.Errorf("%d figures of %d places were compared with their cells, want %d places", held, len(places), want)
	}
	for _, watched := range claim.Watched(c.Catalog, m) {
		if !measures[watched.ID] {
			t.Errorf("figures.csv is without %s", watched.ID)
		}
	}
}

// testWorkbook reads the workbook of a claim that could be tested.
func testWorkbook(t *testing.T, c *figurestest.Known) {
	p := pack(t, c, "tested", "")
	var result claim.Result
	if err := json.Unmarshal(content(t, p, "result.json"), &result); err != nil {
		t.Fatal(err)
	}
	file := workbook(t, p)
	rows := func(sheet string) [][]string {
		t.Helper()
		rows, err := file.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		return rows[1:]
	}
	if n := len(rows("path")); n != len(result.Effect.Path) {
		t.Errorf("%d periods in the path, want %d", n, len(result.Effect.Path))
	}
	if n := len(rows("placebos")); n != len(result.Model.Placebos.Units) {
		t.Errorf("%d placebos, want %d", n, len(result.Model.Placebos.Units))
	}
	if n := len(rows("checks")); n != len(result.Checks) {
		t.Errorf("%d checks, want %d", n, len(result.Checks))
	}
	donors := decimal.Zero
	for _, row := range rows("weights") {
		if row[0] == "donor" && len(row) > 3 && row[3] != "" {
			donors = donors.Add(decimal.RequireFromString(row[3]))
		}
	}
	if !donors.Round(6).Equal(decimal.NewFromInt(1)) {
		t.Errorf("the weights of the donors sum to %s", donors)
	}
	for i, row := range rows("summary") {
		cell, err := excelize.CoordinatesToCellName(2, i+2)
		if err != nil {
			t.Fatal(err)
		}
		kind, err := file.GetCellType("summary", cell)
		number := kind == excelize.CellTypeUnset || kind == excelize.CellTypeNumber
		if want := slices.Contains(
			[]string{"effect, %", "p", "pounds claimed", "pounds estimated", "periods before the start"},
			row[0],
		); err != nil ||
			want && !number {
			t.Errorf("%s is of type %v (%v): %s", row[0], kind, err, row[1])
		}
		for field, want := range map[string]string{"title": "Claimed: A test", "scheme": "'=HYPERLINK(1)"} {
			if row[0] == field && row[1] != want {
				t.Errorf("the %s is %q, want %q", field, row[1], want)
			}
		}
	}
}

func TestPublishedFormulaIsText(t *testing.T) {
	p := pack(t, composer(t, map[string]io.ReadSeeker{"figures.csv": strings.NewReader(
		"measure,organisation,period,numerator,denominator,published_file,published_row,published_text\n" +
			"emergency_admissions_type1,RTF,2017-04,12,,figures.xls,1,=12\n")}), "early", "")
	if cells := table(t, p, "cells.csv"); len(cells) != 1 || cells[0]["raw"] != "'=12" || cells[0]["numerator"] != "12" {
		t.Errorf("the cells are %v", cells)
	}
}

// A rate of people is worked out again from the pack alone: from the cells of what is counted and from those of the people. A place with a part of a
// council is an estimate, and is marked as one.
func TestRateOfPeople(t *testing.T) {
	var rows bytes.Buffer
	packed := gzip.NewWriter(&rows)
	if _, err := packed.Write([]byte(
		"measure,organisation,period,numerator,denominator,published_file,published_row,published_text\n" +
			"delayed_days_nhs,102,2017-04,600,,days.xls,14,600\n" +
			"delayed_days_social_care,102,2017-04,300,,days.xls,14,300\n" +
			"delayed_days_both,102,2017-04,0,,days.xls,14,0\n" +
			"adults,102,2016,400000,,people.csv,9,400000\n" +
			"adults,102,2017,410000,,people.csv,10,410000\n")); err != nil {
		t.Fatal(err)
	}
	if err := packed.Close(); err != nil {
		t.Fatal(err)
	}
	p := pack(t, composer(t, map[string]io.ReadSeeker{"figures.csv.gz": bytes.NewReader(rows.Bytes())}), "rated", "")
	type part struct{ component, period, place string }
	sums := map[part]decimal.Decimal{}
	for _, cell := range table(t, p, "cells.csv") {
		at := part{cell["component"], cell["period"], cell["footprint"]}
		sums[at] = sums[at].Add(decimal.RequireFromString(cell["numerator"]).Mul(decimal.RequireFromString(cell["share"])))
	}
	var found int
	for _, figure := range table(t, p, "figures.csv") {
		if figure["measure"] != "delayed_days_per_adult" || figure["place"] != "E54000047" {
			continue
		}
		found++
		people := sums[part{"adults", figure["people_period"], figure["place"]}]
		if figure["people_period"] != "2017" || figure["people"] == "" {
			t.Fatalf("no people: %v", figure)
		}
		if !people.Equal(decimal.RequireFromString(figure["people"])) {
			t.Errorf("%s people of %s; the cells have %s", figure["people"], figure["people_period"], people)
		}
		days := decimal.Zero
		for _, by := range []string{"delayed_days_nhs", "delayed_days_social_care", "delayed_days_both"} {
			days = days.Add(sums[part{by, figure["period"], figure["place"]}])
		}
		if !days.Equal(decimal.RequireFromString(figure["numerator"])) ||
			!people.Mul(decimal.NewFromInt(30)).Equal(decimal.RequireFromString(figure["denominator"])) {
			t.Errorf("%s days among %s; the cells have %s and %s", figure["numerator"], figure["denominator"], days, people)
		}
		if figure["estimate"] != "true" || figure["shared"] != "102 0.64486" {
			t.Errorf("it is an estimate: %q of %q", figure["estimate"], figure["shared"])
		}
	}
	if found != 1 {
		t.Errorf("%d figures, want 1", found)
	}
	note := string(content(t, p, "method.md"))
	for _, words := range []string{"`people` of `people_period` in `figures.csv`, once for each day of the", "with the component `adults`", "are estimates, marked in `estimate`", "- Adults (`adults`, definition "} {
		if !strings.Contains(note, words) {
			t.Errorf("method.md is without %q:\n%s", words, note)
		}
	}
}

// testBytes holds packs of the same figures against each other, and the archive against its files.
func testBytes(t *testing.T, c *figurestest.Known) {
	first := pack(t, c, "early", "")
	archive := func(p packed) []byte {
		t.Helper()
		var out bytes.Buffer
		if err := p.WriteZip(&out); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	tested := pack(t, c, "tested", "")
	c = figurestest.Know(c.Warehouse, c.Warehouse, c.Catalog, c.Reference, time.Now)
	if !bytes.Equal(archive(tested), archive(pack(t, c, "tested", asOfOf(t, tested)))) {
		t.Error("tested again, the pack differs")
	}
	for _, asOf := range []string{"", "3", asOfOf(t, first)} {
		if !bytes.Equal(archive(first), archive(pack(t, c, "early", asOf))) {
			t.Errorf("as of %q the pack differs", asOf)
		}
	}
	if bytes.Equal(archive(first), archive(pack(t, c, "early", "1"))) {
		t.Error("before the figures were loaded the pack is the same")
	}
	files, err := zip.NewReader(bytes.NewReader(archive(first)), int64(len(archive(first))))
	if err != nil {
		t.Fatal(err)
	}
	if len(files.File) != len(first.files) {
		t.Errorf("%d files in the archive, want %d", len(files.File), len(first.files))
	}
	for _, f := range files.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, content(t, first, f.Name)) {
			t.Errorf("%s differs in the archive (%v)", f.Name, err)
		}
	}
}

// asOfOf is the moment that the note tells a reader to ask for.
func asOfOf(t *testing.T, p packed) string {
	t.Helper()
	_, after, ok := strings.Cut(string(content(t, p, "method.md")), "-o FOLDER --as-of ")
	at, _, _ := strings.Cut(after, "\n")
	if !ok {
		t.Fatal("the note does not say how to do it again")
	}
	return at
}
