// Package sql holds the warehouse's migrations, its queries (one file a question) and the reference data.
package sql

import "embed"

// Migrations are goose migrations, in order.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Queries are the questions asked of the warehouse.
//
//go:embed queries/*.sql
var Queries embed.FS

// Reference holds the 44, the organisations, their memberships and the bundled figures.
//
//go:embed reference
var Reference embed.FS
