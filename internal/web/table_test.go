package web

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"
	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
	"stpdash/internal/tables"
)

// longTable is a store in which a measure has so many figures: of each provider in turn, 500 months. After them reading fails, if at all.
type longTable struct {
	figures.Store
	codes []string
	rows  int
	fault error
	read  atomic.Int64
}

func (s *longTable) EachOrganisationFigure(
	ctx context.Context,
	_ figures.AsOf,
	measures []*catalog.Measure,
	_ figures.Range,
	hand func(string, measure.Value) error,
) error {
	for i := range s.rows {
		s.read.Add(1)
		v := measure.Value{
			Measure: measures[0].ID, Period: time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC).AddDate(0, i%500, 0), Organisations: 1, Load: 7,
			Numerator: decimal.NewNullDecimal(decimal.New(int64(i)*7919, -2)),
		}
		if err := errors.Join(ctx.Err(), hand(s.codes[i/500%len(s.codes)], v)); err != nil {
			return err
		}
	}
	return s.fault
}

// tableServer sends that table in each of its forms, under the name of the form.
func tableServer(t *testing.T, store *longTable, patience time.Duration) (*httptest.Server, wholeTables) {
	t.Helper()
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := footprint.Read(os.DirFS("../../sql/reference"))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range r.Organisations() {
		if o.Kind == footprint.Provider {
			store.codes = append(store.codes, o.Code)
		}
	}
	known := figures.New(store, figures.NewDirectory(c, r), figures.NewMoments(nil, figures.NewMemory(1<<20), time.Now))
	table, err := known.FindTable(t.Context(), figures.Moment{}, figures.TableFilter{Measure: "ae_attendances_type1", Level: "provider"})
	if err != nil {
		t.Fatal(err)
	}
	sending := newPlaces(tablePlaces)
	sending.longest = 100 * time.Millisecond
	whole := wholeTables{figures: known, places: sending, clients: newClients(clientPlaces, sending.longest), patience: patience}
	logger := slog.New(slog.DiscardHandler)
	router := gin.New()
	for _, f := range tables.Formats {
		router.GET("/api/"+f.Name, within(time.Minute), func(c *gin.Context) {
			c.Request.Header.Set("Accept", f.Type)
			whole.send(c, &responder{logger: logger, refusals: newRefusals(logger)}, table)
		})
	}
	server := httptest.NewServer(gzhttp.GzipHandler(answerHead(router)))
	t.Cleanup(server.Close)
	return server, whole
}

// However long a table is, it takes no more memory. What it takes is measured, so this is not parallel.
func TestMemoryOfALongTable(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(5)) // what other tests hold must not let this one leave as much behind
	server, _ := tableServer(t, &longTable{rows: 400_000}, time.Minute)
	for _, f := range tables.Formats {
		runtime.GC()
		var before, now runtime.MemStats
		runtime.ReadMemStats(&before)
		answer, err := http.Get(server.URL + "/api/" + f.Name)
		if err != nil {
			t.Fatal(err)
		}
		var most uint64
		bytes := int64(0)
		for {
			n, err := io.CopyN(io.Discard, answer.Body, 1<<20)
			bytes += n
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapInuse)
			if err != nil {
				if !errors.Is(err, io.EOF) {
					t.Error(err)
				}
				break
			}
		}
		answer.Body.Close()
		t.Logf("%s: %d bytes, %d MiB of memory beyond %d", f.Name, bytes, (int64(most)-int64(before.HeapInuse))>>20, before.HeapInuse>>20)
		if int64(most)-int64(before.HeapInuse) > 32<<20 {
			t.Errorf("%s took %d MiB of memory", f.Name, (most-before.HeapInuse)>>20)
		}
	}
}

// A reader who stops reading is left, and makes room for the next.
func TestSlowReadersOfTables(t *testing.T) {
	store := &longTable{rows: 10_000_000}
	server, whole := tableServer(t, store, 3*time.Second)
	var connections []net.Conn
	ask := func() (status int, header http.Header, body []byte) {
		answer, err := http.Get(server.URL + "/api/csv")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, _ = io.ReadAll(io.LimitReader(answer.Body, 1000))
		return answer.StatusCode, answer.Header, body
	}
	read := func(client byte) (net.Conn, string) {
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, client)}}
		connection, err := dialer.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { connection.Close() })
		_ = connection.(*net.TCPConn).SetReadBuffer(4 << 10)
		fmt.Fprint(connection, "GET /api/csv HTTP/1.1\r\nHost: here\r\n\r\n")
		status, err := bufio.NewReaderSize(connection, 16).ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return connection, status
	}
	for i := range tablePlaces {
		if i == clientPlaces {
			if _, status := read(2); !strings.Contains(status, " 503 ") {
				t.Errorf("a client who has its places gets another: %s", status)
			}
			if status, _, body := ask(); status != http.StatusOK {
				t.Errorf("beside a slow client another gets %d %s", status, body)
			}
		}
		connection, status := read(byte(2 + i/clientPlaces))
		if !strings.Contains(status, " 200 ") {
			t.Fatal(status)
		}
		connections = append(connections, connection)
	}
	if status, header, body := ask(); status != http.StatusServiceUnavailable || header.Get("Retry-After") == "" ||
		header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("while all places are taken: %d %v %s", status, header, body)
	}
	for deadline := time.Now().Add(20 * time.Second); !whole.places.free.TryAcquire(tablePlaces); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("their places are still taken")
		}
	}
	if n := store.read.Load(); n >= 10_000_000 {
		t.Errorf("%d rows were read for readers who took nothing", n)
	}
	for _, connection := range connections[:1] { // what the system kept for it comes slowly
		_ = connection.SetReadDeadline(time.Now().Add(10 * time.Second))
		if rest, err := io.ReadAll(connection); err == nil || strings.HasSuffix(string(rest), "0\r\n\r\n") {
			t.Errorf("the table ends as if it were whole, after %d bytes: %v", len(rest), err)
		}
	}
}

// A table that breaks off is never taken for whole, whatever is between; one that cannot begin is a problem.
func TestTablesThatBreakOff(t *testing.T) {
	store := &longTable{rows: 20_000, fault: fmt.Errorf("rows: %w", figures.ErrUnavailable)}
	server, _ := tableServer(t, store, time.Minute)
	for _, request := range []string{
		"GET /api/%s HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n",
		"GET /api/%s HTTP/1.1\r\nHost: here\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n",
		"GET /api/%s HTTP/1.0\r\nHost: here\r\n\r\n",
	} {
		for _, f := range tables.Formats {
			connection, err := net.Dial("tcp", server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(connection, request, f.Name)
			_ = connection.SetReadDeadline(time.Now().Add(20 * time.Second))
			if body, err := io.ReadAll(
				connection,
			); f.Name != "parquet" && err == nil ||
				strings.HasSuffix(string(body), "0\r\n\r\n") && !strings.Contains(string(body), " 503 ") {
				t.Errorf("%s, %.20q: it ends as if it were whole, after %d bytes: %v", f.Name, request, len(body), err)
			}
			connection.Close()
		}
	}
	store.rows = 0
	for _, f := range tables.Formats {
		answer, err := http.Get(server.URL + "/api/" + f.Name)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Content-Type") != "application/problem+json" ||
			answer.Header.Get("Retry-After") == "" ||
			answer.Header.Get("ETag") != "" {
			t.Errorf("%s: %s %v %s", f.Name, answer.Status, answer.Header, body)
		}
	}
}

// Who has a table, or wants its headers alone, has none made.
func TestTablesThatNobodyReads(t *testing.T) {
	store := &longTable{rows: 1000}
	server, _ := tableServer(t, store, time.Minute)
	ask := func(method, tag string) *http.Response {
		request, err := http.NewRequest(method, server.URL+"/api/csv", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("If-None-Match", tag)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(io.Discard, answer.Body)
		if err := errors.Join(err, answer.Body.Close()); err != nil {
			t.Fatal(err)
		}
		return answer
	}
	head := ask(http.MethodHead, "") //nolint:bodyclose // it is read and closed
	tag := head.Header.Get("ETag")
	if head.StatusCode != http.StatusOK || tag == "" || head.Header.Get("Content-Type") != csvType {
		t.Errorf("headers alone: %s %v", head.Status, head.Header)
	}
	again := ask(http.MethodGet, tag) //nolint:bodyclose // it is read and closed
	if again.StatusCode != http.StatusNotModified || again.Header.Get("ETag") != tag {
		t.Errorf("asked again: %s %v", again.Status, again.Header)
	}
	if n := store.read.Load(); n != 0 {
		t.Errorf("%d rows were read", n)
	}
	whole := ask(http.MethodGet, "") //nolint:bodyclose // it is read and closed
	if whole.StatusCode != http.StatusOK || whole.Header.Get("ETag") != tag || store.read.Load() != 1000 {
		t.Errorf("%s %v, %d rows", whole.Status, whole.Header, store.read.Load())
	}
	request, _ := http.NewRequest(http.MethodGet, server.URL+"/api/csv", nil)
	request.Header.Set("Accept-Encoding", "gzip")
	packed, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Body.Close()
	unpacked, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(unpacked)
	if lines := strings.Count(string(text), "\n"); err != nil || lines != 1001 {
		t.Errorf("%d lines, %v", lines, err)
	}
}

// However a reader writes what they accept, a table has three forms.
func TestFormsOfTables(t *testing.T) {
	jsonl, parquet := tables.Formats[0].Type, tables.Formats[2].Type
	for header, want := range map[string]string{
		"": jsonl, "*/*": jsonl, "application/json": jsonl, "application/jsonl, x/7": jsonl, "application/x-ndjson": jsonl, "text/html, */*;q=0.8": jsonl,
		"text/csv": csvType, "text/csv;q=0.9, x/9": csvType, parquet: parquet, "x/1, " + parquet: parquet, xlsxType: jsonl,
	} {
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Request = httptest.NewRequest(http.MethodGet, "/api/v1/figures", nil)
		c.Request.Header.Set("Accept", header)
		(&guard{}).chooseFormat(tableFormats)(c)
		if got := c.GetHeader("Accept"); got != want {
			t.Errorf("%q is taken as %q, want %q", header, got, want)
		}
	}
}
