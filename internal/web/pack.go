package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"stpdash/internal/audit"
	"stpdash/internal/figures"
	"stpdash/internal/register"
)

// download answers with a file, as of a moment, that is sent as it is read.
func download(open func(*gin.Context, figures.Moment) (file, error)) handler {
	return handler{kind: downloadKind, parameters: []string{asOf}, mount: func(m mounting, r Route) {
		m.group.Handle(r.Method, r.Path, func(c *gin.Context) {
			f, err := atMoment(c, m.Figures, open)
			if err != nil {
				m.respond.refuse(c, problemOf(err))
				return
			}
			sendFile(c, f)
		})
	}}
}

// sendFile sends a file.
func sendFile(c *gin.Context, f file) {
	defer func() { _ = f.Close() }()
	c.Header("Cache-Control", keeping(c))
	c.Header("Content-Disposition", `attachment; filename="`+f.name+`"`)
	c.Header("Content-Type", f.kind)
	if f.tag != "" {
		c.Header("ETag", `"`+f.tag+`"`)
	}
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, f)
}

// longDownload is a download that may take as long to make as to send.
func longDownload(open func(*gin.Context, figures.Moment) (file, error)) handler {
	h := download(open)
	h.longest = WriteTime
	return h
}

// file is what is downloaded.
type file struct {
	io.ReadSeekCloser
	name, kind string
	tag        string // another where the content is another
}

// packs are the audit packs of claims, from their cache.
type packs struct {
	figures  *figures.Figures
	register *register.Register
	packs    *audit.PackCache
	costly   *places
}

func (p packs) open(c *gin.Context, asOf figures.Moment) (file, error) {
	id := c.Param("id")
	tested, ok := p.figures.Directory().Catalog.Claim(id)
	if !ok {
		return file{}, fmt.Errorf("claim %q: %w", id, figures.ErrNotFound)
	}
	if asOf.Incomplete() { // what is kept must not rest on a part
		return file{}, fmt.Errorf("audit pack of %s: %w", id, figures.ErrLoading)
	}
	pack, err := p.packs.Open(c.Request.Context(), p.figures, p.register, asOf, tested, func(ctx context.Context) (func(), error) {
		leave, err := p.costly.enter(ctx, costlyPlaces) // nothing else needs as much
		if err != nil {
			return nil, notMade(err)
		}
		return leave, nil
	})
	if err != nil {
		return file{}, err
	}
	return file{pack, "stp-claim-" + id + ".zip", "application/zip", pack.SHA256[:40]}, nil
}
