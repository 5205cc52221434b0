package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

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

// The operator makes, lists and ends tokens; what is not accepted says the flag.
func TestTokensByCommand(t *testing.T) {
	t.Parallel()
	settings := []string{"STP_DATA_DIR=" + t.TempDir()}
	run := func(arguments ...string) (string, error) {
		out, err := stpd(t, settings, arguments...).CombinedOutput()
		return string(out), err
	}
	for _, address := range []string{"ann@nhs.example", "bob@nhs.example"} {
		arguments := []string{"person", "add", "--name", "Ann Other", "--address", address}
		if strings.HasPrefix(address, "ann") {
			arguments = append(arguments, "--analyst")
		}
		if out, err := run(arguments...); err != nil {
			t.Fatal(out, err)
		}
	}
	soon := time.Now().AddDate(0, 1, 0).Format(time.DateOnly)
	for _, c := range []struct {
		arguments []string
		says      string
	}{
		{[]string{"ann@nhs.example", "--name", "x"}, "--until: found"},
		{[]string{"ann@nhs.example", "--name", "x", "--until", "2001-01-01"}, "--until: found 2001-01-01, accepted: a day from today on"},
		{[]string{"ann@nhs.example", "--until", soon}, "--name: found"},
		{[]string{"ann@nhs.example", "--name", "x", "--until", soon, "--may", "write"}, "--may: found"},
		{[]string{"bob@nhs.example", "--name", "x", "--until", soon, "--may", "read,run"}, "--may: found"},
		{[]string{"cat@nhs.example", "--name", "x", "--until", soon}, "found nobody with the address"},
	} {
		if out, err := run(append([]string{"token", "add"}, c.arguments...)...); err == nil || !strings.Contains(out, c.says) {
			t.Errorf("%v: %s, %v", c.arguments, out, err)
		}
	}
	out, err := run("token", "add", "ann@nhs.example", "--name", "nightly", "--may", "read,run", "--until", soon, "--json")
	var made struct{ ID, Token string }
	if err != nil || json.Unmarshal([]byte(out), &made) != nil || !strings.HasPrefix(made.Token, "stpd_"+made.ID) {
		t.Fatalf("%s, %v", out, err)
	}
	if out, err := run(
		"token",
		"list",
		"--json",
	); err != nil || !strings.Contains(out, `"name":"nightly","may":["read","run"]`) ||
		strings.Contains(out, made.Token) {
		t.Errorf("%s, %v", out, err)
	}
	if out, err := run("token", "end", made.ID); err != nil {
		t.Errorf("%s, %v", out, err)
	}
	if out, err := run("token", "end", made.ID); err == nil || !strings.Contains(out, "found no token") {
		t.Errorf("ended twice: %s, %v", out, err)
	}
	if out, err := run("token", "list", "--json"); err != nil || strings.TrimSpace(out) != "[]" {
		t.Errorf("%s, %v", out, err)
	}
}
