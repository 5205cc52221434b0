package catalog_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"stpdash/internal/catalog"
)

const page = `id: footprint
themes:
  - theme: spend
    measures: [part, cost]
left_out:
  - measures: [whole]
    reason: It waits for a plan.
`

// withPages are three pages of three headline measures.
func withPages(footprint string) fstest.MapFS {
	headlines := strings.ReplaceAll(measures, "    definition:", "    headline: true\n    definition:")
	headlines += "  - {id: whole, title: Whole, definition: Whole., headline: true, level: england}\n"
	other := func(id string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("id: " + id + "\nthemes: [{theme: access, measures: [cost]}]\n")}
	}
	return fstest.MapFS{
		"measures/m.yaml": {Data: []byte(headlines)}, "sources/s.yaml": {Data: []byte(source + "      - {titles: [Whole], measure: whole}\n")},
		"pages/a.yaml": {Data: []byte(footprint)}, "pages/b.yaml": other("region"), "pages/c.yaml": other("england"),
	}
}

func TestPagesShowWhatTheyName(t *testing.T) {
	c, err := catalog.Read(withPages(page))
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, m := range c.Shown(catalog.FootprintPage) {
		shown = append(shown, m.ID)
	}
	if want := []string{"part", "cost"}; !slices.Equal(shown, want) || c.Sections(catalog.FootprintPage)[0].Theme != "spend" {
		t.Errorf("%v is shown, want %v", shown, want)
	}
}

func TestMistakesOfPages(t *testing.T) {
	for _, test := range []struct{ name, old, new, want string }{
		{"an unknown page", "id: footprint", "id: village", `pages/a.yaml:1:5: id: found "village", accepted: england, region, footprint`},
		{"a page declared twice", "id: footprint", "id: region", `pages/b.yaml:1:5: id: found "region", accepted: a page that no other file declares`},
		{"an unknown theme", "theme: spend", "theme: luck", `pages/a.yaml:3:12: themes[0].theme: found "luck", accepted: acute activity, access, `},
		{"a theme twice", "left_out:", "  - {theme: spend, measures: [whole]}\nleft_out:", `pages/a.yaml:5:13: themes[1].theme: found "spend", accepted: a theme that the page has not named before`},
		{"an unknown measure", "[part, cost]", "[part, prize]", `pages/a.yaml:4:22: themes[0].measures[1]: found "prize", accepted: the id of a headline measure`},
		{"a measure twice", "[part, cost]", "[part, cost, cost]", `pages/a.yaml:4:28: themes[0].measures[2]: found "cost", accepted: a measure that the page has not named before`},
		{"a measure shown and left out", "[whole]", "[whole, cost]", `pages/a.yaml:6:23: left_out[0].measures[1]: found "cost", accepted: a measure that the page has not named before`},
		{"a theme without measures", "[part, cost]", "[]", `pages/a.yaml:4:15: themes[0].measures: found "none", accepted: the ids of headline measures`},
		{"left out without a reason", "It waits for a plan.", `""`, `pages/a.yaml:7:13: left_out[0].reason: found "", accepted: why they are not shown`},
		{"a headline measure forgotten", "[part, cost]", "[part]", `measures/m.yaml:10:15: measures[0].headline: found "true", accepted: false, or cost among the measures or left_out of the footprint page in pages/*.yaml`},
		{"a misspelt field", "reason:", "because:", `pages/a.yaml:7:5: unknown field "because", accepted: measures, reason`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if strings.Count(page, test.old) != 1 {
				t.Fatalf("%q does not stand in one place", test.old)
			}
			_, err := catalog.Read(withPages(strings.Replace(page, test.old, test.new, 1)))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
	files := withPages(page)
	files["pages/b.yaml"].Data = []byte("id: region\nthemes: [{theme: access, measures: [whole]}]\nleft_out: [{measures: [cost], reason: So.}]\n")
	delete(files, "pages/c.yaml")
	_, err := catalog.Read(files)
	for _, want := range []string{`found "whole", accepted: a measure that footprints have figures of`, `pages/b.yaml:3:11: left_out: found "a list", accepted: none`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	files = withPages(page)
	delete(files, "pages/c.yaml")
	if _, err := catalog.Read(
		files,
	); err == nil ||
		err.Error() != "pages/england.yaml:1:1: found no file of pages/ with id: england, accepted: one for each of england, region, footprint" {
		t.Errorf("without a page: %v", err)
	}
}
