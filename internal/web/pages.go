package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"stpdash/internal/figures"
	"stpdash/internal/pages"
	"stpdash/internal/register"
)

func unavailable(err error) error { return fmt.Errorf("%w: %w", figures.ErrUnavailable, err) }

// page writes a page as of a moment, whole or not at all.
func (s *server) page(c *gin.Context, status int, name, moment string, page any) {
	var html bytes.Buffer
	if err := s.Render(&html, name, page); err != nil {
		p := problemOf(fmt.Errorf("page %s: %w", name, err))
		s.record(c.Request, p)
		c.String(p.Status, "The page could not be made. The log of the service says why, under %s.\n", p.ID)
		return
	}
	c.Header("Cache-Control", "no-cache")
	c.Data(status, "text/html; charset=utf-8", s.moments.keep(html.Bytes(), moment))
}

// show composes and writes a page, or says what is wrong.
func (s *server) show(c *gin.Context, name string, parameters []string, compose func(figures.Moment) (any, error)) {
	if page, ok := s.answer(c, parameters, compose); ok {
		s.page(c, http.StatusOK, name, momentOf(c), page)
	}
}

// answer composes what is asked for as of a moment, or says what is wrong.
func (s *server) answer(c *gin.Context, parameters []string, compose func(figures.Moment) (any, error)) (answer any, ok bool) {
	answer, err := func() (any, error) {
		for parameter := range c.Request.URL.Query() {
			if !slices.Contains(append(parameters, "as_of"), parameter) {
				return nil, figures.UnknownParameterError{InputError: &figures.InputError{Parameter: parameter, Value: c.Query(parameter), Accepted: strings.Join(append(parameters, "as_of"), ", ")}}
			}
		}
		asOf, err := s.Figures.Moments().AsOf(c.Request.Context(), c.Query("as_of"))
		if err != nil {
			return nil, err
		}
		return compose(asOf)
	}()
	if err != nil {
		s.refuse(c, problemOf(err))
	}
	return answer, err == nil
}

func (s *server) england(c *gin.Context) {
	s.show(c, "england", []string{"measure", "period", "scale", "colour", "sort", "order"}, func(asOf figures.Moment) (any, error) {
		return s.Pages.England(c.Request.Context(), pages.EnglandQuery{
			Measure: c.Query("measure"), Period: c.Query("period"), Scale: c.Query("scale"), Colour: c.Query("colour"), Sort: c.Query("sort"), Order: c.Query("order"),
		}, asOf)
	})
}

func (s *server) region(c *gin.Context) {
	r, err := s.Figures.Directory().FindRegion(c.Param("name"))
	if err == nil && r.Slug() != c.Param("name") {
		at := url.URL{Path: "/regions/" + r.Slug(), RawQuery: c.Request.URL.RawQuery}
		c.Redirect(http.StatusMovedPermanently, at.String())
		return
	}
	s.show(c, "region", nil, func(asOf figures.Moment) (any, error) {
		if err != nil {
			return nil, fmt.Errorf("region %q: %w; there are %s", c.Param("name"), figures.ErrNotFound, s.Figures.Directory().RegionNames())
		}
		return s.Pages.Region(c.Request.Context(), r, asOf)
	})
}

// review writes the review of a region, or leads to where it is: without a week to the last one that had ended by as_of, and once a week has
// ended to its one address.
func (s *server) review(c *gin.Context) {
	ctx, name, moved := c.Request.Context(), c.Query("region"), ""
	page, ok := s.answer(c, []string{"region", "week"}, func(asOf figures.Moment) (any, error) {
		r, err := s.Figures.Directory().FindRegion(name)
		if err != nil && name != "" {
			return nil, fmt.Errorf("region %q: %w; there are %s", name, figures.ErrNotFound, s.Figures.Directory().RegionNames())
		}
		week, err := s.Figures.Moments().Week(ctx, c.Query("week"), asOf)
		if err != nil {
			return nil, err
		}
		if name == "" {
			return s.Pages.Reviews(ctx, week, asOf)
		}
		if at := s.Pages.ReviewAddress(r, week, asOf); c.Query("week") == "" || at != pages.ReviewURL(r, week, c.Query("as_of")) || name != r.Slug() {
			moved = at
			return nil, nil
		}
		return s.Pages.Review(ctx, r, week, asOf)
	})
	switch review, one := page.(pages.ReviewPage); {
	case moved != "":
		c.Redirect(http.StatusSeeOther, moved)
	case ok && one:
		s.page(c, http.StatusOK, "review", momentOf(c), review)
	case ok:
		s.page(c, http.StatusOK, "reviews", momentOf(c), page)
	}
}

func (s *server) compare(c *gin.Context) {
	s.show(c, "compare", []string{"from", "to", "measure", "footprint", "page"}, func(asOf figures.Moment) (any, error) {
		page, err := whole("page", c.Query("page"), 1, 1, 1_000_000)
		if err != nil {
			return nil, err
		}
		return s.Pages.Compare(c.Request.Context(), figures.ChangesQuestion{
			From: c.Query("from"), To: c.Query("to"), Measure: c.Query("measure"), Footprint: c.Query("footprint"),
		}, page, asOf)
	})
}

func (s *server) footprint(c *gin.Context) {
	s.show(c, "footprint", nil, func(asOf figures.Moment) (any, error) {
		scope, err := s.Figures.Directory().FindArea(c.Param("code"))
		if err != nil {
			return nil, fmt.Errorf("footprint %q: %w", c.Param("code"), figures.ErrNotFound)
		}
		return s.Pages.Footprint(c.Request.Context(), scope, asOf)
	})
}

func (s *server) measure(c *gin.Context) {
	s.show(c, "measure", []string{"period"}, func(asOf figures.Moment) (any, error) {
		return s.Pages.Measure(c.Request.Context(), c.Param("id"), c.Query("period"), asOf)
	})
}

func (s *server) claims(c *gin.Context) {
	s.show(c, "claims", []string{"footprint", "type", "verdict"}, func(asOf figures.Moment) (any, error) {
		return s.Pages.Claims(c.Request.Context(), asOf, register.Filter{Footprint: c.Query("footprint"), Kind: c.Query("type"), Verdict: c.Query("verdict")})
	})
}

func (s *server) claim(c *gin.Context) {
	s.show(c, "claim", nil, func(asOf figures.Moment) (any, error) {
		return s.Pages.Claim(c.Request.Context(), c.Param("id"), asOf)
	})
}

func (s *server) provenance(c *gin.Context) {
	s.show(c, "provenance", []string{"measure", "footprint", "org", "period"}, func(asOf figures.Moment) (any, error) {
		t, err := trace(c.Request.Context(), s.Figures, c.Query("measure"), c.Query("footprint"), c.Query("org"), c.Query("period"), asOf)
		if err != nil {
			return nil, err
		}
		return s.Pages.Provenance(c.Request.Context(), t, asOf)
	})
}

func (s *server) calibration(c *gin.Context) {
	s.show(c, "calibration", nil, func(asOf figures.Moment) (any, error) { return s.Pages.Calibration(c.Request.Context(), asOf) })
}

func (s *server) search(c *gin.Context) {
	s.show(c, "search", []string{"q"}, func(asOf figures.Moment) (any, error) {
		return s.Pages.Search(c.Query("q"), asOf)
	})
}

func (s *server) method(c *gin.Context) {
	s.show(c, "method", nil, func(asOf figures.Moment) (any, error) { return s.Pages.Method(asOf), nil })
}

func (s *server) data(c *gin.Context) {
	s.show(c, "data", nil, func(asOf figures.Moment) (any, error) { return s.Pages.Data(c.Request.Context(), asOf) })
}

func (s *server) loads(c *gin.Context) {
	s.show(c, "loads", []string{"page"}, func(asOf figures.Moment) (any, error) {
		page, err := whole("page", c.Query("page"), 1, 1, 1_000_000)
		if err != nil {
			return nil, err
		}
		return s.Pages.Loads(c.Request.Context(), asOf, page)
	})
}

func (s *server) load(c *gin.Context) {
	s.show(c, "load", []string{"page"}, func(asOf figures.Moment) (any, error) {
		id, err := strconv.ParseUint(c.Param("id"), 10, 63)
		if err != nil {
			return nil, fmt.Errorf("load %q: %w", c.Param("id"), figures.ErrNotFound)
		}
		page, err := whole("page", c.Query("page"), 1, 1, 1_000_000)
		if err != nil {
			return nil, err
		}
		return s.Pages.Load(c.Request.Context(), asOf, id, page)
	})
}
