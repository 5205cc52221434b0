package load_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stpdash/internal/load"
	"stpdash/internal/mapping/mappingtest"
)

// BenchmarkLoadFolder loads the 58 months into an empty warehouse and reports what each stage took.
func BenchmarkLoadFolder(b *testing.B) {
	folder := filepath.Dir(mappingtest.Published(b, "ae")[0])
	stages := map[string]time.Duration{}
	for b.Loop() {
		b.StopTimer()
		l, _ := pipeline(b)
		l = l.With(func(s *load.Settings) { s.Observe = func(stage string, took time.Duration) { stages[stage] += took } })
		b.StartTimer()
		run, err := l.Paths(b.Context(), []string{folder}, "hand", false, nil)
		if err != nil || run.Published != 58 {
			b.Fatalf("%+v: %v", run, err)
		}
	}
	for stage, took := range stages {
		b.ReportMetric(took.Seconds()/float64(b.N), "s-"+strings.ReplaceAll(stage, " ", "-")+"/op")
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/op")
}
