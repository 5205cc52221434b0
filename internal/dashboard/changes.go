package dashboard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
)

// ChangesQuestion asks what differs between two moments; empty texts mean the day before To, now, and all there is.
type ChangesQuestion struct {
	From, To, Measure, Footprint, Cause string
	Limit, Offset                       int
}

// MostChanges bounds one page of changes.
const MostChanges = 5000

// Changes are the figures that differ between two moments, with the counts of all of them, and the verdicts on claims.
type Changes struct {
	From, To AsOf
	Counts   []figures.ChangeCount
	Figures  []Change        // of one page
	Verdicts []VerdictChange // all of them, whatever the cause asked for
	Untested int             // claims asked about of which no verdict was kept by the later moment
}

// Change is one figure that differs, and where and when it stands.
type Change struct {
	figures.Change
	Scope  Scope
	Period catalog.Period
	Unit   catalog.Unit
}

// Changes finds the figures and the verdicts that differ between two moments.
func (c *Composer) Changes(ctx context.Context, q ChangesQuestion) (Changes, error) {
	var changes Changes
	var err error
	if changes.From, changes.To, err = c.between(ctx, q.From, q.To); err != nil {
		return changes, err
	}
	filter := figures.ChangeFilter{
		From: changes.From.Bound, To: changes.To.Bound, Cause: figures.Cause(q.Cause), Limit: q.Limit, Offset: q.Offset,
	}
	if q.Cause != "" && !slices.Contains(figures.Causes, filter.Cause) {
		return changes, &InputError{"cause", q.Cause, strings.Trim(strings.ReplaceAll(fmt.Sprint(figures.Causes), " ", ", "), "[]")}
	}
	measures := c.Catalog.Measures
	if q.Measure != "" {
		m, err := c.Measure(q.Measure)
		if err != nil {
			return changes, err
		}
		if base := m.Base(); base != nil {
			return changes, &InputError{"measure", m.ID, "one that is not worked out from another; this one follows " + m.Stored().ID}
		}
		measures = []*catalog.Measure{m}
	}
	for _, m := range measures {
		filter.Measures = append(filter.Measures, m.ID)
	}
	if q.Footprint != "" {
		s, err := c.Scope(q.Footprint)
		if err != nil {
			return changes, err
		}
		filter.Footprints = []string{s.Code}
	}
	if changes.Counts, changes.Figures, err = c.changedFigures(ctx, filter); err != nil {
		return changes, err
	}
	return changes, c.changedVerdicts(ctx, &changes, filter)
}

// changedFigures are those that differ, of one page, with the counts of all of them.
func (c *Composer) changedFigures(ctx context.Context, filter figures.ChangeFilter) ([]figures.ChangeCount, []Change, error) {
	counts, page, err := c.Figures.Changes(ctx, filter)
	if err != nil {
		return nil, nil, err
	}
	var changes []Change
	for _, change := range page {
		m, err := c.Measure(change.Measure)
		if err != nil {
			return nil, nil, err
		}
		s, err := c.Scope(change.Footprint)
		if err != nil {
			return nil, nil, err
		}
		changes = append(changes, Change{change, s, catalog.Period{Start: change.Period, Grain: m.Grain}, m.Unit})
	}
	return counts, changes, nil
}

// changedVerdicts finds the claims about some measures and places whose verdicts differ, and how many have none to compare.
func (c *Composer) changedVerdicts(ctx context.Context, changes *Changes, asked figures.ChangeFilter) error {
	before, err := c.latestVerdicts(ctx, changes.From)
	if err != nil {
		return err
	}
	after, err := c.latestVerdicts(ctx, changes.To)
	if err != nil {
		return err
	}
	about := func(known *catalog.Claim) bool {
		here := len(asked.Footprints) == 0 || slices.ContainsFunc(asked.Footprints, func(place string) bool {
			return slices.Contains(known.Places, place) || known.OfEngland() && place == footprint.England
		})
		return here && slices.Contains(asked.Measures, known.Measure)
	}
	for _, known := range c.Catalog.Claims {
		if _, found := after[known.ID]; !found && about(known) && changes.To.Bound.Load > 0 { // before anything is loaded there is nothing to test
			changes.Untested++
		}
	}
	changes.Verdicts = slices.DeleteFunc(c.verdictChanges(before, after), func(v VerdictChange) bool {
		known, _ := c.Catalog.Claim(v.After.Claim)
		return !about(known)
	})
	return nil
}

const momentBefore = "a moment not after to"

// between reads two moments, of which the first must not be after the second.
func (c *Composer) between(ctx context.Context, from, to string) (earlier, later AsOf, err error) {
	if later, err = c.moment(ctx, "to", to); err != nil {
		return earlier, later, err
	}
	if strings.TrimSpace(from) == "" {
		end := later.Bound.At
		if later.Text == "" {
			end = c.Now()
		}
		start := end.In(london).AddDate(0, 0, -1).Truncate(time.Second)
		earlier.Text = start.Format(time.RFC3339)
		earlier.Bound, err = c.Figures.AsOfTime(ctx, start)
		return earlier, later, err
	}
	earlier, err = c.moment(ctx, "from", from)
	if err == nil && earlier.after(later) {
		err = &InputError{"from", earlier.Text, momentBefore + " (" + cmp.Or(later.Text, "now") + ")"}
	}
	return earlier, later, err
}

// after tells whether a moment comes after another. Of two loads the number says so, even if the clock was set back between them.
func (a AsOf) after(other AsOf) bool {
	return cmp.Or(cmp.Compare(a.Bound.Load, other.Bound.Load), a.Bound.At.Compare(other.Bound.At)) > 0
}

func (c *Composer) moment(ctx context.Context, parameter, text string) (AsOf, error) {
	asOf, err := c.AsOf(ctx, text)
	var wrong *InputError
	if errors.As(err, &wrong) {
		wrong.Parameter = parameter
	}
	return asOf, err
}

// Sum is how many figures differ.
func (c Changes) Sum() (sum uint64) {
	for _, count := range c.Counts {
		sum += count.Figures
	}
	return sum
}

// mostCodes is how many organisations the words name.
const mostCodes = 3

// Words says what a figure was: "4,150", "1,764,832 of 1,949,762", or why there was none.
func Words(s figures.Stand) string {
	switch {
	case !s.Exists:
		return "no figure"
	case len(s.Missing) > 0:
		codes := slices.Clone(s.Missing)
		if i := slices.Index(codes, measure.Unlisted); i >= 0 {
			codes[i] = "those that nobody lists"
		}
		if more := len(codes) - mostCodes; more > 0 {
			codes = append(codes[:mostCodes], fmt.Sprintf("%d more", more))
		}
		return "not reported by " + list(codes)
	case !s.Numerator.Valid:
		return "no figure"
	case s.Denominator.Valid:
		return exactly(s.Numerator.Decimal) + " of " + exactly(s.Denominator.Decimal)
	default:
		return exactly(s.Numerator.Decimal)
	}
}

// exactly writes a number with all its places, so that whatever differs is seen to.
func exactly(n decimal.Decimal) string {
	_, places, _ := strings.Cut(n.String(), ".")
	return grouped(n, int32(len(places)))
}
