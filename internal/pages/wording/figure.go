package wording

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
	"stpdash/internal/spc"
)

// maxCodes is how many organisations the words name.
const maxCodes = 3

// DescribeFigure says what a figure was: "4,150", "1,764,832 of 1,949,762", or why there was none.
func DescribeFigure(s figures.Stand) string {
	switch {
	case !s.Exists:
		return "no figure"
	case len(s.Missing) > 0:
		codes := slices.Clone(s.Missing)
		if i := slices.Index(codes, measure.Unlisted); i >= 0 {
			codes[i] = "those that nobody lists"
		}
		if more := len(codes) - maxCodes; more > 0 {
			codes = append(codes[:maxCodes], fmt.Sprintf("%d more", more))
		}
		return "no figure from " + List(codes)
	case !s.Numerator.Valid:
		return "no figure"
	case s.Denominator.Valid:
		return exactly(s.Numerator.Decimal) + " of " + exactly(s.Denominator.Decimal)
	default:
		return exactly(s.Numerator.Decimal)
	}
}

// Missing says in a sentence whose figures are missing from a point.
func Missing(m *catalog.Measure, place string, p measure.Point, d *figures.Directory) string {
	if p.Complete || p.Organisations == 0 {
		return ""
	}
	const most = 4
	var names []string
	unlisted := false
	called := d.Named(p.Missing)
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
		partial := Partial(m, p)
		if partial != "" {
			sentences = append(sentences, "Partial: "+partial+".")
		}
		switch {
		case madeOfPeriods(m): // which may be some of its periods only
			sentences = append(sentences, fmt.Sprintf("Some of its %ss have no figure from %s.", grainWord(m), List(names)))
		case partial != "":
			sentences = append(sentences, fmt.Sprintf("No figure from %s.", List(names)))
		default:
			sentences = append(sentences, fmt.Sprintf("No figure from %d of %d organisations: %s.", n, p.Organisations, List(names)))
		}
	}
	if note := MissingNote(m, place, p, d); note != "" {
		sentences = append(sentences, note)
	}
	if unlisted {
		sentences = append(
			sentences,
			fmt.Sprintf("Only %s returned a figure, and no publication lists the others.", Plural(p.Organisations-len(names), "organisation has", "organisations have")),
		)
	}
	return strings.Join(sentences, " ")
}

// Stopped say which organisations had a notable part of a figure and no longer report; empty where there are none.
func Stopped(stopped []figures.Stopped, name func(organisation string) string) string {
	if len(stopped) == 0 {
		return ""
	}
	var names []string
	for _, o := range stopped {
		names = append(names, fmt.Sprintf("%s, %s (%d%% of %s)", name(o.Organisation), o.Organisation, o.Part, o.Period.Words()))
	}
	return "No longer reporting: " + List(names) + ". The work may be counted elsewhere now."
}

// madeOfPeriods tells whether a figure of a measure is made of those of several periods.
func madeOfPeriods(m *catalog.Measure) bool {
	return m.Derived != nil && m.Derived.By != catalog.AverageDay
}

// Partial are the figure of those that reported where others did not; empty where there is none.
func Partial(m *catalog.Measure, p measure.Point) string {
	if p.Partial == nil || !p.Partial.Value.Valid {
		return ""
	}
	value, some := Value(m, p.Partial.Value.Decimal)+Mark(p), p.Partial
	if madeOfPeriods(m) {
		return value + " " + PartialOf(m, *some)
	}
	return fmt.Sprintf("%s from %d of %s", value, some.Reported, Plural(some.Expected, "organisation", "organisations"))
}

// LastWhole says what the last figure before one that is not whole was; empty where there is none.
func LastWhole(m *catalog.Measure, points []measure.Point, before catalog.Period) string {
	for i := len(points) - 1; i >= 0; i-- {
		if p := points[i]; p.Value.Valid && p.Period.Start.Before(before.Start) {
			return fmt.Sprintf("The last whole figure is %s, %s.", PointValue(m, p), LowerFirst(OnPeriod(p.Period)))
		}
	}
	return ""
}

// Lacking says of each organisation without a figure why it has none, and of one that only may belong to the place how that is known.
func Lacking(cells []figures.Cell, d *figures.Directory) []string {
	type reason struct {
		organisation, status, note, membership string
		perhaps                                bool
	}
	var all []string
	told := map[reason]bool{}
	for _, cell := range cells {
		r := reason{cell.Organisation, cell.Status, cell.Note, Membership(cell, d.Reference), cell.Share.IsZero()}
		if why := LackingOf(cell, d.Reference); why != "" && !told[r] {
			told[r] = true
			all = append(all, fmt.Sprintf("%s (%s): %s", d.OrganisationName(cell.Organisation), cell.Organisation, why))
		}
	}
	return all
}

// MissingReasons say in a few words what stands in place of a cell that does not count.
var MissingReasons = map[figures.MissingReason]string{
	figures.Unreported: "not reported", figures.OmittedByPublisher: "left out by the publisher", figures.ConfirmedGap: "left out: known gap",
}

// LackingOf say why a cell is no part of the figure that it stands beneath; nothing where it is.
func LackingOf(cell figures.Cell, r *footprint.Reference) string {
	switch perhaps := cell.Share.IsZero(); {
	case cell.Status == figures.Reported && perhaps:
		return "Its figure is published, but not whether it belongs here. " + Membership(cell, r) + "."
	case cell.Status == figures.Reported:
		return ""
	case perhaps:
		return Closed(cell.Note) + " " + Membership(cell, r)
	default:
		return Closed(cell.Note)
	}
}

// Headline states the figure of England and its change.
func Headline(england figures.LatestFigure) string {
	m, period, in := england.Measure, england.Period.Words(), InPeriod(england.Period)
	switch {
	case slices.Contains(england.Now.Missing, measure.Unlisted):
		return fmt.Sprintf("England has no figure for %s: not every footprint has returned one", period)
	case Partial(m, england.Now) != "":
		return fmt.Sprintf("%s in England: a partial figure %s, %s", m.Title, in, Partial(m, england.Now))
	case !england.Now.Value.Valid && len(england.Now.Missing) > 0:
		return fmt.Sprintf("England has no figure for %s: %s none", period, Plural(len(england.Now.Missing), "organisation has", "organisations have"))
	case !england.Now.Value.Valid:
		return "England has no figure for " + period
	case england.Change.Valid:
		return fmt.Sprintf("%s in England: %s %s, %s", m.Title, PointValue(m, england.Now), in, Comparison(m, *england.Before, england.Change.Decimal))
	default:
		return fmt.Sprintf("%s in England: %s %s", m.Title, PointValue(m, england.Now), in)
	}
}

// EnglandFinding is the headline of the England page and what stands beneath it.
func EnglandFinding(m *catalog.Measure, latest []figures.LatestFigure) (finding, sentence string) {
	england := latest[0]
	period, before := england.Period.Words(), england.Period.YearBefore().Words()
	var lower, higher, same, without int
	var lowest, highest *figures.LatestFigure
	for i := range latest {
		s := &latest[i]
		if s.Area.Footprint == nil {
			continue
		}
		if !s.Now.Value.Valid {
			without++
			continue
		}
		if lowest == nil || s.Now.Value.Decimal.LessThan(lowest.Now.Value.Decimal) {
			lowest = s
		}
		if highest == nil || s.Now.Value.Decimal.GreaterThan(highest.Now.Value.Decimal) {
			highest = s
		}
		if s.Before == nil || !s.Before.Value.Valid {
			continue
		}
		switch s.Now.Value.Decimal.Cmp(s.Before.Value.Decimal) { // of zero there is no change in per cent
		case -1:
			lower++
		case 1:
			higher++
		default:
			same++
		}
	}
	var parts []string
	if england.Before != nil && england.Before.Value.Valid {
		parts = append(parts, fmt.Sprintf("%s it was %s.", OnPeriod(england.Period.YearBefore()), PointValue(m, *england.Before)))
	}
	if lower+higher+same > 0 {
		parts = append(parts, directions(higher, lower, same))
	}
	if without > 0 {
		parts = append(parts, Plural(without, "footprint has", "footprints have")+fmt.Sprintf(" no figure for %s.", period))
	}
	if alone := 44 - without - higher - lower - same; alone > 0 && higher+lower+same > 0 {
		parts = append(parts, Plural(alone, "has", "have")+fmt.Sprintf(" none for %s.", before))
	}
	if m.Ratio() && lowest != nil {
		parts = append(parts, fmt.Sprintf("Where there is a figure it lies between %s (%s) and %s (%s).",
			PointValue(m, lowest.Now), lowest.Area.Name, PointValue(m, highest.Now), highest.Area.Name))
	}
	parts = append(parts, m.Events(england.Period, england.Period.YearBefore())...)
	if m.Grain == catalog.Month {
		parts = append(parts, "Two months alone do not show a trend.")
	}
	return Headline(england), strings.Join(parts, " ")
}

// directions says how many footprints went which way.
func directions(higher, lower, same int) string {
	all := higher + lower + same
	which := fmt.Sprintf("%d footprints", all)
	if all < 44 {
		which += " with both figures"
	}
	switch all {
	case higher:
		return "All " + which + " were higher than a year before."
	case lower:
		return "All " + which + " were lower than a year before."
	}
	words := fmt.Sprintf("Of the %s %d were higher than a year before and %d lower", which, higher, lower)
	if same > 0 {
		words += fmt.Sprintf("; %d did not change", same)
	}
	return words + "."
}

// smallNumber is a count below which a percentage of it says more than the numbers do.
var smallNumber = decimal.NewFromInt(20)

// Comparison says in words how a figure compares with that of a year before, and whether a known event bent that one.
func Comparison(m *catalog.Measure, before measure.Point, change decimal.Decimal) string {
	words := comparison(m, before, change)
	if len(m.Events(before.Period)) > 0 {
		words += ", when a known event affected the figure"
	}
	return words
}

func comparison(m *catalog.Measure, before measure.Point, change decimal.Decimal) string {
	if m.Unit == catalog.Number && before.Value.Decimal.LessThan(smallNumber) {
		return "against " + PointValue(m, before) + " a year before"
	}
	amount := Grouped(change.Abs(), 1)
	if m.Unit == catalog.Share {
		// Two rounded shares may lie otherwise apart than they do.
		if from := Scaled(m, before.Value.Decimal); !from.Add(change).Round(1).Sub(from.Round(1)).Equal(change.Round(1)) {
			amount = Grouped(change.Abs(), 2)
		}
		amount += " percentage points"
	} else {
		amount += "%"
	}
	switch {
	case change.Round(1).IsZero():
		return "much the same as a year before"
	case change.IsNegative():
		return amount + " lower than a year before"
	default:
		return amount + " higher than a year before"
	}
}

// CardFinding states the latest figure, the change on the year before and the range of the series. Incomparable says why there is no change to
// state; empty where there is.
func CardFinding(m *catalog.Measure, points []measure.Point, incomparable string) (finding, sentence string) {
	last := points[len(points)-1]
	var parts []string
	if !last.Value.Valid {
		finding = fmt.Sprintf("No figure for %s", last.Period.Words())
		if partial := Partial(m, last); partial != "" {
			finding = fmt.Sprintf("A partial figure %s: %s", LowerFirst(OnPeriod(last.Period)), partial)
		}
		if whole := LastWhole(m, points, last.Period); whole != "" {
			parts = append(parts, whole)
		}
	} else {
		finding = fmt.Sprintf("%s %s", PointValue(m, last), LowerFirst(OnPeriod(last.Period)))
		before, _ := measure.At(points, last.Period.YearBefore().Start)
		if change := measure.Change(m, last.Value, before.Value); incomparable != "" {
			parts = append(parts, incomparable)
		} else if change.Valid {
			finding += ", " + Comparison(m, before, change.Decimal)
			parts = append(parts, fmt.Sprintf("%s the figure was %s.", OnPeriod(before.Period), PointValue(m, before)))
		}
	}
	if last.Value.Valid {
		parts = append(parts, m.Events(last.Period, last.Period.YearBefore())...)
	}
	var lowest, highest, begins, ends *measure.Point
	missing, absent := 0, 0
	for i := range points {
		p := &points[i]
		if !p.Value.Valid {
			switch {
			case p.Organisations == 0:
				absent++
			case !p.Complete:
				missing++
			}
			continue
		}
		if begins == nil {
			begins = p
		}
		ends = p
		if lowest == nil || p.Value.Decimal.LessThan(lowest.Value.Decimal) {
			lowest = p
		}
		if highest == nil || p.Value.Decimal.GreaterThan(highest.Value.Decimal) {
			highest = p
		}
	}
	if lowest != nil && Value(m, highest.Value.Decimal) != Value(m, lowest.Value.Decimal) {
		parts = append(parts, fmt.Sprintf("From %s until %s it lay between %s (%s) and %s (%s).", ThePeriod(begins.Period), ThePeriod(ends.Period),
			PointValue(m, *lowest), lowest.Period.Words(), PointValue(m, *highest), highest.Period.Words()))
	}
	if missing > 0 {
		parts = append(parts, fmt.Sprintf("%s without a figure, because that of an organisation is missing.", Plural(missing, "period is", "periods are")))
	}
	if absent > 0 {
		parts = append(parts, fmt.Sprintf("Nothing is loaded for %s between.", Plural(absent, "period", "periods")))
	}
	return finding, strings.Join(parts, " ")
}

// FilesAre say what a file is to what its publisher released.
var FilesAre = map[catalog.FilesAre]string{
	catalog.Originals: "As its publisher released it", catalog.SavedAgain: "The publisher's cells, saved again by others",
	catalog.Compilations: "Compiled by others from what the publisher released", "": "Not stated",
}

// Formula writes how the figure is made, with its own numbers.
func Formula(m *catalog.Measure, p measure.Point) string {
	describe := func(sum *catalog.Sum) string {
		if sum == nil {
			return m.Title
		}
		return sum.Description
	}
	amount := func(n decimal.NullDecimal) string {
		if !n.Valid {
			return "not known, as the figure of an organisation is missing"
		}
		if m.Unit == catalog.GBP {
			return Pounds(n.Decimal)
		}
		return Count(n.Decimal)
	}
	if m.WeightedBy != "" {
		if p.Weighted {
			return fmt.Sprintf("The mean of the figures of %d organisations, weighted by %s.", p.Organisations, m.WeightedBy)
		}
		return "As it is published, without the counts beneath it."
	}
	text := fmt.Sprintf("%s: %s", describe(m.Numerator), amount(p.Numerator))
	if base := m.Base(); base != nil {
		return fmt.Sprintf("%s: %s.", base.Title, m.Derived.By.Words())
	}
	if !m.Ratio() {
		return text // what a rate per 1,000 divides by stands beside it
	}
	denominator := "Denominator"
	if m.Denominator != nil {
		denominator = describe(m.Denominator)
	}
	of := amount(p.Denominator)
	switch {
	case !m.DividedByOwnPeriods():
	case p.Divisor == nil:
		of = "not known"
	case m.Denominator.EachDay:
		of = fmt.Sprintf("%s (%s of %s, for each day of the %s)", of, Count(p.Divisor.People.Round(0)), p.Divisor.Period.Words(), p.Period.Grain.Words())
	default:
		of = fmt.Sprintf("%s of %s", of, p.Divisor.Period.Words())
	}
	text = strings.Join([]string{text, fmt.Sprintf("%s: %s", denominator, of)}, "; divided by ")
	if m.Unit == catalog.Rate {
		text += ";" + per(m)
	}
	return text
}

// AddingUp says how the figures of organisations and of periods make one.
func AddingUp(m *catalog.Measure) []string {
	var sentences []string
	switch {
	case m.Level == catalog.ByEngland:
		sentences = append(sentences, "It is stated for England as a whole and not for organisations.")
	case m.Derived != nil:
		sentences = append(sentences, "It is worked out for each place from the figures of that place.")
	case m.WeightedBy == catalog.NotCombined:
		sentences = append(
			sentences,
			"It is published without the counts beneath it, so the figures of several organisations are not put together: a place has a figure where it has one organisation.",
		)
	case m.WeightedBy != "":
		sentences = append(
			sentences,
			fmt.Sprintf("It is published without the counts beneath it. The figure of several organisations is their mean, weighted by %s: an estimate.", m.WeightedBy),
		)
	case m.Ratio():
		sentences = append(
			sentences,
			"Numerators and denominators of the organisations in a place are added up before one is divided by the other. Without every organisation there is no figure.",
		)
	default:
		sentences = append(sentences, "The figures of the organisations in a place are added up. Without every organisation there is no figure.")
	}
	switch {
	case m.Derived != nil && m.Derived.By == catalog.YearChange:
		sentences = append(sentences, "Changes of several periods do not add up.")
	case m.OverTime == catalog.EndOfPeriod:
		sentences = append(sentences, "Of several periods the last one stands for all.")
	case m.OverTime == catalog.Averaged:
		sentences = append(sentences, "Of several periods the mean is taken.")
	case m.Overlaps():
		sentences = append(sentences, "Its figures share months, so those of several periods do not add up.")
	case m.Ratio():
		sentences = append(sentences, "Of several periods numerators and denominators are added up before one is divided by the other.")
	default:
		sentences = append(sentences, "The figures of several periods are added up.")
	}
	return sentences
}

// Standings say beside the headline how England and the 44 stand.
func Standings(
	m *catalog.Measure,
	targets []*catalog.Target,
	england figures.LatestFigure,
	places []figures.LatestFigure,
	compared measure.Comparison,
	named Names,
) []string {
	var sentences []string
	if england.Before != nil && england.Before.Value.Valid {
		sentences = append(sentences, fmt.Sprintf("%s it was %s.", OnPeriod(england.Before.Period), PointValue(m, *england.Before)))
	}
	sentences = append(sentences, m.Events(england.Period)...)
	change := VariationIcon(england.Signal, named).Words
	if len(places) == 0 {
		return append(sentences, "England: "+change, "The figures are stated for England as a whole; the footprints have none.")
	}
	if u, alike := UndeterminedAlike(
		places,
	); alike && u == england.Signal.Undetermined && england.Signal.Variation == spc.NoVariation &&
		england.Signal.Of.Start.IsZero() {
		sentences = append(sentences, "England and the footprints: "+change)
	} else {
		sentences = append(sentences, "England: "+change, VariationSummary(places, named))
	}
	without := 0
	for _, s := range places {
		if !s.Now.Value.Valid {
			without++
		}
	}
	if without > 0 {
		sentences = append(sentences, fmt.Sprintf("%s no figure for %s.", Plural(without, "footprint has", "footprints have"), england.Period.Words()))
	}
	if f := compared.Funnel; f != nil && !math.IsNaN(f.Baseline) {
		sentences = append(sentences, FunnelSummary(f))
	}
	asked := false
	for _, t := range figures.GoverningFirst(targets, places) {
		if summary := TargetSummary(t, places); summary != "" {
			sentences, asked = append(sentences, fmt.Sprintf("%s: %s", t.Title, summary)), true
		}
	}
	if !asked {
		sentences = append(sentences, fmt.Sprintf("There is no target for the footprints %s.", InPeriod(england.Period)))
	}
	return sentences
}

// Unranked says how amounts are ordered that do not compare.
const Unranked = "By amount, the largest first, without ranks. Amounts of places of different size do not compare; the measure has no rate."

// Ranked says what the ranks of a measure mean, and what they do not.
func Ranked(m *catalog.Measure) string {
	return fmt.Sprintf(
		"Rank 1 is the lowest figure; %s. A rank says nothing about chance: neighbours may change places without any cause.",
		Direction(m.Direction),
	)
}

// NoFigure says what stands in place of a value that a point does not have on a scale, and why.
func NoFigure(m *catalog.Measure, s Scale, p measure.Point, place string, d *figures.Directory) (text, reason string) {
	switch {
	case p.Organisations == 0:
		text, reason = "no figure", "Nothing is loaded for this period."
		if why := d.Catalog.NotLoaded(m, p.Period); why != "" {
			reason = fmt.Sprintf("What is published for this period is not loaded: %s.", why)
		} else if d.Catalog.Returned(m) {
			reason = "No return is loaded for this period."
		}
	case !p.Complete:
		text, reason = "not reported", Missing(m, place, p, d)
		if d.MissingReasonIn(m, place, p) != figures.Unreported {
			text = "not whole"
		}
		if Partial(m, p) != "" {
			if text = "partial"; s == AsNumber {
				text += ": " + Value(m, p.Partial.Value.Decimal) + Mark(p)
			}
		}
	case p.NoValue == measure.DefinitionChanged:
		text, reason = "not comparable", "What is counted changed within the time that the figure covers."
	case p.NoValue == measure.OrganisationsChanged:
		text, reason = "not comparable", "Trusts joined or left within the time that it covers, so it cannot be compared."
	case p.NoValue == measure.PeriodMissing:
		text, reason = "no figure", "A period within the time that the figure covers has none."
	case p.NoValue == measure.NotCombined:
		text, reason = "no figure", "The councils' figures are published without the numbers of people asked, so they are not put together."
	case p.NoValue == measure.Contradictory:
		text, reason = "no share", "The counts contradict each other: more within the share than there are, or fewer than none."
	case p.NoValue == measure.PeopleUnknown:
		text, reason = "no rate", peopleUnknown(m, p, place, d)
	case m.Ratio():
		ratio := "share"
		if m.Unit == catalog.Rate {
			ratio = "rate"
		}
		text, reason = "no "+ratio, "Nothing was counted, so there is nothing to take a "+ratio+" of."
	case place == footprint.Unallocated:
		text = "no rate"
		reason = Value(m, p.Value.Decimal) + " in number; no patients are registered outside the footprints."
	default:
		text, reason = "no rate", peopleUnknown(m, p, place, d)
	}
	return text, reason
}

// NoChange says why there is no change on a year before.
func NoChange(s figures.LatestFigure, named Names) string {
	if s.Apart.Code != "" {
		return Incomparable(s.Apart, named)
	}
	if s.Before != nil && s.Before.Value.Valid && s.Now.Value.Valid {
		return "The figure a year before was zero, so no percentage can be stated."
	}
	return "There is no figure for both periods."
}

// Area says what an area is.
func Area(s figures.Area) string {
	switch {
	case s.Footprint != nil:
		return fmt.Sprintf("One of the 44 Sustainability and Transformation Plan footprints, in the region %s.", s.Footprint.Region.Name)
	case s.Code == footprint.England:
		return "All organisations of England, those in no single footprint among them."
	}
	return "Organisations that serve several footprints or the whole country, and those of which no published list says the footprint. They are part of England and of no footprint."
}

// NothingLoaded stands where nothing is loaded of a measure for any place.
const NothingLoaded = "No figures are loaded for this measure."

// NothingListed says that what is loaded of a measure has none of an area.
func NothingListed(s figures.Area) string {
	return fmt.Sprintf("No organisation of %s is listed in what is loaded for this measure.", s.Name)
}

// RankedAmong says where a footprint stands among the 44.
func RankedAmong(s figures.LatestFigure) string {
	return fmt.Sprintf("%s it ranked %d of %d footprints, 1 being the lowest%s.", OnPeriod(s.Period), s.Rank, s.Of,
		map[bool]string{true: " per 1,000 registered patients"}[s.Measure.PerThousand])
}
