package mapping_test

import (
	"bytes"
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"stpdash/internal/catalog"
	"stpdash/internal/mapping"
	"stpdash/internal/mapping/mappingtest"
)

var sameDecimals = gocmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })

// sameFigures compares what a figure says; which file carried it is not among it.
var sameFigures = gocmp.Options{
	sameDecimals, cmpopts.EquateEmpty(),
	cmpopts.IgnoreFields(mapping.Observation{}, "ViaFile", "ViaRow"),
}

// same is sameFigures for very many.
func same(a, b mapping.Observation) bool {
	equal := a.Numerator.Valid == b.Numerator.Valid && a.Numerator.Decimal.Equal(b.Numerator.Decimal) &&
		a.Denominator.Valid == b.Denominator.Valid && a.Denominator.Decimal.Equal(b.Denominator.Decimal)
	for _, o := range []*mapping.Observation{&a, &b} {
		o.Numerator, o.Denominator, o.ViaFile, o.ViaRow = decimal.NullDecimal{}, decimal.NullDecimal{}, "", 0
	}
	return equal && a == b
}

func inOrder(observations []mapping.Observation) []mapping.Observation {
	ordered := slices.Clone(observations)
	slices.SortFunc(ordered, func(a, b mapping.Observation) int {
		return cmp.Or(
			cmp.Compare(a.Measure, b.Measure),
			cmp.Compare(a.Organisation, b.Organisation),
			a.Period.Start.Compare(b.Period.Start),
			cmp.Compare(a.Item, b.Item),
		)
	})
	return ordered
}

// written are the canonical files of batches, by name.
func written(t testing.TB, batches ...*mappingtest.File) map[string][]byte {
	t.Helper()
	figures := map[string][]mapping.Observation{}
	for _, b := range batches {
		figures[b.Source.ID] = append(figures[b.Source.ID], b.Observations...)
	}
	files := map[string][]byte{}
	for source, observations := range figures {
		var file bytes.Buffer
		if err := mapping.WriteCanonical(&file, observations); err != nil {
			t.Fatal(err)
		}
		files[source+".csv.gz"] = file.Bytes()
	}
	return files
}

func TestCanonicalFormOfThePublishedFiles(t *testing.T) {
	c := mappingtest.Definitions(t, nil)
	m := mapping.NewMapper(c, mappingtest.Reference(t))
	var batches []*mappingtest.File
	for _, file := range filesOfSources(t) {
		if _, skipped := c.Skipped(file); !skipped {
			batches = append(batches, mappingtest.Read(t, file))
		}
	}
	files := written(t, batches...)
	if len(files) != len(c.Sources)-1 { // all but the canonical form itself
		t.Fatalf("%d files are written of %d sources", len(files), len(c.Sources))
	}
	for _, declared := range c.Sources {
		source := declared.ID
		if source == "canonical" || source == "trust_finance" { // which states some figures twice
			continue
		}
		var want []mapping.Observation
		for _, b := range batches {
			if b.Source.ID == source {
				want = append(want, b.Observations...)
			}
		}
		back := mappingtest.MustMap(t, m, source+".csv.gz", files[source+".csv.gz"])
		if len(back.Rejections) > 0 {
			t.Errorf("%s: %d rows are rejected when read back: %s", source, len(back.Rejections), back.Rejections[0].Reason)
		}
		if len(want) != len(back.Observations) {
			t.Fatalf("%s: %d figures are read back of %d", source, len(back.Observations), len(want))
		}
		want, got := inOrder(want), inOrder(back.Observations)
		for i := range want {
			if !same(want[i], got[i]) {
				diff := gocmp.Diff(want[i], got[i], sameFigures)
				t.Fatalf("%s: a figure is read back otherwise (-want +got):\n%s", source, diff)
			}
		}
	}
	t.Run("the same bytes when made again", func(t *testing.T) {
		some := slices.Clone(batches[:4])
		files := written(t, some...)
		slices.Reverse(some)
		for name, content := range written(t, some...) {
			if !bytes.Equal(content, files[name]) {
				t.Errorf("%s differs", name)
			}
		}
	})
	t.Run("the bundled files are these", func(t *testing.T) {
		for name, content := range files {
			if name == "payments.csv.gz" {
				continue // the bodies that happened to publish are not all of a footprint's
			}
			if bundled := mappingtest.ReadFile(t, filepath.Join("../../sql/reference/bundled", name)); !bytes.Equal(bundled, content) {
				t.Errorf("sql/reference/bundled/%s is not what the published files give: run `stpd export`", name)
			}
		}
	})
}

func TestCanonicalFormKeepsAnyFigure(t *testing.T) {
	c := mappingtest.Definitions(t, map[string]string{"measures/99-test.yaml": mappingtest.ShareMeasure})
	reference := mappingtest.Reference(t)
	m := mapping.NewMapper(c, reference)
	ae, _ := c.Source("ae")
	text := rapid.StringMatching(`([!-~£é€][ -~£é€,"\n]{0,20}[!-~£é€])?`)
	number := rapid.Custom(func(t *rapid.T) decimal.Decimal {
		return decimal.New(rapid.Int64Range(0, 1<<60).Draw(t, "digits"), -rapid.Int32Range(4, 18).Draw(t, "decimals"))
	})
	rapid.Check(t, func(r *rapid.T) {
		var observations []mapping.Observation
		for i := range rapid.IntRange(1, 8).Draw(r, "figures") {
			o := mapping.Observation{
				Measure: "lidocaine_cost", Organisation: rapid.SampledFrom([]string{"00J", "E54000005"}).Draw(r, "commissioner"),
				Period: catalog.Period{Start: month(i), Grain: catalog.Month},
				Status: mapping.NotReported, Note: text.Draw(r, "note"),
			}
			o.CodesOn = o.Period.Start
			o.Item = text.Draw(r, "item")
			if rapid.Bool().Draw(r, "other codes") { // North Durham is placed by its period where it moved between the two
				o.CodesOn = reference.DayOf(o.Organisation, o.Period.Start, month(rapid.IntRange(0, 100).Draw(r, "codes of")))
			}
			o.Cell = mapping.Cell{
				File: "file" + text.Draw(r, "file"), SHA256: "f00", Sheet: text.Draw(r, "sheet"), Row: rapid.Uint32().Draw(r, "row"),
				Column: "AB", Raw: text.Draw(r, "raw"), Released: text.Draw(r, "released"),
			}
			if rapid.Bool().Draw(r, "reported") {
				n := number.Draw(r, "numerator")
				o.Status, o.Numerator = mapping.Reported, decimal.NewNullDecimal(n)
				if o.Cell.Raw == "" {
					o.Cell.Raw = n.String() // a figure is read from a text
				}
				if rapid.Bool().Draw(r, "share") {
					o.Measure, o.Period.Grain = "seen_share", catalog.Quarter
					o.Organisation = rapid.SampledFrom([]string{"RCD", "E54000006"}).Draw(r, "provider")
					o.Period.Start = month(3 * i)
					o.CodesOn = o.Period.Start
					o.Denominator = decimal.NewNullDecimal(n.Add(decimal.NewFromInt(1)))
				}
			}
			observations = append(observations, o)
		}
		content := written(t, &mappingtest.File{Source: ae, Batch: mapping.Batch{Observations: slices.Clone(observations)}})["ae.csv.gz"]
		back := mappingtest.MustMap(t, m, "back.csv.gz", content)
		if len(back.Rejections) > 0 {
			r.Fatalf("rejected: %+v", back.Rejections)
		}
		if diff := gocmp.Diff(inOrder(observations), inOrder(back.Observations), sameFigures); diff != "" {
			r.Fatal(diff)
		}
		for i, o := range back.Observations {
			if o.ViaFile != "back.csv.gz" || o.ViaRow == 0 {
				r.Fatalf("figure %d does not say which file carried it: %+v", i, o)
			}
		}
		if again := written(t, &mappingtest.File{Source: ae, Batch: mapping.Batch{Observations: slices.Clone(observations)}})["ae.csv.gz"]; !bytes.Equal(
			content,
			again,
		) {
			r.Fatal(fmt.Sprintf("made again it differs: %d and %d bytes", len(content), len(again)))
		}
	})
}

func month(after int) time.Time {
	return time.Date(2016, time.January, 1, 0, 0, 0, 0, time.UTC).AddDate(0, after, 0)
}
