package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/pages"
	"stpdash/internal/register"
)

// show answers with a page, whose parameters are named after it. It is shown as of a moment, as every page.
func show(name string, compose func(*gin.Context, figures.Moment) (any, error), parameters ...string) handler {
	return handler{kind: pageKind, parameters: append(parameters, asOf), mount: func(m mounting, r Route) {
		m.group.Handle(r.Method, r.Path, func(c *gin.Context) {
			page, err := atMoment(c, m.Figures, compose)
			if err != nil {
				m.respond.refuse(c, problemOf(err))
				return
			}
			switch p := page.(type) {
			case movedTo:
				c.Redirect(p.status, p.address)
			case named:
				m.respond.page(c, http.StatusOK, p.name, p.page)
			default:
				m.respond.page(c, http.StatusOK, name, page)
			}
		})
	}}
}

// atMoment makes an answer as of the moment that a request is about.
func atMoment[T any](c *gin.Context, f *figures.Figures, compose func(*gin.Context, figures.Moment) (T, error)) (T, error) {
	moment, err := f.Moments().AsOf(c.Request.Context(), c.Query(asOf))
	if err != nil {
		var none T
		return none, err
	}
	return compose(c, moment)
}

// movedTo is the address where a page is, in place of the one of the request.
type movedTo struct {
	status  int
	address string
}

// named is a page with another template than its route's.
type named struct {
	name string
	page any
}

// pageHandlers compose the pages.
type pageHandlers struct {
	figures *figures.Figures
	pages   *pages.Composer
}

func (p pageHandlers) england(c *gin.Context, asOf figures.Moment) (any, error) {
	return p.pages.England(c.Request.Context(), pages.EnglandQuery{
		Measure: c.Query("measure"), Period: c.Query("period"), Scale: c.Query("scale"),
		Colour: c.Query("colour"), Sort: c.Query("sort"), Order: c.Query("order"),
	}, asOf)
}

func (p pageHandlers) region(c *gin.Context, asOf figures.Moment) (any, error) {
	r, err := p.findRegion(c.Param("name"))
	if err != nil {
		return nil, err
	}
	if r.Slug() != c.Param("name") {
		at := url.URL{Path: "/regions/" + r.Slug(), RawQuery: c.Request.URL.RawQuery}
		return movedTo{http.StatusMovedPermanently, at.String()}, nil
	}
	return p.pages.Region(c.Request.Context(), r, asOf)
}

func (p pageHandlers) organisation(c *gin.Context, asOf figures.Moment) (any, error) {
	o, err := p.figures.Directory().FindOrganisation(c.Param("code"))
	if err != nil {
		return nil, fmt.Errorf("organisation %q: %w", c.Param("code"), figures.ErrNotFound)
	}
	if o.Code != c.Param("code") {
		at := url.URL{Path: "/organisations/" + o.Code, RawQuery: c.Request.URL.RawQuery}
		return movedTo{http.StatusMovedPermanently, at.String()}, nil
	}
	return p.pages.Organisation(c.Request.Context(), o, asOf)
}

func (p pageHandlers) findRegion(name string) (footprint.Region, error) {
	r, err := p.figures.Directory().FindRegion(name)
	if err != nil {
		return r, fmt.Errorf("region %q: %w; there are %s", name, figures.ErrNotFound, p.figures.Directory().RegionNames())
	}
	return r, nil
}

// review shows the review of a region, or leads to where it is: without a week to the last one that had ended by as_of, and once a week has
// ended to its one address.
func (p pageHandlers) review(c *gin.Context, asOf figures.Moment) (any, error) {
	ctx, name := c.Request.Context(), c.Query("region")
	var region footprint.Region
	var err error
	if name != "" {
		if region, err = p.findRegion(name); err != nil {
			return nil, err
		}
	}
	week, err := p.figures.Moments().Week(ctx, c.Query("week"), asOf)
	if err != nil {
		return nil, err
	}
	if name == "" {
		all, err := p.pages.Reviews(ctx, week, asOf)
		return named{"reviews", all}, err
	}
	at := p.pages.ReviewAddress(region, week, asOf)
	if c.Query("week") == "" || at != pages.ReviewURL(region, week, c.Query("as_of")) || name != region.Slug() {
		return movedTo{http.StatusSeeOther, at}, nil
	}
	return p.pages.Review(ctx, region, week, asOf)
}

func (p pageHandlers) compare(c *gin.Context, asOf figures.Moment) (any, error) {
	page, err := whole("page", c.Query("page"), 1, 1, 1_000_000)
	if err != nil {
		return nil, err
	}
	return p.pages.Compare(c.Request.Context(), figures.ChangesQuestion{
		From: c.Query("from"), To: c.Query("to"), Measure: c.Query("measure"), Footprint: c.Query("footprint"),
	}, page, asOf)
}

func (p pageHandlers) footprint(c *gin.Context, asOf figures.Moment) (any, error) {
	area, err := findFootprint(p.figures, c.Param("code"))
	if err != nil {
		return nil, err
	}
	return p.pages.Footprint(c.Request.Context(), area, pages.FootprintQuery{Show: c.Query("show"), Theme: c.Query("theme"), Ended: c.Query("ended")}, asOf)
}

// footprintDeck is what the presentation of a place shows.
func (p pageHandlers) footprintDeck(c *gin.Context, asOf figures.Moment) (any, error) {
	area, err := findFootprint(p.figures, c.Param("code"))
	if err != nil {
		return nil, err
	}
	return p.pages.FootprintDeck(c.Request.Context(), area, asOf)
}

// findFootprint finds the place that an address names.
func findFootprint(f *figures.Figures, code string) (figures.Area, error) {
	area, err := f.Directory().FindArea(code)
	if err != nil {
		return area, fmt.Errorf("footprint %q: %w", code, figures.ErrNotFound)
	}
	return area, nil
}

// card shows one measure of a place.
func (p pageHandlers) card(c *gin.Context, asOf figures.Moment) (any, error) {
	area, err := findFootprint(p.figures, c.Param("code"))
	if err != nil {
		return nil, err
	}
	m, err := p.figures.Directory().FindMeasure(c.Param("measure"))
	switch {
	case err != nil:
		return nil, fmt.Errorf("measure %q: %w", c.Param("measure"), figures.ErrNotFound)
	case !figures.Stated(m, area):
		return nil, fmt.Errorf("measure %q of %s, which is stated for England alone: %w", m.ID, area.Name, figures.ErrNotFound)
	}
	return p.pages.CardOf(c.Request.Context(), m, area, c.Query("against"), asOf)
}

func (p pageHandlers) money(c *gin.Context, asOf figures.Moment) (any, error) {
	area, err := findFootprint(p.figures, c.Param("code"))
	if err != nil {
		return nil, err
	}
	return p.pages.Money(c.Request.Context(), area, asOf)
}

func (p pageHandlers) responsibilities(c *gin.Context, asOf figures.Moment) (any, error) {
	return p.pages.Responsibilities(c.Request.Context(), asOf)
}

func (p pageHandlers) measure(c *gin.Context, asOf figures.Moment) (any, error) {
	return p.pages.Measure(c.Request.Context(), c.Param("id"), c.Query("period"), asOf)
}

func (p pageHandlers) claims(c *gin.Context, asOf figures.Moment) (any, error) {
	return p.pages.Claims(c.Request.Context(), asOf, register.Filter{Footprint: c.Query("footprint"), Kind: c.Query("type"), Verdict: c.Query("verdict")})
}

func (p pageHandlers) claim(c *gin.Context, asOf figures.Moment) (any, error) {
	return p.pages.Claim(c.Request.Context(), c.Param("id"), asOf)
}

func (p pageHandlers) provenance(c *gin.Context, asOf figures.Moment) (any, error) {
	t, err := trace(c.Request.Context(), p.figures, c.Query("measure"), c.Query("footprint"), c.Query("org"), c.Query("period"), asOf)
	if err != nil {
		return nil, err
	}
	return p.pages.Provenance(c.Request.Context(), t, asOf)
}

func (p pageHandlers) calibration(c *gin.Context, asOf figures.Moment) (any, error) {
	return p.pages.Calibration(c.Request.Context(), asOf)
}

func (p pageHandlers) help(c *gin.Context, asOf figures.Moment) (any, error) {
	return p.pages.Help(c.Param("topic"), asOf)
}

func (p pageHandlers) search(c *gin.Context, asOf figures.Moment) (any, error) {
	return p.pages.Search(c.Query("q"), asOf)
}

func (p pageHandlers) method(c *gin.Context, asOf figures.Moment) (any, error) {
	return p.pages.Method(asOf), nil
}

func (p pageHandlers) data(c *gin.Context, asOf figures.Moment) (any, error) {
	return p.pages.Data(c.Request.Context(), asOf)
}

func (p pageHandlers) downloads(c *gin.Context, asOf figures.Moment) (any, error) {
	page, err := whole("page", c.Query("page"), 1, 1, 1_000_000)
	if err != nil {
		return nil, err
	}
	return p.pages.Downloads(c.Request.Context(), asOf, page)
}

func (p pageHandlers) loads(c *gin.Context, asOf figures.Moment) (any, error) {
	page, err := whole("page", c.Query("page"), 1, 1, 1_000_000)
	if err != nil {
		return nil, err
	}
	return p.pages.Loads(c.Request.Context(), asOf, page)
}

func (p pageHandlers) load(c *gin.Context, asOf figures.Moment) (any, error) {
	id, err := strconv.ParseUint(c.Param("id"), 10, 63)
	if err != nil {
		return nil, fmt.Errorf("load %q: %w", c.Param("id"), figures.ErrNotFound)
	}
	page, err := whole("page", c.Query("page"), 1, 1, 1_000_000)
	if err != nil {
		return nil, err
	}
	return p.pages.Load(c.Request.Context(), asOf, id, page)
}
