package warehouse

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"stpdash/internal/figures"
)

// Moments are times and loads as of which figures stood.
type Moments struct{ *connection }

// AsOfLoad sees what was there when a load was published; ErrNotFound when it never was.
func (w Moments) AsOfLoad(ctx context.Context, id uint64) (figures.AsOf, error) {
	asOf := figures.AsOf{Load: id}
	err := w.rows(ctx, "load_published_at", clickhouse.Parameters{"load": number(id)}, func(rows driver.Rows) error { return rows.Scan(&asOf.At) })
	if err == nil && asOf.At.IsZero() {
		err = fmt.Errorf("published load %d: %w", id, figures.ErrNotFound)
	}
	return asOf, err
}

// AsOfTime sees what was there at a time.
func (w Moments) AsOfTime(ctx context.Context, at time.Time) (figures.AsOf, error) {
	asOf := figures.AsOf{At: at}
	err := w.rows(ctx, "newest_load_at", clickhouse.Parameters{"at": instant(at)}, func(rows driver.Rows) error { return rows.Scan(&asOf.Load) })
	return asOf, err
}

// Watermark finds what is seen as of a moment.
func (w Moments) Watermark(ctx context.Context, asOf figures.AsOf) (figures.Watermark, error) {
	parameters := clickhouse.Parameters{}
	bindAsOf(parameters, asOf)
	var s figures.Watermark
	err := w.rows(ctx, "watermark", parameters, func(rows driver.Rows) error { return rows.Scan(&s.Changes, &s.Last, &s.Load, &s.Verdicts, &s.Runs) })
	return s, err
}

// FirstLoadAt is when the first load was begun; zero where there is none.
func (w Moments) FirstLoadAt(ctx context.Context) (at time.Time, err error) {
	err = w.rows(ctx, "first_load_at", nil, func(rows driver.Rows) error { return rows.Scan(&at) })
	return at, err
}
