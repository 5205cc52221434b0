package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestHeldLoad shows a return that asks: its page has every question and the command that accepts it, and no figure of it is shown until then.
// What is accepted, and then withdrawn, is said with the numbers of both loads.
func TestHeldLoad(t *testing.T) {
	t.Parallel()
	inbox := t.TempDir()
	settings := []string{
		"STP_DATA_DIR=" + t.TempDir(), "STP_BUNDLED=false", "STP_INBOX=" + inbox, "STP_CLOCK=2018-07-02T09:00:00Z",
	}
	var rows strings.Builder
	for i, place := range []string{"02N", "02R", "02T", "02V", "02W", "03A", "03C", "03E", "03G", "03J", "03R"} {
		fmt.Fprintf(&rows, "personal_health_budgets,%s,,2017-Q4,340,%d,\n", place, 250000+1000*i)
	}
	file := filepath.Join(inbox, "budgets.csv")
	if err := os.WriteFile(file, []byte("measure,organisation,organisation_name,period,numerator,denominator,note\n"+rows.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, settings...)
	id := ""
	eventually(t, "the return is held", func() bool {
		if found := regexp.MustCompile(`"load_id":(\d+),"state":"held"`).FindStringSubmatch(s.get(t, "/api/v1/loads?state=held").body); found != nil {
			id = found[1]
		}
		return id != ""
	})
	page := s.get(t, "/loads/"+id)
	for _, text := range []string{
		"Waiting for acceptance", "Nothing of this load is shown yet", "<code>stpd load accept " + id + ` --reason &#34;...&#34;</code>`,
		"same_figure", "row 2, 3, 4, 5, 6", "11 of 11 organisations of West Yorkshire state the same numerator, 340", "Oct",
	} {
		if page.status != 200 || !strings.Contains(page.body, text) {
			t.Errorf("the page of the held load gives %d without %q: %.3000s", page.status, text, page.body)
		}
	}
	const series = "/api/v1/series?measure=personal_health_budgets&footprint=QWO"
	if body := s.get(t, series).body; !strings.Contains(body, `"points":[]`) {
		t.Errorf("figures of a held load are shown: %s", body)
	}
	command := func(arguments ...string) string {
		t.Helper()
		out, err := stpd(t, settings, arguments...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v, %s", arguments, err, out)
		}
		return string(out)
	}
	out := command("load", "accept", id, "--reason", "counted twice")
	accepted := regexp.MustCompile(`published \(load (\d+)\)`).FindStringSubmatch(out)
	if accepted == nil || !strings.Contains(s.get(t, "/loads/"+accepted[1]).body, "counted twice") {
		t.Fatalf("accepted: %s", out)
	}
	out = command("load", "withdraw", accepted[1], "--reason", "a copy of the footprint")
	if !regexp.MustCompile(`^load ` + accepted[1] + ` is withdrawn by load \d+: a copy of the footprint\n`).MatchString(out) {
		t.Errorf("withdrawn: %s", out)
	}
	if body := s.get(t, series).body; !strings.Contains(body, `"points":[]`) {
		t.Errorf("figures of a withdrawn load are shown: %s", body)
	}
	s.stop(t)
}
