package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Limits lie within what figures can be, and small counts have none.
func TestEvidenceSPCKeepsLimitsWithinWhatFiguresCanBe(t *testing.T) {
	write := func(name string, figures ...any) string {
		path := filepath.Join(t.TempDir(), name)
		text := "y\n"
		for range 8 {
			for _, y := range figures {
				text += fmt.Sprintln(y)
			}
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	chart := func(args ...string) map[string]any {
		got := estimated(t, append([]string{"spc", "--value", "y", "--direction", "decrease", "--data"}, args...)...)
		return got["groups"].([]any)[0].(map[string]any)
	}
	if g := chart(write("rare.csv", 0, 1, 0, 0, 2, 0)); g["lpl"] != nil || !strings.Contains(fmt.Sprint(g["reason"]), "--chart g") {
		t.Errorf("rare counts: %v", g)
	}
	if g := chart(write("share.csv", 0, 0.27, 0, 0.9)); g["lpl"] != 0.0 || g["upl"] == nil {
		t.Errorf("shares: %v", g)
	}
	if g := chart(write("percent.csv", 96.1, 98.4, 100)); g["upl"] != 100.0 {
		t.Errorf("percentages: %v", g)
	}
	if g := chart(write("many.csv", 20, 31, 0, 45)); g["lpl"] != 0.0 {
		t.Errorf("counts: %v", g)
	}
	if g := chart(write("below.csv", -1, 2, 0, 1)); g["lpl"] == nil || g["lpl"].(float64) >= 0 {
		t.Errorf("figures below zero: %v", g)
	}
}
