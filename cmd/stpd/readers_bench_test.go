package main

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

// BenchmarkReaders has 50 readers at once go through every page for a minute, each as fast as it gets them, and reports how long the first
// byte of each page takes. Nobody waits between pages, so the service is as busy as it can be.
func BenchmarkReaders(b *testing.B) {
	const readers, span = 50, time.Minute
	s := start(b, "STP_DATA_DIR="+b.TempDir(), "STP_RATE=0")
	defer s.stop(b)
	eventually(b, "the claims are tested", func() bool {
		return strings.Contains(s.get(b, "/api/v1/changes?from=1").body, "first_test") // their tests are another question's load
	})
	pages := map[string][]string{
		"England": {"/", "/?measure=ae_four_hour", "/?measure=emergency_admissions", "/?measure=complex_needs_care_plan"},
		"claim":   {"/claims/better_care_fund_admissions", "/claims/tameside_glossop_admissions", "/claims/northumbria_admissions"},
		"claims":  {"/claims", "/claims?verdict=contradicted"}, "loads": {"/loads"}, "load": {"/loads/1", "/loads/2"},
		"provenance": {"/provenance?measure=ae_four_hour&footprint=E54000005&period=2018-09"},
		"overview":   {"/api/v1/overview"},
		"compare":    {"/compare?from=3&to=4&measure=ae_four_hour"},
		"data":       {"/data"}, "method": {"/method"}, "calibration": {"/calibration"}, "search": {"/search?q=admissions", "/search?q=RJ1"},
		"earlier": {"/?as_of=5", "/footprints/E54000005?as_of=5"},
	}
	for _, region := range []string{"north", "london", "south-east", "south-west", "midlands-and-east"} {
		pages["region"] = append(pages["region"], "/regions/"+region)
	}
	type row struct{ Code, ID string }
	for _, f := range decode[[]row](b, s.get(b, "/api/v1/footprints").body) {
		pages["footprint"] = append(pages["footprint"], "/footprints/"+f.Code)
	}
	for _, m := range decode[[]row](b, s.get(b, "/api/v1/measures").body) {
		if a := s.get(b, "/measures/"+m.ID); a.status == http.StatusOK {
			pages["measure"] = append(pages["measure"], "/measures/"+m.ID)
		}
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: readers, DisableCompression: true}}
	for _, region := range []string{"london", "north"} {
		response, err := client.Get(s.address + "/review?region=" + region)
		if err != nil {
			b.Fatal(err)
		}
		_ = response.Body.Close()
		pages["review"] = append(pages["review"], response.Request.URL.RequestURI()) // that of the week to which it leads
	}
	names := slices.Sorted(maps.Keys(pages))
	read := func(address string) (time.Duration, error) {
		request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, s.address+address, nil)
		if err != nil {
			return 0, err
		}
		request.Header.Set("Accept-Encoding", "gzip, deflate, br") // as browsers do
		begin := time.Now()
		response, err := client.Do(request)
		if err != nil {
			return 0, err
		}
		took := time.Since(begin)
		_, err = io.Copy(io.Discard, response.Body)
		if response.StatusCode != http.StatusOK {
			err = fmt.Errorf("%s: %s", address, response.Status)
		}
		_ = response.Body.Close()
		return took, err
	}
	for _, name := range names { // what each page takes the first time is told by BenchmarkAnswers
		for _, address := range pages[name] {
			if _, err := read(address); err != nil {
				b.Fatal(err)
			}
		}
	}
	for b.Loop() {
		var mu sync.Mutex
		took := map[string][]time.Duration{}
		failed := 0
		end := time.Now().Add(span)
		var reading errgroup.Group
		for reader := range readers {
			reading.Go(func() error {
				for i := reader; time.Now().Before(end); i++ {
					name := names[i%len(names)]
					t, err := read(pages[name][i/len(names)%len(pages[name])])
					mu.Lock()
					took[name] = append(took[name], t)
					if err != nil {
						failed++
						b.Log(err)
					}
					mu.Unlock()
				}
				return nil
			})
		}
		_ = reading.Wait()
		var all []time.Duration
		for _, name := range names {
			all = append(all, took[name]...)
			b.ReportMetric(percentile(took[name], 50), name+"-p50-ms")
			b.ReportMetric(percentile(took[name], 99), name+"-p99-ms")
		}
		b.ReportMetric(percentile(all, 50), "p50-ms")
		b.ReportMetric(percentile(all, 99), "p99-ms")
		b.ReportMetric(float64(failed), "errors")
		b.ReportMetric(float64(len(all))/span.Seconds(), "answers/s")
	}
}

// percentile of times in milliseconds; it sorts them.
func percentile(took []time.Duration, p int) float64 {
	slices.Sort(took)
	return float64(took[len(took)*p/100].Microseconds()) / 1000
}
