package dashboard

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
)

// missing says in a sentence whose figures are missing from a point.
func missing(m *catalog.Measure, p measure.Point, named Names) string {
	if p.Complete || p.Organisations == 0 {
		return ""
	}
	const most = 4
	var names []string
	unlisted := false
	called := named(p.Missing)
	for _, code := range p.Missing {
		if code == measure.Unlisted {
			unlisted = true
			continue
		}
		names = append(names, called[code])
	}
	var sentences []string
	if n := len(names); n > 0 {
		if n > most {
			names = append(names[:most-1:most-1], fmt.Sprintf("%d others", n-most+1))
		}
		if partial := partialWords(m, p); partial != "" {
			sentences = append(sentences, fmt.Sprintf("Partial: %s. No figure from %s.", partial, list(names)))
		} else {
			sentences = append(sentences, fmt.Sprintf("No figure from %d of %d organisations: %s.", n, p.Organisations, list(names)))
		}
	}
	if unlisted {
		sentences = append(sentences, fmt.Sprintf("Only %s returned a figure, and no publication lists the others.", plural(p.Organisations-len(names), "organisation has", "organisations have")))
	}
	return strings.Join(sentences, " ")
}

// stoppedWords say which organisations had a notable part of a figure and no longer report; empty where there are none.
func stoppedWords(stopped []figures.Stopped, name func(organisation string) string) string {
	if len(stopped) == 0 {
		return ""
	}
	var names []string
	for _, o := range stopped {
		names = append(names, fmt.Sprintf("%s, %s (%s%% of %s)", name(o.Organisation), o.Organisation, o.Part, o.Period.Words()))
	}
	return "No longer reporting: " + list(names) + ". The work may be counted elsewhere now."
}

// partialWords are the figure of those that reported where others did not; empty where there is none.
func partialWords(m *catalog.Measure, p measure.Point) string {
	if p.Partial == nil || !p.Partial.Value.Valid {
		return ""
	}
	return fmt.Sprintf("%s from %d of %s", written(m, p.Partial.Value.Decimal), p.Partial.Reported, plural(p.Partial.Expected, "organisation", "organisations"))
}

// lastWhole says what the last figure before one that is not whole was; empty where there is none.
func lastWhole(m *catalog.Measure, points []measure.Point, before catalog.Period) string {
	for i := len(points) - 1; i >= 0; i-- {
		if p := points[i]; p.Value.Valid && p.Period.Start.Before(before.Start) {
			return fmt.Sprintf("The last whole figure is %s, %s.", written(m, p.Value.Decimal), lowerFirst(onPeriod(p.Period)))
		}
	}
	return ""
}

// lacking says of each organisation without a figure why it has none, and of one that only may belong to the place how that is known.
func lacking(cells []figures.Cell, name func(organisation string) string) []string {
	type reason struct {
		organisation, status, note, membership string
		perhaps                                bool
	}
	var all []string
	told := map[reason]bool{}
	for _, cell := range cells {
		r := reason{cell.Organisation, cell.Status, cell.Note, cell.Membership, cell.Share.IsZero()}
		if why := lackingWords(cell); why != "" && !told[r] {
			told[r] = true
			all = append(all, fmt.Sprintf("%s (%s): %s", name(cell.Organisation), cell.Organisation, why))
		}
	}
	return all
}

// lackingWords say why a cell is no part of the figure that it stands beneath; nothing where it is.
func lackingWords(cell figures.Cell) string {
	switch perhaps := cell.Share.IsZero(); {
	case cell.Status == statusReported && perhaps:
		return "Its figure is published, but not whether it belongs here. " + strings.TrimSuffix(cell.Membership, ".") + "."
	case cell.Status == statusReported:
		return ""
	case perhaps:
		return strings.TrimSuffix(cell.Note, ".") + ". " + cell.Membership
	default:
		return strings.TrimSuffix(cell.Note, ".") + "."
	}
}

// figure writes a point on a scale.
func (c *Composer) figure(m *catalog.Measure, s scale, p measure.Point, place string, asOf figures.Moment) Figure {
	value := s.pick(p)
	f := Figure{ProvenanceURL: provenanceURL(m, place, p.Period, asOf)}
	switch {
	case value.Valid:
		f.Text, f.Plain = s.written(m, value.Decimal), value.Decimal.Round(4).String()
		if s == asNumber {
			f.Plain = plain(m, value.Decimal)
		}
	case p.Organisations == 0:
		f.Text, f.Missing, f.Reason = "no figure", true, "Nothing is loaded for this period."
		f.ProvenanceURL = ""
		if why := c.directory.Catalog.NotLoaded(m, p.Period); why != "" {
			f.Reason = fmt.Sprintf("What is published for this period is not loaded: %s.", strings.TrimSuffix(why, "."))
		} else if c.directory.Catalog.Returned(m) {
			f.Reason = "No return is loaded for this period."
		}
	case !p.Complete:
		f.Text, f.Missing, f.Reason = "not reported", true, missing(m, p, c.directory.Named)
		if partialWords(m, p) != "" {
			if f.Text = "partial"; s == asNumber {
				f.Text += ": " + written(m, p.Partial.Value.Decimal)
			}
		}
	case p.Lack == measure.DefinitionChanged:
		f.Text, f.Missing, f.Reason = "not comparable", true, "What is counted changed within the time that the figure covers."
	case p.Lack == measure.OrganisationsChanged:
		f.Text, f.Missing, f.Reason = "not comparable", true, "Organisations with a large part of the figure came or left within the time that it covers."
	case p.Lack == measure.PeriodMissing:
		f.Text, f.Missing, f.Reason = "no figure", true, "A period within the time that the figure covers has none."
	case p.Lack == measure.Contradictory:
		f.Text, f.Missing, f.Reason = "no share", true, "The counts contradict each other: more within the share than there are, or fewer than none."
	case m.Ratio():
		ratio := "share"
		if m.Unit == catalog.Rate {
			ratio = "rate"
		}
		f.Text, f.Missing, f.Reason = "no "+ratio, true, "Nothing was counted, so there is nothing to take a "+ratio+" of."
	case place == footprint.Unallocated:
		f.Text, f.Missing = "no rate", true
		f.Reason = written(m, p.Value.Decimal) + " in number; no patients are registered outside the footprints."
	default:
		f.Text, f.Missing, f.Reason = "no rate", true, "The number of registered patients is not known."
	}
	return f
}

func (c *Composer) changeFigure(m *catalog.Measure, s figures.Standing) Figure {
	if s.Change.Valid {
		return Figure{Text: changed(m, s.Change.Decimal), Plain: s.Change.Decimal.Round(4).String()}
	}
	reason := "There is no figure for both periods."
	if s.Before != nil && s.Before.Value.Valid && s.Now.Value.Valid {
		reason = "The figure a year before was zero, so no percentage can be stated."
	}
	return Figure{Text: "not stated", Missing: true, Reason: reason}
}

// address writes a path with parameters; empty ones are left out.
func address(path string, pairs ...string) string {
	query := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			query.Set(pairs[i], pairs[i+1])
		}
	}
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

func provenanceURL(m *catalog.Measure, place string, p catalog.Period, asOf figures.Moment) string {
	return address("/provenance", "measure", m.ID, "footprint", place, "period", p.String(), "as_of", asOf.Text)
}

// unbound is the moment of links that are remembered: who reads them adds their own, as the same figures are shown as of many moments.
var unbound figures.Moment

func footprintURL(code string, asOf figures.Moment) string {
	return address("/footprints/"+code, "as_of", asOf.Text)
}

func loadURL(id uint64) string { return fmt.Sprintf("/loads/%d", id) }

func (c *Composer) shell(title, section string, asOf figures.Moment, hidden ...string) Shell {
	shell := Shell{
		Title: title, Section: section, Pin: asOf.Pin, Stood: stoodWords(asOf.Stood), AsOf: asOf.Text, AsOfWords: asOfWords(asOf), Version: c.version,
		HomeURL: address("/", "as_of", asOf.Text), ClaimsURL: address("/claims", "as_of", asOf.Text), DataURL: address("/data", "as_of", asOf.Text),
		LoadsURL: address("/loads", "as_of", asOf.Text), MethodURL: address("/method", "as_of", asOf.Text),
		ReviewURL: address("/review", "as_of", asOf.Text), SuchDay: c.moments.Now().In(figures.London).Format(time.DateOnly),
	}
	if asOf.Stood.Load > 0 {
		shell.SuchLoad = asOf.Pin
	}
	for i := 0; i+1 < len(hidden); i += 2 {
		if hidden[i+1] != "" {
			shell.AsOfHidden = append(shell.AsOfHidden, Parameter{hidden[i], hidden[i+1]})
		}
	}
	for _, f := range c.directory.Reference.Footprints() {
		shell.Footprints = append(shell.Footprints, Link{Text: f.Name, URL: footprintURL(f.Code, asOf)})
	}
	return shell
}

func (c *Composer) about(m *catalog.Measure, asOf figures.Moment) About {
	about := About{
		URL:       measureURL(m, asOf),
		MeasureID: m.ID, Title: m.Title, Definition: m.Definition, Unit: unitHeading(m, asNumber),
		Direction: directionWords(m.Direction), Caveats: m.Caveats, DefinitionHash: m.Hash(),
	}
	if m.Numerator != nil {
		about.Numerator = m.Numerator.Description
	}
	if m.Denominator != nil {
		about.Denominator = m.Denominator.Description
	}
	if m.Reference != nil {
		about.Reference = Link{Text: m.Reference.Title, URL: m.Reference.URL}
	}
	for _, b := range m.Breaks {
		from, _ := catalog.ParsePeriod(b.From) // checked when the catalog was read
		about.Breaks = append(about.Breaks, Break{from.Words(), b.Note})
	}
	for _, id := range m.Sources {
		if s, ok := c.directory.Catalog.Source(id); ok {
			about.Sources = append(about.Sources, Source{s.Title, s.Publisher, s.URL, s.Licence, s.Attribution})
		}
	}
	return about
}

func seriesDownloads(m *catalog.Measure, place string, asOf figures.Moment) Downloads {
	return downloads("/api/v1/series", "measure", m.ID, "footprint", place, "as_of", asOf.Text)
}

func downloads(path string, pairs ...string) Downloads {
	form := func(format string) string { return address(path, append(slices.Clone(pairs), "format", format)...) }
	return Downloads{CSV: form("csv"), XLSX: form("xlsx"), JSON: form("")}
}
