package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"stpdash/internal/act"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/pages"
)

// decisionHandlers let people record what a review decided, and that it was held.
type decisionHandlers struct {
	figures *figures.Figures
	acts    *act.Log
	pages   *pages.Composer
}

// review is the review of a region that can still record decisions: of the last week that has ended, or of the running one.
func (d decisionHandlers) review(ctx context.Context, region, text string) (r footprint.Region, w figures.Week, err error) {
	if r, err = d.figures.Directory().FindRegion(region); err != nil {
		return r, w, fmt.Errorf("region %q: %w", region, figures.ErrNotFound)
	}
	moments := d.figures.Moments()
	now, err := moments.AsOf(ctx, "")
	if err != nil {
		return r, w, err
	}
	if w, err = moments.Week(ctx, text, now); err != nil {
		return r, w, err
	}
	if running := figures.WeekOf(moments.Now()); w != running && w != running.Before() {
		err = &figures.InputError{Parameter: "week", Value: text, Accepted: fmt.Sprintf("%s or %s: the reviews of earlier weeks are over", running.Before(), running)}
	}
	return r, w, err
}

func (d decisionHandlers) askNew(c *gin.Context) (any, error) {
	r, w, err := d.review(c.Request.Context(), c.Query("region"), c.Query("week"))
	if err != nil {
		return nil, err
	}
	return d.pages.NewDecision(r, w, act.NewID(), nil, nil), nil
}

func (d decisionHandlers) add(c *gin.Context) (any, error) {
	ctx := c.Request.Context()
	r, w, err := d.review(ctx, field(c, "region"), field(c, "week"))
	if err != nil {
		return nil, err
	}
	kind, code, _ := strings.Cut(c.Request.PostForm.Get("place"), " ")
	id, place := formID(c), act.Scope{Kind: act.ScopeKind(kind), Code: code}
	if f, ok := d.figures.Directory().Reference.Footprint(code); place != act.Region(r.Slug()) && (!ok || f.Region != r || place != act.Footprint(f.Code)) {
		return nil, &figures.InputError{Parameter: "place", Value: code, Accepted: "the region or one of its footprints"}
	}
	_, err = d.acts.Do(ctx, act.Deed{
		ID: id, Actor: visitorOf(ctx).Person, Via: act.ByBrowser, Kind: act.DecisionMade, Scope: place, Subject: "d" + id,
		Body: act.DecisionBody{What: field(c, "what"), Owner: field(c, "owner"), Due: field(c, "due"), Week: w.String()},
	})
	if err != nil {
		return ifRefused(c, err, func(wrong []pages.FieldError) (any, error) {
			return d.pages.NewDecision(r, w, id, wrong, map[string]string{
				"what": field(c, "what"), "owner": field(c, "owner"), "due": field(c, "due"), "place": c.Request.PostForm.Get("place"),
			}), nil
		})
	}
	return done(pages.ReviewURL(r, w, "") + "#decision-d" + id), nil
}

// heldBefore is the record that a review was held, as it stands.
func (d decisionHandlers) heldBefore(ctx context.Context, r footprint.Region, w figures.Week) (before act.Held, err error) {
	err = d.acts.View(ctx, func(s *act.State) { before, _ = s.Held(r.Slug(), w.String(), s.Seq) })
	return before, err
}

func (d decisionHandlers) askHeld(c *gin.Context) (any, error) {
	ctx := c.Request.Context()
	r, w, err := d.review(ctx, c.Query("region"), c.Query("week"))
	if err != nil {
		return nil, err
	}
	before, err := d.heldBefore(ctx, r, w)
	if err != nil {
		return nil, err
	}
	return d.pages.Held(ctx, r, w, before, nil, nil)
}

func (d decisionHandlers) hold(c *gin.Context) (any, error) {
	ctx := c.Request.Context()
	r, w, err := d.review(ctx, field(c, "region"), field(c, "week"))
	if err != nil {
		return nil, err
	}
	replaces, _ := strconv.ParseUint(field(c, "replaces"), 10, 64) // another is refused as changed meanwhile
	_, err = d.acts.Do(ctx, act.Deed{
		ID: formID(c), Actor: visitorOf(ctx).Person, Via: act.ByBrowser, Kind: act.ReviewHeld, Scope: act.Region(r.Slug()),
		Subject: act.HeldSubject(r.Slug(), w.String()),
		Body:    act.HeldBody{Week: w.String(), Day: field(c, "day"), Present: field(c, "present"), Replaces: replaces},
	})
	if err != nil {
		return ifRefused(c, err, func(wrong []pages.FieldError) (any, error) {
			before, err := d.heldBefore(ctx, r, w)
			if err != nil {
				return nil, err
			}
			return d.pages.Held(ctx, r, w, before, wrong, map[string]string{"day": field(c, "day"), "present": field(c, "present")})
		})
	}
	return done(pages.ReviewURL(r, w, "") + "#decisions"), nil
}

func (d decisionHandlers) find(ctx context.Context, id string) (decision act.Decision, others []act.Decision, err error) {
	var ok bool
	err = d.acts.View(ctx, func(s *act.State) {
		if decision, ok = s.Decision(id); ok {
			others = s.DecisionsBeside(decision)
		}
	})
	if err == nil && !ok {
		err = fmt.Errorf("decision %q: %w", id, figures.ErrNotFound)
	}
	return decision, others, err
}

func (d decisionHandlers) ask(c *gin.Context) (any, error) {
	decision, others, err := d.find(c.Request.Context(), c.Param("decision"))
	if err != nil {
		return nil, err
	}
	return d.pages.EditDecision(c.Request.Context(), decision, others, nil, nil)
}

func (d decisionHandlers) change(c *gin.Context) (any, error) {
	decision, _, err := d.find(c.Request.Context(), c.Param("decision"))
	if err != nil {
		return nil, err
	}
	ctx := c.Request.Context()
	deed := act.Deed{ID: formID(c), Actor: visitorOf(ctx).Person, Via: act.ByBrowser, Scope: decision.Scope, Subject: decision.ID}
	because := act.Reason{Reason: field(c, "because")}
	switch field(c, "do") {
	case "change":
		replaces, _ := strconv.ParseUint(field(c, "replaces"), 10, 64) // another is refused as changed meanwhile
		deed.Kind = act.DecisionChanged
		deed.Body = act.DecisionChange{Owner: field(c, "owner"), Due: field(c, "due"), Reason: field(c, "reason"), Replaces: replaces}
	case "done":
		deed.Kind, deed.Body = act.DecisionDone, because
	case "dropped":
		deed.Kind, deed.Body = act.DecisionDropped, because
	case "superseded":
		deed.Kind, deed.Body = act.DecisionSuperseded, act.Superseding{By: field(c, "by"), Reason: because.Reason}
	default:
		return nil, newProblem(http.StatusBadRequest, "The form does not say what to do.")
	}
	if _, err = d.acts.Do(ctx, deed); err != nil {
		return ifRefused(c, err, func(wrong []pages.FieldError) (any, error) {
			for i := range wrong { // the field of the second form has a name of its own
				if wrong[i].Field == "reason" && deed.Kind != act.DecisionChanged {
					wrong[i].Field = "because"
				}
			}
			decision, others, err := d.find(ctx, c.Param("decision"))
			if err != nil {
				return nil, err
			}
			typed := map[string]string{"owner": field(c, "owner"), "due": field(c, "due"), "reason": field(c, "reason"), "because": because.Reason}
			if deed.Kind != act.DecisionChanged {
				typed["owner"], typed["due"] = decision.Newest().Owner, decision.Newest().Due
			}
			return d.pages.EditDecision(ctx, decision, others, wrong, typed)
		})
	}
	page, err := d.pages.EditDecision(ctx, decision, nil, nil, nil)
	return done(page.Back + "#decision-" + decision.ID), err
}
