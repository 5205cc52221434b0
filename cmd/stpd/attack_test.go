package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/procfs"
	"golang.org/x/sync/errgroup"

	"stpdash/internal/web"
)

// maxResident is what the service may hold at any moment, whatever is asked.
const maxResident = 400 << 20

// attack is many questions at once, and what their answers may be.
type attack struct {
	name      string
	addresses []string
	statuses  []int
}

// plain is what a reader reads who attacks nothing.
var plain = []string{"/", "/footprints/E54000005", "/api/v1/series?measure=ae_four_hour&footprint=E54000005"}

// TestAttacks asks what costs most, 50 at once, while a plain reader reads on: the service's memory stays under its bound, and every
// answer is whole or a refusal. In brief the service has loaded nothing itself, and is asked what cost most before it was bounded.
func TestAttacks(t *testing.T) {
	whole := os.Getenv("STPD_TEST_ATTACKS") != "" // make attacks
	folder := t.TempDir()                         // what has loaded everything has most in memory
	if !whole {
		folder = servedBefore(t)
	}
	s := start(t, "STP_DATA_DIR="+folder, "STP_RATE=0")
	s.untilTested(t)
	for _, address := range plain { // what is read for the first time after a start is not what an attack costs others
		if a := s.patiently(t, address); a.status != http.StatusOK {
			t.Fatalf("%s: %d", address, a.status)
		}
	}
	type row struct {
		ID   string
		Load uint64 `json:"load_id"`
	}
	loads := decode[[]row](t, s.get(t, "/api/v1/loads?state=published&limit=1000").body)
	served, busy := []int{200}, []int{200, 503}
	several := func(n int, address func(i int) string) []string {
		all := make([]string, n)
		for i := range all {
			all[i] = address(i)
		}
		return all
	}
	same := func(address string) []string { return several(50, func(int) string { return address }) }
	asOf := func(moments int) func(address string) []string {
		return func(address string) []string {
			return several(moments, func(i int) string { return fmt.Sprint(address, "as_of=", loads[(i+1)%len(loads)].Load) })
		}
	}
	long := strings.Repeat("a", 30_000)
	many, few := 150, 6
	if whole {
		many, few = 2300, 15
	}
	past := asOf(few)
	attacks := []attack{
		{"changes beyond the limit", same("/api/v1/changes?from=1&limit=100000"), []int{400}},
		{"changes", same("/api/v1/changes?from=1&limit=5000"), served},
		{"one pack", same("/claims/better_care_fund_admissions/pack.zip"), served},
		{"overview as of several moments, as a workbook", past("/api/v1/overview?format=xlsx&"), busy},
		{"method as of many moments", several(many, func(i int) string {
			return "/method?as_of=" + time.Date(2020, 1, 1, 0, i, 0, 0, time.UTC).Format("2006-01-02T15:04")
		}), served},
		{"long paths", several(2000, func(i int) string { return fmt.Sprint("/", i, long) }), []int{414}},
	}
	if whole {
		attacks = append(attacks, []attack{
			{"changes as workbooks", several(50, func(i int) string { return fmt.Sprint("/api/v1/changes?from=1&format=xlsx&limit=5000&offset=", i) }), busy},
			{"packs", several(50, func(i int) string {
				return fmt.Sprint("/claims/tameside_glossop_admissions/pack.zip?as_of=", loads[i%len(loads)].Load)
			}), busy},
			{"searches", several(500, func(i int) string { return fmt.Sprint("/search?q=admissions+", i) }), served},
			{"comparisons", several(50, func(i int) string { return fmt.Sprint("/compare?from=1&page=", i+1) }), busy},
			{"forecasts", several(50, func(i int) string {
				return fmt.Sprintf("/api/v1/forecast?measure=ae_four_hour&footprint=E54000043&until=201%d-%02d", 7+i/24, 1+i%12)
			}), busy},
			{"provenance", several(50, func(i int) string {
				return fmt.Sprintf(
					"/api/v1/provenance?measure=ae_attendances&footprint=ENG&format=%s&period=201%d-%02d",
					[]string{"json", "csv", "xlsx"}[i%3],
					6+i/16,
					1+i%12,
				)
			}), busy},
			{"every costly route as of several moments", costlyRoutes(t, past), []int{200, 404, 503}},
			{"changes of many pages", several(50, func(i int) string { return fmt.Sprint("/api/v1/changes?from=1&limit=5000&offset=", i) }), busy},
			{"changes as CSV", several(50, func(i int) string { return fmt.Sprint("/api/v1/changes?from=1&format=csv&limit=5000&offset=", i) }), busy},
			{"overview as of several moments", past("/api/v1/overview?"), busy},
			{"overview as of several moments, as CSV", past("/api/v1/overview?format=csv&"), busy},
			{"England as of several moments", past("/?"), busy},
			{"workbooks", several(50, func(i int) string {
				return fmt.Sprint(
					"/api/v1/overview?format=xlsx&region=",
					[]string{"north", "london", "south-east", "south-west", "midlands-and-east"}[i%5],
					"&as_of=",
					loads[i%len(loads)].Load,
				)
			}), busy},
			{"reviews as of several moments", past("/review?region=north&"), busy},
			{"claims as of several moments", past("/claims?"), busy},
		}...)
	}
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) { a.try(t, s) })
	}
	s.stop(t)
	if n := s.log.Len(); n > 1<<20 {
		t.Errorf("the log has %d bytes", n)
	}
}

// costlyRoutes are all routes of the table that cost much, as of several moments.
func costlyRoutes(t *testing.T, past func(address string) []string) []string {
	var all []string
	for _, route := range web.Routes() {
		if route.Effort != web.Costly || !slices.Contains(route.Parameters(), "as_of") {
			continue
		}
		query := url.Values{}
		for _, parameter := range route.Parameters() {
			if value := knownValues[parameter]; value != "" {
				query.Set(parameter, value)
			}
		}
		if query.Has("measure") {
			query.Set("measure", "ae_attendances_type1") // steps are looked for in what is published, and not in shares
		}
		all = append(all, past(example(t, route.Path)+"?"+query.Encode()+"&")...)
	}
	return all
}

// try asks everything, 50 at once, and watches what the service holds and what a plain reader waits.
func (a attack) try(t *testing.T, s *service) {
	pid := s.command.Process.Pid
	process, err := procfs.NewProc(pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0); err != nil { // the peak counts from now
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100}}
	defer client.CloseIdleConnections()
	get := func(ctx context.Context, address string) (int, int64, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.address+address, nil)
		if err != nil {
			return 0, 0, err
		}
		response, err := client.Do(request)
		if err != nil {
			return 0, 0, err
		}
		defer response.Body.Close()
		n, err := io.Copy(io.Discard, response.Body)
		if response.StatusCode == http.StatusServiceUnavailable && response.Header.Get("Retry-After") == "" {
			t.Errorf("%s: 503 without Retry-After", address)
		}
		return response.StatusCode, n, err
	}
	var reading sync.WaitGroup
	var waits []time.Duration
	reading.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			address := plain[i%len(plain)]
			begin := time.Now()
			status, _, err := get(context.WithoutCancel(ctx), address)
			waits = append(waits, time.Since(begin))
			if status != http.StatusOK {
				t.Errorf("a plain reader of %s got %d, %v", address, status, err)
			}
			time.Sleep(50 * time.Millisecond)
		}
	})
	reading.Go(func() { // what costs gigabytes is not let go on
		for ctx.Err() == nil {
			if status, err := process.NewStatus(); err == nil && status.VmRSS > 3*maxResident {
				cancel()
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
	var mu sync.Mutex
	statuses := map[int]int{}
	var asking errgroup.Group
	asking.SetLimit(50)
	begin := time.Now()
	for _, address := range a.addresses {
		asking.Go(func() error {
			status, _, err := get(ctx, address)
			mu.Lock()
			defer mu.Unlock()
			statuses[status]++
			if !slices.Contains(a.statuses, status) && statuses[status] < 4 {
				t.Errorf("%.100s: %d, %v; want one of %d", address, status, err, a.statuses)
			}
			return nil
		})
	}
	_ = asking.Wait()
	took := time.Since(begin)
	cancel()
	reading.Wait()
	status, err := process.NewStatus()
	if err != nil {
		t.Fatal(err)
	}
	if status.VmHWM > maxResident {
		t.Errorf("the service held %d MiB, accepted are %d", status.VmHWM>>20, maxResident>>20)
	}
	slices.Sort(waits)
	t.Logf(
		"%d questions in %v: %v; peak %d MiB, then %d MiB (%d of files); a plain reader waited %v at most, %v in the middle",
		len(a.addresses),
		took.Round(time.Millisecond),
		statuses,
		status.VmHWM>>20,
		status.VmRSS>>20,
		status.RssFile>>20,
		waits[len(waits)-1].Round(time.Millisecond),
		waits[len(waits)/2].Round(time.Millisecond),
	)
}
