package pages_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"stpdash/internal/catalog"
	"stpdash/internal/pages"
	"stpdash/internal/pages/wording"
)

// What is shown as of a moment is what was so then: when a figure was loaded, and what its measure was called.
func TestFactsAreThoseOfTheMoment(t *testing.T) {
	b := newBoard(t, "ae_attendances_type1,RD1,2017-04,12,\n")
	b.now = day("2018-07-11T10:00:00Z")
	second := b.bring(t, "second.csv", "ae_attendances_type1,RD1,2017-05,13,\n")
	published := wording.Moment(second.At)
	asOf := fmt.Sprint(second.ID)
	b.now = day("2018-07-12T15:30:00Z")
	if _, err := b.loader.Withdraw(t.Context(), second.ID, "a mistake"); err != nil {
		t.Fatal(err)
	}
	changed, err := catalog.ParseMeasure(
		strings.Replace(definitionOf(t, b, "ae_attendances_type1"), `"A\u0026E attendances, type 1"`, `"Visits to large departments"`, 1),
	)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := b.Catalog.Measure("ae_attendances_type1")
	then := m.Title

	at, err := b.AsOf(t.Context(), asOf)
	if err != nil {
		t.Fatal(err)
	}
	england, err := b.England(t.Context(), pages.EnglandQuery{Measure: "ae_attendances_type1"}, at)
	if err != nil {
		t.Fatal(err)
	}
	if england.Freshness.LoadedWords != published || england.Freshness.LoadID != second.ID {
		t.Errorf(
			"the figure of load %d, published %s, is said to be loaded %s with load %d",
			second.ID,
			published,
			england.Freshness.LoadedWords,
			england.Freshness.LoadID,
		)
	}
	scope, err := b.FindArea("QOX")
	if err != nil {
		t.Fatal(err)
	}
	period, _ := catalog.ParsePeriod("2017-05")
	trace, err := b.Trace(t.Context(), at, m, scope, period)
	if err != nil {
		t.Fatal(err)
	}
	page, err := b.Provenance(t.Context(), trace, at)
	if err != nil || len(page.Cells) == 0 || page.Cells[0].LoadedWords != published {
		t.Errorf("the cell is said to be loaded otherwise than %s: %+v, %v", published, page.Cells, err)
	}

	// The definition changes, and the page as of then keeps the one that its figures were made by.
	*m = *changed
	memberships, err := os.ReadFile("../../sql/reference/memberships.csv")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.loader.Define(t.Context(), memberships); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{asOf: then, "": "Visits to large departments"} {
		at, err := b.AsOf(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		england, err := b.England(t.Context(), pages.EnglandQuery{Measure: "ae_attendances_type1"}, at)
		if err != nil || england.About.Title != want {
			t.Errorf("England as of %q shows %q, want %q (%v)", text, england.About.Title, want, err)
		}
		page, err := b.Measure(t.Context(), "ae_attendances_type1", "", at)
		if err != nil || page.About.Title != want {
			t.Errorf("the measure as of %q is %q, want %q (%v)", text, page.About.Title, want, err)
		}
	}
}

// What one reader looked at as of a moment is in no page that another sees.
func TestMemoryHoldsNoMoment(t *testing.T) {
	b := newBoard(t, "ae_attendances_type1,RD1,2017-04,12,\n")
	last := b.bring(t, "second.csv", "ae_attendances_type1,RD1,2017-05,13,\n")
	compose := func(text string) map[string]any {
		at, err := b.AsOf(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		scope, err := b.FindArea("QOX")
		if err != nil {
			t.Fatal(err)
		}
		shown := map[string]any{}
		for name, compose := range map[string]func() (any, error){
			"England":   func() (any, error) { return b.England(t.Context(), pages.EnglandQuery{}, at) },
			"measure":   func() (any, error) { return b.Measure(t.Context(), "ae_attendances_type1", "", at) },
			"footprint": func() (any, error) { return b.Footprint(t.Context(), scope, pages.FootprintQuery{}, at) },
			"card": func() (any, error) {
				return b.CardOf(t.Context(), mustMeasure(t, b, "ae_attendances_type1"), scope, "", at)
			},
			"loads": func() (any, error) { return b.Composer.Loads(t.Context(), at, 1) },
			"data":  func() (any, error) { return b.Composer.Data(t.Context(), at) },
		} {
			if shown[name], err = compose(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		return shown
	}
	for _, text := range []string{fmt.Sprint(last.ID), "2018-07-10", ""} {
		for name, page := range compose(text) {
			if text == "" && strings.Contains(fmt.Sprintf("%+v", page), "as_of=") {
				t.Errorf("the page %s of now holds a moment", name)
			}
		}
	}
	for name, page := range compose("2018-07-10") {
		if strings.Contains(fmt.Sprintf("%+v", page), "as_of="+fmt.Sprint(last.ID)+"&") {
			t.Errorf("the page %s holds the moment of another reader", name)
		}
	}
}

// definitionOf is a measure as it is kept.
func definitionOf(t *testing.T, b *board, id string) string {
	t.Helper()
	for _, d := range b.Catalog.Definitions() {
		if d.Kind == "measure" && d.ID == id {
			return d.Body
		}
	}
	t.Fatalf("no measure %s", id)
	return ""
}
