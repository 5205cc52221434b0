package dashboard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
)

// ChangesQuestion asks what differs between two moments; empty texts mean the day before To, now, and all there is.
type ChangesQuestion struct {
	From, To, Measure, Footprint, Cause string
	Limit, Offset                       int
}

// MostChanges bounds one page of changes.
const MostChanges = 5000

// Changes are the figures that differ between two moments, with the counts of all of them.
type Changes struct {
	From, To AsOf
	Counts   []figures.ChangeCount
	Figures  []Change // of one page
	Filter   figures.ChangeFilter
}

// Change is one figure that differs, and where and when it stands.
type Change struct {
	figures.Change
	Scope  Scope
	Period catalog.Period
	Unit   catalog.Unit
}

// Changes finds the figures that differ between two moments.
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
		return changes, &InputError{Parameter: "cause", Value: q.Cause, Accepted: strings.Trim(strings.ReplaceAll(fmt.Sprint(figures.Causes), " ", ", "), "[]")}
	}
	measures := c.Catalog.Measures
	if q.Measure != "" {
		m, err := c.Measure(q.Measure)
		if err != nil {
			return changes, err
		}
		if base := m.Base(); base != nil {
			return changes, &InputError{Parameter: "measure", Value: m.ID, Accepted: "one that is not worked out from another; this one follows " + m.Stored().ID}
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
	changes.Filter = filter
	changes.Counts, changes.Figures, err = c.changedFigures(ctx, filter)
	return changes, err
}

// ChangedBetween are the figures that differ between two moments, of one page, with the counts of all of them. It is remembered, so the filter
// must be one of few; its moments are those.
func (c *Composer) ChangedBetween(ctx context.Context, earlier, later AsOf, filter figures.ChangeFilter) ([]figures.ChangeCount, []Change, error) {
	type answer struct {
		counts  []figures.ChangeCount
		figures []Change
	}
	question := fmt.Sprint("changes from ", earlier.seen, filter.Measures, filter.Footprints, filter.Cause, filter.Offset, filter.Limit)
	a, err := remember(ctx, c.Memory, later, question, func(ctx context.Context) (a answer, err error) {
		filter.From, filter.To = earlier.Bound, later.Bound
		a.counts, a.figures, err = c.changedFigures(ctx, filter)
		return a, err
	})
	return a.counts, a.figures, err
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
		err = OrderError{&InputError{Parameter: "from", Value: earlier.Text, Accepted: "a moment not after to (" + cmp.Or(later.Text, "now") + ")"}}
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
