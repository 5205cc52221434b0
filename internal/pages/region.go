package pages

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
	"stpdash/internal/spc"
)

// RegionPage is the footprints of a region side by side.
type RegionPage struct {
	Shell
	Name    string
	Regions []Link // all of them, this one Current
	Review  string // the address of its weekly review
	// Finding is a headline that says where there is an unusual change of concern; Sentences add how all figures stand.
	Finding   string
	Sentences []string
	Concerns  []Concern // the measures of concern in most footprints first
	Targets   []TargetTally
	Themes    []SideBySide
	Signs     []wording.Icon // what the icons mean
	NoFigures []NoData       // measures of which nothing is loaded
	Downloads Downloads
}

// Concern is a measure with the footprints in which it shows an unusual change of concern.
type Concern struct {
	Measure Link
	Words   string // which way and when: "high in March 2020"
	Places  []Link // to their cards
}

// TargetTally says how the footprints of a region stand whose latest period a target governs.
type TargetTally struct {
	Measure                                      Link
	Title, Period                                string
	Met, OnTrajectory, OffTrajectory, CannotTell int
}

// SideBySide is a table of the measures of one theme.
type SideBySide struct {
	ID, Name string
	Columns  []MeasureColumn
	England  PlaceRow
	Rows     []PlaceRow
}

// MeasureColumn is the heading of a measure's figures.
type MeasureColumn struct {
	Measure      Link
	Period, Unit string
	Undetermined string // why no cell has a variation; empty where one has
}

// PlaceRow is a place with its figure of each measure.
type PlaceRow struct {
	Place Link
	Cells []PlaceCell
}

// PlaceCell is the figure of a measure in a place, and what it tells.
type PlaceCell struct {
	Value     Figure
	URL       string       // of the card
	Variation wording.Icon // without a text where no place has one
	State     wording.Icon // against the target, its icon is the state; without one nothing is asked for
	Reason    string       // why there is no figure, or what it lacks
}

// NoData is a measure of which nothing is loaded, with the reason.
type NoData struct {
	Measure Link
	Words   string
}

// Region composes the footprints of a region side by side, each measure that the page shows in its latest period.
func (c placePages) Region(ctx context.Context, r footprint.Region, asOf figures.Moment) (RegionPage, error) {
	var places []figures.Area
	for _, s := range c.directory.Areas() {
		if s.Footprint != nil && s.Footprint.Region == r {
			places = append(places, s)
		}
	}
	page := RegionPage{
		Shell: c.shell(fmt.Sprintf("%s: %d footprints side by side", r.Name, len(places)), "", asOf), Name: r.Name,
		Downloads: downloads("/api/v1/overview", "region", r.Slug(), "as_of", asOf.Text),
	}
	page.Feed = "/regions/" + r.Slug() + "/feed.atom"
	page.Take = c.takeAway("/regions/"+r.Slug(), "as_of", asOf.Text)
	for _, other := range c.directory.Reference.Regions() {
		link := regionLink(other, asOf)
		link.Current = other == r
		page.Regions = append(page.Regions, link)
	}
	page.Review = address("/review", "region", r.Slug(), "as_of", asOf.Text)
	all, err := c.figures.Overview(ctx, asOf, c.directory.Catalog.Shown(catalog.RegionPage), catalog.Period{})
	if err != nil {
		return page, err
	}
	var told []figures.LatestFigure // of the footprints, for the measures that have figures
	for _, section := range c.directory.Catalog.Sections(catalog.RegionPage) {
		table := SideBySide{
			ID:      anchor(section.Theme),
			Name:    wording.Capital(section.Theme),
			England: PlaceRow{Place: Link{"England", footprintURL(footprint.England, asOf), false, ""}},
		}
		for _, s := range places {
			table.Rows = append(table.Rows, PlaceRow{Place: Link{Text: s.Name, URL: footprintURL(s.Code, asOf)}})
		}
		for _, m := range section.Measures() {
			of := figures.LatestFigures{Places: slices.DeleteFunc(slices.Clone(all), func(s figures.LatestFigure) bool { return s.Measure != m })}
			if len(of.Places) == 0 {
				page.NoFigures = append(page.NoFigures, NoData{Link{Text: m.Title, URL: measureURL(m, asOf)}, c.noFigures(m, asOf, wording.NothingLoaded)})
				continue
			}
			chosen, err := chooseScale(m, "")
			if err != nil {
				return page, err
			}
			england := of.Places[0]
			var here []figures.LatestFigure
			for _, s := range places {
				here = append(here, of.Of(m, s))
			}
			untold := wording.UndeterminedOfAll(append(here[:len(here):len(here)], england), c.directory.Named)
			table.Columns = append(
				table.Columns,
				MeasureColumn{Link{Text: m.Title, URL: measureURL(m, asOf)}, england.Period.Words(), wording.UnitHeading(m, chosen), untold},
			)
			table.England.Cells = append(table.England.Cells, c.placeCell(england, chosen, untold == "", asOf))
			for i, s := range here {
				table.Rows[i].Cells = append(table.Rows[i].Cells, c.placeCell(s, chosen, untold == "", asOf))
			}
			told = append(told, here...)
			if concern := newConcern(here, asOf); len(concern.Places) > 0 {
				page.Concerns = append(page.Concerns, concern)
			}
			page.Targets = append(page.Targets, targetTallies(c.directory.Catalog.TargetsOf(m.ID), m, here, asOf)...)
		}
		if len(table.Columns) > 0 {
			page.Themes = append(page.Themes, table)
		}
	}
	slices.SortStableFunc(page.Concerns, func(a, b Concern) int { return len(b.Places) - len(a.Places) })
	var concerns []wording.Concern
	for _, c := range page.Concerns {
		concerns = append(concerns, wording.Concern{Measure: c.Measure.Text, Areas: len(c.Places)})
	}
	page.Finding = wording.RegionFinding(concerns, told, len(places))
	page.Sentences = wording.RegionSentences(told, len(places))
	page.Signs = key(told, func(s figures.LatestFigure) wording.Icon {
		if !s.Now.Value.Valid {
			return wording.Icon{}
		}
		return wording.NewVariationIcon(s.Signal.Variation, "")
	}, wording.VariationWords)
	return page, nil
}

func (c placePages) placeCell(s figures.LatestFigure, chosen wording.Scale, signed bool, asOf figures.Moment) PlaceCell {
	cell := PlaceCell{
		Value: c.figure(s.Measure, chosen, s.Now, s.Area.Code, asOf), URL: cardURL(s.Area.Code, s.Measure, asOf),
	}
	if signed {
		cell.Variation = wording.VariationIcon(s.Signal, c.directory.Named)
	}
	cell.Reason = strings.TrimSpace(cell.Value.Reason + " " + wording.Stopped(s.Stopped, c.directory.OrganisationName))
	if s.Signal != nil && s.Signal.Target != nil {
		cell.State = stateIcon(s.Measure, s.Signal)
	}
	return cell
}

// newConcern gathers where one measure shows an unusual change of concern.
func newConcern(here []figures.LatestFigure, asOf figures.Moment) Concern {
	m := here[0].Measure
	concern := Concern{Measure: Link{Text: m.Title, URL: measureURL(m, asOf)}}
	var periods []catalog.Period
	for _, s := range here {
		if !s.Signal.Concern() {
			continue
		}
		concern.Places = append(concern.Places, Link{Text: s.Area.Name, URL: cardURL(s.Area.Code, m, asOf)})
		if p := s.JudgedPeriod(); !slices.Contains(periods, p) {
			periods = append(periods, p)
		}
		concern.Words = map[spc.Variation]string{spc.ConcernHigh: "high", spc.ConcernLow: "low"}[s.Signal.Variation]
	}
	concern.Words += " in " + wording.List(wording.Periods(periods))
	return concern
}

// targetTallies say how the footprints stand, each by the target that governs its figure.
func targetTallies(targets []*catalog.Target, m *catalog.Measure, here []figures.LatestFigure, asOf figures.Moment) []TargetTally {
	var rows []TargetTally
	for _, t := range targets {
		if n, governs := figures.CountStates(t, here); governs {
			rows = append(rows, TargetTally{
				Link{Text: m.Title, URL: measureURL(m, asOf) + "#targets"},
				t.Title, here[0].Period.Words(),
				n[measure.Met], n[measure.OnTrajectory], n[measure.OffTrajectory], n[measure.CannotTell],
			})
		}
	}
	return rows
}
