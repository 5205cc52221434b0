package main

import (
	"encoding/json"
	"strings"
	"testing"

	"stpdash/internal/act"
)

// The first administrator is added by command, which is an act that the check of the log finds as it was written.
func TestPeopleByCommand(t *testing.T) {
	t.Parallel()
	settings := []string{"STP_DATA_DIR=" + t.TempDir()}
	run := func(arguments ...string) (string, error) {
		out, err := stpd(t, settings, arguments...).CombinedOutput()
		return string(out), err
	}
	add := []string{"person", "add", "--admin", "--name", "Ann Other", "--address", "ann@nhs.example", "--json"}
	out, err := run(add...)
	var g given
	if err != nil || json.Unmarshal([]byte(out), &g) != nil || len(g.Code) != 26 {
		t.Fatalf("%s, %v", out, err)
	}
	if out, err := run(add...); err == nil || !strings.Contains(out, "--address: somebody with this email address is here already") {
		t.Errorf("added twice: %s, %v", out, err)
	}
	if out, err := run("person", "list", "--json"); err != nil || !strings.Contains(out, `"roles":["administrator everywhere "]`) {
		t.Errorf("%s, %v", out, err)
	}
	if out, err := run("audit", "--json"); err != nil || strings.Count(out, "\n") != 3 || strings.Contains(out, "ann@") || strings.Contains(out, "Ann") {
		t.Errorf("the log has names, or other acts: %s, %v", out, err)
	}
	var report act.Report
	if out, err = run("audit", "--verify", "--json"); err != nil || json.Unmarshal([]byte(out), &report) != nil || report.Acts != 3 {
		t.Errorf("%s, %v", out, err)
	}
	if out, err := run("audit", "--verify", "--noted", report.Head); err != nil {
		t.Errorf("%s, %v", out, err)
	}
	if out, err := run("audit", "--verify", "--noted", strings.Repeat("0", 64)); err == nil || !strings.Contains(out, "written anew") {
		t.Errorf("a hash that no act has: %s, %v", out, err)
	}
	if out, err := run("person", "remove", "ann@nhs.example", "--erase"); err != nil {
		t.Errorf("%s, %v", out, err)
	}
	if out, err := run("person", "list", "--json"); err != nil || strings.TrimSpace(out) != "[]" {
		t.Errorf("%s, %v", out, err)
	}
}
