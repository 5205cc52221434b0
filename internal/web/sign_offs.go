package web

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"stpdash/internal/act"
	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/pages"
	"stpdash/internal/register"
)

// signOffHandlers let people sign off a verdict, the review of a week or a return.
type signOffHandlers struct {
	figures  *figures.Figures
	register *register.Register
	acts     *act.Log
	returns  load.Returns
	pages    *pages.Composer
}

// find is what can be signed off, as it stands; ok is false where there is nothing, or not yet.
func (s signOffHandlers) find(ctx context.Context, kind act.Kind, of string) (now pages.Signable, ok bool, err error) {
	moments := s.figures.Moments()
	asOf, err := moments.AsOf(ctx, "")
	if err != nil {
		return now, false, err
	}
	switch kind {
	case act.VerdictSigned:
		claimed, err := s.register.Find(of)
		if err != nil {
			return now, false, nil //nolint:nilerr // it is no claim, or no longer
		}
		return s.pages.SignableVerdict(ctx, claimed, asOf)
	case act.ReviewSigned:
		region, week, _ := strings.Cut(of, " ")
		r, err := s.figures.Directory().FindRegion(region)
		if err != nil {
			return now, false, nil //nolint:nilerr // it is no region
		}
		w, known := figures.ParseWeek(week)
		if !known || !w.End().Before(moments.Now()) {
			return now, false, nil
		}
		if w, err = moments.Week(ctx, week, asOf); err != nil {
			return now, false, nil //nolint:nilerr // before anything was loaded
		}
		return s.pages.SignableReview(ctx, r, w, asOf)
	default:
		var one act.Return
		if err := s.acts.View(ctx, func(state *act.State) { one, ok = state.Return(of) }); err != nil || !ok {
			return now, false, err
		}
		published, _, err := s.returns.Loader.ReturnedAs(ctx, one.SHA256, one.ID)
		if err != nil {
			return now, false, err
		}
		now, ok = s.pages.SignableReturn(one, published)
		return now, ok, nil
	}
}

// chosen is what a form is about.
func (s signOffHandlers) chosen(c *gin.Context) (now pages.Signable, err error) {
	kind, ok := act.SignKind(c.Query("kind"))
	if !ok {
		return now, &figures.InputError{Parameter: "kind", Value: c.Query("kind"), Accepted: "verdict, review or return"}
	}
	now, ok, err = s.find(c.Request.Context(), kind, c.Query("of"))
	if err == nil && !ok {
		err = fmt.Errorf("nothing to sign off as %q of %q: %w", c.Query("kind"), c.Query("of"), figures.ErrNotFound)
	}
	return now, err
}

func (s signOffHandlers) askNew(c *gin.Context) (any, error) {
	now, err := s.chosen(c)
	if err != nil {
		return nil, err
	}
	return s.pages.NewSignOff(now, act.NewID(), nil, nil), nil
}

// add signs off what the form showed, where it still stands so.
func (s signOffHandlers) add(c *gin.Context) (any, error) {
	ctx := c.Request.Context()
	now, err := s.chosen(c)
	if err != nil {
		return nil, err
	}
	id, body := formID(c), now.Content
	body.Statement = field(c, "statement")
	done := done(now.About.URL + "#sign-off-s" + id)
	load, _ := strconv.ParseUint(field(c, "load"), 10, 64)
	shown := act.SignOffBody{Of: body.Of, SHA256: field(c, "sha256"), Definitions: field(c, "definitions"), Load: load, Statement: body.Statement}
	if shown != body {
		known := false // sent again, after what was signed off has changed: its act stands
		if err := s.acts.View(ctx, func(state *act.State) {
			o, there := state.SignOff("s" + id)
			known = there && o.By == visitorOf(ctx).Person && o.SignOffBody == shown
		}); err != nil || known {
			return done, err
		}
		err = &act.RefusalError{Kind: now.Kind, Code: act.ChangedMeanwhile}
	} else {
		_, err = s.acts.Do(ctx, act.Deed{
			ID: id, Actor: visitorOf(ctx).Person, Via: act.ByBrowser, Kind: now.Kind, Scope: now.Scope, Subject: "s" + id, Body: body,
		})
	}
	if err != nil {
		return ifRefused(c, err, func(wrong []pages.FieldError) (any, error) {
			return s.pages.NewSignOff(now, id, wrong, map[string]string{"statement": body.Statement}), nil
		})
	}
	return done, nil
}

// given is a sign-off, with what it is about as that stands.
func (s signOffHandlers) given(ctx context.Context, id string) (o act.SignOff, now pages.Signable, err error) {
	var ok bool
	if err = s.acts.View(ctx, func(state *act.State) { o, ok = state.SignOff(id) }); err != nil {
		return o, now, err
	}
	if !ok {
		return o, now, fmt.Errorf("sign-off %q: %w", id, figures.ErrNotFound)
	}
	now, err = s.stands(ctx, o)
	return o, now, err
}

// stands is what a sign-off is about, as it stands; of what is no longer there only its name.
func (s signOffHandlers) stands(ctx context.Context, o act.SignOff) (pages.Signable, error) {
	now, ok, err := s.find(ctx, o.Kind, o.Of)
	if err == nil && !ok {
		now = pages.Signable{Kind: o.Kind, Scope: o.Scope, About: pages.Link{Text: o.Of, URL: "/"}}
	}
	return now, err
}

func (s signOffHandlers) ask(c *gin.Context) (any, error) {
	ctx := c.Request.Context()
	o, now, err := s.given(ctx, c.Param("signoff"))
	if err != nil {
		return nil, err
	}
	return s.pages.EditSignOff(ctx, o, now, nil, nil)
}

func (s signOffHandlers) withdraw(c *gin.Context) (any, error) {
	ctx := c.Request.Context()
	o, now, err := s.given(ctx, c.Param("signoff"))
	if err != nil {
		return nil, err
	}
	_, err = s.acts.Do(ctx, act.Deed{
		ID: formID(c), Actor: visitorOf(ctx).Person, Via: act.ByBrowser, Kind: act.SignOffWithdrawn, Scope: o.Scope, Subject: o.ID,
		Body: act.Reason{Reason: field(c, "reason")},
	})
	if err != nil {
		return ifRefused(c, err, func(wrong []pages.FieldError) (any, error) {
			o, now, err := s.given(ctx, o.ID)
			if err != nil {
				return nil, err
			}
			return s.pages.EditSignOff(ctx, o, now, wrong, map[string]string{"reason": field(c, "reason")})
		})
	}
	return done(now.About.URL + "#sign-off-" + o.ID), nil
}

// maxOwnSignOffs is how many of their sign-offs somebody is shown, the newest.
const maxOwnSignOffs = 50

// own are the sign-offs of a person, with what became of what they signed off.
func (s signOffHandlers) own(ctx context.Context, person string) ([]pages.SignOffRow, error) {
	var all []act.SignOff
	if err := s.acts.View(ctx, func(state *act.State) { all = state.SignOffsBy(person) }); err != nil {
		return nil, err
	}
	return s.pages.OwnSignOffs(ctx, all[max(0, len(all)-maxOwnSignOffs):], func(o act.SignOff) (pages.Signable, error) {
		return s.stands(ctx, o)
	})
}
