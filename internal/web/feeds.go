package web

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/gorilla/feeds"

	"stpdash/internal/figures"
	"stpdash/internal/pages"
)

// What a feed is sent as.
const atomType = "application/atom+xml; charset=utf-8"

// feed answers with what the weeks brought to one thing.
func feed(compose func(*gin.Context) (pages.Feed, error)) handler {
	return handler{kind: pageKind, mount: func(m mounting, r Route) {
		m.group.Handle(r.Method, r.Path, func(c *gin.Context) {
			feed, err := compose(c)
			if err != nil {
				m.respond.refuse(c, problemOf(err))
				return
			}
			text, err := m.atom(feed, c.Request.URL.Path)
			if err != nil {
				m.respond.refuse(c, problemOf(fmt.Errorf("feed %s: %w", feed.Title, err)))
				return
			}
			c.Header("Cache-Control", keeping(c))
			c.Data(http.StatusOK, atomType, text)
		})
	}}
}

// atom writes a feed (RFC 4287). Its addresses are whole where it is known where readers find the service.
func (s *server) atom(feed pages.Feed, self string) ([]byte, error) {
	absolute := func(address string) string { return absoluteAddress(s.guard.public, address) }
	written := feeds.AtomFeed{
		Xmlns: "http://www.w3.org/2005/Atom", Title: feed.Title, Id: feed.ID, Updated: feed.Updated.UTC().Format(time.RFC3339),
		Subtitle: "What changed, week by week", Link: &feeds.AtomLink{Href: absolute(self), Rel: "self", Type: "application/atom+xml"},
		Author: &feeds.AtomAuthor{AtomPerson: feeds.AtomPerson{Name: "stpd"}},
	}
	for _, e := range feed.Entries {
		var content bytes.Buffer
		e.Digest.Base = absolute("")
		if err := s.respond.render(&content, "entry", e.Digest); err != nil {
			return nil, err
		}
		written.Entries = append(written.Entries, &feeds.AtomEntry{
			Title: e.Title, Id: e.ID, Updated: e.At.UTC().Format(time.RFC3339),
			Links: []feeds.AtomLink{{Href: absolute(e.URL), Rel: "alternate", Type: "text/html"}}, Content: &feeds.AtomContent{Content: content.String(), Type: "html"},
		})
	}
	text, err := xml.MarshalIndent(&written, "", "  ")
	return append([]byte(xml.Header), text...), err
}

// absoluteAddress is an address within the service as others find it; as it is where that is not known.
func absoluteAddress(public *url.URL, address string) string {
	if public == nil {
		return address
	}
	return site(public) + address
}

// feedHandlers compose what the weeks brought.
type feedHandlers struct {
	pageHandlers
}

func (h feedHandlers) region(c *gin.Context) (pages.Feed, error) {
	r, err := h.findRegion(c.Param("name"))
	if err != nil {
		return pages.Feed{}, err
	}
	return h.pages.RegionFeed(c.Request.Context(), r)
}

func (h feedHandlers) footprint(c *gin.Context) (pages.Feed, error) {
	area, err := findFootprint(h.figures, c.Param("code"))
	if err == nil && area.Footprint == nil {
		err = fmt.Errorf("feed of %s: %w; there is one of each of the 44 footprints and of each region", area.Name, figures.ErrNotFound)
	}
	if err != nil {
		return pages.Feed{}, err
	}
	return h.pages.FootprintFeed(c.Request.Context(), area)
}

func (h feedHandlers) measure(c *gin.Context) (pages.Feed, error) {
	m, err := h.figures.Directory().FindMeasure(c.Param("id"))
	if err != nil {
		return pages.Feed{}, fmt.Errorf("measure %q: %w", c.Param("id"), figures.ErrNotFound)
	}
	return h.pages.MeasureFeed(c.Request.Context(), m)
}

func (h feedHandlers) claim(c *gin.Context) (pages.Feed, error) {
	known, ok := h.figures.Directory().Catalog.Claim(c.Param("id"))
	if !ok {
		return pages.Feed{}, fmt.Errorf("claim %q: %w", c.Param("id"), figures.ErrNotFound)
	}
	return h.pages.ClaimFeed(c.Request.Context(), known)
}
