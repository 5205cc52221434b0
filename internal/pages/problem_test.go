package pages_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"stpdash/internal/figures/figurestest"
	"stpdash/internal/pages"
)

func TestProblem(t *testing.T) {
	c := compose(figurestest.Unloaded(t, func() time.Time { return day("2018-07-10T10:00:00Z") }))
	for _, test := range []struct {
		address, parameter, value string
		words, suggested          string
	}{
		{"/?measure=ae_four_hours&scale=number", "measure", "ae_four_hours", "There is no measure “ae_four_hours” here.", "/measures/ae_four_hour"},
		{"/?measure=ae_four_hours&scale=number", "measure", "ae_four_hours", "There is no measure", "/?scale=number"},
		{"/measures/ae_four_hours", "", "", "There is no measure “ae_four_hours” here.", "/measures/ae_four_hour"},
		{"/footprints/devn", "", "", "There is no place “devn” here.", "/footprints/E54000037"},
		{"/review?region=nort", "", "", "There is no region “nort” here.", "/regions/north"},
		{"/loads/9999", "", "", "There is no load “9999” here.", "/loads"},
		{"/review?week=2026-W47", "week", "2026-W47", "There is no week “2026-W47” here.", "/review"},
		{"/claims?place=x", "place", "x", "The address has a part “place” that", "/claims"},
		{"/provenance", "measure", "", "The address does not say which measure.", ""},
		{"/nothing", "", "", "precisely", ""},
	} {
		at, err := url.Parse(test.address)
		if err != nil {
			t.Fatal(err)
		}
		status := http.StatusBadRequest
		if test.parameter == "" {
			status = http.StatusNotFound
		}
		page := c.Problem(pages.Refused{Status: status, Detail: "precisely", Parameter: test.parameter, Value: test.value, Address: at})
		found := slices.ContainsFunc(page.Suggestions, func(l pages.Link) bool { return l.URL == test.suggested })
		if !strings.HasPrefix(page.Words, test.words) || !found && test.suggested != "" || strings.Contains(page.Help, "%") {
			t.Errorf("%s: %s %s %v", test.address, page.Words, page.Help, page.Suggestions)
		}
		if (page.Detail == "") != (page.Words == "precisely") {
			t.Errorf("%s: programs are told %q", test.address, page.Detail)
		}
	}
	at := &url.URL{Path: "/footprints/QSL", RawQuery: "measure=ae_four_hour"}
	refused := pages.Refused{
		Status:    http.StatusBadRequest,
		Detail:    "precisely",
		Parameter: "measure",
		Value:     "ae_four_hour",
		Accepted:  "as_of",
		Unasked:   true,
		Address:   at,
	}
	if page := c.Problem(
		refused,
	); page.Words != "This page takes no “measure” in its address." || len(page.Suggestions) != 1 ||
		page.Suggestions[0].URL != "/footprints/QSL" {
		t.Errorf("a parameter that is known elsewhere: %s %v", page.Words, page.Suggestions)
	}
}
