package figures_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestNoDriver holds that what is worked out, told and shown of figures compiles without the database that keeps them.
func TestNoDriver(t *testing.T) {
	for _, pkg := range []string{"mapping", "load", "measure", "claim", "figures", "register", "pages", "audit", "web"} {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "stpdash/internal/"+pkg).Output()
		if err != nil {
			t.Fatalf("what %s imports: %v", pkg, err)
		}
		for dep := range strings.Lines(string(out)) {
			if strings.Contains(dep, "clickhouse") || strings.Contains(dep, "ClickHouse") || strings.Contains(dep, "stpdash/internal/warehouse") {
				t.Errorf("%s compiles %s", pkg, dep)
			}
		}
	}
}
