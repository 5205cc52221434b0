package wording

import (
	"stpdash/internal/catalog"
	"stpdash/internal/figures"
)

// claimNames names what a claim is about: as the directory does, and by its code where that has no name.
type claimNames struct{ directory *figures.Directory }

// place names a place of a claim, by its code where it is none of the 44.
func (n claimNames) place(code string) string {
	if code == catalog.EnglandPlace {
		return "England"
	}
	if a, err := n.directory.FindArea(code); err == nil {
		return a.Name
	}
	return code
}

func (n claimNames) places(codes []string) string {
	return named(codes, n.place, ", ")
}

// measure is the title of one, its id where it is not known.
func (n claimNames) measure(id string) string {
	if m, ok := n.directory.Catalog.Measure(id); ok {
		return m.Title
	}
	return id
}

// claim is the title of one, its id where it is not known.
func (n claimNames) claim(id string) string {
	if c, ok := n.directory.Catalog.Claim(id); ok {
		return c.Title
	}
	return id
}

func (n claimNames) organisations(codes []string) string {
	return named(codes, n.organisation, ", ")
}

// scheme is the name of one, its id where it is not known.
func (n claimNames) scheme(id string) string {
	if s, ok := n.directory.Catalog.Scheme(id); ok {
		return s.Name
	}
	return id
}

func (n claimNames) schemes(ids []string) string {
	return named(ids, n.scheme, "; ")
}

func (n claimNames) organisation(code string) string {
	return n.directory.Named([]string{code})[code]
}
