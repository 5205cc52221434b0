package web

import (
	"fmt"
	"net/http"

	ics "github.com/arran4/golang-ical"
	"github.com/gin-gonic/gin"

	"stpdash/internal/figures"
	"stpdash/internal/pages"
)

const calendarType = "text/calendar; charset=utf-8"

// calendar answers with what the review of a region has ahead (RFC 5545).
func calendar(h pageHandlers) handler {
	return handler{kind: pageKind, mount: func(m mounting, r Route) {
		m.group.Handle(r.Method, r.Path, func(c *gin.Context) {
			ahead, err := h.calendar(c)
			if err != nil {
				m.respond.refuse(c, problemOf(err))
				return
			}
			c.Header("Cache-Control", keeping(c))
			c.Data(http.StatusOK, calendarType, []byte(m.written(ahead)))
		})
	}}
}

func (p pageHandlers) calendar(c *gin.Context) (pages.Calendar, error) {
	r, err := p.findRegion(c.Param("name"))
	if err != nil {
		return pages.Calendar{}, err
	}
	ahead, ok, err := p.pages.Calendar(c.Request.Context(), r)
	if err == nil && !ok {
		err = fmt.Errorf("calendar of %s: %w before the first load", r.Name, figures.ErrNotFound)
	}
	return ahead, err
}

// written writes a calendar. Days are those of London, without an hour.
func (s *server) written(ahead pages.Calendar) string {
	written := ics.NewCalendar()
	written.SetProductId("-//stpd//STP dashboard//EN")
	written.SetMethod(ics.MethodPublish)
	written.SetName("Weekly review, " + ahead.Region.Name)
	review := written.AddEvent(ahead.Review.ID)
	review.SetDtStampTime(ahead.Review.First)
	review.SetAllDayStartAt(ahead.Review.First)
	review.SetSummary("Weekly review, " + ahead.Region.Name)
	review.SetURL(absoluteAddress(s.guard.public, ahead.Review.URL))
	review.AddRrule("FREQ=WEEKLY")
	review.SetTimeTransparency(ics.TransparencyTransparent)
	for _, d := range ahead.Due {
		due := written.AddEvent(d.ID)
		due.SetDtStampTime(d.Changed)
		due.SetAllDayStartAt(d.Day)
		due.SetSummary("Due: " + d.What)
		due.SetDescription("Owner: " + d.Owner)
		due.SetURL(absoluteAddress(s.guard.public, d.URL))
		due.SetTimeTransparency(ics.TransparencyTransparent)
	}
	return written.Serialize(ics.WithNewLineWindows) // as RFC 5545 has it, on every system
}
