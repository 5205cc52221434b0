package footprint

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Succession tells that the work of an organisation, or a share of it, went to another on a day.
type Succession struct {
	Organisation, Successor string
	From                    time.Time           // the first day on which the successor does it
	Share                   decimal.NullDecimal // of the organisation's area or work; null where only a part went and how large it is is not known
	Source                  string
}

// Whole tells whether all of the work went to the one successor.
func (s Succession) Whole() bool { return s.Share.Valid && s.Share.Decimal.Equal(whole) }

// Successions are those by which the work of an organisation went to others, in the order of time and code.
func (r *Reference) Successions(organisation string) []Succession {
	return slices.Clone(r.successionsFrom[clean(organisation)])
}

// SuccessionsTo are those by which an organisation took over work of others, in the order of time and code.
func (r *Reference) SuccessionsTo(organisation string) []Succession {
	return slices.Clone(r.successionsTo[clean(organisation)])
}

// Successor is the organisation that took over all the work of one that ended, where there is one.
func (r *Reference) Successor(organisation string) (code string, ok bool) {
	for _, s := range r.Successions(organisation) {
		if s.Whole() {
			return s.Successor, true
		}
	}
	return "", false
}

// Predecessors are the organisations whose work, or a share of it, went to another, in the order of their codes. That one need not be in the
// reference otherwise.
func (r *Reference) Predecessors(organisation string) []string {
	var all []string
	for _, s := range r.SuccessionsTo(organisation) {
		all = append(all, s.Organisation)
	}
	slices.Sort(all)
	return all
}

// Ended is the first day on which an organisation no longer was, where all of its work is known to have gone to others.
func (r *Reference) Ended(organisation string) (day time.Time, ok bool) {
	gone := decimal.Zero
	for _, s := range r.Successions(organisation) {
		if gone = gone.Add(s.Share.Decimal); gone.Equal(whole) {
			return s.From, true
		}
	}
	return time.Time{}, false
}

// Existed tells whether an organisation is not known to have ended by a day.
func (r *Reference) Existed(organisation string, on time.Time) bool {
	ended, ok := r.Ended(organisation)
	return !ok || on.Before(ended)
}
