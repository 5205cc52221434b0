package load_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/measure"
	"stpdash/internal/warehouse"
)

// Places of the trusts that these tests publish, revise and reject.
const (
	staffordshire = "E54000010" // RJF, Burton
	derbyshire    = "E54000012" // RTG, Derby, which took over its work
	westYorkshire = "E54000005" // RCD, Harrogate, and RCF, Airedale
	london        = "E54000030" // RJ1, Guy's and St Thomas'
)

// TestRevisionWithARejectedRow loads a whole published month and a revision of it in which one trust's work stands under its successor
// and one cell of a third trust cannot be read: nothing counts twice.
func TestRevisionWithARejectedRow(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	published := mappingtest.ParseGrid(t, mappingtest.PublishedFile(t, "ae", mappingtest.April))
	first := mustPublish(t, l, "april.csv", published.Bytes())
	before := everyValue(t, w, l.Catalog, figures.Now)
	revised := published.Merged(t, "RJF", "RTG").Cell(t, "RCD", "n/a")
	second := mustPublish(t, l, "april revised.csv", revised.Bytes())
	if second.Rejections != 1 {
		t.Fatalf("%d rows are rejected, want 1", second.Rejections)
	}
	on := time.Date(2018, 4, 1, 0, 0, 0, 0, time.UTC)
	want := map[string]decimal.Decimal{}
	for _, row := range revised[1 : len(revised)-1] {
		place, ok := l.Reference.Of(row[1], on)
		if !ok {
			place = footprint.Unallocated
		}
		n, err := decimal.NewFromString(row[revised.Column(mappingtest.Type1)])
		if err == nil {
			want[place] = want[place].Add(n)
		}
	}
	for place, sum := range want {
		expected := sum.String()
		if place == westYorkshire {
			expected = "missing RCD"
		}
		if got := numerator(t, w, figures.Now, "ae_attendances_type1", place, "2018-04"); got != expected {
			t.Errorf("%s is %s, want %s", place, got, expected)
		}
	}
	for _, measure := range []string{"ae_attendances_type1", "ae_attendances", "ae_four_hour", "emergency_admissions"} {
		if got := numerator(t, w, figures.Now, measure, footprint.England, "2018-04"); got != "missing RCD" {
			t.Errorf("%s of England is %s, want it missing for RCD", measure, got)
		}
	}
	m, _ := l.Catalog.Measure("ae_attendances_type1")
	cells, err := w.Cells(t.Context(), figures.Now, m, []string{footprint.England}, inApril)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cells {
		if c.Organisation == "RJF" || c.Load != second.ID {
			t.Errorf("beneath England stands %+v", c)
		}
	}
	if series, err := w.OrganisationSeries(t.Context(), figures.Now, m, "RJF", figures.Range{}); err != nil || len(series) != 0 {
		t.Errorf("the trust that is gone has %+v, %v", series, err)
	}
	amounts, err := w.Amounts(t.Context(), figures.Now, []*catalog.Measure{m}, figures.Range{})
	if err != nil || slices.ContainsFunc(amounts[m.ID], func(a measure.Amount) bool { return a.Organisation == "RJF" }) {
		t.Errorf("the trust that is gone has an amount (%v)", err)
	}
	warnings, err := w.Warnings(t.Context(), figures.Now, l.Catalog, []uint64{first.ID}, 10)
	if err != nil || slices.ContainsFunc(warnings, func(f figures.Warning) bool { return f.Organisation == "RJF" }) {
		t.Errorf("warnings %+v, %v", warnings, err)
	}
	asOf, err := w.AsOfLoad(t.Context(), first.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(before, everyValue(t, w, l.Catalog, asOf), sameDecimals); diff != "" {
		t.Errorf("as of the first load (-before +now):\n%s", diff)
	}
}

// TestPrecedence has an example of each case of docs/architecture/precedence.md.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	const measure, period = "ae_attendances_type1", "2018-04"
	month := mappingtest.Excerpt(t, mappingtest.April, "RJF", "RTG", "RCD", "RCF", "RJ1") // 5453, 10905, 4150, 4681, 12877: 38066
	merged := month.Merged(t, "RJF", "RTG")
	fewer := month.Without(month.Row(t, "RJF"))
	fewer.AddUp(t)
	unread := func(g mappingtest.Grid, code string) mappingtest.Grid { return g.Cell(t, code, "n/a") }
	canonical := func(g mappingtest.Grid) []byte {
		var b strings.Builder
		b.WriteString("measure,organisation,period,numerator,denominator\n")
		for _, row := range g[1 : len(g)-1] {
			fmt.Fprintf(&b, "%s,%s,%s,%s,\n", measure, row[1], period, row[g.Column(mappingtest.Type1)])
		}
		return []byte(b.String())
	}
	returned := func(code, figure string) []byte {
		return []byte(
			"measure,organisation,period,numerator,denominator\n" + measure + "," + code + "," + period + "," + figure + ",\nlidocaine_cost,00J,2018-04,1,\n",
		)
	}
	type shownBy map[string]string // by place
	whole := shownBy{england: "38066", staffordshire: "5453", derbyshire: "10905", westYorkshire: "8831", london: "12877"}
	lacking := func(place, code string, of shownBy) shownBy {
		copied := shownBy{}
		for p, n := range of {
			copied[p] = n
		}
		copied[england], copied[place] = "missing "+code, "missing "+code
		return copied
	}
	after := shownBy{england: "38066", staffordshire: "none", derbyshire: "16358", westYorkshire: "8831", london: "12877"}
	type history struct {
		*testing.T
		l     *load.Loader
		w     *warehouse.Warehouse
		loads []load.Load
	}
	publish := func(content []byte) func(h *history) {
		return func(h *history) {
			h.loads = append(h.loads, mustPublish(h.T, h.l, fmt.Sprintf("%d.csv", len(h.loads)), content))
		}
	}
	file := func(g mappingtest.Grid) func(h *history) { return publish(g.Bytes()) }
	bundled := func(g mappingtest.Grid) func(h *history) {
		return func(h *history) { mustPublishWhole(h.T, h.l, "bundled.csv", canonical(g)) }
	}
	withdraw := func(i int) func(h *history) {
		return func(h *history) {
			if _, err := h.l.Withdraw(h.Context(), h.loads[i].ID, "recalled"); err != nil {
				h.Fatal(err)
			}
		}
	}
	replay := func(i int) func(h *history) {
		return func(h *history) {
			replayed, err := h.l.Replay(h.Context(), h.loads[i].ID)
			if err != nil || replayed.State != load.Published {
				h.Fatal(replayed, err)
			}
			h.loads[i] = replayed
		}
	}
	moved := func(h *history) { // memberships that are loaded later make every value anew
		const line = "RXX,E54000005,0,,,a test\n"
		again := newLoader(h.T, h.w, h.l.Catalog, mappingtest.ReferenceWith(h.T, map[string]string{"memberships.csv": line}))
		if err := again.Define(h.Context(), append(mappingtest.ReadFile(h.T, "../../sql/reference/memberships.csv"), line...)); err != nil {
			h.Fatal(err)
		}
	}
	for _, test := range []struct {
		name  string
		steps []func(h *history)
		want  shownBy
	}{
		{"a later list supersedes", []func(h *history){file(month), file(merged)}, after},
		{"also with a row that could not be read", []func(h *history){file(month), file(unread(merged, "RCD"))}, lacking(westYorkshire, "RCD", after)},
		{"and once memberships are loaded later", []func(h *history){file(month), file(unread(merged, "RCD")), moved}, lacking(westYorkshire, "RCD", after)},
		{"of the successor itself", []func(h *history){file(month), file(unread(merged, "RTG"))}, lacking(derbyshire, "RTG", after)},
		{"all rows of a footprint", []func(h *history){file(month), file(unread(unread(merged, "RCD"), "RCF"))}, lacking(westYorkshire, "RCD RCF", after)},
		{"the earlier figure does not stand in, though both list the same", []func(h *history){file(month), file(unread(month, "RCD"))}, lacking(westYorkshire, "RCD", whole)},
		{"nor where a trust was added", []func(h *history){file(fewer), file(unread(month, "RTG"))}, lacking(derbyshire, "RTG", whole)},
		{"nor across a list of others", []func(h *history){file(month), file(merged), file(unread(month, "RTG"))}, lacking(derbyshire, "RTG", whole)},
		{
			"over several lists of the same",
			[]func(h *history){file(month), file(unread(month, "RTG")), file(unread(month, "RTG").Cell(t, "RCD", "4151"))},
			lacking(derbyshire, "RTG", shownBy{england: "38067", staffordshire: "5453", derbyshire: "10905", westYorkshire: "8832", london: "12877"}),
		},
		{
			"work that a list gives to another is not counted where it was, too",
			[]func(h *history){file(month), file(unread(month, "RJF").Cell(t, "RTG", "16358"))},
			lacking(staffordshire, "RJF", shownBy{derbyshire: "16358", westYorkshire: whole[westYorkshire], london: whole[london]}),
		},
		{"three revisions", []func(h *history){file(month), file(unread(merged, "RCD")), file(merged)}, after},
		{"the same trust rejected in each", []func(h *history){file(unread(month, "RCD")), file(unread(merged, "RCD"))}, lacking(westYorkshire, "RCD", after)},
		{"bundled first", []func(h *history){bundled(month), file(unread(merged, "RCD"))}, lacking(westYorkshire, "RCD", after)},
		{"bundled last", []func(h *history){file(unread(merged, "RCD")), bundled(month)}, lacking(westYorkshire, "RCD", after)},
		{"bundled does not stand in", []func(h *history){file(unread(month, "RCD")), bundled(month)}, lacking(westYorkshire, "RCD", whole)},
		{"the revision withdrawn", []func(h *history){file(month), file(unread(merged, "RCD")), withdraw(1)}, whole},
		{"the revision replayed", []func(h *history){file(month), file(unread(merged, "RCD")), replay(1)}, lacking(westYorkshire, "RCD", after)},
		{"a later return adds", []func(h *history){file(unread(merged, "RCD")), publish(returned("RCD", "4150"))}, after},
		{"a return that cannot be read says nothing", []func(h *history){file(merged), publish(returned("RCD", "many"))}, after},
		{"nor of a trust that is not listed", []func(h *history){file(merged), publish(returned("RJF", "many"))}, after},
		{"an earlier return is superseded", []func(h *history){publish(returned("RJF", "5453")), file(merged)}, after},
		{"and does not stand in", []func(h *history){publish(returned("RTG", "10905")), file(unread(merged, "RTG"))}, lacking(derbyshire, "RTG", after)},
		{
			"a return between two lists of the same does not stand in",
			[]func(h *history){file(month), publish(returned("RCD", "4160")), file(unread(month, "RCD"))},
			lacking(westYorkshire, "RCD", whole),
		},
		{"nor one of a trust that neither lists", []func(h *history){file(merged), publish(returned("RJF", "5000")), file(unread(merged, "RCD"))}, lacking(westYorkshire, "RCD", after)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := &history{T: t}
			h.l, h.w = pipeline(t)
			for i, step := range test.steps {
				before := everyValue(t, h.w, h.l.Catalog, figures.Now)
				asOf, err := h.w.AsOfTime(t.Context(), time.Now())
				if err != nil {
					t.Fatal(err)
				}
				step(h)
				if diff := gocmp.Diff(before, everyValue(t, h.w, h.l.Catalog, asOf), sameDecimals); diff != "" {
					t.Errorf("as of before step %d (-before +now):\n%s", i, diff)
				}
			}
			for place, want := range test.want {
				if got := numerator(t, h.w, figures.Now, measure, place, period); got != want {
					t.Errorf("%s is %s, want %s", place, got, want)
				}
			}
			// The cells beneath England's figure are those that it is made of.
			m, _ := h.l.Catalog.Measure(measure)
			cells, err := h.w.Cells(t.Context(), figures.Now, m, []string{england}, inApril)
			if err != nil {
				t.Fatal(err)
			}
			sum := decimal.Zero
			for _, c := range cells {
				sum = sum.Add(c.Numerator.Decimal)
			}
			if want := test.want[england]; !strings.HasPrefix(want, "missing") && sum.String() != want {
				t.Errorf("the cells beneath England add up to %s, want %s", sum, want)
			}
		})
	}
}
