package chromium

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// installed is the Chromium of this machine.
func installed(t *testing.T) *Browser {
	t.Helper()
	b, err := Find("")
	if err != nil {
		t.Fatal(err)
	}
	if b == nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("there is no Chromium")
		}
		t.Skip("there is no Chromium")
	}
	return b
}

// printing is a page with a heading, a link, a script and what it must not reach.
func printing(outside string) Document {
	return Document{
		Address: &url.URL{Path: "/footprints/E54000005", RawQuery: "as_of=58"},
		Content: []byte(`<!DOCTYPE html><html lang="en-GB"><head><title>West Yorkshire</title><meta charset="utf-8">
<link rel="stylesheet" href="/assets/a.css"><script type="module" src="/assets/a.js"></script></head><body>
<h1>West Yorkshire</h1><h2>Emergency admissions</h2><p id="p">not drawn</p><p class="hidden">unstyled</p><p><a href="/claims">claims</a></p>
<img alt="" src="` + outside + `/image"><iframe src="file:///etc/passwd"></iframe><script src="` + outside + `/script"></script>
</body></html>`),
		Header: http.Header{},
		Files: fstest.MapFS{
			"a.css": {Data: []byte(".hidden{display:none}")},
			"a.js":  {Data: []byte(`document.getElementById("p").textContent = "drawn by script"`)},
		},
		Below: "/assets/", Date: time.Date(2026, 11, 21, 20, 14, 0, 0, time.UTC),
	}
}

// text is what a PDF says, where there is poppler to read it.
func text(t *testing.T, pdf []byte) string {
	t.Helper()
	read, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("there is no pdftotext")
	}
	file := filepath.Join(t.TempDir(), "page.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), read, "-layout", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestPDF(t *testing.T) {
	t.Parallel()
	b, reached := installed(t), 0
	outside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
	defer outside.Close()
	pdf, err := b.PDF(t.Context(), printing(outside.URL))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"%PDF-", "/MarkInfo", "/StructTreeRoot", "/Outlines", "(D:20261121201400+00'00')", "/Lang (en-GB)"} {
		if !bytes.Contains(pdf, []byte(part)) {
			t.Errorf("the file has no %s", part)
		}
	}
	if reached > 0 {
		t.Errorf("the page reached an address outside %d times", reached)
	}
	for _, part := range []string{"/URI (", nowhere, "file:"} {
		if bytes.Contains(pdf, []byte(part)) {
			t.Errorf("the file has %s", part)
		}
	}
	again, err := b.PDF(t.Context(), printing(outside.URL))
	if err != nil || !bytes.Equal(pdf, again) {
		t.Errorf("the same page gives another file (%v)", err)
	}
	words := text(t, pdf)
	for _, part := range []string{"West Yorkshire", "Emergency admissions", "drawn by script", "1 of 1"} {
		if !strings.Contains(words, part) {
			t.Errorf("the file does not say %q: %s", part, words)
		}
	}
	for _, part := range []string{"unstyled", "root:"} {
		if strings.Contains(words, part) {
			t.Errorf("the file says %q: %s", part, words)
		}
	}
}

func TestPDFLinksWhereReadersFindIt(t *testing.T) {
	t.Parallel()
	b, d := installed(t), printing("http://127.0.0.1:9")
	d.Address.Scheme, d.Address.Host = "https", "stp.example.nhs.uk"
	pdf, err := b.PDF(t.Context(), d)
	if err != nil || !bytes.Contains(pdf, []byte("(https://stp.example.nhs.uk/claims)")) {
		t.Errorf("the file does not lead to the claims (%v)", err)
	}
}

func TestPDFEndsInTime(t *testing.T) {
	homes := t.TempDir()
	t.Setenv("TMPDIR", homes)
	b, d := installed(t), printing("http://127.0.0.1:9")
	d.Files = fstest.MapFS{"a.js": {Data: []byte("for (;;);")}, "a.css": {}}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	if pdf, err := b.PDF(ctx, d); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a page that does not end gives %d bytes (%v)", len(pdf), err)
	}
	if left, err := os.ReadDir(homes); err != nil || len(left) > 0 {
		t.Errorf("%d folders are left (%v)", len(left), err)
	}
	running, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, process := range running {
		if line, err := os.ReadFile(process); err == nil && bytes.Contains(line, []byte("--user-data-dir="+homes)) {
			t.Errorf("a browser still runs: %s", process)
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	if b, err := Find(Off); b != nil || err != nil {
		t.Errorf("off finds %v (%v)", b, err)
	}
	for _, setting := range []string{"chromium", "./chromium", "/nonexistent/chromium", "/etc/passwd"} {
		if b, err := Find(setting); b != nil || err == nil {
			t.Errorf("%s finds %v", setting, b)
		}
	}
}
