package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"stpdash/internal/archivecache"
	"stpdash/internal/chromium"
	"stpdash/internal/figures"
	"stpdash/internal/pages"
	"stpdash/internal/slides"
)

// longestPrint bounds the printing of a page, and longestTake the whole answer.
const longestPrint, longestTake = time.Minute, 90 * time.Second

// takeAway makes files of pages. They are made for anyone who may read, so none has what is shown to one person alone.
type takeAway struct {
	render  func(w io.Writer, name string, page any) error
	assets  fs.FS
	public  *url.URL          // nil where there is none
	browser *chromium.Browser // nil where nothing is printed
	prints  *archivecache.Cache
	places  *places // one file at a time is made
}

// framed is a page as each is framed.
type framed interface{ Frame() pages.Shell }

// presented is a page with a presentation of it.
type presented interface {
	framed
	Deck(at string) slides.Deck
}

// fileKind is a kind of file that a page is taken away as.
type fileKind struct {
	ending, kind string
	open         func(takeAway, *gin.Context, figures.Moment, *url.URL, named) (io.ReadSeekCloser, string, error)
}

// The kinds.
var (
	asPDF    = fileKind{".pdf", "application/pdf", takeAway.print}
	asSlides = fileKind{".pptx", slides.Type, takeAway.present}
)

// as answers with a page as a file, or leads to where that is.
func (t takeAway) as(f fileKind, name string, compose func(*gin.Context, figures.Moment) (any, error), parameters ...string) handler {
	return handler{kind: downloadKind, longest: longestTake, parameters: append(parameters, asOf), mount: func(m mounting, r Route) {
		m.group.Handle(r.Method, r.Path, func(c *gin.Context) {
			var moved movedTo
			made, err := atMoment(c, m.Figures, func(c *gin.Context, at figures.Moment) (file, error) {
				page, err := t.compose(c, at, name, compose)
				if err != nil {
					return file{}, err
				}
				if to, ok := page.page.(movedTo); ok {
					moved = to
					return file{}, nil
				}
				content, tag, err := f.open(t, c, at, t.address(c.Request.URL, page.page), page)
				if f, ok := page.page.(framed); ok && f.Frame().OfNow {
					tag = ""
				}
				return file{content, fileNameOf(c) + f.ending, f.kind, tag}, err
			})
			switch {
			case err != nil:
				m.respond.refuse(c, problemOf(err))
			case moved.address != "":
				c.Redirect(moved.status, withFile(moved.address, path.Base(r.Path)))
			default:
				sendFile(c, made)
			}
		})
	}}
}

// compose composes a page in a place for it.
func (t takeAway) compose(c *gin.Context, at figures.Moment, name string, compose func(*gin.Context, figures.Moment) (any, error)) (named, error) {
	if at.Incomplete() { // what is taken away is read when the rest is there, too
		return named{}, fmt.Errorf("the page as a file: %w", figures.ErrLoading)
	}
	leave, err := t.enter(c.Request.Context())
	if err != nil {
		return named{}, err
	}
	defer leave()
	page, err := compose(c, at)
	if other, ok := page.(named); ok {
		return other, err
	}
	return named{name, page}, err
}

func (t takeAway) enter(ctx context.Context) (func(), error) {
	leave, err := t.places.enter(ctx, 1)
	if err != nil {
		return nil, notMade(err)
	}
	return leave, nil
}

// address is where a page is found with the figures that it shows. What a request says of its host may be anything, so it names none.
func (t takeAway) address(asked *url.URL, page any) *url.URL {
	at := &url.URL{Path: path.Dir(asked.Path)}
	if t.public != nil {
		at.Scheme, at.Host = t.public.Scheme, t.public.Host
	}
	query := asked.Query()
	if f, ok := page.(framed); ok && f.Frame().Pin != "" {
		query.Set(asOf, f.Frame().Pin)
	}
	at.RawQuery = query.Encode()
	return at
}

// print prints a page. It is kept under its whole text, which is all that it rests on.
func (t takeAway) print(c *gin.Context, _ figures.Moment, at *url.URL, page named) (io.ReadSeekCloser, string, error) {
	if t.browser == nil {
		return nil, "", newProblem(http.StatusNotFound, "This service makes no PDF. Open the page and print it: the browser saves it as PDF.")
	}
	var html bytes.Buffer
	if err := t.render(&html, page.name, page.page); err != nil {
		return nil, "", err
	}
	d := chromium.Document{
		Address: at, Content: html.Bytes(), Files: t.assets, Below: strings.TrimSuffix(assetsPath, "*file"),
		Header: http.Header{"Content-Security-Policy": c.Writer.Header().Values("Content-Security-Policy")},
	}
	if f, ok := page.page.(framed); ok {
		d.Date = f.Frame().Date
	}
	kept, err := t.prints.Open(c.Request.Context(), at.String()+"\n"+html.String(), archivecache.Making{
		Longest: longestPrint, Enter: t.enter, Write: func(ctx context.Context, w io.Writer) error {
			pdf, err := t.browser.PDF(ctx, d)
			if err != nil {
				return err
			}
			_, err = w.Write(pdf)
			return err
		},
	})
	if err != nil {
		return nil, "", fmt.Errorf("print %s: %w", at.Path, err)
	}
	return kept, kept.SHA256[:40], nil
}

// present makes the presentation of a page.
func (t takeAway) present(_ *gin.Context, _ figures.Moment, at *url.URL, page named) (io.ReadSeekCloser, string, error) {
	p, ok := page.page.(presented)
	if !ok {
		return nil, "", newProblem(http.StatusNotFound, "There is no presentation of this page. Name a region: region=london.")
	}
	return written(p.Deck(at.String()).Write)
}

// written is a file that is made in memory, with a tag of its content.
func written(write func(io.Writer) error) (io.ReadSeekCloser, string, error) {
	var out bytes.Buffer
	if err := write(&out); err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(out.Bytes())
	return inMemory{bytes.NewReader(out.Bytes())}, hex.EncodeToString(sum[:20]), nil
}

// inMemory is a file in memory.
type inMemory struct{ *bytes.Reader }

// Close implements io.Closer.
func (inMemory) Close() error { return nil }

// withFile is the address of a file of a page.
func withFile(page, file string) string {
	path, query, asks := strings.Cut(page, "?")
	if path = strings.TrimSuffix(path, "/") + "/" + file; asks {
		path += "?" + query
	}
	return path
}

// notInNames is what the names of files have none of.
var notInNames = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

// fileNameOf names a file after what its address asks for.
func fileNameOf(c *gin.Context) string {
	parts := []string{"stp"}
	for _, p := range c.Params {
		parts = append(parts, p.Value)
	}
	for _, name := range []string{"region", "week", "measure"} {
		parts = append(parts, c.Query(name))
	}
	return strings.Trim(notInNames.ReplaceAllString(strings.Join(parts, "-"), "-"), "-")
}
