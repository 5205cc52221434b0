package warehouse

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"stpdash/internal/figures"
	"stpdash/internal/register"
)

// VerdictLog is what was found about claims, and by what.
type VerdictLog struct{ *connection }

// KeepVerdicts keeps verdicts beside the earlier ones, all at once.
func (w VerdictLog) KeepVerdicts(ctx context.Context, verdicts []register.Verdict) error {
	return w.insert(ctx, "verdict", len(verdicts), func(batch driver.Batch, i int) error {
		v := verdicts[i]
		reason, err := json.Marshal(v.Reason)
		if err != nil {
			return err
		}
		return batch.Append(
			v.Claim,
			v.Verdict,
			v.Words,
			string(reason),
			v.Percent,
			v.Low,
			v.High,
			v.P,
			v.Definition,
			v.Others,
			v.Figures,
			v.Version,
			v.Load,
			v.Since,
			v.At,
		)
	})
}

// Verdicts are those that were kept of a claim and stood by then, oldest first; without a claim those of all, claim by claim. Of each
// claim there are at most so many, the newest.
func (w VerdictLog) Verdicts(ctx context.Context, asOf figures.AsOf, claim string, newest int) ([]register.Verdict, error) {
	parameters := clickhouse.Parameters{"claim": claim, "newest": number(newest)}
	bindAsOf(parameters, asOf)
	verdicts := []register.Verdict{}
	err := w.rows(ctx, "kept_verdicts", parameters, func(rows driver.Rows) error {
		var v register.Verdict
		var reason string
		err := rows.Scan(
			&v.Claim,
			&v.Verdict,
			&v.Words,
			&reason,
			&v.Percent,
			&v.Low,
			&v.High,
			&v.P,
			&v.Definition,
			&v.Others,
			&v.Figures,
			&v.Version,
			&v.Load,
			&v.Since,
			&v.At,
		)
		if err == nil && reason != "" { // those kept before have words
			if err = json.Unmarshal([]byte(reason), &v.Reason); err != nil {
				err = fmt.Errorf("reason of the verdict on %s of %s: %w", v.Claim, v.Since.Format(time.RFC3339), err)
			}
		}
		verdicts = append(verdicts, v)
		return err
	})
	return verdicts, err
}

// Lineage finds what made the values of some measures; one without values is left out.
func (w VerdictLog) Lineage(ctx context.Context, asOf figures.AsOf, measures []string) (map[string]register.Lineage, error) {
	parameters := clickhouse.Parameters{"measures": array(measures)}
	bindAsOf(parameters, asOf)
	made := map[string]register.Lineage{}
	err := w.rows(ctx, "value_lineage", parameters, func(rows driver.Rows) error {
		var measure string
		var m register.Lineage
		err := rows.Scan(&measure, &m.Loads, &m.At)
		made[measure] = m
		return err
	})
	return made, err
}

// DefinitionHashes are the definitions that were ever in force, by their hashes, with when they first were.
func (w VerdictLog) DefinitionHashes(ctx context.Context) (map[string]time.Time, error) {
	defined := map[string]time.Time{}
	err := w.rows(ctx, "definition_hashes", nil, func(rows driver.Rows) error {
		var hash string
		var at time.Time
		err := rows.Scan(&hash, &at)
		defined[hash] = at
		return err
	})
	return defined, err
}
