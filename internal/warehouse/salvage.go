package warehouse

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Salvaged are the tables whose rows no kept file holds.
var Salvaged = []string{"definition", "run", "fetch", "verdict", "act", "person", "credential"}

// Salvage copies a table from a damaged warehouse into this one: whole, or nothing of it.
func (w Upkeep) Salvage(ctx context.Context, from *Warehouse, table string) error {
	var columns []string
	var kept [][]any
	err := from.rows(ctx, "whole_table", clickhouse.Parameters{"table": table}, func(rows driver.Rows) error {
		var row, targets []any
		columns = rows.Columns()
		for _, column := range rows.ColumnTypes() {
			target := reflect.New(column.ScanType())
			targets = append(targets, target.Interface())
			row = append(row, target)
		}
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		for i := range row {
			row[i] = row[i].(reflect.Value).Elem().Interface()
		}
		kept = append(kept, row)
		return nil
	})
	if err != nil {
		return fmt.Errorf("salvage %s: %w", table, err)
	}
	return w.insert(ctx, table, len(kept), func(batch driver.Batch, i int) error {
		var row []any
		for _, column := range batch.Columns() {
			at := slices.Index(columns, column.Name())
			if at < 0 {
				return fmt.Errorf("found no column %s", column.Name())
			}
			row = append(row, kept[i][at])
		}
		return batch.Append(row...)
	})
}
