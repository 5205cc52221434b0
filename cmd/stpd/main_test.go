package main

import (
	"os/exec"
	"runtime/debug"
	"strings"
	"testing"
)

func TestVersionTellsBuildsApart(t *testing.T) {
	const revision = "2c2e42a41b07d1f5a3c1e0f0d9b8c7a6e5d4c3b2"
	for want, settings := range map[string][]debug.BuildSetting{
		"development":                        nil,
		"development 2c2e42a41b07":           {{Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: "false"}},
		"development 2c2e42a41b07, modified": {{Key: "vcs.time", Value: "2026-11-22T06:24:40Z"}, {Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: "true"}},
	} {
		if got := versionOf(&debug.BuildInfo{Settings: settings}); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// A user's GOFLAGS may turn off what tells builds apart.
func TestMakeRecordsTheCommit(t *testing.T) {
	c := exec.CommandContext(t.Context(), "make", "--dry-run", "--always-make", "build")
	c.Dir = "../.."
	out, err := c.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "-buildvcs=auto -o bin/stpd") {
		t.Errorf("%v: %s", err, out)
	}
}
