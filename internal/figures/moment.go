package figures

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/load"
)

// Moment is a moment whose figures a reader asks for.
type Moment struct {
	Text  string // as given; empty for now
	Bound AsOf
	Runs  uint64 // that have ended by now, whatever the moment
	Day   bool   // given as a date, of which the end is meant
	Today bool   // the moment is later today
	// Pin is the as_of that keeps the figures shown; empty where nothing is loaded.
	Pin string
	// Stood is when the figures that are seen last changed, with the newest load where its publication was that change; without a time where
	// nothing is loaded.
	Stood AsOf
	// Loading is how far the bundled figures were loaded before those of the moment were looked at.
	Loading load.Progress
	past    bool   // other figures are seen than now
	aside   bool   // what is found out is kept with what is of other moments
	day     string // of the reader's clock, by which a page says what has passed
	seen    string // names the figures that are seen
	kept    uint64 // verdicts
}

// Shown names all that is shown as of the moment, verdicts and the reader's day included: the same name means that nothing has changed.
func (a Moment) Shown() string {
	return fmt.Sprint(a.seen, " ", a.kept, " ", a.Today, " ", a.day, " ", a.Loading.Done, " ", a.Loading.Of)
}

// Figures names the figures that are seen as of the moment.
func (a Moment) Figures() string { return a.seen }

// OfLoad tells whether the moment is given as the number of a load.
func (a Moment) OfLoad() bool { return loadNumber.MatchString(a.Text) }

// Past tells whether other figures are seen as of the moment than now.
func (a Moment) Past() bool { return a.past }

// apart is the moment for a question that goes through all figures: what it finds out must not push out what everybody needs.
func (a Moment) apart() Moment {
	a.aside = true
	return a
}

// Incomplete tells whether figures that came with the product are not loaded yet, so that what is missing may be there soon. As of a past
// moment what was missing is.
func (a Moment) Incomplete() bool { return !a.past && !a.Loading.Whole() }

// Waits tells whether figures of a measure are not loaded yet.
func (a Moment) Waits(m *catalog.Measure) bool { return a.Incomplete() && a.Loading.Waits(m) }

// MomentStore tells what is seen as of a moment.
type MomentStore interface {
	AsOfLoad(ctx context.Context, id uint64) (AsOf, error)
	AsOfTime(ctx context.Context, at time.Time) (AsOf, error)
	Watermark(ctx context.Context, asOf AsOf) (Watermark, error)
	FirstLoadAt(ctx context.Context) (time.Time, error)
}

// Moments reads the moments that readers ask for.
type Moments struct {
	store  MomentStore
	memory *Memory
	now    func() time.Time
	// Loading tells how far the bundled figures are loaded; without it they are.
	Loading func() load.Progress
}

// NewMoments reads moments by a clock.
func NewMoments(store MomentStore, memory *Memory, now func() time.Time) *Moments {
	return &Moments{store: store, memory: memory, now: now}
}

// Progress is how far the bundled figures are loaded.
func (m *Moments) Progress() load.Progress {
	if m.Loading == nil {
		return load.Progress{}
	}
	return m.Loading()
}

// Now is the time of the clock.
func (m *Moments) Now() time.Time { return m.now() }

// StoodAt is the moment at which the figures that are seen last changed, with the newest load among them: a question as of then sees the
// same figures, whatever was loaded since.
func (m *Moments) StoodAt(ctx context.Context, asOf Moment) (AsOf, error) {
	seen, err := m.store.Watermark(ctx, asOf.Bound)
	if err != nil {
		return AsOf{}, err
	}
	stood, err := m.store.AsOfTime(ctx, seen.Last.UTC())
	stood.Load = min(stood.Load, asOf.Bound.Load)
	return stood, err
}

const asOfAccepted = "a date (2026-11-21), a time (2026-11-21T14:30 or RFC 3339) or the number of a published load"

var loadNumber = regexp.MustCompile(`^[0-9]{1,18}$`)

// AsOf reads an as_of parameter. A date means the end of that day in London.
func (m *Moments) AsOf(ctx context.Context, text string) (Moment, error) {
	loading := m.Progress() // first: what is loaded from here on is seen, or counted as not loaded yet
	last, err := m.memory.shown.ask(m.store.Watermark)(ctx, Now)
	if err != nil {
		return Moment{}, err
	}
	now := Moment{Bound: Now, Loading: loading, day: m.now().In(London).Format(time.DateOnly)}
	now.see(last)
	m.memory.seen.Store(now.seen)
	now.Bound.At = last.Last // what is loaded while the answer is made belongs to the next one
	text = strings.TrimSpace(text)
	if text == "" {
		return now, nil
	}
	// While nothing is added, what is seen as of a moment stays as it is.
	asOf, err := Remember(ctx, m.memory, Moment{seen: now.Shown()}, "as of "+text, func(ctx context.Context) (Moment, error) {
		asOf, err := m.bound(ctx, text)
		if err != nil {
			return asOf, err
		}
		seen, err := m.store.Watermark(ctx, asOf.Bound)
		asOf.see(seen)
		return asOf, err
	})
	asOf.Today = asOf.Bound.At.After(m.now())
	asOf.Runs, asOf.day, asOf.past, asOf.Loading = now.Runs, now.day, asOf.seen != now.seen, loading
	return asOf, err
}

// see notes what is seen.
func (a *Moment) see(seen Watermark) {
	a.seen, a.kept, a.Runs = fmt.Sprint(seen.Changes, seen.Last.UnixMicro()), seen.Verdicts, seen.Runs
	switch {
	case seen.Changes == 0:
		return
	case seen.Load > 0:
		a.Pin = strconv.FormatUint(seen.Load, 10)
	default:
		a.Pin = seen.Last.UTC().Format(time.RFC3339Nano)
	}
	a.Stood = AsOf{At: seen.Last, Load: seen.Load}
}

func (m *Moments) bound(ctx context.Context, text string) (Moment, error) {
	if loadNumber.MatchString(text) {
		id, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return Moment{}, &InputError{Parameter: "as_of", Value: text, Accepted: asOfAccepted}
		}
		bound, err := m.store.AsOfLoad(ctx, id)
		if errors.Is(err, ErrNotFound) {
			return Moment{}, &InputError{Parameter: "as_of", Value: text, Accepted: asOfAccepted}
		}
		return Moment{Text: text, Bound: bound}, err
	}
	at, ok := ParseMoment(text)
	if !ok {
		return Moment{}, &InputError{Parameter: "as_of", Value: text, Accepted: asOfAccepted}
	}
	now := m.now().In(London)
	if at.After(endOf(now)) {
		return Moment{}, &InputError{Parameter: "as_of", Value: text, Accepted: "a moment that has come; it is " + now.Format("2 January 2006 at 15:04")}
	}
	bound, err := m.store.AsOfTime(ctx, at)
	return Moment{Text: text, Bound: bound, Day: isDate(text)}, err
}

// isDate tells whether a text is a date alone.
func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// ParseMoment reads a date, of which the end is meant, or a time; as London counts them where no zone is named.
func ParseMoment(text string) (time.Time, bool) {
	if day, err := time.ParseInLocation(time.DateOnly, text, London); err == nil {
		return reasonable(endOf(day))
	}
	// In an address "+" arrives as a space.
	if at, err := time.Parse(time.RFC3339Nano, strings.Replace(text, " ", "+", 1)); err == nil {
		return reasonable(at)
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if at, err := time.ParseInLocation(layout, text, London); err == nil {
			return reasonable(at)
		}
	}
	return time.Time{}, false
}

// endOf is the last moment of a day that the warehouse tells from the next.
func endOf(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, day.Location()).Add(-time.Microsecond)
}

// reasonable refuses times that the warehouse cannot hold.
func reasonable(at time.Time) (time.Time, bool) {
	return at, at.Year() >= 1970 && at.Year() < 2299
}

// Between reads two moments, of which the first must not be after the second.
func (m *Moments) Between(ctx context.Context, from, to string) (earlier, later Moment, err error) {
	if later, err = m.Moment(ctx, "to", to); err != nil {
		return earlier, later, err
	}
	if strings.TrimSpace(from) == "" {
		end := later.Bound.At
		if later.Text == "" {
			end = m.now()
		}
		start := end.In(London).AddDate(0, 0, -1).Truncate(time.Second)
		earlier.Text = start.Format(time.RFC3339)
		earlier.Bound, err = m.store.AsOfTime(ctx, start)
		return earlier, later, err
	}
	earlier, err = m.Moment(ctx, "from", from)
	if err == nil && earlier.After(later) {
		err = OrderError{&InputError{Parameter: "from", Value: earlier.Text, Accepted: "a moment not after to (" + cmp.Or(later.Text, "now") + ")"}}
	}
	return earlier, later, err
}

// After tells whether a moment comes after another. Of two loads the number says so, even if the clock was set back between them.
func (a Moment) After(other Moment) bool {
	return cmp.Or(cmp.Compare(a.Bound.Load, other.Bound.Load), a.Bound.At.Compare(other.Bound.At)) > 0
}

// Moment reads a moment that another parameter than as_of names.
func (m *Moments) Moment(ctx context.Context, parameter, text string) (Moment, error) {
	asOf, err := m.AsOf(ctx, text)
	var wrong *InputError
	if errors.As(err, &wrong) {
		wrong.Parameter = parameter
	}
	return asOf, err
}

// London is where the readers are: dates and times are written as they stand on their clocks.
var London = mustLoadLocation("Europe/London")

func mustLoadLocation(name string) *time.Location {
	location, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // the zone is built into the binary
	}
	return location
}

// Verdicts bounds those that are seen; those of now also were found since the last load.
func (a Moment) Verdicts() AsOf {
	if a.Text == "" {
		return Now
	}
	return a.Bound
}

// Week reads the week of a review by a moment. Without a text it is the last one that had ended, as its figures stand; before the end of
// the first there is only the running one.
func (m *Moments) Week(ctx context.Context, text string, asOf Moment) (Week, error) {
	begun, err := m.FirstLoadAt(ctx, asOf)
	if err != nil {
		return Week{}, err
	}
	now := m.Reading(asOf)
	first, running := WeekOf(begun), WeekOf(now)
	if begun.IsZero() || first.monday.After(running.monday) {
		return Week{}, &InputError{Parameter: "week", Value: text, Accepted: "none before the first load"}
	}
	if text == "" {
		if running == first {
			return running, nil
		}
		return running.Before(), nil
	}
	w, ok := ParseWeek(text)
	if !ok || w.monday.Before(first.monday) || w.monday.After(running.monday) {
		words := fmt.Sprintf("a week from %s, that of the first load, to %s, the one that runs", first, running)
		if first == running {
			words = fmt.Sprintf("%s, the week of the first load, which runs", first)
		}
		if asOf.Text != "" {
			words += " at the moment of as_of"
		}
		return w, &InputError{Parameter: "week", Value: text, Accepted: words}
	}
	return w, nil
}

// FirstLoadAt is when the first load was begun, which never changes once there is one.
func (m *Moments) FirstLoadAt(ctx context.Context, asOf Moment) (time.Time, error) {
	return Remember(ctx, m.memory, asOf, "begun", m.store.FirstLoadAt)
}

// Reading is when the reader looks: now, or as of when they ask, where that has come.
func (m *Moments) Reading(asOf Moment) time.Time {
	now := m.now()
	if asOf.Text == "" || asOf.Bound.At.After(now) {
		return now
	}
	return asOf.Bound.At
}
