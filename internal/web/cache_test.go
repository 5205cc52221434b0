package web

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestTags(t *testing.T) {
	script := strings.Repeat("draw();\n", 1000)
	handler := handlerOf(Options{Assets: fstest.MapFS{"a.js": {Data: []byte(script)}, "b.js": {Data: []byte(script + ";")}}})
	ask := func(path string, headers ...string) *httptest.ResponseRecorder {
		request := httptest.NewRequest(http.MethodGet, path, nil)
		for i := 0; i < len(headers); i += 2 {
			request.Header.Set(headers[i], headers[i+1])
		}
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		return answer
	}
	first, again, other := ask("/assets/a.js"), ask("/assets/a.js"), ask("/assets/b.js")
	tag := first.Header().Get("ETag")
	if first.Body.String() != script || again.Body.String() != script || tag == "" || again.Header().Get("ETag") != tag || other.Header().Get("ETag") == tag {
		t.Errorf("tags %q, %q, other %q; %d and %d bytes", tag, again.Header().Get("ETag"), other.Header().Get("ETag"), first.Body.Len(), again.Body.Len())
	}
	for _, header := range []string{"Content-Type", "Cache-Control"} {
		if first.Header().Get(header) == "" || again.Header().Get(header) != first.Header().Get(header) {
			t.Errorf("%s is %q, then %q", header, first.Header().Get(header), again.Header().Get(header))
		}
	}
	small := ask("/assets/a.js", "Accept-Encoding", "gzip")
	plain, err := gzip.NewReader(small.Body)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(
		plain,
	); err != nil || string(text) != script || small.Header().Get("ETag") != tag ||
		small.Header().Get("Vary") != "Accept-Encoding" {
		t.Errorf("compressed: %v, %d bytes, %v", err, len(text), small.Header())
	}
	for header, want := range map[string]string{"gzip, deflate, br": "br", "gzip;q=1.0, br;q=0": "gzip", "gzip;q=0.000": "", "identity": "", "br;q=0.5, gzip": "br"} {
		a := ask("/assets/a.js", "Accept-Encoding", header)
		if got := a.Header().Get("Content-Encoding"); got != want || a.Header().Get("ETag") != tag {
			t.Errorf("who accepts %s gets %q, want %q", header, got, want)
		}
	}
	for value, status := range map[string]int{tag: 304, `"x", ` + tag: 304, strings.TrimPrefix(tag, "W/"): 304, "*": 304, `"x"`: 200, "": 200} {
		a := ask("/assets/a.js", "If-None-Match", value)
		if a.Code != status || (a.Body.Len() == 0) != (status == 304) || a.Header().Get("ETag") != tag {
			t.Errorf("If-None-Match %s: %d with %d bytes, want %d", value, a.Code, a.Body.Len(), status)
		}
	}
	if a := ask("/assets/c.js"); a.Code != http.StatusNotFound || a.Header().Get("ETag") != "" {
		t.Errorf("what there is not: %d %v", a.Code, a.Header())
	}
}

func TestAnswersAreBounded(t *testing.T) {
	const most = 10 << 20
	a := newResponses(most)
	for i := range 100 {
		for _, then := range []bool{false, true} {
			q := cacheKey{what: fmt.Sprint(i, then), named: then, place: fmt.Sprint(i, then)}
			a.add(q, &cachedResponse{content: make([]byte, 1<<19)})
		}
	}
	if bytes := a.current.Bytes() + a.past.Bytes(); bytes > most || bytes < most/2 {
		t.Errorf("%d bytes are kept, want at most %d", bytes, most)
	}
}

// Floods of questions that nobody asks again push out nothing that somebody asked twice.
func TestFloodsPushOutNothing(t *testing.T) {
	a := newResponses(10 << 20)
	ask := func(what string, then bool) bool {
		q := cacheKey{what: what, named: then, place: what}
		if then {
			q.place = "/method as of load 19"
		}
		_, ok := a.get(q)
		if !ok {
			a.add(q, &cachedResponse{content: make([]byte, 50<<10)})
		}
		return ok
	}
	earlier := func(i int) bool {
		q := cacheKey{what: fmt.Sprintf("page %d as of 19", i), named: true, place: fmt.Sprintf("page %d as of load 19", i)}
		_, ok := a.get(q)
		if !ok {
			a.add(q, &cachedResponse{content: make([]byte, 15<<10)})
		}
		return ok
	}
	for range 2 {
		for i := range 50 {
			ask(fmt.Sprint("page ", i), false)
			earlier(i)
		}
	}
	for i := range 2300 {
		for range 3 {
			ask(fmt.Sprint("/method as of ", i), true)
		}
		ask(fmt.Sprint("search for ", i), false)
	}
	for i := range 50 {
		if !ask(fmt.Sprint("page ", i), false) {
			t.Errorf("page %d is gone", i)
		}
		if !earlier(i) {
			t.Errorf("page %d as of load 19 is gone", i)
		}
	}
}
