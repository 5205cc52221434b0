package fetch_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/fetch"
)

// publishPages answers with one page in HTML.
func publishPage(t *testing.T, page string) *publisher {
	return publish(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, page)
	})
}

func TestLinks(t *testing.T) {
	r := func(link, reason string) fetch.Refusal { return fetch.Refusal{Link: link, Reason: reason} }
	const otherHost = `its host is "other.example"; accepted are 127.0.0.1, files.example`
	for _, test := range []struct {
		name, page, pattern string
		links               []string // PAGE stands for the publisher's own address
		refused             []fetch.Refusal
	}{
		{"none", "", ".", nil, nil},
		{"not a page", "\x00\xff<<a href", ".", nil, nil},
		{
			"relative and absolute, in order, once",
			`<a href="b.csv">B</a> <a href=/a.csv>A</a> <a href='https://files.example/c.csv'>C</a> <a href="/stats/b.csv#x">again</a> <A HREF="../d.csv?x=1&amp;y=2">D</A>`, ".",
			[]string{"PAGE/stats/b.csv", "PAGE/a.csv", "https://files.example/c.csv", "PAGE/d.csv?x=1&y=2"},
			nil,
		},
		{
			"by the address", `<a href="AE-April-2018.csv">here</a><a href="AE-April-2018.pdf">here</a><a href="about">csv</a>`, `AE-.*\.csv$`,
			[]string{"PAGE/stats/AE-April-2018.csv"},
			nil,
		},
		{"by the text", "<a href=1><b>A&amp;E</b>\n  <i>by</i>\tprovider<!-- x --></a><a href=2>Beds</a>", `^A&E by provider$`, []string{"PAGE/stats/1"}, nil},
		{"by the text of the second of two", `<a href=1>Notes</a><a href=1>Data</a>`, `^Data$`, []string{"PAGE/stats/1"}, nil},
		{
			"texts end with their links", `<a href=1>One <a href=2>Two</a> Three <a>Four</a> <area href=4> Five`, `^(One|Two|)$`,
			[]string{"PAGE/stats/1", "PAGE/stats/2", "PAGE/stats/4"},
			nil,
		},
		{"the page itself is no link", `<a href="#top">Top</a><a href="">Here</a><a name=x>X</a><link href="style.css">`, ".", nil, nil},
		{"what is not shown is no link", `<!-- <a href=1> --><script>"<a href=2>"</script><textarea><a href=3></textarea><title><a href=4></title>`, ".", nil, nil},
		{"without scripts", `<noscript><a href=1>All files</a></noscript>`, ".", []string{"PAGE/stats/1"}, nil},
		{"base", `<base target=x><base href=" /archive/ "><base href="/later/"><a href="a.csv"></a>`, ".", []string{"PAGE/archive/a.csv"}, nil},
		{"base after a link", `<a href="a.csv"></a><base href="/archive/">`, ".", []string{"PAGE/archive/a.csv"}, nil},
		{"base on a declared host", `<base href="https://files.example/x/"><a href="a.csv"></a>`, ".", []string{"https://files.example/x/a.csv"}, nil},
		{"base on another host", `<base href="//other.example/"><a href="a.csv"></a>`, ".", nil, []fetch.Refusal{r("http://other.example/a.csv", otherHost)}},
		{"base that is none", `<base href="javascript:x"><a href="a.csv"></a>`, ".", []string{"PAGE/stats/a.csv"}, nil},
		{"spaces and line ends around and within", "<a href=' \n a\tb\r\n.csv '></a><a href='c d.csv'></a>", ".", []string{"PAGE/stats/ab.csv", "PAGE/stats/c%20d.csv"}, nil},
		{
			"hosts not declared", `<a href="https://other.example/a.csv">A</a><a href="//other.example/b.csv">B</a><a href=c.csv>C</a>`, ".",
			[]string{"PAGE/stats/c.csv"},
			[]fetch.Refusal{r("https://other.example/a.csv", otherHost), r("http://other.example/b.csv", otherHost)},
		},
		{"of those not looked for nothing is said", `<a href="https://other.example/a.pdf">A</a><a href="javascript:x()">x</a>`, "csv", nil, nil},
		{
			"no address of a file", "<a href='java\nscript:get(\"a.csv\")'>1</a><a href='data:text/csv,a'>2</a><a href='mailto:a@b.example'>3</a>" +
				"<a href='file:///etc/passwd'>4</a><a href='blob:x'>5</a><a href='VBScript:x'>6</a>", ".", nil,
			[]fetch.Refusal{
				r(`javascript:get("a.csv")`, `its scheme is "javascript"; accepted are http and https`),
				r("data:text/csv,a", `its scheme is "data"; accepted are http and https`),
				r("mailto:a@b.example", `its scheme is "mailto"; accepted are http and https`),
				r("file:///etc/passwd", `its scheme is "file"; accepted are http and https`),
				r("blob:x", `its scheme is "blob"; accepted are http and https`),
				r("vbscript:x", `its scheme is "vbscript"; accepted are http and https`),
			},
		},
		{
			"passwords", `<a href="https://user:pass@files.example/a.csv">1</a><a href="https://files.example@other.example/a.csv">2</a>`, ".", nil,
			[]fetch.Refusal{
				r("https://user:xxxxx@files.example/a.csv", "it carries user information; accepted is an address without"),
				r("https://files.example@other.example/a.csv", "it carries user information; accepted is an address without"),
			},
		},
		{
			"what browsers take for another host stays here", `<a href="\\other.example\a.csv">1</a><a href="http:\\other.example/a.csv">2</a><a href="https:///a.csv">3</a>`, ".",
			[]string{"PAGE/stats/%5C%5Cother.example%5Ca.csv"},
			[]fetch.Refusal{r(`http:\\other.example/a.csv`, "it names no host"), r("https:///a.csv", "it names no host")},
		},
		{
			"not addresses", `<a href="http://files.example:x/a.csv">1</a><a href="%zz.csv">2</a>`, ".", nil,
			[]fetch.Refusal{
				r("http://files.example:x/a.csv", `it is not an address: invalid port ":x" after host`),
				r("%zz.csv", `it is not an address: invalid URL escape "%zz"`),
			},
		},
		{
			"private addresses", `<a href="http://169.254.169.254/latest">1</a>`, ".", nil,
			[]fetch.Refusal{r("http://169.254.169.254/latest", `its host is "169.254.169.254"; accepted are 127.0.0.1, files.example`)},
		},
		{
			"long", `<a href="` + strings.Repeat("x", 5000) + `">1</a>`, ".", nil,
			[]fetch.Refusal{r(strings.Repeat("x", 200)+"...", "it is longer than 2048 characters")},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := publishPage(t, test.page)
			request := fetch.Request{Address: p.URL + "/stats/", Hosts: []string{"files.example"}}
			page, err := newFetcher(newClock()).Links(t.Context(), request, regexp.MustCompile(test.pattern))
			if err != nil {
				t.Fatal(err)
			}
			want := fetch.Page{Answer: fetch.Answer{URL: p.URL + "/stats/"}, Refused: test.refused}
			for _, link := range test.links {
				want.Links = append(want.Links, strings.Replace(link, "PAGE", p.URL, 1))
			}
			if diff := cmp.Diff(want, page); diff != "" {
				t.Errorf("page (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLinksOfHTTPS(t *testing.T) {
	f := newFetcher(newClock())
	page, err := f.Choose(fetch.Request{Address: "https://publisher.example/"}, []byte(`<a href="http://publisher.example/a.csv">`), "", regexp.MustCompile("."))
	want := fetch.Page{Refused: []fetch.Refusal{{Link: "http://publisher.example/a.csv", Reason: "it is http where https led to it; accepted is https"}}}
	if diff := cmp.Diff(want, page); diff != "" || err != nil {
		t.Errorf("page (-want +got), %v:\n%s", err, diff)
	}
}

// Links start from where redirects led to, and the hosts are still those of the request.
func TestLinksAfterRedirects(t *testing.T) {
	p := publish(t, func(w http.ResponseWriter, r *http.Request) {
		at := port(t, "http://"+r.Host)
		if r.URL.Path == "/" {
			http.Redirect(w, r, "http://two.test:"+at+"/stats/", http.StatusMovedPermanently)
			return
		}
		fmt.Fprintf(w, `<html><a href="a.csv">A</a><a href="http://one.test:%s/b.csv">B</a><a href="http://127.0.0.1/c.csv">C</a>`, at)
	})
	f := newFetcher(newClock())
	f.Private = []string{"one.test", "two.test"}
	f.Resolver = names(t, func(string) []string { return []string{"127.0.0.1"} })
	at := port(t, p.URL)
	page, err := f.Links(t.Context(), fetch.Request{Address: "http://one.test:" + at + "/", Hosts: []string{"two.test"}}, regexp.MustCompile("."))
	if err != nil {
		t.Fatal(err)
	}
	want := fetch.Page{
		Answer:  fetch.Answer{URL: "http://two.test:" + at + "/stats/"},
		Links:   []string{"http://two.test:" + at + "/stats/a.csv", "http://one.test:" + at + "/b.csv"},
		Refused: []fetch.Refusal{{Link: "http://127.0.0.1/c.csv", Reason: `its host is "127.0.0.1"; accepted are one.test, two.test`}},
	}
	if diff := cmp.Diff(want, page); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
}

func TestLinksConditionally(t *testing.T) {
	p := publish(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		http.ServeContent(w, r, "index.html", time.Time{}, strings.NewReader("<a href=a.csv>"))
	})
	f := newFetcher(newClock())
	page, err := f.Links(t.Context(), fetch.Request{Address: p.URL}, regexp.MustCompile("."))
	if err != nil || !slices.Equal(page.Links, []string{p.URL + "/a.csv"}) {
		t.Fatalf("links are %q (%v)", page.Links, err)
	}
	again, err := f.Links(t.Context(), fetch.Request{Address: p.URL, ETag: page.ETag}, regexp.MustCompile("."))
	want := fetch.Page{Answer: fetch.Answer{URL: p.URL, ETag: `"v1"`, NotModified: true}}
	if diff := cmp.Diff(want, again); diff != "" || err != nil {
		t.Errorf("page (-want +got), %v:\n%s", err, diff)
	}
}

func TestLinksInOtherEncodings(t *testing.T) {
	for kind, content := range map[string]string{
		"text/html; charset=windows-1252": "<a href=\"a\xa3.csv\">Spend over \xa325,000</a>",
		"text/html":                       "<meta charset=iso-8859-1><a href=\"a\xa3.csv\">Spend over \xa325,000</a>",
		"":                                "\ufeff<a href=\"a£.csv\">Spend over £25,000</a>",
		"text/html; charset=unheard-of":   "<meta charset=utf-8><a href=\"a£.csv\">Spend over £25,000</a>",
	} {
		page, err := newFetcher(newClock()).Choose(fetch.Request{Address: "https://publisher.example/"}, []byte(content), kind, regexp.MustCompile("over £25,000"))
		if err != nil || !slices.Equal(page.Links, []string{"https://publisher.example/a%C2%A3.csv"}) {
			t.Errorf("as %q, the links are %q (%v)", kind, page.Links, err)
		}
	}
}

func TestPageFaults(t *testing.T) {
	for _, test := range []struct {
		name, kind, page, reason string
	}{
		{"not a page", "application/pdf", "%PDF", "is application/pdf; accepted is a page in text/html"},
		{"long", "text/html", strings.Repeat(" ", 1001), "is 1001 bytes long, more than the limit of 1000"},
		{"long without saying so", "text/html", strings.Repeat(" ", 5000), "is longer than the limit of 1000 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := publish(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", test.kind)
				io.WriteString(w, test.page)
			})
			f := newFetcher(newClock())
			f.Limits.Page = 1000
			_, err := f.Links(t.Context(), fetch.Request{Address: p.URL}, regexp.MustCompile("."))
			wantFault(t, err, test.reason, false, t.TempDir())
		})
	}
	t.Run("more links than are taken", func(t *testing.T) {
		var b strings.Builder
		for i := range 10_001 {
			fmt.Fprintf(&b, "<a href=%d>", i)
		}
		p := publishPage(t, b.String())
		_, err := newFetcher(newClock()).Links(t.Context(), fetch.Request{Address: p.URL}, regexp.MustCompile("/[0-9]+$"))
		wantFault(t, err, `has more than 10000 links that match "/[0-9]+$"`, false, t.TempDir())
		page, err := newFetcher(newClock()).Links(t.Context(), fetch.Request{Address: p.URL}, regexp.MustCompile("00$"))
		if err != nil || len(page.Links) != 100 {
			t.Errorf("%d links (%v), want 100", len(page.Links), err)
		}
	})
}

// Browsers open all of the formatting anew in every paragraph: a tree of this page would have eight million nodes.
func TestPageThatUnfolds(t *testing.T) {
	var b strings.Builder
	for i := range 400 {
		fmt.Fprintf(&b, "<b x%d>", i)
	}
	b.WriteString(strings.Repeat("<p>", 20_000) + "<a href=a.csv>")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	page, err := newFetcher(newClock()).Choose(fetch.Request{Address: "https://publisher.example/"}, []byte(b.String()), "text/html", regexp.MustCompile("."))
	runtime.ReadMemStats(&after)
	if err != nil || len(page.Links) != 1 {
		t.Errorf("links are %q (%v), want one", page.Links, err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
		t.Errorf("allocated %d bytes for a page of %d", used, b.Len())
	}
}

func FuzzLinks(f *testing.F) {
	for _, page := range []string{
		`<base href="/x/"><a href="a.csv">A</a><area href='//files.example/b'><a href="//other.example/b">`,
		`<a href="javascript:x">1</a><a href="data:,x">2<a href=" https://user:pass@files.example/">3`,
		`<a href="\\other.example\x">1</a><a href="http:/&#10;/other.example">2</a><a href="http://[::1%25x]/">3</a>`,
		`<noscript><a href=1></noscript><svg><a xlink:href=2 href=3></svg><!--<a href=4>--><base href="//other.example/">`,
		"\ufeff<meta charset=utf-16><a href=\xff\xfe>\x00</a>",
	} {
		f.Add([]byte(page), "text/html; charset=utf-8")
	}
	fetcher := newFetcher(newClock())
	request := fetch.Request{Address: "https://publisher.example/stats/", Hosts: []string{"files.example"}}
	all := regexp.MustCompile("")
	f.Fuzz(func(t *testing.T, page []byte, kind string) {
		got, err := fetcher.Choose(request, page, kind, all)
		if err != nil {
			t.Skip(err) // more links than are taken
		}
		seen := map[string]bool{}
		for _, link := range got.Links {
			u, err := url.Parse(link)
			if err != nil {
				t.Fatalf("%q is not an address: %v", link, err)
			}
			host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
			if u.Scheme != "https" || host != "publisher.example" && host != "files.example" || u.User != nil || u.Fragment != "" {
				t.Fatalf("%q may not be asked", link)
			}
			if seen[link] {
				t.Fatalf("%q is there twice", link)
			}
			seen[link] = true
			// What was found can be asked for.
			if _, err := http.NewRequest(http.MethodGet, link, nil); err != nil {
				t.Fatal(err)
			}
		}
		for _, refused := range got.Refused {
			if refused.Reason == "" || len(refused.Link) > 203 {
				t.Fatalf("%q is refused with the reason %q", refused.Link, refused.Reason)
			}
		}
	})
}
