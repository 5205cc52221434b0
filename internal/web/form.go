package web

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"stpdash/internal/account"
	"stpdash/internal/act"
	"stpdash/internal/pages"
	"stpdash/internal/pages/wording"
)

// form answers with a page on which somebody acts, or does what a form says. It is kept nowhere.
func form(name string, answer func(*gin.Context) (any, error), parameters ...string) handler {
	return formParsedBy(parseForm, name, answer, parameters)
}

// upload is a form that sends one file of at most so many bytes, which its answer reads.
func upload(name string, answer func(*gin.Context) (any, error), most int64, parameters ...string) handler {
	h := formParsedBy(func(*http.Request) error { return nil }, name, answer, parameters)
	h.largest = most + maxBody // with what stands around the file
	return h
}

func formParsedBy(parse func(*http.Request) error, name string, answer func(*gin.Context) (any, error), parameters []string) handler {
	return handler{kind: formKind, parameters: parameters, mount: func(m mounting, r Route) {
		m.group.Handle(r.Method, r.Path, func(c *gin.Context) {
			if r.Method == http.MethodPost {
				if err := parse(c.Request); err != nil {
					m.respond.refuse(c, problemOf(err))
					return
				}
			}
			page, err := answer(c)
			if err != nil {
				m.respond.refuse(c, problemOf(err))
				return
			}
			status, template := http.StatusOK, name
			if n, ok := page.(refusedForm); ok {
				status, page = n.status, n.page
			}
			if n, ok := page.(named); ok {
				template, page = n.name, n.page
			}
			if to, ok := page.(movedTo); ok {
				c.Redirect(to.status, to.address)
				return
			}
			m.respond.page(c, status, template, page)
			c.Header("Cache-Control", "no-store")
		})
	}}
}

// done leads on from a form that was done, so that the page that follows can be loaded again without doing it again.
func done(address string) movedTo { return movedTo{http.StatusSeeOther, address} }

// refusedForm is a form that was not accepted, with what was typed.
type refusedForm struct {
	status int
	page   any
}

// parseForm reads the fields of a form, each a text.
func parseForm(r *http.Request) error {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if strings.TrimSpace(kind) != "application/x-www-form-urlencoded" {
		return newProblem(http.StatusUnsupportedMediaType, "The form was sent in another form than accepted: application/x-www-form-urlencoded.")
	}
	if err := r.ParseForm(); err != nil {
		var long *http.MaxBytesError
		if errors.As(err, &long) {
			return newProblem(http.StatusRequestEntityTooLarge, "The form is longer than accepted. Shorten its texts.")
		}
		return newProblem(http.StatusBadRequest, "The form cannot be read.")
	}
	for name, values := range r.PostForm {
		for i, value := range values {
			value = strings.ReplaceAll(value, "\r\n", "\n")
			if len(values) > 1 || !utf8.ValidString(value) || strings.ContainsFunc(value, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
				return newProblem(http.StatusBadRequest, "A field of the form holds what is no text, or is there twice.")
			}
			r.PostForm[name][i] = value
		}
	}
	return nil
}

// field is what somebody typed into a field.
func field(c *gin.Context, name string) string {
	return strings.TrimSpace(c.Request.PostForm.Get(name))
}

// refusalOf says what was wrong with a form, at its fields. Other errors are not for those who fill it in.
func refusalOf(c *gin.Context, err error) (status int, wrong []pages.FieldError, rest error) {
	var input *account.InputError
	var refused *act.RefusalError
	var many *account.TooManyError
	switch {
	case errors.As(err, &input):
		return http.StatusBadRequest, []pages.FieldError{{Field: input.Field, Text: wording.InputRefusal(input.Code)}}, nil
	case errors.Is(err, account.ErrWrong):
		return http.StatusBadRequest, []pages.FieldError{{Text: wording.WrongCredentials}}, nil
	case errors.As(err, &many):
		wait := max(1, int(math.Ceil(many.Wait.Seconds())))
		c.Header("Retry-After", strconv.Itoa(wait))
		return http.StatusTooManyRequests, []pages.FieldError{{Text: wording.TooManyAttempts(many.Wait)}}, nil
	case errors.As(err, &refused):
		status = http.StatusBadRequest
		switch refused.Code {
		case act.NotPermitted, act.NotTheirs:
			status = http.StatusForbidden
		case act.ChangedMeanwhile, act.Ended, act.Known, act.UsedOtherwise, act.LastAdministrator:
			status = http.StatusConflict
		}
		return status, []pages.FieldError{{Field: refused.Field, Text: wording.Refusal(refused)}}, nil
	}
	return 0, nil, err
}

// ifRefused shows a form again with what was wrong, or hands on what is no fault of its own.
func ifRefused(c *gin.Context, err error, show func(wrong []pages.FieldError) (any, error)) (any, error) {
	status, wrong, rest := refusalOf(c, err)
	if rest != nil {
		return nil, rest
	}
	page, err := show(wrong)
	return refusedForm{status, page}, err
}
