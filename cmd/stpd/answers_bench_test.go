package main

import (
	"os"
	"testing"
	"time"

	"github.com/prometheus/procfs"
)

// BenchmarkAnswers reports how long the service takes to answer, one request after the other, and what memory it holds.
// Run it with -benchtime 1000x for the percentiles over 1,000 requests.
func BenchmarkAnswers(b *testing.B) {
	s := start(b, "STP_DATA_DIR="+b.TempDir())
	for name, path := range map[string]string{
		"overview":  "/api/v1/overview",
		"series":    "/api/v1/series?measure=ae_four_hour&footprint=E54000005",
		"England":   "/",
		"footprint": "/footprints/E54000005",
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				begin := time.Now()
				if a := s.get(b, path); a.status != 200 {
					b.Fatalf("%d: %s", a.status, a.body)
				}
				took = append(took, time.Since(begin))
			}
			b.ReportMetric(percentile(took, 50), "p50-ms")
			b.ReportMetric(percentile(took, 99), "p99-ms")
		})
	}
	b.Run("memory", func(b *testing.B) {
		for name, pid := range map[string]int{"stpd": s.command.Process.Pid, "engine": enginePID(s.command.Process.Pid)} {
			b.ReportMetric(float64(resident(b, pid))/(1<<20), name+"-MiB")
		}
	})
	s.stop(b)
}

func resident(b *testing.B, pid int) int {
	b.Helper()
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		b.Skip("there is no /proc here")
	}
	process, err := procfs.NewProc(pid)
	if err != nil {
		b.Fatal(err)
	}
	stat, err := process.Stat()
	if err != nil {
		b.Fatal(err)
	}
	return stat.ResidentMemory()
}
