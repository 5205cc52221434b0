package web

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"stpdash/internal/act"
	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/register"
)

// Viewing is what every question may say: the moment, and the form of the answer. It is exported for huma to see it.
type Viewing struct {
	AsOf   string `query:"as_of"  doc:"Show the figures as they stood: a date (end of that day), a time, or the number of a published load"`
	Format string `query:"format" doc:"json, csv or xlsx"`
}

// Those who answer the questions under /api/v1.
type (
	// figuresAPI answers what is known of places and measures.
	figuresAPI struct {
		figures  *figures.Figures
		loaded   *figures.Loads
		register *register.Register
	}
	// claimsAPI answers what is claimed, and what the tests say of it.
	claimsAPI struct {
		figures  *figures.Figures
		register *register.Register
	}
	// loadsAPI answers which files were read, and how that went.
	loadsAPI struct {
		figures *figures.Figures
		loaded  *figures.Loads
	}
	// runsAPI answers when sources are run, and starts runs by hand.
	runsAPI struct {
		figures *figures.Figures
		loaded  *figures.Loads
		entries func(context.Context) ([]load.Entry, error)
		run     func(source string) (uint64, error)
		acts    *act.Log
	}
)

type answer[T any] struct {
	ContentDisposition string `header:"Content-Disposition"`
	Total              string `header:"X-Total-Count"       doc:"How many there are in all, where the answer is a part of a list"`
	Link               string `header:"Link"                doc:"The address of the next part, where there is one"`
	Loading            string `header:"STP-Loading"         doc:"While figures are being loaded after the first start, how many files are: 12 of 31. What is missing in the answer may only not be loaded yet"`
	Body               T
}

// paged is an answer that is a part of a list.
type paged interface{ page() (total, link string) }

// question answers with what is known.
func question[I, T any](summary string, ask func(context.Context, *I) (T, error)) handler {
	return handler{kind: answerKind, parameters: queryParameters(reflect.TypeFor[I]()), mount: func(m mounting, r Route) {
		o := r.operation(summary)
		o.OperationID = strings.Trim(strings.NewReplacer("/api/v1/", "", "/", "-", "{", "", "}", "").Replace(o.Path), "-")
		o.Errors = append(o.Errors, http.StatusBadRequest)
		huma.Register(m.described(), o, func(ctx context.Context, input *I) (*answer[T], error) {
			loading := m.Figures.Moments().Progress() // before the figures are looked at
			body, err := ask(ctx, input)
			if err != nil {
				return nil, problemOf(err)
			}
			a := &answer[T]{ContentDisposition: disposition(ctx), Body: body}
			if !loading.Whole() {
				a.Loading = fmt.Sprintf("%d of %d", loading.Done, loading.Of)
			}
			if part, ok := any(body).(paged); ok {
				a.Total, a.Link = part.page()
			}
			return a, nil
		})
	}}
}

// action does something, and answers before it is done.
func action[I, T any](id, summary string, do func(context.Context, *I) (T, error)) handler {
	return handler{kind: answerKind, parameters: queryParameters(reflect.TypeFor[I]()), mount: func(m mounting, r Route) {
		o := r.operation(summary)
		o.OperationID, o.DefaultStatus = id, http.StatusAccepted
		o.Errors = append(o.Errors, http.StatusConflict)
		huma.Register(m.described(), o, func(ctx context.Context, input *I) (*struct{ Body T }, error) {
			body, err := do(ctx, input)
			if err != nil {
				return nil, problemOf(err)
			}
			return &struct{ Body T }{body}, nil
		})
	}}
}

// Template is the path as OpenAPI writes it, its parameters in braces.
func (r Route) Template() string {
	parts := strings.Split(r.Path, "/")
	for i, part := range parts {
		if name, ok := strings.CutPrefix(part, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

// operation is what the table says of a route, in the words of OpenAPI.
func (r Route) operation(summary string) huma.Operation {
	o := huma.Operation{Method: r.Method, Path: r.Template(), Summary: summary, Errors: []int{http.StatusNotFound, http.StatusServiceUnavailable}}
	r.Who.describe(&o)
	return o
}

// described is the API, as a route adds itself to its description.
func (m mounting) described() huma.API { return humagin.NewWithGroup(m.router, m.group, m.api) }

// subject reads what a question is about: a measure, as it was defined at the moment, and a place.
func (a figuresAPI) subject(ctx context.Context, v Viewing, measure, footprint, org string) (figures.Moment, *catalog.Measure, figures.Area, error) {
	asOf, err := a.figures.Moments().AsOf(ctx, v.AsOf)
	if err != nil {
		return asOf, nil, figures.Area{}, err
	}
	m, err := a.figures.MeasureAsOf(ctx, measure, asOf)
	if err != nil {
		return asOf, nil, figures.Area{}, err
	}
	s, err := a.figures.Directory().FindPlace(footprint, org)
	return asOf, m, s, err
}

func whole(parameter, text string, otherwise, least, most int) (int, error) {
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, &figures.InputError{Parameter: parameter, Value: text, Accepted: "a whole number from " + strconv.Itoa(least) + " to " + strconv.Itoa(most)}
	}
	return n, nil
}
