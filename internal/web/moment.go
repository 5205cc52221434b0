package web

import (
	"html"
	"net/url"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

// moments keep a reader at the moment they look at. Links say where, the page says when: what a page leads to is shown as of the page's own
// moment, unless the link names another. They know the addresses that take one.
type moments [][]string

// newMoments are the addresses of pages, and those of the API that declare as_of.
func newMoments(pages []string, api *huma.OpenAPI) moments {
	var m moments
	for _, path := range pages {
		m = append(m, strings.Split(path, "/"))
	}
	for path, item := range api.Paths {
		if item.Get == nil {
			continue
		}
		for _, parameter := range item.Get.Parameters {
			if parameter.Name == asOf {
				m = append(m, strings.Split(path, "/"))
			}
		}
	}
	return m
}

const asOf = "as_of"

// take tells whether what is at a path is shown as of a moment.
func (m moments) take(path string) bool {
	parts := strings.Split(path, "/")
	for _, route := range m {
		if len(route) != len(parts) {
			continue
		}
		same := true
		for i, part := range route {
			same = same && (part == parts[i] || strings.HasPrefix(part, ":") || strings.HasPrefix(part, "{"))
		}
		if same {
			return true
		}
	}
	return false
}

var (
	linked = regexp.MustCompile(`(<a\b[^>]*? href=")(/[^"]*)(")`)
	form   = regexp.MustCompile(`(?s)<form\b[^>]*>.*?</form>`)
)

// keep adds the moment to every link and form of a page that names none.
func (m moments) keep(page []byte, moment string) []byte {
	if moment == "" {
		return page
	}
	page = linked.ReplaceAllFunc(page, func(match []byte) []byte {
		parts := linked.FindSubmatch(match)
		link, err := url.Parse(html.UnescapeString(string(parts[2])))
		if err != nil || link.Host != "" || !m.take(link.Path) || link.Query().Has(asOf) {
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
