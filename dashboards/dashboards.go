// Package dashboards holds the definitions that analysts change: which files are loaded how, what the numbers mean, what is known of gaps and steps in them,
// which of them count the same, and which the pages show.
package dashboards

import "embed"

// Definitions are those that came with the binary; STP_DASHBOARDS names a folder to use instead.
//
//go:embed sources/*.yaml measures/*.yaml targets/*.yaml schemes/*.yaml claims/*.yaml confirmed/*.yaml crosschecks/*.yaml responsibilities/*.yaml pages/*.yaml
var Definitions embed.FS
