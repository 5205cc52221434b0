package wording

import (
	"fmt"

	"stpdash/internal/figures"
	"stpdash/internal/footprint"
)

// TraceTitle is the title over a trace.
func TraceTitle(t figures.Trace) string {
	return fmt.Sprintf("Where the figure comes from: %s, %s", t.Measure.Title, t.Area.Name)
}

// Trace says how a figure is made from its cells, of which some are listed; originals are as their publisher released them.
func Trace(t figures.Trace, organisations, files, listed int, originals bool) string {
	words := "The figure is made from"
	if !t.Point.Value.Valid {
		words = "The figure would be made from"
	}
	words += fmt.Sprintf(" %s of %s, %s %s.", Plural(len(t.Cells), "cell", "cells"), Plural(organisations, "organisation", "organisations"),
		map[bool]string{true: "published in", false: "read from"}[originals], Plural(files, "file", "files"))
	if len(t.Cells) > listed {
		words += fmt.Sprintf(" The first %d are listed here; the downloads have all of them.", listed)
	}
	if t.Area.Code == footprint.Unallocated {
		words += " These organisations belong to no single footprint, or it is not known to which."
	}
	return words
}
