package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"stpdash/internal/pages"
)

// responder writes pages, and problems where there is no answer.
type responder struct {
	logger   *slog.Logger
	refusals *refusals
	render   func(w io.Writer, name string, page any) error
	composer *pages.Composer
}

// page writes a page, whole or not at all.
func (r *responder) page(c *gin.Context, status int, name string, page any) {
	var html bytes.Buffer
	if err := r.render(&html, name, page); err != nil {
		p := problemOf(fmt.Errorf("page %s: %w", name, err))
		r.record(c.Request, p)
		c.String(p.Status, "The page could not be made. The log of the service says why, under %s.\n", p.ID)
		return
	}
	c.Header("Cache-Control", keeping(c))
	c.Data(status, "text/html; charset=utf-8", html.Bytes())
}

// refuse answers with a problem: a document for the API, a page for a reader.
func (r *responder) refuse(c *gin.Context, p *problem) {
	if strings.HasPrefix(c.Request.URL.Path, "/api/") {
		r.fail(c, p)
		return
	}
	r.record(c.Request, p)
	for name, values := range p.headers() {
		c.Header(name, values[0])
	}
	c.Abort()
	moment := momentOf(c)
	if p.Parameter == asOf || len(moment) > maxMoment {
		moment = ""
	}
	r.page(c, p.Status, "problem", r.composer.Problem(pages.Refused{
		Status: p.Status, Detail: p.Detail, ID: p.ID, Parameter: p.Parameter, Value: p.Value, Accepted: p.Accepted,
		Unasked: p.unknown, After: p.after, Address: c.Request.URL, AsOf: moment,
	}))
}

// denyCrossOrigin answers a page of another site that makes its reader's browser send something here.
func (r *responder) denyCrossOrigin(w http.ResponseWriter, request *http.Request) {
	p := newProblem(http.StatusForbidden, "The request came from a page of another site; accepted are requests of this one and of programs.")
	r.record(request, p)
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the one who asked may be gone
}

// fail answers an API request that did not come to a handler of the API.
func (r *responder) fail(c *gin.Context, p *problem) {
	r.record(c.Request, p)
	for name, values := range p.headers() {
		c.Header(name, values[0])
	}
	c.Header("Content-Type", p.ContentType(""))
	c.Header("Content-Disposition", "") // of the answer that it stands in place of
	c.AbortWithStatusJSON(p.Status, p)
}

// identify records the problems that the API answers with.
func (r *responder) identify(c huma.Context, _ string, answer any) (any, error) {
	if p, ok := answer.(*problem); ok {
		r.record(humagin.Unwrap(c).Request, p)
	}
	return answer, nil
}

// record names a problem and writes it to the log: once, and with what only those who run the service should know.
func (r *responder) record(request *http.Request, p *problem) {
	if p.ID != "" {
		return
	}
	p.ID = strings.ToLower(rand.Text()[:10])
	level, attributes := slog.LevelInfo, []any{
		"id", p.ID, "status", p.Status, "method", request.Method, "path", cut(request.URL.Path, maxLogged), "detail", cut(p.Detail, maxLogged),
	}
	switch {
	case errors.Is(p.cause, context.Canceled): // the reader went away, and nobody sees the answer
		level = slog.LevelDebug
	case p.cause != nil:
		level = slog.LevelError
	case !r.refusals.notable(p.Status):
		return
	}
	if p.cause != nil {
		attributes = append(attributes, "error", cut(p.cause.Error(), maxCause))
	}
	r.logger.Log(request.Context(), level, "refused", attributes...)
}

const (
	// maxLogged bounds what the log has of a question in bytes, and maxCause what it has of the fault of ours that kept it from an answer.
	maxLogged = 200
	maxCause  = 8 << 10
)

// cut shortens a text that somebody else may have made long.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return fmt.Sprintf("%s... (%d bytes)", strings.ToValidUTF8(text[:most], ""), len(text))
}
