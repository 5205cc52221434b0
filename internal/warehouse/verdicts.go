package warehouse

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Verdict is what was found of a claim, kept with all that it was found by.
type Verdict struct {
	Claim   string
	Verdict string
	Reason  string // the one that weighs most
	// Percent is the effect in per cent of what there would have been, Low and High the ends of its interval of 95 per cent and P its
	// two-sided p; nil where it could not be estimated.
	Percent, Low, High, P *float64
	Definition            string   // hash of the claim
	Others                []string // hashes of the measures and of the other claims that it was tested with
	Figures               string   // names those that it was tested with
	Version               string   // of the code
	Load                  uint64   // the newest when the verdict began to stand; as of it the figures are those it was tested with
	Since                 time.Time
	At                    time.Time // when it was tested
}

// KeepVerdicts keeps verdicts beside the earlier ones, all at once.
func (w *Warehouse) KeepVerdicts(ctx context.Context, verdicts []Verdict) error {
	return w.insert(ctx, "verdict", len(verdicts), func(batch driver.Batch, i int) error {
		v := verdicts[i]
		return batch.Append(v.Claim, v.Verdict, v.Reason, v.Percent, v.Low, v.High, v.P, v.Definition, v.Others, v.Figures, v.Version, v.Load, v.Since, v.At)
	})
}

// Verdicts are those that were kept of a claim and stood by then, oldest first; without a claim those of all, claim by claim. Of each
// claim there are at most so many, the newest.
func (w *Warehouse) Verdicts(ctx context.Context, asOf AsOf, claim string, most int) ([]Verdict, error) {
	parameters := clickhouse.Parameters{"claim": claim, "most": number(most)}
	bindAsOf(parameters, asOf)
	verdicts := []Verdict{}
	err := w.rows(ctx, "verdicts", parameters, func(rows driver.Rows) error {
		var v Verdict
		err := rows.Scan(&v.Claim, &v.Verdict, &v.Reason, &v.Percent, &v.Low, &v.High, &v.P, &v.Definition, &v.Others, &v.Figures, &v.Version, &v.Load, &v.Since, &v.At)
		verdicts = append(verdicts, v)
		return err
	})
	return verdicts, err
}

// Made tells of what the values of a measure were made.
type Made struct {
	Loads string    // names the loads that made them: the same name means the same values
	At    time.Time // when the last of them was published or withdrawn
}

// Made finds what made the values of some measures; one without values is left out.
func (w *Warehouse) Made(ctx context.Context, asOf AsOf, measures []string) (map[string]Made, error) {
	parameters := clickhouse.Parameters{"measures": array(measures)}
	bindAsOf(parameters, asOf)
	made := map[string]Made{}
	err := w.rows(ctx, "made", parameters, func(rows driver.Rows) error {
		var measure string
		var m Made
		err := rows.Scan(&measure, &m.Loads, &m.At)
		made[measure] = m
		return err
	})
	return made, err
}

// Defined are the definitions that were ever in force, by their hashes, with when they first were.
func (w *Warehouse) Defined(ctx context.Context) (map[string]time.Time, error) {
	defined := map[string]time.Time{}
	err := w.rows(ctx, "definitions", nil, func(rows driver.Rows) error {
		var hash string
		var at time.Time
		err := rows.Scan(&hash, &at)
		defined[hash] = at
		return err
	})
	return defined, err
}
