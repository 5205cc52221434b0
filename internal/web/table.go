package web

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"

	"stpdash/internal/archivecache"
	"stpdash/internal/figures"
	"stpdash/internal/tables"
)

// Whole tables are sent as they are made, so that none is too long for the memory. Each takes a place until its reader has it, and has a reader who
// stops reading no longer.
const (
	tablePlaces  = 4
	clientPlaces = 2                // of them for one client
	tableWait    = time.Minute      // for a place
	tablePart    = 64 << 10         // bytes that are sent at once
	partTime     = 15 * time.Second // that a reader may take to read them
	// longestPackage bounds the making of a data package, which goes on when its first reader goes away.
	longestPackage = 10 * time.Minute
)

// wholeTables answer with the figures of all places and periods.
type wholeTables struct {
	figures          *figures.Figures
	loads            *figures.Loads
	packages         *archivecache.Cache
	version, program string
	places           *places
	clients          *clients      // who wait for them
	patience         time.Duration // with a reader who takes nothing
	proxies          proxies
}

// TableQuestion are the parameters of a table. It is exported for huma to see it.
type TableQuestion struct {
	Measure string `query:"measure" doc:"Id of a measure; all of them without it"`
	Level   string `query:"level"   doc:"england, region, footprint, unallocated, provider, commissioner, council or outside; all of them without it"`
	From    string `query:"from"    doc:"Periods that begin in this one or later: 2018-12-03, 2017-04, 2016-Q1, 2013 or 2016/17"`
	To      string `query:"to"      doc:"Periods that begin in this one or earlier"`
	AsOf    string `query:"as_of"   doc:"Show the figures as they stood: a date (end of that day), a time, or the number of a published load"`
	Format  string `query:"format"  doc:"jsonl (JSON lines), csv or parquet"`
}

// newTablePlaces are those of tables, for which one waits longer than for shorter answers.
func newTablePlaces() *places {
	p := newPlaces(tablePlaces)
	p.longest = tableWait
	return p
}

// tableQuestion answers with a table.
func tableQuestion(summary string, whole wholeTables) handler {
	return handler{kind: tableKind, parameters: queryParameters(reflect.TypeFor[TableQuestion]()), mount: func(m mounting, r Route) {
		o := r.operation(summary)
		o.OperationID = "figures"
		o.Description = "A row for each measure, place and period. It is sent as it is made; an answer that breaks off ends with an error of the connection."
		o.Errors = append(o.Errors, http.StatusBadRequest)
		o.Responses = map[string]*huma.Response{"200": {Description: http.StatusText(http.StatusOK), Content: tableContent()}}
		huma.Register(m.described(), o, func(ctx context.Context, in *TableQuestion) (*huma.StreamResponse, error) {
			asOf, err := whole.figures.Moments().AsOf(ctx, in.AsOf)
			if err != nil {
				return nil, problemOf(err)
			}
			table, err := whole.figures.FindTable(ctx, asOf, figures.TableFilter{Measure: in.Measure, Level: in.Level, From: in.From, To: in.To})
			if err != nil {
				return nil, problemOf(err)
			}
			return &huma.StreamResponse{
				Body: func(c huma.Context) { whole.send(humagin.Unwrap(c), m.respond, table) }, //nolint:contextcheck // it is that of the request
			}, nil
		})
	}}
}

// tableContent describes a row in each of the forms of a table.
func tableContent() map[string]*huma.MediaType {
	row := &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{}}
	for _, c := range tables.Columns {
		s := map[tables.Kind]huma.Schema{
			tables.Text: {Type: huma.TypeString}, tables.Whole: {Type: huma.TypeInteger}, tables.Flag: {Type: huma.TypeBoolean},
			tables.Day: {Type: huma.TypeString, Format: "date"}, tables.Decimal: {Type: huma.TypeNumber},
		}[c.Kind]
		if c.Quoted {
			s.Type = huma.TypeString
		}
		s.Description, s.Nullable = c.Description, c.Optional
		row.Properties[c.Name], row.Required = &s, append(row.Required, c.Name)
	}
	content := map[string]*huma.MediaType{}
	for _, f := range tables.Formats {
		content[f.Type] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	content[tables.Formats[0].Type] = &huma.MediaType{Schema: row}
	return content
}

// send sends a table as it is made.
func (w wholeTables) send(c *gin.Context, respond *responder, table figures.Table) {
	ctx := c.Request.Context()
	format := tables.Formats[slices.IndexFunc(tables.Formats, func(f tables.Format) bool { return f.Type == c.GetHeader("Accept") })]
	answer := &cachedResponse{tag: w.tag(c, table), header: http.Header{"Cache-Control": {"no-cache"}}}
	if answer.unchanged(c) {
		return
	}
	if headersOnly(c.Request) {
		w.head(ctx, c, answer, format)
		c.Status(http.StatusOK)
		return
	}
	leave, err := w.clients.enter(ctx, w.proxies.client(c.Request), w.places)
	if err != nil {
		respond.fail(c, notMade(err))
		return
	}
	defer leave()
	parts := &partWriter{c: c, patience: w.patience, begin: func() { w.head(ctx, c, answer, format) }}
	out := bufio.NewWriterSize(parts, tablePart)
	writer := format.New(out)
	if err = w.figures.Each(ctx, table, writer.Write); err == nil {
		err = writer.Close()
	}
	if err == nil {
		err = out.Flush()
	}
	switch {
	case err == nil:
	case !parts.begun:
		respond.fail(c, problemOf(err))
	default:
		respond.record(c.Request, problemOf(fmt.Errorf("a table broke off: %w", errors.Join(err, ctx.Err()))))
		breakOff(c)
	}
}

func (w wholeTables) head(ctx context.Context, c *gin.Context, answer *cachedResponse, format tables.Format) {
	answer.head(c)
	c.Header("Content-Type", format.Type)
	if name := disposition(ctx); name != "" {
		c.Header("Content-Disposition", name)
	}
	if format.Name == "parquet" { // it is compressed already
		c.Header(gzhttp.HeaderNoCompression, "true")
	}
}

// tag names what a table is made from.
func (w wholeTables) tag(c *gin.Context, table figures.Table) string {
	sum := sha256.Sum256(
		[]byte(
			fmt.Sprint(
				w.program,
				w.version,
				w.figures.Directory().Catalog.Hash(),
				table.AsOf.Figures(),
				table.AsOf.Text == "",
				c.GetHeader("Accept"),
				ofAnyMoment(c.Request.URL),
			),
		),
	)
	return `W/"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`
}

// partWriter sends the parts of a table, each within its time.
type partWriter struct {
	c        *gin.Context
	patience time.Duration
	begin    func() // sets the headers
	begun    bool
}

// Write implements io.Writer.
func (w *partWriter) Write(part []byte) (int, error) {
	if !w.begun {
		w.begun = true
		w.begin()
		w.c.Status(http.StatusOK)
	}
	until := time.Now().Add(w.patience)
	if end, ok := w.c.Request.Context().Deadline(); ok && end.Before(until) {
		until = end
	}
	_ = http.NewResponseController(w.c.Writer).SetWriteDeadline(until) // a wrapper that knows no deadline leaves that of the server
	return w.c.Writer.Write(part)
}

// breakOff ends an answer that cannot be whole any more so that no reader takes it for whole: with an error of the connection, which a proxy that
// speaks HTTP 1.0 sees too.
func breakOff(c *gin.Context) {
	wrapped, ok := c.Writer.(interface{ Unwrap() http.ResponseWriter })
	if !ok {
		panic(http.ErrAbortHandler)
	}
	if conn, _, err := http.NewResponseController(wrapped.Unwrap()).Hijack(); err == nil { // gin's own does not once something is written
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
		return
	}
	panic(http.ErrAbortHandler)
}

// open opens the data package of a moment.
func (w wholeTables) open(c *gin.Context, asOf figures.Moment) (file, error) {
	ctx := c.Request.Context()
	if asOf.Pin == "" {
		return file{}, fmt.Errorf("no figures were loaded by then: %w", figures.ErrNotFound)
	}
	// By its number, so that definitions are those of the moment and the package of now is the one of the newest load.
	named, err := w.figures.Moments().AsOf(ctx, asOf.Pin)
	if err != nil {
		return file{}, err
	}
	stood, err := w.figures.Moments().StoodAt(ctx, named)
	if err != nil {
		return file{}, err
	}
	p := tables.Package{Figures: w.figures, Loads: w.loads, AsOf: named, Stood: stood, Version: w.version}
	kept, err := w.packages.Open(ctx, fmt.Sprint(w.version, " ", named.Figures(), " ", w.figures.Directory().Catalog.Hash()), archivecache.Making{
		Longest: longestPackage, Write: p.WriteZip,
		Enter: func(ctx context.Context) (func(), error) {
			leave, err := w.places.enter(ctx, 1)
			if err != nil {
				return nil, notMade(err)
			}
			return leave, nil
		},
	})
	if err != nil {
		return file{}, err
	}
	return file{kept, fmt.Sprintf("stp-figures-%d.zip", stood.Load), "application/zip", kept.SHA256[:40]}, nil
}
