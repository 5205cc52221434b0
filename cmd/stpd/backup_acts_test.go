package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stpdash/internal/act"
	"stpdash/internal/backup"
	"stpdash/internal/config"
	"stpdash/internal/warehouse/engine/enginetest"
)

// A backup names the newest act, and a log that is not the one it was made of is not restored.
func TestBackupNamesTheNewestAct(t *testing.T) {
	t.Parallel()
	folder, file := t.TempDir(), filepath.Join(t.TempDir(), "stpd.tar")
	settings := []string{"STP_DATA_DIR=" + folder, "STP_BUNDLED=false"}
	run := func(settings []string, arguments ...string) string {
		t.Helper()
		out, err := stpd(t, settings, arguments...).Output()
		if err != nil {
			t.Fatalf("%v: %v %s", arguments, err, out)
		}
		return string(out)
	}
	run(settings, "person", "add", "--admin", "--name", "Ann Other", "--address", "ann@nhs.example")
	run(settings, "backup", "--out", file)
	var report act.Report
	if err := json.Unmarshal([]byte(run(settings, "audit", "--verify", "--json")), &report); err != nil {
		t.Fatal(err)
	}
	content, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	info, err := content.Stat()
	if err != nil {
		t.Fatal(err)
	}
	archive, err := backup.NewReader(t.Context(), content, info.Size(), "")
	if err != nil {
		t.Fatal(err)
	}
	if m := archive.Manifest; m.Act != report.Acts || m.ActHash != report.Head || m.Act != 3 {
		t.Errorf("the manifest says act %d, %s; the log has %d, %s", m.Act, m.ActHash, report.Acts, report.Head)
	}
	restored := filepath.Join(t.TempDir(), "var")
	run([]string{"STP_DATA_DIR=" + restored}, "restore", file)
	c, err := config.Read("", []string{"STP_DATA_DIR=" + restored, "STP_ENGINE_LIBRARY=" + enginetest.Library(t), "STP_DASHBOARDS=../../dashboards"})
	if err != nil {
		t.Fatal(err)
	}
	p, err := open(t.Context(), c, io.Discard, false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.close(); err != nil {
			t.Error(err)
		}
	}()
	if err := checkActs(t.Context(), p.warehouse, archive.Manifest); err != nil {
		t.Error(err)
	}
	other := archive.Manifest
	other.ActHash = strings.Repeat("0", 64)
	if err := checkActs(t.Context(), p.warehouse, other); err == nil || !strings.Contains(err.Error(), "has no act with the hash that the manifest says") {
		t.Errorf("another log is restored: %v", err)
	}
	other = archive.Manifest
	other.Act--
	if err := checkActs(t.Context(), p.warehouse, other); err == nil || !strings.Contains(err.Error(), "does not have the hash that the manifest says") {
		t.Errorf("the hash of another act: %v", err)
	}
}
