package dashboard

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
	"stpdash/internal/spc"
)

func regionURL(r footprint.Region, asOf figures.Moment) string {
	return address("/regions/"+r.Slug(), "as_of", asOf.Text)
}

func regionLink(r footprint.Region, asOf figures.Moment) Link {
	return Link{Text: r.Name, URL: regionURL(r, asOf)}
}

// RegionPage composes the footprints of a region side by side, each measure that the page shows in its latest period.
func (c *Composer) RegionPage(ctx context.Context, r footprint.Region, asOf figures.Moment) (RegionPage, error) {
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
	var told []figures.Standing // of the footprints, for the measures that have figures
	for _, section := range c.directory.Catalog.Sections(catalog.RegionPage) {
		table := SideBySide{ID: themeID(section), Name: capital(section.Theme), England: PlaceRow{Place: Link{"England", footprintURL(footprint.England, asOf), false, ""}}}
		for _, s := range places {
			table.Rows = append(table.Rows, PlaceRow{Place: Link{Text: s.Name, URL: footprintURL(s.Code, asOf)}})
		}
		for _, m := range section.Measures() {
			of := figures.Standings{Places: slices.DeleteFunc(slices.Clone(all), func(s figures.Standing) bool { return s.Measure != m })}
			if len(of.Places) == 0 {
				page.NoFigures = append(page.NoFigures, NoData{Link{Text: m.Title, URL: measureURL(m, asOf)}, c.noFigures(m, asOf, "No figures are loaded for this measure.")})
				continue
			}
			chosen, err := chooseScale(m, "")
			if err != nil {
				return page, err
			}
			england := of.Places[0]
			var here []figures.Standing
			for _, s := range places {
				here = append(here, of.Of(m, s))
			}
			untold := untoldOfAll(append(here[:len(here):len(here)], england), c.directory.Named)
			table.Columns = append(table.Columns, MeasureColumn{Link{Text: m.Title, URL: measureURL(m, asOf)}, england.Period.Words(), unitHeading(m, chosen), untold})
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
	page.Finding = regionFinding(page.Concerns, told, len(places))
	page.Sentences = regionSentences(told, len(places))
	page.Signs = key(told, func(s figures.Standing) Sign {
		if !s.Now.Value.Valid {
			return Sign{}
		}
		return newVariation(s.Signal.Variation, "")
	}, variationWords)
	return page, nil
}

func (c *Composer) placeCell(s figures.Standing, chosen scale, signed bool, asOf figures.Moment) PlaceCell {
	cell := PlaceCell{
		Value: c.figure(s.Measure, chosen, s.Now, s.Scope.Code, asOf), URL: footprintURL(s.Scope.Code, asOf) + "#" + s.Measure.ID,
	}
	if signed {
		cell.Variation = VariationSign(s.Signal, c.directory.Named)
	}
	cell.Reason = strings.TrimSpace(cell.Value.Reason + " " + stoppedWords(s.Stopped, c.directory.OrganisationName))
	if s.Signal != nil && s.Signal.Target != nil {
		cell.State = stateOf(s.Measure, s.Signal)
	}
	return cell
}

// untoldOfAll says why it can be told of no standing whether there is a change; empty where it can be of one.
func untoldOfAll(all []figures.Standing, named Names) string {
	if slices.ContainsFunc(all, func(s figures.Standing) bool { return s.Signal.Variation != spc.NoVariation }) {
		return ""
	}
	if u, alike := undeterminedAlike(all); alike {
		return Undetermined(u, named)
	}
	return "Whether there is a change cannot be told of any of them; the charts say why."
}

// newConcern gathers where one measure shows special cause of concern.
func newConcern(here []figures.Standing, asOf figures.Moment) Concern {
	m := here[0].Measure
	concern := Concern{Measure: Link{Text: m.Title, URL: measureURL(m, asOf)}}
	var periods []catalog.Period
	for _, s := range here {
		if !s.Signal.Concern() {
			continue
		}
		concern.Places = append(concern.Places, Link{Text: s.Scope.Name, URL: footprintURL(s.Scope.Code, asOf) + "#" + m.ID})
		if p := s.JudgedPeriod(); !slices.Contains(periods, p) {
			periods = append(periods, p)
		}
		concern.Words = map[spc.Variation]string{spc.ConcernHigh: "high", spc.ConcernLow: "low"}[s.Signal.Variation]
	}
	concern.Words += " in " + list(periodWords(periods))
	return concern
}

// targetTallies say how the footprints stand, each by the target that governs its figure.
func targetTallies(targets []*catalog.Target, m *catalog.Measure, here []figures.Standing, asOf figures.Moment) []TargetTally {
	var rows []TargetTally
	for _, t := range targets {
		if n, governs := tallyStates(t, here); governs {
			rows = append(rows, TargetTally{Link{Text: m.Title, URL: measureURL(m, asOf) + "#targets"}, t.Title, here[0].Period.Words(),
				n[measure.Met], n[measure.OnTrajectory], n[measure.OffTrajectory], n[measure.CannotTell]})
		}
	}
	return rows
}

// regionFinding says where there is special cause of concern; concerns are in the order of how many footprints they are in.
func regionFinding(concerns []Concern, told []figures.Standing, places int) string {
	if !slices.ContainsFunc(told, func(s figures.Standing) bool { return s.Signal.Variation != spc.NoVariation }) {
		return "Whether any figure is more than chance cannot be told"
	}
	if len(concerns) == 0 {
		return "No footprint shows special cause of concern"
	}
	concerned := map[string]bool{}
	for _, s := range told {
		if s.Signal.Concern() {
			concerned[s.Scope.Code] = true
		}
	}
	finding := fmt.Sprintf("%d of %d footprints show special cause of concern", len(concerned), places)
	switch len(concerned) {
	case places:
		finding = fmt.Sprintf("All %d footprints show special cause of concern", places)
	case 1:
		finding = fmt.Sprintf("One of %d footprints shows special cause of concern", places)
	}
	var most []string
	top := len(concerns[0].Places)
	for _, c := range concerns {
		if len(c.Places) == top {
			most = append(most, "“"+c.Measure.Text+"”")
		}
	}
	each := ""
	if len(most) > 1 {
		each = " each"
	}
	switch {
	case len(most) > 2:
		return fmt.Sprintf("%s, in %d measures", finding, len(concerns))
	case len(most) == len(concerns):
		return fmt.Sprintf("%s, in %s", finding, list(most))
	default:
		return fmt.Sprintf("%s, most often in %s (%s)", finding, list(most), plural(top, "footprint", "footprints")+each)
	}
}

// regionSentences say how all figures of the tables stand.
func regionSentences(told []figures.Standing, places int) []string {
	if len(told) == 0 {
		return nil
	}
	first, last := told[0].Period, told[0].Period
	concern, improvement, neutral, common, untold, missing := 0, 0, 0, 0, 0, 0
	for _, s := range told {
		if s.Period.Start.Before(first.Start) {
			first = s.Period
		}
		if s.Period.Start.After(last.Start) {
			last = s.Period
		}
		switch s.Signal.Variation {
		case spc.ConcernHigh, spc.ConcernLow:
			concern++
		case spc.ImprovementHigh, spc.ImprovementLow:
			improvement++
		case spc.NeutralVariationHigh, spc.NeutralVariationLow:
			neutral++
		case spc.CommonVariation:
			common++
		default:
			if s.Now.Value.Valid {
				untold++
			} else {
				missing++
			}
		}
	}
	period := fmt.Sprintf("each in its latest period, which lies between %s and %s", first.Words(), last.Words())
	if first == last {
		period = "of " + first.Words()
	}
	sentences := []string{fmt.Sprintf("The tables below set %s of %d footprints side by side, %s.", plural(len(told)/places, "measure", "measures"), places, period)}
	for i, n := range []struct {
		times     int
		one, many string
	}{
		{concern, "figure shows special cause of concern", "figures show special cause of concern"},
		{improvement, "shows special cause of improvement", "show special cause of improvement"},
		{neutral, "shows special cause that is neither good nor bad in itself", "show special cause that is neither good nor bad in itself"},
		{common, "shows no significant change", "show no significant change"},
		{untold, "cannot be told from chance; its card says why", "cannot be told from chance; their cards say why"},
		{missing, "is missing, which is not zero; the table says why", "are missing, which is not zero; the tables say why"},
	} {
		if n.times > 0 || i == 0 { // that of concern is told even of none
			sentences = append(sentences, fmt.Sprintf("%s.", plural(n.times, n.one, n.many)))
		}
	}
	return sentences
}
