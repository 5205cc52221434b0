package web

import (
	"bytes"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"stpdash/internal/audit"
	"stpdash/internal/dashboard"
	"stpdash/internal/warehouse"
)

// pack answers with the audit pack of a claim.
func (s *server) pack(c *gin.Context) {
	id := c.Param("id")
	pack, ok := s.answer(c, nil, func(asOf dashboard.AsOf) (any, error) {
		tested, ok := s.Composer.Catalog.Claim(id)
		if !ok {
			return nil, fmt.Errorf("claim %q: %w", id, warehouse.ErrNotFound)
		}
		pack, err := audit.New(c.Request.Context(), s.Composer, asOf, tested)
		if err != nil {
			return nil, err
		}
		var archive bytes.Buffer // so that an answer is whole or none
		err = pack.WriteZip(&archive)
		return archive.Bytes(), err
	})
	if !ok {
		return
	}
	c.Header("Cache-Control", "no-cache")
	c.Header("Content-Disposition", `attachment; filename="stp-claim-`+id+`.zip"`)
	c.Data(http.StatusOK, "application/zip", pack.([]byte))
}
