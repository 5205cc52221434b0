package warehouse

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/shopspring/decimal"
)

// Cause is why a figure differs between two moments.
type Cause string

// The causes of a change. That of a figure that was not there before is what first made it: where a later load has made it
// anew by other memberships, its period is new all the same.
const (
	NewPeriod        Cause = "new_period" // there was no figure of the measure, place and period
	Revision         Cause = "revision"   // a later publication of the period
	Withdrawal       Cause = "withdrawal" // a load was taken back
	MembershipChange Cause = "membership" // organisations belong to other footprints
	DefinitionChange Cause = "definition" // the measure is made by another formula
)

// Causes are all causes in the order in which changes are listed.
var Causes = []Cause{DefinitionChange, MembershipChange, NewPeriod, Revision, Withdrawal}

// Stand is what a figure was at a moment.
type Stand struct {
	Exists      bool // otherwise there was no figure
	Numerator   decimal.NullDecimal
	Denominator decimal.NullDecimal
	Missing     []string // codes of organisations without a figure
}

// Change is one figure that differs between two moments.
type Change struct {
	Cause         Cause
	Measure       string
	Footprint     string
	Period        time.Time // first day
	Before, After Stand
	Load          uint64 // what made the figure stand as it does at the later moment
	Source, File  string // of that load
}

// ChangeCount is how many figures of one measure differ for one cause.
type ChangeCount struct {
	Cause   Cause
	Measure string
	Figures uint64
}

// ChangeFilter narrows changes; but for the measures and the limit, zero fields do not.
type ChangeFilter struct {
	From, To   AsOf
	Measures   []string
	Footprints []string
	Cause      Cause
	Limit      int
	Offset     int
}

// Changes are the figures that differ between two moments, in the order of cause, measure, footprint and period. The counts are of
// all of them, the changes those of one page.
func (w *Warehouse) Changes(ctx context.Context, f ChangeFilter) (counts []ChangeCount, page []Change, err error) {
	parameters := clickhouse.Parameters{
		"from_at": instant(f.From.At), "from_bound": number(f.From.Load), "to_at": instant(f.To.At), "to_bound": number(f.To.Load),
		"measures": array(f.Measures), "footprints": array(f.Footprints), "cause": string(f.Cause),
		"limit": number(f.Limit), "offset": number(f.Offset),
	}
	err = w.rows(ctx, "changes", parameters, func(rows driver.Rows) error {
		var c Change
		var cause string
		var before, after [2]*decimal.Decimal
		var onPage bool
		var alike uint64
		err := rows.Scan(&cause, &c.Measure, &c.Footprint, &c.Period, &c.Before.Exists, &before[0], &before[1], &c.Before.Missing,
			&c.After.Exists, &after[0], &after[1], &c.After.Missing, &c.Load, &c.Source, &c.File, &onPage, &alike)
		c.Cause = Cause(cause)
		c.Before.Numerator, c.Before.Denominator = optional(before[0]), optional(before[1])
		c.After.Numerator, c.After.Denominator = optional(after[0]), optional(after[1])
		if alike > 0 {
			counts = append(counts, ChangeCount{c.Cause, c.Measure, alike})
		}
		if onPage {
			page = append(page, c)
		}
		return err
	})
	return counts, page, err
}
