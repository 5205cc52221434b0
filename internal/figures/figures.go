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
	EachFigureOf(ctx context.Context, asOf AsOf, m *catalog.Measure, organisations []string, hand func(organisation string, v measure.Value) error) error
	Amounts(ctx context.Context, asOf AsOf, measures []*catalog.Measure, r Range) (map[string][]measure.Amount, error)
	Definitions(ctx context.Context, asOf AsOf) (map[string]Definition, error)
	Cells(ctx context.Context, asOf AsOf, m *catalog.Measure, scopes []string, r Range) ([]Cell, error)
	OrganisationCells(ctx context.Context, asOf AsOf, m *catalog.Measure, organisation string, r Range) ([]Cell, error)
	Changes(ctx context.Context, f ChangeFilter) ([]ChangeCount, []Change, error)
}

// Figures tells of figures as of a moment. Each part answers one kind of question, and rests on the parts that it names.
type Figures struct {
	*series
	*follower
	*standing
	*stepFinder
	*peerFinder
	*tables
	*changeFinder
	*tracer
	*driverFinder
	*crossChecker
	*moneyReader
	*forecaster
}

// New tells of the figures in a store. What it finds out is kept in the memory of the moments.
func New(store Store, directory *Directory, moments *Moments) *Figures {
	s := &series{store, directory, moments, moments.memory}
	stands, traces := &standing{s}, &tracer{s}
	return &Figures{
		s, &follower{s}, stands, &stepFinder{s}, &peerFinder{s}, &tables{s}, &changeFinder{s}, traces, &driverFinder{stands, traces},
		&crossChecker{s}, &moneyReader{s}, &forecaster{s},
	}
}

// series tells how figures went.
type series struct {
	store     Store
	directory *Directory
	moments   *Moments
	memory    *Memory
}

// Directory finds what figures are of.
func (f *series) Directory() *Directory { return f.directory }

// Moments reads the moments that figures are as of.
func (f *series) Moments() *Moments { return f.moments }

// Memory keeps what was found out.
func (f *series) Memory() *Memory { return f.memory }

// Each of these answers one kind of question.
type (
	follower     struct{ *series } // what became of the places of one measure
	standing     struct{ *series } // where figures stand: the latest, against targets, ranked, beside others
	stepFinder   struct{ *series } // levels that jump, and figures that break off
	peerFinder   struct{ *series } // areas that are alike
	tables       struct{ *series } // all places and periods of a measure
	changeFinder struct{ *series } // what differs between two moments
	tracer       struct{ *series } // the published cells of a figure
	driverFinder struct {          // which organisations a change comes from
		*standing
		traces *tracer
	}
	crossChecker struct{ *series } // two publications that state the same
	moneyReader  struct{ *series } // what is known of the money of a place
	forecaster   struct{ *series } // where figures would lead
)
