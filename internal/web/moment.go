package web

import (
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
)

const asOf = "as_of"

// paths are addresses of routes, in parts.
type paths [][]string

// pathsOf are the addresses of those routes of a table for which something holds.
func pathsOf(table []Route, holds func(Route) bool) paths {
	var p paths
	for _, r := range table {
		if holds(r) {
			p = append(p, strings.Split(r.Path, "/"))
		}
	}
	return p
}

// have is whether one of the routes answers at an address.
func (p paths) have(address string) bool {
	parts := strings.Split(address, "/")
	return slices.ContainsFunc(p, func(route []string) bool {
		return slices.EqualFunc(route, parts, func(of, part string) bool { return of == part || strings.HasPrefix(of, ":") })
	})
}

// momentOf is the moment that a request is about; empty for now.
func momentOf(c *gin.Context) string { return strings.TrimSpace(c.Query(asOf)) }
