package dashboard

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"stpdash/internal/figures"
)

// InputError is a parameter that is not accepted.
type InputError struct {
	Parameter, Value, Accepted string
}

func (e *InputError) Error() string {
	return fmt.Sprintf("parameter %s: found %q, accepted: %s", e.Parameter, e.Value, e.Accepted)
}

// UnaskedError is a parameter that a page does not take, whatever its value.
type UnaskedError struct{ *InputError }

func (e UnaskedError) Unwrap() error { return e.InputError }

// OrderError is a moment that comes after the one that it is to be compared with.
type OrderError struct{ *InputError }

func (e OrderError) Unwrap() error { return e.InputError }

// AsOf is a moment whose figures a reader asks for.
type AsOf struct {
	Text  string // as given; empty for now
	Bound figures.AsOf
	Runs  uint64 // that have ended by now, whatever the moment
	Today bool   // the moment is later today
	// Pin is the as_of that keeps the figures shown; empty where nothing is loaded.
	Pin string
	// Stood is when the figures that are seen last changed, with the newest load where its publication was that change; without a time where
	// nothing is loaded.
	Stood figures.AsOf
	past  bool   // other figures are seen than now
	day   string // of the reader's clock, by which a page says what has passed
	seen  string // names the figures that are seen
	kept  uint64 // verdicts
}

// Shown names all that is shown as of the moment, verdicts and the reader's day included: the same name means that nothing has changed.
func (a AsOf) Shown() string { return fmt.Sprint(a.seen, " ", a.kept, " ", a.Today, " ", a.day) }

// Figures names the figures that are seen as of the moment.
func (a AsOf) Figures() string { return a.seen }

// OfLoad tells whether the moment is given as the number of a load.
func (a AsOf) OfLoad() bool { return loadNumber.MatchString(a.Text) }

// Past tells whether other figures are seen as of the moment than now.
func (a AsOf) Past() bool { return a.past }

// StoodAt is the moment at which the figures that are seen last changed, with the newest load among them: whoever asks as of then sees the
// same figures, whatever was loaded since.
func (c *Composer) StoodAt(ctx context.Context, asOf AsOf) (figures.AsOf, error) {
	seen, err := c.Figures.Watermark(ctx, asOf.Bound)
	if err != nil {
		return figures.AsOf{}, err
	}
	stood, err := c.Figures.AsOfTime(ctx, seen.Last.UTC())
	stood.Load = min(stood.Load, asOf.Bound.Load)
	return stood, err
}

const asOfAccepted = "a date (2026-11-21), a time (2026-11-21T14:30 or RFC 3339) or the number of a published load"

var loadNumber = regexp.MustCompile(`^[0-9]{1,18}$`)

// AsOf reads an as_of parameter. A date means the end of that day in London.
func (c *Composer) AsOf(ctx context.Context, text string) (AsOf, error) {
	last, err := c.Memory.shown.ask(c.Figures.Watermark)(ctx, figures.Now)
	if err != nil {
		return AsOf{}, err
	}
	now := AsOf{Bound: figures.Now, day: c.Now().In(london).Format(time.DateOnly)}
	now.see(last)
	c.Memory.seen.Store(now.seen)
	now.Bound.At = last.Last // what is loaded while the answer is made belongs to the next one
	text = strings.TrimSpace(text)
	if text == "" {
		return now, nil
	}
	// While nothing is added, what is seen as of a moment stays as it is.
	asOf, err := remember(ctx, c.Memory, AsOf{seen: now.Shown()}, "as of "+text, func(ctx context.Context) (AsOf, error) {
		asOf, err := c.bound(ctx, text)
		if err != nil {
			return asOf, err
		}
		seen, err := c.Figures.Watermark(ctx, asOf.Bound)
		asOf.see(seen)
		return asOf, err
	})
	asOf.Today = asOf.Bound.At.After(c.Now())
	asOf.Runs, asOf.day, asOf.past = now.Runs, now.day, asOf.seen != now.seen
	return asOf, err
}

// see notes what is seen.
func (a *AsOf) see(seen figures.Watermark) {
	a.seen, a.kept, a.Runs = fmt.Sprint(seen.Changes, seen.Last.UnixMicro()), seen.Verdicts, seen.Runs
	switch {
	case seen.Changes == 0:
		return
	case seen.Load > 0:
		a.Pin = strconv.FormatUint(seen.Load, 10)
	default:
		a.Pin = seen.Last.UTC().Format(time.RFC3339Nano)
	}
	a.Stood = figures.AsOf{At: seen.Last, Load: seen.Load}
}

func (c *Composer) bound(ctx context.Context, text string) (AsOf, error) {
	if loadNumber.MatchString(text) {
		id, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return AsOf{}, &InputError{Parameter: "as_of", Value: text, Accepted: asOfAccepted}
		}
		bound, err := c.Figures.AsOfLoad(ctx, id)
		if errors.Is(err, figures.ErrNotFound) {
			return AsOf{}, &InputError{Parameter: "as_of", Value: text, Accepted: asOfAccepted}
		}
		return AsOf{Text: text, Bound: bound}, err
	}
	at, ok := parseMoment(text)
	if !ok {
		return AsOf{}, &InputError{Parameter: "as_of", Value: text, Accepted: asOfAccepted}
	}
	now := c.Now().In(london)
	if at.After(endOf(now)) {
		return AsOf{}, &InputError{Parameter: "as_of", Value: text, Accepted: "a moment that has come; it is " + now.Format("2 January 2006 at 15:04")}
	}
	bound, err := c.Figures.AsOfTime(ctx, at)
	return AsOf{Text: text, Bound: bound}, err
}

func parseMoment(text string) (time.Time, bool) {
	if day, err := time.ParseInLocation(time.DateOnly, text, london); err == nil {
		return reasonable(endOf(day))
	}
	// In an address "+" arrives as a space.
	if at, err := time.Parse(time.RFC3339Nano, strings.Replace(text, " ", "+", 1)); err == nil {
		return reasonable(at)
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if at, err := time.ParseInLocation(layout, text, london); err == nil {
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
