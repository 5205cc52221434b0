package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"stpdash/internal/act"
	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/pages"
	"stpdash/internal/pages/wording"
)

const returnsPath = "/returns"

// returnQuery are the parameters of the pages on which figures are returned.
var returnQuery = []string{"footprint", "period", "measure"}

// publishTime bounds how long a return may take to be published, whether or not its sender waits for it.
const publishTime = 3 * time.Minute

// returnHandlers let people return figures of their footprint.
type returnHandlers struct {
	figures *figures.Figures
	acts    *act.Log
	returns load.Returns
	pages   *pages.Composer
}

func (r returnHandlers) choose(c *gin.Context) (any, error) {
	ctx := c.Request.Context()
	return r.pages.Returns(ctx, visitorOf(ctx).Person, nil, map[string]string{"place": c.Query("footprint"), "measure": c.Query("measure")})
}

func (r returnHandlers) chosen(c *gin.Context) (any, error) {
	ctx := c.Request.Context()
	typed := map[string]string{"place": field(c, "place"), "period": field(c, "period"), "measure": field(c, "measure")}
	again := func(at, text string) (any, error) {
		page, err := r.pages.Returns(ctx, visitorOf(ctx).Person, []pages.FieldError{{Field: at, Text: text}}, typed)
		return refusedForm{http.StatusBadRequest, page}, err
	}
	if own, err := r.own(ctx, typed["place"]); err != nil || !own {
		if err != nil {
			return nil, err
		}
		return again("place", wording.ReturnNotYours)
	}
	if _, err := r.figures.Directory().Templates(typed["measure"], typed["place"], typed["period"], r.figures.Moments().Now()); err != nil {
		return again("period", wording.ReturnOtherPeriod)
	}
	query := url.Values{"footprint": {typed["place"]}, "period": {typed["period"]}}
	if typed["measure"] != "" {
		query.Set("measure", typed["measure"])
	}
	return done("/returns/new?" + query.Encode()), nil
}

// own tells whether the one who asks returns figures of a footprint.
func (r returnHandlers) own(ctx context.Context, code string) (own bool, err error) {
	err = r.acts.View(ctx, func(s *act.State) {
		own = s.May(visitorOf(ctx).Person, act.FiguresReturned, act.Footprint(code), r.figures.Moments().Now())
	})
	return own, err
}

// returned is what a return is of.
type returned struct {
	place     figures.Area
	templates []figures.Template
	query     []string // names and values, as they stand in the address
}

// of reads what a return is of. One of another's place is refused before anything is read.
func (r returnHandlers) of(c *gin.Context) (of returned, err error) {
	ctx, directory := c.Request.Context(), r.figures.Directory()
	area, err := directory.FindArea(c.Query("footprint"))
	if err != nil || area.Footprint == nil {
		return of, fmt.Errorf("footprint %q: %w", c.Query("footprint"), figures.ErrNotFound)
	}
	of.place = area
	own, err := r.own(ctx, area.Code)
	switch {
	case err != nil:
		return of, err
	case !own:
		r.acts.Refuse(ctx, visitorOf(ctx).Person, act.ByBrowser, act.Footprint(area.Code), "", act.FiguresReturned, act.NotPermitted)
		return of, newProblem(http.StatusForbidden, "You do not return figures of this place. An administrator can give you the role.")
	}
	of.templates, err = directory.Templates(c.Query("measure"), area.Code, c.Query("period"), r.figures.Moments().Now())
	of.query = []string{"footprint", area.Code, "period", c.Query("period"), "measure", c.Query("measure")}
	return of, err
}

func (o returned) address(path string) string {
	query := url.Values{}
	for i := 0; i < len(o.query); i += 2 {
		if o.query[i+1] != "" {
			query.Set(o.query[i], o.query[i+1])
		}
	}
	return path + "?" + query.Encode()
}

func (r returnHandlers) ask(c *gin.Context) (any, error) {
	of, err := r.of(c)
	if err != nil {
		return nil, err
	}
	return r.pages.ReturnForm(of.place, of.templates, of.query, nil, nil), nil
}

// The columns of what is typed in, as its rejections name them, by the first letter of the fields.
var typedColumns = map[string]string{"E": "n", "F": "d", "G": "t"}

// typed tries figures that were typed in: they become a file in canonical form, as any other return is.
func (r returnHandlers) typed(c *gin.Context) (any, error) {
	of, err := r.of(c)
	if err != nil {
		return nil, err
	}
	typed := map[string]string{}
	var file bytes.Buffer
	out := csv.NewWriter(&file)
	err = out.Write([]string{"measure", "organisation", "organisation_name", "period", "numerator", "denominator", "note"})
	at := 0
	for _, t := range of.templates {
		for _, row := range t.Rows {
			cells := []string{t.Measure.ID, row.Code, row.Name, t.Period.String()}
			for _, name := range []string{"n", "d", "t"} {
				name += strconv.Itoa(at)
				typed[name] = field(c, name)
				cells = append(cells, typed[name])
			}
			err = errors.Join(err, out.Write(cells))
			at++
		}
	}
	out.Flush()
	if err = errors.Join(err, out.Error()); err != nil {
		return nil, err
	}
	const name = "typed.csv"
	trial, err := r.try(c, of, name, file.Bytes())
	if err != nil {
		return nil, err
	}
	if trial.Clean() {
		return named{"return_trial", r.trialPage(of, name, trial, act.NewID(), nil, nil)}, nil
	}
	var wrong []pages.FieldError
	if trial.Fault != nil {
		wrong = append(wrong, pages.FieldError{Text: wording.Capital(trial.Fault.Found)})
	}
	for _, j := range trial.Rejections {
		letter, ok := typedColumns[j.Column]
		if !ok {
			letter = "n"
		}
		row := of.row(int(j.Row) - 2)
		wrong = append(wrong, pages.FieldError{Field: letter + strconv.Itoa(int(j.Row)-2), Text: row + ": " + j.Reason})
	}
	return refusedForm{http.StatusBadRequest, r.pages.ReturnForm(of.place, of.templates, of.query, wrong, typed)}, nil
}

// try keeps a file as a draft, and finds what it would change.
func (r returnHandlers) try(c *gin.Context, of returned, name string, content []byte) (load.Trial, error) {
	fingerprint, err := r.returns.Draft(bytes.NewReader(content))
	if err != nil {
		return load.Trial{}, err
	}
	return r.returns.Try(c.Request.Context(), name, fingerprint, *of.place.Footprint)
}

// row names the row of a number, counted from 0 through all templates.
func (o returned) row(at int) string {
	for _, t := range o.templates {
		if at < len(t.Rows) && at >= 0 {
			return t.Rows[at].Name + ", " + t.Measure.Title
		}
		at -= len(t.Rows)
	}
	return ""
}

func (r returnHandlers) trialPage(of returned, file string, t load.Trial, id string, wrong []pages.FieldError, typed map[string]string) pages.TrialPage {
	return r.pages.Trial(of.place, file, t, of.address("/returns/new"), of.address("/returns/confirm"), id, wrong, typed)
}

// uploaded tries a file.
func (r returnHandlers) uploaded(c *gin.Context) (any, error) {
	of, err := r.of(c)
	if err != nil {
		return nil, err
	}
	again := func(status int, text string) (any, error) {
		return refusedForm{status, r.pages.ReturnForm(of.place, of.templates, of.query, []pages.FieldError{{Field: "file", Text: text}}, nil)}, nil
	}
	name, content, err := uploadedFile(c.Request)
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long), errors.Is(err, errTooLarge):
		return again(http.StatusRequestEntityTooLarge, wording.ReturnTooLarge(load.MaxReturn))
	case err != nil || len(content) == 0:
		return again(http.StatusBadRequest, wording.ReturnFileMissing)
	}
	trial, err := r.try(c, of, name, content)
	if err != nil {
		return nil, err
	}
	page := named{"return_trial", r.trialPage(of, name, trial, act.NewID(), nil, nil)}
	if !trial.Clean() {
		return refusedForm{http.StatusBadRequest, page}, nil
	}
	return page, nil
}

var errTooLarge = errors.New("the file is too large")

// uploadedFile reads the file of a form, which has no other field.
func uploadedFile(r *http.Request) (name string, content []byte, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return "", nil, err
	}
	for {
		part, err := parts.NextPart()
		if err != nil {
			return "", nil, err
		}
		if part.FormName() != "file" {
			continue
		}
		content, err = io.ReadAll(io.LimitReader(part, load.MaxReturn+1))
		if err == nil && len(content) > load.MaxReturn {
			err = errTooLarge
		}
		return returnName(part.FileName()), content, err
	}
}

// returnName is the name of a file as it is kept: without a path, and short. How it ends says how it is read.
func returnName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) || strings.HasPrefix(name, ".") {
		name = "return" + strings.ToLower(path.Ext(safeName.ReplaceAllString(name, "_")))
	}
	if n := len([]rune(name)); n > act.MaxFile {
		name = string([]rune(name)[n-act.MaxFile:])
	}
	return name
}

var safeName = regexp.MustCompile(`[^A-Za-z0-9.]`)

var fingerprintForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// confirm publishes what was tried, where it would still change the same.
func (r returnHandlers) confirm(c *gin.Context) (any, error) {
	of, err := r.of(c)
	if err != nil {
		return nil, err
	}
	id, file, fingerprint, reason := formID(c), returnName(field(c, "file")), field(c, "sha256"), field(c, "reason")
	if !fingerprintForm.MatchString(fingerprint) {
		return nil, newProblem(http.StatusBadRequest, "The form does not say which file is returned.")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), publishTime)
	defer cancel()
	person := visitorOf(ctx).Person
	changed, unreasoned := false, false
	_, trial, err := r.returns.Publish(ctx, load.Return{
		Name: file, SHA256: fingerprint, Place: *of.place.Footprint, ID: id, Reason: reason,
		Agree: func(ctx context.Context, t load.Trial) error {
			changed = t.Digest() != field(c, "digest")
			unreasoned = reason == "" && (t.Revises() || len(t.Questions) > 0)
			known, err := r.logged(ctx, id, person, fingerprint)
			switch {
			case err != nil:
				return err
			case changed || unreasoned && !known:
				return load.ErrNotAgreed
			case known: // sent again: its act stands
				return nil
			}
			_, err = r.acts.Do(ctx, act.Deed{
				ID: id, Actor: person, Via: act.ByBrowser, Kind: act.FiguresReturned, Scope: act.Footprint(of.place.Code), Subject: id,
				Body: act.ReturnBody{File: file, SHA256: fingerprint, Trial: t.Digest(), Reason: reason},
			})
			return err
		},
	})
	again := func(status int, wrong []pages.FieldError) (any, error) {
		return refusedForm{status, r.trialPage(of, file, trial, id, wrong, map[string]string{"reason": reason})}, nil
	}
	switch status, wrong, rest := refusalOf(c, err); {
	case err == nil:
		return done("/returns/" + id), nil
	case errors.Is(err, load.ErrNoDraft):
		page := r.pages.ReturnForm(of.place, of.templates, of.query, []pages.FieldError{{Field: "file", Text: wording.ReturnNoFile}}, nil)
		return refusedForm{http.StatusConflict, named{"return_form", page}}, nil
	case rest == nil:
		return again(status, wrong)
	case !errors.Is(err, load.ErrNotAgreed):
		return nil, err
	case changed || !trial.Clean():
		return again(http.StatusConflict, []pages.FieldError{{Text: wording.ReturnChanged}})
	case unreasoned:
		return again(http.StatusBadRequest, []pages.FieldError{{Field: "reason", Text: wording.ReturnNeedsReason}})
	}
	return nil, err
}

// logged tells whether a return stands in the log already.
func (r returnHandlers) logged(ctx context.Context, id, person, fingerprint string) (known bool, err error) {
	err = r.acts.View(ctx, func(s *act.State) {
		one, ok := s.Return(id)
		known = ok && one.By == person && one.SHA256 == fingerprint
	})
	return known, err
}

func (r returnHandlers) receipt(c *gin.Context) (any, error) {
	ctx := c.Request.Context()
	var one act.Return
	var ok bool
	if err := r.acts.View(ctx, func(s *act.State) { one, ok = s.Return(c.Param("return")) }); err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("return %q: %w", c.Param("return"), figures.ErrNotFound)
	}
	published, _, err := r.returns.Loader.ReturnedAs(ctx, one.SHA256, one.ID)
	if err != nil {
		return nil, err
	}
	return r.pages.Returned(ctx, one, published)
}
