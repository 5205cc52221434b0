// Package stpdash holds what changed between versions, for the page that shows it.
package stpdash

import _ "embed"

// Changelog is CHANGELOG.md.
//
//go:embed CHANGELOG.md
var Changelog []byte
