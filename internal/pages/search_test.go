package pages_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/pages/wording"
)

func searcher(t testing.TB) *composed {
	t.Helper()
	return compose(figurestest.Unloaded(t, time.Now))
}

func TestSearch(t *testing.T) {
	c := searcher(t)
	for text, want := range map[string]string{ // the kind and the address of what comes first
		"RJ1":                        "organisations /organisations/RJ1?as_of=58",
		" rj1 ":                      "organisations /organisations/RJ1?as_of=58",
		"QWO":                        "places /footprints/E54000005?as_of=58",
		"e54000005":                  "places /footprints/E54000005?as_of=58",
		"ENG":                        "places /?as_of=58",
		"midlands east":              "places /regions/midlands-and-east?as_of=58",
		"yorkshire WEST":             "places /footprints/E54000005?as_of=58",
		"bath & wiltshire":           "places /footprints/E54000040?as_of=58",
		"Dévon":                      "places /footprints/E54000037?as_of=58",
		"st. george's university":    "organisations /organisations/RJ7?as_of=58",
		"university ST GEORGES":      "organisations /organisations/RJ7?as_of=58",
		"ae_four_hour":               "measures /measures/ae_four_hour?as_of=58",
		"A&E attendances":            "measures /measures/ae_attendances?as_of=58",
		"hours 9-hour four":          "",
		"bed blocking":               "measures /measures/delayed_transfer_days?as_of=58",
		"Bed-blocking":               "measures /measures/delayed_transfer_days?as_of=58",
		"A&E waits":                  "measures /measures/ae_four_hour?as_of=58",
		"casualty":                   "measures /measures/ae_attendances?as_of=58",
		"DTOC":                       "measures /measures/delayed_transfer_days?as_of=58",
		"off track":                  "pages /review?as_of=58",
		"waiting list":               "unloaded /measures/elective_admissions?as_of=58",
		"Waiting lists":              "unloaded /measures/elective_admissions?as_of=58",
		"mental health iapt":         "unloaded /data?as_of=58",
		"leeds teaching":             "organisations /organisations/RR8?as_of=58",
		"by week attendances":        "measures /measures/ae_weekly_attendances_type1?as_of=58",
		"four hours":                 "measures /measures/ae_four_hour?as_of=58",
		"better_care_fund_admission": "claims /claims/better_care_fund_admissions?as_of=58",
		"900 avoided":                "claims /claims/tameside_glossop_admissions?as_of=58",
		"xyzzy":                      "",
		"  ":                         "",
		"...":                        "",
		"' OR 1=1 --":                "",
		"\xff\xfe":                   "",
	} {
		page, err := c.Search(text, figures.Moment{Text: "58"})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if len(page.Groups) > 0 {
			got = page.Groups[0].ID + " " + page.Groups[0].Hits[0].URL
		}
		if got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
		if (want == "") != (page.Found == 0) || page.Words == "" {
			t.Errorf("%q: %d found: %s", text, page.Found, page.Words)
		}
	}
	page, err := c.Search("trust", figures.Moment{})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range page.Groups {
		if g.ID == "organisations" && (len(g.Hits) != 20 || g.Found < 200) {
			t.Errorf("%d of %d organisations are listed, want 20 of more than 200", len(g.Hits), g.Found)
		}
	}
	var wrong *figures.InputError
	if _, err = c.Search(strings.Repeat("é", 201), figures.Moment{}); !errors.As(err, &wrong) || !strings.Contains(err.Error(), "there were 201") {
		t.Errorf("a long text: %v", err)
	}
	if _, err = c.Search(strings.Repeat("é", 200), figures.Moment{}); err != nil {
		t.Error(err)
	}
}

// Each place, organisation, measure and claim is found by its own name and code, whatever else is.
func TestEverythingIsFound(t *testing.T) {
	c := searcher(t)
	found := func(text, url string) {
		t.Helper()
		page, err := c.Search(text, figures.Moment{})
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range page.Groups {
			for _, h := range g.Hits {
				if h.URL == url {
					return
				}
			}
		}
		t.Errorf("%q does not find %s: %s", text, url, page.Words)
	}
	for _, f := range c.Reference.Footprints() {
		for _, text := range []string{f.Code, f.Code2016, f.ODSCode, f.Name, f.ShortName} {
			found(text, "/footprints/"+f.Code)
		}
	}
	for _, m := range c.Catalog.Measures {
		found(m.ID, "/measures/"+m.ID)
		found(m.Title, "/measures/"+m.ID)
	}
	for _, claimed := range c.Catalog.Claims {
		found(claimed.ID, "/claims/"+claimed.ID)
		found(claimed.Title, "/claims/"+claimed.ID)
	}
}

func FuzzSearch(f *testing.F) {
	for _, text := range []string{"RJ1", "", "a&e", "st. george’s", "\xff", "ﬁ", strings.Repeat("x ", 300)} {
		f.Add(text)
	}
	c := searcher(f)
	f.Fuzz(func(t *testing.T, text string) {
		page, err := c.Search(text, figures.Moment{})
		if err != nil {
			var wrong *figures.InputError
			if !errors.As(err, &wrong) || utf8.RuneCountInString(text) <= 200 {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		shown := 0
		for _, g := range page.Groups {
			if shown += g.Found; len(g.Hits) == 0 || len(g.Hits) > 20 || len(g.Hits) > g.Found {
				t.Errorf("%q: %d of %d %s", text, len(g.Hits), g.Found, g.ID)
			}
		}
		if shown != page.Found || !utf8.ValidString(page.Words) {
			t.Errorf("%q: %d of %d found: %q", text, shown, page.Found, page.Words)
		}
	})
}

// What is said to be not loaded is not, and what comes nearest is a measure that there is.
func TestUnloadedSubjects(t *testing.T) {
	c := searcher(t)
	for _, u := range wording.Unloaded {
		if _, known := c.Catalog.Measure(u.Nearest); u.Nearest != "" && !known {
			t.Errorf("%s: no measure %s", u.Title, u.Nearest)
		}
		for _, name := range u.AlsoCalled {
			for _, m := range c.Catalog.Measures {
				if strings.EqualFold(m.Title, name) || slices.ContainsFunc(m.AlsoCalled, func(also string) bool { return strings.EqualFold(also, name) }) {
					t.Errorf("%q is said to be not loaded, and is a name of %s", name, m.ID)
				}
			}
		}
	}
}
