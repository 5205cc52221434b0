package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"stpdash/internal/act"
	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/pages"
)

// noteHandlers let people write notes on a measure of a footprint.
type noteHandlers struct {
	figures *figures.Figures
	acts    *act.Log
	pages   *pages.Composer
}

// about is what a note is to be about.
type about struct {
	measure *catalog.Measure
	place   figures.Area
	periods []catalog.Period
}

func (n noteHandlers) about(ctx context.Context, measure, place string) (about, error) {
	area, err := n.figures.Directory().FindArea(place)
	if err != nil || area.Footprint == nil {
		return about{}, fmt.Errorf("footprint %q: %w", place, figures.ErrNotFound)
	}
	m, err := n.figures.Directory().FindMeasure(measure)
	if err != nil || !figures.Stated(m, area) {
		return about{}, fmt.Errorf("measure %q: %w", measure, figures.ErrNotFound)
	}
	now, err := n.figures.Moments().AsOf(ctx, "")
	if err != nil {
		return about{}, err
	}
	points, err := n.figures.Series(ctx, now, m, area, figures.Range{})
	a := about{measure: m, place: area}
	for _, p := range slices.Backward(points) {
		a.periods = append(a.periods, p.Period)
	}
	return a, err
}

func (n noteHandlers) askNew(c *gin.Context) (any, error) {
	a, err := n.about(c.Request.Context(), c.Query("measure"), c.Query("footprint"))
	if err != nil {
		return nil, err
	}
	return n.pages.NewNote(a.measure, a.place, a.periods, act.NewID(), nil, nil), nil
}

func (n noteHandlers) add(c *gin.Context) (any, error) {
	ctx := c.Request.Context()
	a, err := n.about(ctx, c.Query("measure"), c.Query("footprint"))
	if err != nil {
		return nil, err
	}
	id, period := formID(c), field(c, "period")
	if period != "" && !slices.ContainsFunc(a.periods, func(p catalog.Period) bool { return p.String() == period }) {
		return nil, &figures.InputError{Parameter: "period", Value: period, Accepted: "a period of the measure"}
	}
	done := done("/footprints/" + a.place.Code + "/" + a.measure.ID + "#note-n" + id)
	_, err = n.acts.Do(ctx, act.Deed{
		ID: id, Actor: visitorOf(ctx).Person, Via: act.ByBrowser, Kind: act.NoteAdded, Scope: act.Footprint(a.place.Code), Subject: "n" + id,
		Body: act.NoteBody{Measure: a.measure.ID, Period: period, Text: field(c, "text")},
	})
	if err != nil {
		return ifRefused(c, err, func(wrong []pages.FieldError) (any, error) {
			return n.pages.NewNote(a.measure, a.place, a.periods, id, wrong, map[string]string{"text": field(c, "text"), "period": period}), nil
		})
	}
	return done, nil
}

func (n noteHandlers) find(ctx context.Context, id string) (note act.Note, err error) {
	var ok bool
	err = n.acts.View(ctx, func(s *act.State) { note, ok = s.Note(id) })
	if err == nil && !ok {
		err = fmt.Errorf("note %q: %w", id, figures.ErrNotFound)
	}
	return note, err
}

func (n noteHandlers) ask(c *gin.Context) (any, error) {
	note, err := n.find(c.Request.Context(), c.Param("note"))
	if err != nil {
		return nil, err
	}
	ctx := c.Request.Context()
	return n.pages.EditNote(ctx, note, visitorOf(ctx).Person, nil, nil)
}

func (n noteHandlers) change(c *gin.Context) (any, error) {
	note, err := n.find(c.Request.Context(), c.Param("note"))
	if err != nil {
		return nil, err
	}
	ctx := c.Request.Context()
	deed := act.Deed{ID: formID(c), Actor: visitorOf(ctx).Person, Via: act.ByBrowser, Scope: note.Scope, Subject: note.ID}
	typed := map[string]string{"reason": field(c, "reason")}
	switch field(c, "do") {
	case "edit":
		replaces, _ := strconv.ParseUint(field(c, "replaces"), 10, 64) // another is refused as changed meanwhile
		deed.Kind, deed.Body = act.NoteEdited, act.NoteEdit{Text: field(c, "text"), Replaces: replaces}
		typed["text"], typed["replaces"] = field(c, "text"), field(c, "replaces")
	case "withdraw":
		deed.Kind, deed.Body = act.NoteWithdrawn, act.Reason{Reason: field(c, "reason")}
	default:
		return nil, newProblem(http.StatusBadRequest, "The form does not say what to do.")
	}
	if _, err = n.acts.Do(ctx, deed); err != nil {
		return ifRefused(c, err, func(wrong []pages.FieldError) (any, error) {
			if note, err = n.find(ctx, c.Param("note")); err != nil { // as somebody else may have left it
				return nil, err
			}
			return n.pages.EditNote(ctx, note, visitorOf(ctx).Person, wrong, typed)
		})
	}
	return done("/footprints/" + note.Scope.Code + "/" + note.Measure + "#note-" + note.ID), nil
}
