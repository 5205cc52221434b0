// Package chromium prints pages as PDF with the Chromium of the host. The browser reaches no network and no file: whatever a page asks for is
// handed to it by this program, over a pipe that nobody else can open.
package chromium

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// Off is the setting by which no browser is started.
const Off = "off"

// names are those under which Chromium is installed.
var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// Browser is a Chromium that is started for each page and ends with it.
type Browser struct{ binary string }

// Find finds the browser that a setting names: a path, or the one of the host where the setting is empty. It is nil where there is none, or where
// none is to be used.
func Find(setting string) (*Browser, error) {
	switch {
	case setting == Off:
		return nil, nil
	case setting != "":
		if !filepath.IsAbs(setting) {
			return nil, fmt.Errorf("found %q, accepted: the absolute path of a Chromium, or %s", setting, Off)
		}
		binary, err := exec.LookPath(setting)
		if err != nil {
			return nil, err
		}
		return &Browser{binary}, nil
	}
	for _, name := range names {
		if binary, err := exec.LookPath(name); err == nil && filepath.IsAbs(binary) {
			return &Browser{binary}, nil
		}
	}
	return nil, nil
}

// Document is a page to print.
type Document struct {
	// Address is where readers find the page. Nothing is asked from there: its links begin with it. A page without a host has no links to others.
	Address *url.URL
	Content []byte
	Header  http.Header // that the page is served with
	Files   fs.FS       // what the page asks for, below Below
	Below   string
	Date    time.Time // that the file says it was made on
}

// nowhere is the host of a page whose readers may find it under any name; nobody can have one that ends so.
const nowhere = "dashboard.invalid"

// PDF prints a page on A4, tagged and with the headings as its outline.
func (b *Browser) PDF(ctx context.Context, d Document) ([]byte, error) {
	home, err := os.MkdirTemp("", "stpd-chromium-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(home) }()
	tools, stop, err := b.start(ctx, home)
	if err != nil {
		return nil, err
	}
	defer stop()
	printed, err := tools.print(d)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.binary, err)
	}
	return dated(printed, d.Date), nil
}

// start starts a browser whose only way out is the pipe. Of the environment it gets nothing, as that has secrets.
func (b *Browser) start(ctx context.Context, home string) (tools *devtools, stop func(), err error) {
	flags := []string{
		"--headless", "--remote-debugging-pipe", "--user-data-dir=" + home, "--no-first-run", "--no-default-browser-check", "--disable-gpu",
		"--disable-dev-shm-usage", "--disable-extensions", "--disable-sync", "--disable-background-networking", "--disable-component-update",
		"--disable-default-apps", "--disable-breakpad", "--disable-features=Translate,OptimizationHints,MediaRouter", "--mute-audio", "--hide-scrollbars",
		// Were a request not stopped, it would find no name and no proxy.
		"--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=<-loopback>",
	}
	if os.Geteuid() == 0 {
		flags = append(flags, "--no-sandbox") // Chromium starts for root in no other way
	}
	asks, ask, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	answer, answers, err := os.Pipe()
	if err != nil {
		return nil, nil, errors.Join(err, asks.Close(), ask.Close())
	}
	cmd := exec.CommandContext(ctx, b.binary, flags...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + home, "TZ=Europe/London", "LANG=en_GB.UTF-8"}
	cmd.ExtraFiles = []*os.File{asks, answers} // 3 and 4, as --remote-debugging-pipe has them
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) } // with the processes that it started
	err = cmd.Start()
	_, _ = asks.Close(), answers.Close()
	if err != nil {
		return nil, nil, errors.Join(err, ask.Close(), answer.Close())
	}
	return newDevtools(ask, answer), func() {
		_ = cmd.Cancel() // it has nothing left to do or to keep
		_ = cmd.Wait()
		_, _ = ask.Close(), answer.Close()
	}, nil
}

// print has a page opened and printed.
func (t *devtools) print(d Document) ([]byte, error) {
	at := *d.Address
	if at.Host == "" {
		at.Scheme, at.Host = "https", nowhere
	}
	t.paused = func(asked string) response { return d.answer(&at, asked) }
	var page struct {
		TargetID string `json:"targetId"`
	}
	if err := t.call("Target.createTarget", map[string]any{"url": "about:blank"}, &page); err != nil {
		return nil, err
	}
	var attached struct {
		SessionID string `json:"sessionId"`
	}
	if err := t.call("Target.attachToTarget", map[string]any{"targetId": page.TargetID, "flatten": true}, &attached); err != nil {
		return nil, err
	}
	t.session = attached.SessionID
	for _, command := range []string{"Fetch.enable", "Page.enable"} { // first of all: nothing is asked that is not stopped
		if err := t.call(command, nil, nil); err != nil {
			return nil, err
		}
	}
	var opened struct {
		ErrorText string `json:"errorText"`
	}
	if err := t.call("Page.navigate", map[string]any{"url": at.String()}, &opened); err != nil {
		return nil, err
	}
	if opened.ErrorText != "" {
		return nil, errors.New(opened.ErrorText)
	}
	if err := t.wait("Page.loadEventFired"); err != nil {
		return nil, err
	}
	if d.Address.Host == "" {
		const unlink = `for (const a of document.querySelectorAll("a[href]:not([href^='#'])")) a.removeAttribute("href")`
		if err := t.call("Runtime.evaluate", map[string]any{"expression": unlink}, nil); err != nil {
			return nil, err
		}
	}
	var printed struct {
		Data []byte `json:"data"`
	}
	err := t.call("Page.printToPDF", map[string]any{
		"printBackground": true, "preferCSSPageSize": true, "paperWidth": 8.27, "paperHeight": 11.69,
		"generateTaggedPDF": true, "generateDocumentOutline": true, "displayHeaderFooter": true, "headerTemplate": "<span></span>",
		"footerTemplate": `<p style="width:100%;margin:0 12mm;font:7pt Arial,sans-serif;text-align:right">` +
			`<span class="pageNumber"></span> of <span class="totalPages"></span></p>`,
	}, &printed)
	return printed.Data, err
}

// response is what a request of the page is answered with; without a status it is refused.
type response struct {
	status  int
	header  http.Header
	content []byte
}

// answer gives the page and its files, and nothing else.
func (d Document) answer(at *url.URL, asked string) response {
	u, err := url.Parse(asked)
	if err != nil || u.Scheme != at.Scheme || u.Host != at.Host {
		return response{}
	}
	if u.Path == at.Path && u.RawQuery == at.RawQuery {
		header := d.Header.Clone()
		header.Set("Content-Type", "text/html; charset=utf-8")
		return response{http.StatusOK, header, d.Content}
	}
	name, ok := strings.CutPrefix(u.Path, d.Below)
	if !ok || d.Files == nil {
		return response{}
	}
	content, err := fs.ReadFile(d.Files, name)
	if err != nil {
		return response{}
	}
	return response{http.StatusOK, http.Header{"Content-Type": {mime.TypeByExtension(path.Ext(name))}}, content}
}

// pdfDate is a date of a PDF, as Chromium writes it: by the clock.
var pdfDate = regexp.MustCompile(`\(D:\d{14}\+00'00'\)`)

// dated puts a date in place of those of the clock, of the same length, so that the same page gives the same file.
func dated(pdf []byte, date time.Time) []byte {
	stated := []byte(date.UTC().Format("(D:20060102150405+00'00')"))
	return pdfDate.ReplaceAllFunc(pdf, func(found []byte) []byte {
		if len(found) != len(stated) {
			return found
		}
		return bytes.Clone(stated)
	})
}

// header is a name and a value as the browser takes them.
type header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// answerPaused answers a request that the page made.
func (t *devtools) answerPaused(params json.RawMessage) error {
	var paused struct {
		RequestID string `json:"requestId"`
		Request   struct {
			URL string `json:"url"`
		} `json:"request"`
	}
	if err := json.Unmarshal(params, &paused); err != nil {
		return err
	}
	r := t.paused(paused.Request.URL)
	if r.status == 0 {
		return t.send("Fetch.failRequest", map[string]any{"requestId": paused.RequestID, "errorReason": "BlockedByClient"})
	}
	headers := []header{}
	for name, values := range r.header {
		headers = append(headers, header{name, strings.Join(values, ", ")})
	}
	return t.send("Fetch.fulfillRequest", map[string]any{
		"requestId": paused.RequestID, "responseCode": r.status, "responseHeaders": headers, "body": r.content,
	})
}
