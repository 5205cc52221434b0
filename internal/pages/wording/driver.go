package wording

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
)

// endings are what the names of organisations end with that does not tell one from another, the longest first.
var endings = []string{
	" University Hospitals NHS Foundation Trust", " Teaching Hospitals NHS Foundation Trust", " University Hospitals NHS Trust", " Teaching Hospitals NHS Trust",
	" University Hospital NHS Foundation Trust", " University Hospital NHS Trust", " Hospitals NHS Foundation Trust", " Hospital NHS Foundation Trust",
	" Hospitals NHS Trust", " Hospital NHS Trust", " NHS Foundation Trust", " NHS Trust", " Metropolitan District Council", " Metropolitan Borough Council",
	" Borough Council", " District Council", " County Council", " City Council", " Council", " CCG", " PCT",
}

// ShortNames are the names of organisations where there is little room, by their codes: without what they are. Where two would go by one name, both
// keep theirs whole, with the code where even that is one.
func ShortNames(codes []string, named func(code string) string) map[string]string {
	short, bearers, whole := map[string]string{}, map[string]int{}, map[string]int{}
	for _, code := range codes {
		name := strings.TrimPrefix(strings.TrimPrefix(named(code), "The "), "London Borough of ")
		for _, end := range endings {
			if cut, ok := strings.CutSuffix(name, end); ok && cut != "" {
				name = cut
				break
			}
		}
		short[code] = name
		bearers[name]++
		whole[named(code)]++
	}
	for code, name := range short {
		if bearers[name] == 1 {
			continue
		}
		if short[code] = named(code); whole[named(code)] > 1 {
			short[code] = fmt.Sprintf("%s (%s)", named(code), code)
		}
	}
	return short
}

// Decompositions say in a sentence how a change is divided among organisations.
var Decompositions = map[measure.Decomposition]string{
	measure.BySum: "Each organisation makes up its own change.",
	measure.ByRateAndMix: "Each organisation makes up the change of its own figure by its weight here, and the change of its weight by how far its figure lies from that of the " +
		"place (Kitagawa 1955; Griliches and Regev 1995).",
	measure.ByPlacePeople: "The cases of each organisation are divided by the people of the whole place.",
	measure.ByGrowth:      "The change of each organisation is stated as a part of what the place had a year before.",
}

// DriversSpan says what is compared: "From March 2019 to March 2020: −27,574 attendances."
func DriversSpan(d figures.Drivers) string {
	return fmt.Sprintf("From %s to %s: %s.", d.From.Period.Words(), d.To.Period.Words(), DrivenChange(d, d.Change.Decimal, true))
}

// DrivenChange writes a change, or a part of one, in the unit of the figure.
func DrivenChange(d figures.Drivers, change decimal.Decimal, unit bool) string {
	m := d.Measure
	if change.IsZero() && !unit {
		return "0"
	}
	amount, counted := change.Abs(), ""
	sign := withSign(change.IsPositive(), "")
	if change.IsZero() {
		sign = ""
	}
	switch {
	case m.Unit == catalog.Share || d.By == measure.ByGrowth:
		percent := amount.Mul(Hundred)
		places := int32(1)
		if percent.LessThan(decimal.New(1, -1)) {
			places = 2
		}
		amount, counted = percent, " percentage points"
		return sign + Grouped(amount, places) + countedIf(unit, counted)
	case m.Unit == catalog.GBP:
		return sign + Pounds(amount)
	case m.Unit == catalog.Rate:
		return sign + Grouped(amount, max(2, RatePlaces(amount))) + countedIf(unit, " "+m.Counted)
	}
	return sign + Grouped(amount, wholePlaces(amount)) + countedIf(unit, " "+m.Counted)
}

// countedIf is what is counted, where it is to be said.
func countedIf(unit bool, counted string) string {
	if unit {
		return strings.TrimRight(counted, " ")
	}
	return ""
}

// wholePlaces are the decimals of a count: none of one that was shared out, which would tell nothing.
func wholePlaces(n decimal.Decimal) int32 {
	if n.LessThan(decimal.NewFromInt(1)) && !n.IsZero() {
		return 1
	}
	return 0
}

// direction names which way the figure went.
func direction(change decimal.Decimal) string {
	if change.IsNegative() {
		return "fall"
	}
	return "rise"
}

// DriversFinding states in one sentence what drives a change.
func DriversFinding(d figures.Drivers, names map[string]string) string {
	way := direction(d.Change.Decimal)
	if d.Change.Decimal.IsZero() {
		for _, o := range d.Organisations {
			if !o.Points.IsZero() {
				return "No change: what rose and what fell here make up for each other"
			}
		}
		return "No change in any organisation"
	}
	var left, joined []figures.Driver
	for _, o := range d.Organisations {
		switch o.Presence {
		case figures.HasLeft:
			left = append(left, o)
		case figures.HasJoined:
			joined = append(joined, o)
		}
	}
	if d.NoChange.Code == figures.MembersChanged {
		for _, some := range []struct {
			of   []figures.Driver
			verb string
		}{{left, "stopped reporting here"}, {joined, "began to report here"}} {
			part := decimal.Zero
			for _, o := range some.of {
				part = part.Add(o.Part.Decimal)
			}
			if n := len(some.of); n > 0 && part.GreaterThanOrEqual(decimal.NewFromInt(5)) {
				return fmt.Sprintf("%s that %s %s up %s%% of the %s", Capital(Plural(n, "organisation", "organisations")), some.verb,
					map[bool]string{true: "makes", false: "make"}[n == 1], Grouped(part, 0), way)
			}
		}
	}
	var first figures.Driver
	for _, o := range d.Organisations {
		if o.Points.Sign() == d.Change.Decimal.Sign() {
			first = o
			break
		}
	}
	name := names[first.Organisation]
	if !first.Part.Valid {
		return "Little change: what rose and what fell here nearly make up for each other"
	}
	if len(d.Organisations) == 1 {
		return fmt.Sprintf("%s makes up all of the %s, as the only organisation here", name, way)
	}
	words := fmt.Sprintf("%s makes up %s%% of the %s", name, Grouped(first.Part.Decimal, 0), way)
	if first.Part.Decimal.GreaterThan(Hundred) {
		words = fmt.Sprintf("%s alone makes up more than the whole %s", name, way)
	}
	for _, o := range d.Organisations { // the largest first
		if o.Organisation != first.Organisation && o.Part.Decimal.GreaterThanOrEqual(decimal.NewFromInt(25)) {
			words += fmt.Sprintf(" and %s %s%%", names[o.Organisation], Grouped(o.Part.Decimal, 0))
			break
		}
	}
	for _, o := range d.Organisations {
		if o.Part.Decimal.LessThanOrEqual(decimal.NewFromInt(-20)) {
			return words + fmt.Sprintf("; %s takes off %s%%", names[o.Organisation], Grouped(o.Part.Decimal.Abs(), 0))
		}
	}
	return words
}

// PartOfChange says how much of a change an organisation makes up.
func PartOfChange(part decimal.NullDecimal) string {
	switch {
	case !part.Valid:
		return "–"
	case part.Decimal.IsNegative():
		return "−" + Grouped(part.Decimal.Abs(), 0) + "%"
	}
	return Grouped(part.Decimal, 0) + "%"
}

// NoDrivers says in a sentence why a change is not divided among organisations; empty where it is.
func NoDrivers(d figures.Drivers, named Names) string {
	who := func() string {
		var names []string
		all := named(d.None.Organisations)
		for _, code := range d.None.Organisations {
			names = append(names, all[code])
		}
		if len(names) > 3 {
			return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
		}
		return List(names)
	}
	switch d.None.Code {
	case "":
		return ""
	case figures.NoWholeFigure:
		return "There is no whole figure to compare."
	case figures.NoEarlierFigure:
		return fmt.Sprintf("There is no figure of %s to compare with.", d.None.Period.Words())
	case figures.NotReported:
		if len(d.None.Organisations) == 1 && d.None.Organisations[0] == measure.Unlisted {
			return fmt.Sprintf("Not every organisation is listed for %s, so the figure is not whole.", d.None.Period.Words())
		}
		return fmt.Sprintf("The figure of %s is not whole. Did not report: %s.", d.None.Period.Words(), who())
	case figures.DifferentlyMade:
		return "What is counted changed between the two, so they cannot be compared."
	case figures.CountingChanged:
		return fmt.Sprintf("%s began to count in another way in %s, so the difference is no change.", who(), d.None.Period.Words())
	case figures.StatedForPlace:
		return "The figure is published for the footprint as a whole, not for its organisations."
	case figures.NotPutTogether:
		return "The figures of the organisations are published without the counts beneath them, so they cannot be added up."
	case figures.PartsAreNotWhole:
		return "The figures of the organisations do not add up to that of the footprint."
	case figures.ChangedMembership:
		return fmt.Sprintf("Organisations joined or left within the span of %s, so there is no figure.", d.None.Period.Words())
	case figures.NoOrganisations:
		return "This is worked out for the 44 footprints."
	}
	return ""
}

// NoDriversCodes are all reasons for which nothing is divided, each of which NoDrivers has words for.
var NoDriversCodes = []figures.NoDriversCode{
	figures.NoWholeFigure, figures.NoEarlierFigure, figures.NotReported, figures.DifferentlyMade, figures.CountingChanged, figures.StatedForPlace,
	figures.NotPutTogether, figures.PartsAreNotWhole, figures.ChangedMembership, figures.NoOrganisations,
}

// OrganisationMoves say how an organisation joined, left or took over work, in a few words.
func OrganisationMoves(o figures.Driver, name func(code string) string) string {
	var words []string
	for _, move := range o.Moves {
		text := ""
		switch move.Kind {
		case figures.SucceededBy:
			text = "Work went to " + name(move.Organisation)
		case figures.TookOver:
			text = "Took over work of " + name(move.Organisation)
		case figures.MergedIn:
			text = "With " + name(move.Organisation) + ", merged"
		case figures.MovedTo:
			text = "Moved to " + name(move.Footprint)
		case figures.MovedFrom:
			text = "Moved from " + name(move.Footprint)
		case figures.NoLonger:
			text = "No longer listed"
			if o.Row.Whole.Period.Start.IsZero() {
				break
			}
			text += " after " + ShortPeriod(o.Row.Whole.Period)
		case figures.Newly:
			text = "Not listed before"
		}
		if !move.On.IsZero() {
			text += ", " + move.On.Format("Jan 2006")
		}
		if move.Share.Valid && !move.Share.Decimal.Equal(one) && move.Share.Decimal.IsPositive() {
			text += " (" + ShareOf(move.Share.Decimal) + ")"
		}
		words = append(words, text)
	}
	if o.Counts.IsPositive() && o.Counts.LessThan(one) {
		words = append(words, ShareOf(o.Counts)+" of its figure counts here, an estimate")
	}
	return strings.Join(words, ". ")
}

// DriverStanding says how an organisation's own last figure stands.
func DriverStanding(o figures.Driver) Standing {
	if o.Row.Whole.Period.Start.IsZero() || o.Row.Signal == nil {
		return Standing{Text: "No figure of its own"}
	}
	return testedWords(o.Row)
}

// DriversSince says why the newest figure is not the one compared; empty where it is.
func DriversSince(d figures.Drivers, named Names) string {
	if d.Since == nil || d.None.Code != "" {
		return ""
	}
	if len(d.Since.Missing) == 0 || d.Since.Missing[0] == measure.Unlisted {
		return fmt.Sprintf("Later figures, to %s, are not whole.", d.Since.Period.Words())
	}
	names := named(d.Since.Missing)
	var some []string
	for _, code := range d.Since.Missing {
		some = append(some, names[code])
	}
	if len(some) > 3 {
		some = append(some[:3], fmt.Sprintf("%d more", len(d.Since.Missing)-3))
	}
	return fmt.Sprintf("Later figures, to %s, are not whole: %s did not report.", d.Since.Period.Words(), List(some))
}
