package warehouse

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"stpdash/internal/act"
	"stpdash/internal/figures"
)

// ActLog keeps the log of acts.
type ActLog struct{ *connection }

var _ act.Store = ActLog{}

// Acts are those after a number, in their order, at most so many; all that have the last of the numbers.
func (w ActLog) Acts(ctx context.Context, after uint64, limit int) ([]act.Act, error) {
	return w.acts(ctx, "acts", clickhouse.Parameters{"after": number(after), "limit": number(limit)})
}

// ActByID finds an act.
func (w ActLog) ActByID(ctx context.Context, id string) (act.Act, bool, error) {
	found, err := w.acts(ctx, "act_by_id", clickhouse.Parameters{"id": id})
	if err != nil || len(found) == 0 {
		return act.Act{}, false, err
	}
	return found[0], true, nil
}

// HeadAt is the newest act that was done by a moment; number 0 where none was.
func (w ActLog) HeadAt(ctx context.Context, at time.Time) (head act.Head, err error) {
	err = w.rows(ctx, "act_at", clickhouse.Parameters{"at": instant(at)}, func(rows driver.Rows) error { return rows.Scan(&head.Seq, &head.Hash) })
	return head, err
}

func (w ActLog) acts(ctx context.Context, question string, parameters clickhouse.Parameters) ([]act.Act, error) {
	var all []act.Act
	err := w.rows(ctx, question, parameters, func(rows driver.Rows) error {
		var a act.Act
		var via, kind, scopeKind string
		err := rows.Scan(&a.Seq, &a.ID, &a.At, &a.Actor, &via, &kind, &scopeKind, &a.Scope.Code, &a.Subject, &a.Body, &a.PrevHash, &a.Hash)
		a.Via, a.Kind, a.Scope.Kind = act.Via(via), act.Kind(kind), act.ScopeKind(scopeKind)
		all = append(all, a)
		return err
	})
	return all, err
}

// AppendAct writes an act under its number, unless another has it. ClickHouse keeps the first insert under a token, and says nothing of the
// others, so it is read who has the number. An insert that failed may be there all the same: that is read, too.
func (w ActLog) AppendAct(ctx context.Context, a act.Act) (won bool, err error) {
	writing := clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{
		"insert_deduplicate": 1, "insert_deduplication_token": fmt.Sprintf("act-%d", a.Seq), "async_insert": 0, "log_comment": "insert_act",
	}))
	failed := w.appendRow(writing, a)
	holders, err := w.holders(ctx, a.Seq)
	switch {
	case err != nil && failed != nil:
		return false, failed
	case err != nil:
		return false, err
	case len(holders) == 1 && holders[0] == a.Hash: // the id would not do: one form may have been sent to two services at once
		return true, nil
	case len(holders) > 1:
		return false, &act.BrokenError{Seq: a.Seq, ID: a.ID, Fault: act.FaultDoubled}
	case failed != nil:
		return false, failed
	case len(holders) == 0:
		return false, fmt.Errorf("insert into act: found no act %d after it was written", a.Seq)
	}
	return false, nil
}

func (w ActLog) appendRow(ctx context.Context, a act.Act) error {
	batch, err := begin(ctx, w.conn, w.queries["insert_act"])
	if err != nil {
		return fmt.Errorf("insert into act: %w", reachable(err))
	}
	defer func() { _ = batch.Close() }()
	err = batch.Append(a.Seq, a.ID, a.At, a.Actor, string(a.Via), string(a.Kind), string(a.Scope.Kind), a.Scope.Code, a.Subject, a.Body, a.PrevHash, a.Hash)
	if err == nil {
		err = batch.Send()
	}
	if err != nil {
		return fmt.Errorf("insert into act: %w", reachable(err))
	}
	return nil
}

func (w ActLog) holders(ctx context.Context, seq uint64) (hashes []string, err error) {
	err = w.rows(ctx, "act_holders", clickhouse.Parameters{"seq": number(seq)}, func(rows driver.Rows) error {
		var hash string
		err := rows.Scan(&hash)
		hashes = append(hashes, hash)
		return err
	})
	return hashes, err
}

// FilteredActs are those that a filter lets through, the newest first.
func (w ActLog) FilteredActs(ctx context.Context, f act.Filter) ([]act.Act, error) {
	if f.Before == 0 {
		f.Before = math.MaxUint64
	}
	if f.From.Before(noTime) {
		f.From = noTime
	}
	if f.Until.IsZero() || f.Until.After(figures.Now.At) {
		f.Until = figures.Now.At
	}
	return w.acts(ctx, "filtered_acts", clickhouse.Parameters{
		"kind": string(f.Kind), "actor": f.Actor, "from": instant(f.From), "until": instant(f.Until), "before": number(f.Before), "limit": number(f.Limit),
	})
}
