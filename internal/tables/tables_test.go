package tables_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/shopspring/decimal"

	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/load"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/tables"
	"stpdash/internal/warehouse/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// What is loaded has a share, money, a figure under zero, a missing figure, one that is 0, and months for a derived measure.
func loaded(t *testing.T, now func() time.Time) *figurestest.Known {
	t.Helper()
	var rows strings.Builder
	for year := range 2 {
		for month := range 12 {
			fmt.Fprintf(&rows, "emergency_admissions_type1,RD1,%d-%02d,%d,\n", 2017+year, month+1, 1000+month)
		}
	}
	rows.WriteString("ae_attendances_type1,RD1,2017-04,0,\nae_attendances_type1,RVN,2017-04,,\nae_attendances_type1,RA7,2017-04,12,\n" +
		"lidocaine_cost,11E,2017-04,40996.4042000000058,\ntrust_net_position,RD1,2017/18,-97852000,\n")
	return figurestest.Load(t, rows.String(), now)
}

func write(t *testing.T, k *figurestest.Known, filter figures.TableFilter, format tables.Format) []byte {
	t.Helper()
	moment, err := k.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	table, err := k.FindTable(t.Context(), moment, filter)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := format.New(&out)
	if err := k.Each(t.Context(), table, w.Write); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func read(t *testing.T, content []byte) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	return rows
}

// The three forms of a table say the same, and no missing figure is 0.
func TestFormsSayTheSame(t *testing.T) {
	k := loaded(t, time.Now)
	rows := read(t, write(t, k, figures.TableFilter{}, tables.Formats[1]))
	headings := rows[0]
	at := func(row []string, column string) string { return row[slices.Index(headings, column)] }
	var fromJSON [][]string
	for line := range bytes.Lines(write(t, k, figures.TableFilter{}, tables.Formats[0])) {
		cells := map[string]any{}
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.UseNumber()
		if err := decoder.Decode(&cells); err != nil || len(cells) != len(headings) {
			t.Fatalf("%s: %v", line, err)
		}
		var row []string
		for _, column := range tables.Columns {
			cell := cells[column.Name]
			if _, quoted := cell.(string); cell != nil && column.Kind == tables.Decimal && quoted != column.Quoted {
				t.Errorf("%s is %T", column.Name, cell)
			}
			text := ""
			if cell != nil {
				text = fmt.Sprint(cell)
			}
			row = append(row, text)
		}
		fromJSON = append(fromJSON, row)
	}
	if diff := cmp.Diff(rows[1:], fromJSON); diff != "" {
		t.Errorf("JSON lines differ from CSV:\n%.2000s", diff)
	}
	if diff := cmp.Diff(rows, parquetRows(t, write(t, k, figures.TableFilter{}, tables.Formats[2]))); diff != "" {
		t.Errorf("Parquet differs from CSV:\n%.2000s", diff)
	}
	found := map[string][]string{}
	for _, row := range rows[1:] {
		found[at(row, "measure")+" "+at(row, "place")+" "+at(row, "period")] = []string{at(row, "level"), at(row, "numerator"), at(row, "value"), at(row, "reason")}
		if (at(row, "value") == "") == (at(row, "reason") == "") {
			t.Errorf("a row has a value and a reason for none, or neither: %v", row)
		}
	}
	for row, want := range map[string][]string{
		"ae_attendances_type1 RD1 2017-04":       {"provider", "0", "0", ""},
		"ae_attendances_type1 RVN 2017-04":       {"provider", "", "", "not_reported"},
		"lidocaine_cost 11E 2017-04":             {"commissioner", "40996.4", "40996.4", ""},
		"emergency_admissions_type1 RD1 2018-12": {"provider", "1011", "1011", ""},
		"trust_net_position RD1 2017/18":         {"provider", "-97852000", "-97852000", ""},
	} {
		if diff := cmp.Diff(want, found[row]); diff != "" {
			t.Errorf("%s:\n%s", row, diff)
		}
	}
}

// parquetRows are those of a Parquet file as CSV has them, with the headings.
func parquetRows(t *testing.T, content []byte) [][]string {
	t.Helper()
	file, err := parquet.OpenFile(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var headings []string
	for i, f := range file.Schema().Fields() {
		headings = append(headings, f.Name())
		if c := tables.Columns[i]; f.Optional() != c.Optional ||
			c.Kind == tables.Decimal && !strings.Contains(f.Type().String(), fmt.Sprintf("DECIMAL(38,%d)", c.Scale)) {
			t.Errorf("%s is %s, optional: %v", f.Name(), f.Type(), f.Optional())
		}
	}
	all := [][]string{headings}
	rows := parquet.NewReader(file)
	defer rows.Close()
	for buffer := make([]parquet.Row, 100); ; {
		n, err := rows.ReadRows(buffer)
		for _, row := range buffer[:n] {
			cells := make([]string, len(headings))
			for i, value := range row {
				cells[i] = parquetText(tables.Columns[i], value)
			}
			all = append(all, cells)
		}
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func parquetText(c tables.Column, v parquet.Value) string {
	switch {
	case v.IsNull():
		return ""
	case c.Kind == tables.Decimal:
		units := new(big.Int).SetBytes(v.ByteArray())
		if v.ByteArray()[0] >= 128 {
			units.Sub(units, new(big.Int).Lsh(big.NewInt(1), 128))
		}
		return decimal.NewFromBigInt(units, -int32(c.Scale)).String()
	case c.Kind == tables.Day:
		return time.Unix(int64(v.Int32())*24*60*60, 0).UTC().Format(time.DateOnly)
	}
	return v.String()
}

// Each parameter leaves what it says.
func TestFilters(t *testing.T) {
	k := loaded(t, time.Now)
	for _, c := range []struct {
		filter figures.TableFilter
		column string
		want   []string
	}{
		{figures.TableFilter{Measure: "emergency_admissions_type1", Level: "provider", From: "2018-11"}, "period", []string{"2018-11", "2018-12"}},
		{figures.TableFilter{Measure: "emergency_admissions_type1", Level: "provider", To: "2017-Q1"}, "period", []string{"2017-01", "2017-02", "2017-03"}},
		{figures.TableFilter{Measure: "emergency_admissions_type1", Level: "provider", From: "2018-02-28", To: "2018-04-01"}, "period", []string{"2018-03", "2018-04"}},
		{figures.TableFilter{Measure: "ae_attendances_type1", From: "2016", To: "2016/17"}, "period", nil},
		{figures.TableFilter{Measure: "lidocaine_cost", Level: "provider"}, "period", nil},
		{figures.TableFilter{Measure: "ae_attendances_type1", Level: "provider"}, "place", []string{"RA7", "RD1", "RVN"}},
		{figures.TableFilter{Measure: "ae_attendances_type1", Level: "england"}, "place", []string{"ENG"}},
		{figures.TableFilter{Measure: "ae_attendances_type1", Level: "region"}, "level", []string{"region"}},
		{figures.TableFilter{Measure: "ae_attendances_type1", Level: "footprint", From: "2017-04", To: "2017-04"}, "level", []string{"footprint"}},
	} {
		rows := read(t, write(t, k, c.filter, tables.Formats[1]))
		var got []string
		for _, row := range rows[1:] {
			if cell := row[slices.Index(rows[0], c.column)]; !slices.Contains(got, cell) {
				got = append(got, cell)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%+v:\n%s", c.filter, diff)
		}
	}
}

// A package is the same to the byte for the same figures, whatever was loaded since and however the moment is named; what it says of itself is so.
func TestPackage(t *testing.T) {
	now := time.Date(2019, 7, 2, 9, 0, 0, 0, time.UTC)
	k := loaded(t, func() time.Time { return now })
	pack := func(asOf string) []byte {
		t.Helper()
		moment, err := k.AsOf(t.Context(), asOf)
		if err != nil {
			t.Fatal(err)
		}
		stood, err := k.StoodAt(t.Context(), moment)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := (tables.Package{Figures: k.Figures, Loads: k.Loads, AsOf: moment, Stood: stood, Version: "test"}).WriteZip(t.Context(), &out); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	first, err := k.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	before := pack(first.Pin)
	if !bytes.Equal(before, pack(first.Pin)) {
		t.Error("made again it is another")
	}
	checkPackage(t, before)
	now = now.Add(24 * time.Hour)
	l := load.New(
		load.Settings{
			Store:     k.Warehouse,
			Catalog:   k.Catalog,
			Reference: k.Reference,
			Archive:   load.Archive{Folder: t.TempDir()},
			Now:       func() time.Time { return now },
			Logger:    slog.New(slog.DiscardHandler),
		},
	)
	o, err := l.Load(
		t.Context(),
		load.File{
			Name: "later.csv",
			Content: strings.NewReader(
				"measure,organisation,period,numerator,denominator,published_file,published_row\nae_attendances_type1,RD1,2017-05,8,,figures.xls,1\n",
			),
			Accept: "figures of a test",
		},
		"test",
	)
	if err != nil || o.Load.State != load.Published {
		t.Fatalf("%+v, %v", o.Load, err)
	}
	if !bytes.Equal(before, pack(first.Pin)) {
		t.Error("after a load the package of the one before is another")
	}
	if !bytes.Equal(before, pack("2019-07-02")) {
		t.Error("by its date the package is another")
	}
	if after := pack(fmt.Sprint(o.Load.ID)); bytes.Equal(before, after) {
		t.Error("the package after the load is the one before")
	} else {
		checkPackage(t, after)
	}
}

func checkPackage(t *testing.T, content []byte) {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	open := func(name string) []byte {
		t.Helper()
		file, err := archive.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		content, err := io.ReadAll(file)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	var about struct {
		Licenses  []struct{ Name, Path string }
		Sources   []struct{ Title, Attribution string }
		Resources []struct {
			Name, Path, Hash string
			Bytes, Rows      int
			Schema           struct {
				Fields      []struct{ Name, Type string }
				PrimaryKey  []string
				ForeignKeys []struct {
					Fields    string
					Reference struct{ Resource, Fields string }
				}
			}
		}
	}
	if err := json.Unmarshal(open("datapackage.json"), &about); err != nil {
		t.Fatal(err)
	}
	if len(about.Licenses) != 1 || about.Licenses[0].Name != "OGL-UK-3.0" || len(about.Sources) < 20 ||
		!strings.Contains(string(open("README.md")), about.Sources[0].Attribution) {
		t.Errorf("licence and attribution: %+v", about)
	}
	cells := map[string]map[string]bool{} // by table and column
	column := func(table, column string) map[string]bool { return cells[table+"."+column] }
	for _, r := range about.Resources {
		table := open(r.Path)
		sum := sha256.Sum256(table)
		if r.Hash != "sha256:"+hex.EncodeToString(sum[:]) || r.Bytes != len(table) {
			t.Errorf("%s has another hash or size: %s, %d", r.Path, r.Hash, r.Bytes)
		}
		rows := read(t, table)
		if len(rows) != r.Rows+1 || r.Rows == 0 {
			t.Errorf("%s has %d rows, not %d", r.Path, len(rows)-1, r.Rows)
		}
		keys := map[string]bool{}
		for i, f := range r.Schema.Fields {
			if rows[0][i] != f.Name {
				t.Errorf("%s: column %d is %s, not %s", r.Path, i, rows[0][i], f.Name)
			}
			of := map[string]bool{}
			for _, row := range rows[1:] {
				of[row[i]] = true
			}
			cells[r.Name+"."+f.Name] = of
		}
		for _, row := range rows[1:] {
			key := ""
			for _, name := range r.Schema.PrimaryKey {
				key += row[slices.Index(rows[0], name)] + " "
			}
			if keys[key] {
				t.Errorf("%s has %s twice", r.Path, key)
			}
			keys[key] = true
		}
	}
	for _, m := range mappingtest.Shipped(t).Measures {
		if !column("measures", "id")[m.ID] || !column("measures", "returned_from")[m.ReturnedFrom] {
			t.Errorf("measures.csv lacks %s, or what a return of it is made from: %q", m.ID, m.ReturnedFrom)
		}
	}
	for _, r := range about.Resources {
		for _, key := range r.Schema.ForeignKeys {
			for cell := range column(r.Name, key.Fields) {
				if !column(key.Reference.Resource, key.Reference.Fields)[cell] {
					t.Errorf("%s.%s has %q, which is not in %s", r.Name, key.Fields, cell, key.Reference.Resource)
				}
			}
		}
	}
}
