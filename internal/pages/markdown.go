package pages

import (
	"bytes"
	"html/template"
	"regexp"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
)

// harmless is what a note may have of HTML: words, lists and links, and nothing that looks like a part of the page.
var harmless = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "code", "pre")
	p.AllowAttrs("href").Matching(regexp.MustCompile(`^https?://`)).OnElements("a")
	p.AllowURLSchemes("http", "https")
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	return p
})

// markdown makes of a text what a page shows. HTML in it is left out.
func markdown(text string) (template.HTML, error) {
	var html bytes.Buffer
	if err := goldmark.Convert([]byte(text), &html); err != nil {
		return "", err
	}
	return template.HTML(harmless().SanitizeBytes(html.Bytes())), nil //nolint:gosec // it was made safe
}
