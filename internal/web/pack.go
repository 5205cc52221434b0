package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"stpdash/internal/audit"
	"stpdash/internal/figures"
)

const packPath = "/claims/:id/pack.zip"

// pack answers with the audit pack of a claim, from the shelf.
func (s *server) pack(c *gin.Context) {
	id, ctx := c.Param("id"), c.Request.Context()
	pack, ok := s.answer(c, nil, func(asOf figures.Moment) (any, error) {
		tested, ok := s.Figures.Directory().Catalog.Claim(id)
		if !ok {
			return nil, fmt.Errorf("claim %q: %w", id, figures.ErrNotFound)
		}
		return s.Packs.Open(ctx, s.Figures, s.Register, asOf, tested, func(ctx context.Context) (func(), error) {
			leave, err := s.costly.enter(ctx, costlyPlaces) // nothing else needs as much
			if err != nil {
				return nil, notMade(err)
			}
			return leave, nil
		})
	})
	if !ok {
		return
	}
	kept := pack.(*audit.Kept)
	defer func() { _ = kept.Close() }()
	c.Header("Cache-Control", "no-cache")
	c.Header("Content-Disposition", `attachment; filename="stp-claim-`+id+`.zip"`)
	c.Header("Content-Type", "application/zip")
	c.Header("ETag", `"`+kept.SHA256[:40]+`"`)
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, kept)
}
