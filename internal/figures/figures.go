// Package figures tells what is known as of a moment: figures and what they rest on, where they stand and what they signal. It has the only
// memory, and knows no address and no sentence.
package figures

import (
	"context"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

// Store is where figures come from; a warehouse is one.
type Store interface {
	EachValue(ctx context.Context, asOf AsOf, measures, footprints []string, r Range, hand func(measure.Value) error) error
	OrganisationSeries(ctx context.Context, asOf AsOf, m *catalog.Measure, organisation string, r Range) ([]measure.Value, error)
	OrganisationFigures(ctx context.Context, asOf AsOf, measures []*catalog.Measure, organisation string, r Range) ([]measure.Value, error)
	EachOrganisationFigure(ctx context.Context, asOf AsOf, measures []*catalog.Measure, r Range, hand func(organisation string, v measure.Value) error) error
	Amounts(ctx context.Context, asOf AsOf, measures []*catalog.Measure, r Range) (map[string][]measure.Amount, error)
	Definitions(ctx context.Context, asOf AsOf) (map[string]Definition, error)
	Cells(ctx context.Context, asOf AsOf, m *catalog.Measure, scopes []string, r Range) ([]Cell, error)
	OrganisationCells(ctx context.Context, asOf AsOf, m *catalog.Measure, organisation string, r Range) ([]Cell, error)
	Changes(ctx context.Context, f ChangeFilter) ([]ChangeCount, []Change, error)
}

// Figures tells of figures as of a moment.
type Figures struct {
	store     Store
	directory *Directory
	moments   *Moments
	memory    *Memory
}

// New tells of the figures in a store. What it finds out is kept in the memory of the moments.
func New(store Store, directory *Directory, moments *Moments) *Figures {
	return &Figures{store, directory, moments, moments.memory}
}

// Directory finds what figures are of.
func (f *Figures) Directory() *Directory { return f.directory }

// Moments reads the moments that figures are as of.
func (f *Figures) Moments() *Moments { return f.moments }

// Memory keeps what was found out.
func (f *Figures) Memory() *Memory { return f.memory }
