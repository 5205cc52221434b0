package warehouse

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
)

// Ingest brings the figures of loads in, and says what must be known before they are shown.
type Ingest struct{ *connection }

// Define keeps definitions under their hashes.
func (w Ingest) Define(ctx context.Context, definitions []catalog.Definition, at time.Time) error {
	known, err := VerdictLog(w).DefinitionHashes(ctx)
	if err != nil {
		return err
	}
	var fresh []catalog.Definition
	for _, d := range definitions {
		if _, ok := known[d.Hash]; !ok {
			fresh = append(fresh, d)
		}
	}
	return w.insert(ctx, "definition", len(fresh), func(batch driver.Batch, i int) error {
		d := fresh[i]
		return batch.Append(d.Hash, d.Kind, d.ID, d.Body, at)
	})
}

// OverlappingLoad finds the newest published load after one that states a figure which that one states; 0 where there is none.
func (w Ingest) OverlappingLoad(ctx context.Context, id uint64) (newer uint64, err error) {
	parameters := clickhouse.Parameters{"load": number(id)}
	bindAsOf(parameters, figures.Now)
	err = w.rows(ctx, "overlapping_load", parameters, func(rows driver.Rows) error { return rows.Scan(&newer) })
	return newer, err
}
