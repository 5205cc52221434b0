package web

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
)

const asOf = "as_of"

// paths are addresses of routes, in parts.
type paths [][]string

// pathsOf are the addresses of those routes of a table for which something holds.
func pathsOf(table []Route, holds func(Route) bool) paths {
	var p paths
	for _, r := range table {
		if holds(r) {
			p = append(p, strings.Split(r.Path, "/"))
		}
	}
	return p
}

// have is whether one of the routes answers at an address.
func (p paths) have(address string) bool {
	parts := strings.Split(address, "/")
	return slices.ContainsFunc(p, func(route []string) bool {
		return slices.EqualFunc(route, parts, func(of, part string) bool { return of == part || strings.HasPrefix(of, ":") })
	})
}

var (
	linked = regexp.MustCompile(`(<a\b[^>]*? href=")(/[^"]*)(")`)
	form   = regexp.MustCompile(`(?s)<form\b[^>]*>.*?</form>`)
)

// keepMoment keeps a reader at the moment they look at: it adds the moment to every form of a page, and to every link to what is dated, that
// names none. Links say where, the page says when.
func keepMoment(page []byte, moment string, dated paths) []byte {
	if moment == "" {
		return page
	}
	page = linked.ReplaceAllFunc(page, func(match []byte) []byte {
		parts := linked.FindSubmatch(match)
		link, err := url.Parse(html.UnescapeString(string(parts[2])))
		if err != nil || link.Host != "" || !dated.have(link.Path) || link.Query().Has(asOf) {
			return match
		}
		if link.RawQuery != "" {
			link.RawQuery += "&"
		}
		link.RawQuery += asOf + "=" + url.QueryEscape(moment)
		return []byte(string(parts[1]) + html.EscapeString(link.String()) + string(parts[3]))
	})
	return form.ReplaceAllFunc(page, func(match []byte) []byte {
		text := string(match)
		if strings.Contains(text, `name="`+asOf+`"`) {
			return match
		}
		at := strings.IndexByte(text, '>') + 1
		return []byte(text[:at] + `<input type="hidden" name="` + asOf + `" value="` + html.EscapeString(moment) + `">` + text[at:])
	})
}

// momentOf is the moment that a request is about; empty for now.
func momentOf(c *gin.Context) string { return strings.TrimSpace(c.Query(asOf)) }
