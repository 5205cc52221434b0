package fetch

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
)

// Page is what a publisher's page links to.
type Page struct {
	Answer
	Links   []string // absolute, each once, in the order of the page
	Refused []Refusal
}

// Refusal is a link that was looked for and must not be followed.
type Refusal struct {
	Link   string // cut short where it is very long
	Reason string
}

// The most that is taken of one page: characters of an address, and links.
const (
	longestLink = 2048
	maxLinks    = 10_000
)

// Links lists what a page (HTML) links to where the pattern matches the absolute address or the text of the link.
// The hosts of links are bound as those of redirects are. Errors are as those of Get.
func (f *Fetcher) Links(ctx context.Context, r Request, pattern *regexp.Regexp) (Page, error) {
	c, err := f.call(r)
	if err != nil {
		return Page{}, err
	}
	var page Page
	answer, err := c.do(ctx, c.limits.Page, func(response *http.Response, body io.Reader) error {
		kind := response.Header.Get("Content-Type")
		if media, _, err := mime.ParseMediaType(kind); err == nil && media != "text/html" && media != "application/xhtml+xml" {
			return &Error{Reason: fmt.Sprintf("is %s; accepted is a page in text/html", media)}
		}
		content, err := io.ReadAll(body)
		if err != nil {
			return err
		}
		page, err = c.choose(content, kind, response.Request.URL, pattern)
		return err
	})
	if err != nil {
		return Page{}, err
	}
	page.Answer = answer
	return page, nil
}

// anchor is a link as the page has it, with what a reader sees of it.
type anchor struct{ href, text string }

// read finds a page's links and the address that it states for them to start from. It builds no tree, as a few bytes of a
// hostile page can stand for a great many nodes.
func read(page io.Reader) (base string, anchors []anchor) {
	var text strings.Builder
	var open bool // within the last of the anchors
	end := func() {
		if open {
			anchors[len(anchors)-1].text = strings.Join(strings.Fields(text.String()), " ")
		}
		open = false
		text.Reset()
	}
	for tokens := html.NewTokenizer(page); ; {
		kind := tokens.Next()
		token := tokens.Token()
		switch {
		case kind == html.ErrorToken: // of the page; a tokenizer takes anything for one
			end()
			return base, anchors
		case kind == html.TextToken && open:
			text.WriteString(token.Data)
		case kind == html.EndTagToken && token.DataAtom == atom.A:
			end()
		case kind != html.StartTagToken && kind != html.SelfClosingTagToken:
		case token.DataAtom == atom.Noscript:
			tokens.NextIsNotRawText() // we run no scripts
		case token.DataAtom == atom.Base && base == "":
			base, _ = attribute(token, "href")
		case token.DataAtom == atom.A, token.DataAtom == atom.Area:
			end()
			if href, ok := attribute(token, "href"); ok {
				anchors = append(anchors, anchor{href: href})
				open = token.DataAtom == atom.A
			}
		}
	}
}

var withoutBreaks = strings.NewReplacer("\n", "", "\r", "", "\t", "")

// attribute reads an attribute as browsers read addresses: without line ends, tabs and the spaces around it.
func attribute(token html.Token, key string) (string, bool) {
	for _, a := range token.Attr {
		if a.Key == key {
			return strings.Trim(withoutBreaks.Replace(a.Val), " \f"), true
		}
	}
	return "", false
}

// choose takes the links that match from a page's content, each once.
func (c *call) choose(content []byte, kind string, address *url.URL, pattern *regexp.Regexp) (Page, error) {
	encoding, _, _ := charset.DetermineEncoding(content, kind)
	base, anchors := read(encoding.NewDecoder().Reader(bytes.NewReader(content)))
	start := address
	if stated, err := address.Parse(base); err == nil && (stated.Scheme == "http" || stated.Scheme == "https") {
		start = stated
	}
	length := len(start.String())
	var page Page
	known := map[string]bool{}
	for _, a := range anchors {
		if a.href == "" || a.href[0] == '#' {
			continue // the page itself
		}
		link, reason := a.href, fmt.Sprintf("it is longer than %d characters", longestLink)
		if length+len(link) <= longestLink {
			target, err := start.Parse(link)
			if err != nil {
				reason = "it is not an address: " + innermost(err).Error()
			} else {
				target.Fragment, target.RawFragment = "", ""
				link, reason = target.Redacted(), c.refuses(target, address, c.hosts)
			}
		}
		if known[link] || !pattern.MatchString(link) && !pattern.MatchString(a.text) {
			continue
		}
		known[link] = true
		if len(known) > maxLinks {
			return Page{}, &Error{Reason: fmt.Sprintf("has more than %d links that match %q", maxLinks, pattern)}
		}
		if reason != "" {
			page.Refused = append(page.Refused, Refusal{shorten(link), reason})
		} else {
			page.Links = append(page.Links, link)
		}
	}
	return page, nil
}

// shown is an address for a message: without a password, and not longer than a person reads.
func shown(address *url.URL) string { return shorten(address.Redacted()) }

func shorten(link string) string {
	if len(link) > 200 {
		return strings.ToValidUTF8(link[:200], "") + "..."
	}
	return link
}
