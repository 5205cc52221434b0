package warehouse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/shopspring/decimal"

	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/mapping"
)

// Stage opens a load for its figures, which nobody sees until it is published.
func (w Ingest) Stage(ctx context.Context, id uint64, o load.Origin) load.Staging {
	s := &staging{warehouse: w.connection, ctx: ctx, load: id, file: o.File, whole: o.Bundled || o.Whole, rank: 1}
	if o.Bundled {
		s.rank = 0
	}
	return s
}

// staging writes the figures of one load in blocks of one insert, while the next are read.
type staging struct {
	warehouse *connection
	ctx       context.Context
	load      uint64
	file      string
	rank      uint8
	whole     bool

	insert driver.Batch // nil until a block is full
	block  block
	sent   block      // the one on its way
	answer chan error // to the one on its way, nil while there is none
	// rejections wait for their own inserts.
	rejections []mapping.Rejection
	written    bool // some of it is in the tables
}

// block is a block of observations by column, which spares the driver to look at every value's type.
type block struct {
	measure, organisation, item, numerator, denominator, status, note []string
	sheet, column, raw, file, sha256, released, viaFile               []string
	period, codesOn                                                   []time.Time
	row, viaRow                                                       []uint32
}

// blockRows is how many observations are sent at once.
const blockRows = 16_384

// rejectedRows is how many rejections are sent at once; each may hold a row's texts.
const rejectedRows = 1024

// add puts an observation into the block. Cells of the load's own file do not repeat what its load says of it; published_cells.sql puts it back.
func (b *block) add(o *mapping.Observation, own string) {
	cell, viaFile := &o.Cell, o.ViaFile
	file, sha256, released := cell.File, cell.SHA256, cell.Released
	switch own {
	case viaFile:
		viaFile = ""
	case file:
		file, sha256, released = "", "", ""
	}
	b.measure, b.organisation, b.item = append(b.measure, o.Measure), append(b.organisation, o.Organisation), append(b.item, o.Item)
	b.numerator, b.denominator = append(b.numerator, text(o.Numerator)), append(b.denominator, text(o.Denominator))
	b.status, b.note = append(b.status, string(o.Status)), append(b.note, o.Note)
	b.period, b.codesOn = append(b.period, o.Period.Start), append(b.codesOn, o.CodesOn)
	b.sheet, b.row, b.column, b.raw = append(b.sheet, cell.Sheet), append(b.row, cell.Row), append(b.column, cell.Column), append(b.raw, cell.Raw)
	b.file, b.sha256, b.released = append(b.file, file), append(b.sha256, sha256), append(b.released, released)
	b.viaFile, b.viaRow = append(b.viaFile, viaFile), append(b.viaRow, o.ViaRow)
}

func (b *block) reset() {
	for _, texts := range []*[]string{
		&b.measure, &b.organisation, &b.item, &b.numerator, &b.denominator, &b.status, &b.note,
		&b.sheet, &b.column, &b.raw, &b.file, &b.sha256, &b.released, &b.viaFile,
	} {
		*texts = (*texts)[:0]
	}
	b.period, b.codesOn, b.row, b.viaRow = b.period[:0], b.codesOn[:0], b.row[:0], b.viaRow[:0]
}

// text is a number as the table arriving takes it; blank is none.
func text(n decimal.NullDecimal) string {
	if !n.Valid {
		return ""
	}
	if n.Decimal.Exponent() == 0 && n.Decimal.NumDigits() < 19 {
		return strconv.FormatInt(n.Decimal.CoefficientInt64(), 10)
	}
	return n.Decimal.String()
}

// columns are those of insert_arriving.sql, in its order.
func (s *staging) columns() []any {
	b := &s.sent
	rank, whole, ids := make([]uint8, len(b.row)), make([]bool, len(b.row)), make([]uint64, len(b.row))
	for i := range ids {
		rank[i], whole[i], ids[i] = s.rank, s.whole, s.load
	}
	return []any{
		b.measure, b.organisation, b.item, b.period, b.numerator, b.denominator, b.status, b.note, b.codesOn, rank, whole, ids,
		b.file, b.sha256, b.sheet, b.row, b.column, b.raw, b.released, b.viaFile, b.viaRow,
	}
}

// Take implements mapping.Sink.
func (s *staging) Take(observations []mapping.Observation, rejections []mapping.Rejection) error {
	for i := range observations {
		s.block.add(&observations[i], s.file)
		if len(s.block.row) == blockRows {
			if err := s.flush(); err != nil {
				return err
			}
		}
	}
	if s.rejections = append(s.rejections, rejections...); len(s.rejections) >= rejectedRows {
		return s.reject()
	}
	return nil
}

// flush sends the block on its way, once the one before it has arrived.
func (s *staging) flush() error {
	if err := s.arrived(); err != nil || len(s.block.row) == 0 {
		return err
	}
	if s.insert == nil {
		var err error
		if s.insert, err = s.warehouse.prepare(s.ctx, "arriving"); err != nil {
			return err
		}
	}
	s.written = true
	s.block, s.sent = s.sent, s.block
	s.answer = make(chan error, 1)
	go func() { s.answer <- s.write() }()
	return nil
}

// arrived waits for the block on its way.
func (s *staging) arrived() error {
	if s.answer == nil {
		return nil
	}
	err := <-s.answer
	s.answer = nil
	return err
}

func (s *staging) write() error {
	defer s.sent.reset()
	for i, column := range s.columns() {
		if err := s.insert.Column(i).Append(column); err != nil {
			return fmt.Errorf("insert into arriving, column %d: %w", i, err)
		}
	}
	if err := s.insert.Flush(); err != nil {
		return fmt.Errorf("insert into arriving: %w", reachable(err))
	}
	return nil
}

func (s *staging) reject() error {
	rejections := s.rejections
	s.rejections = nil
	s.written = s.written || len(rejections) > 0
	return s.warehouse.insert(s.ctx, "rejection", len(rejections), func(batch driver.Batch, i int) error {
		r := rejections[i]
		return batch.Append(s.load, r.Sheet, r.Row, r.Column, r.Value, r.Reason, r.Cells, r.Rule)
	})
}

// Restart implements mapping.Sink.
func (s *staging) Restart() error {
	s.block.reset()
	s.rejections = nil
	if err := s.forget("observation"); err != nil || !s.written {
		return err
	}
	return s.forget("rejection")
}

// forget deletes what was written of a load that was never published.
func (s *staging) forget(table string) error {
	if err := s.Close(); err != nil || !s.written {
		return err
	}
	ctx, query := s.warehouse.ask(s.ctx, "forget_"+table+"s", clickhouse.Parameters{"load": number(s.load)})
	if err := s.warehouse.conn.Exec(ctx, query); err != nil {
		return fmt.Errorf("forget_%ss: %w", table, reachable(err))
	}
	return nil
}

// Finish implements load.Staging.
func (s *staging) Finish(reconciliations []mapping.Reconciliation, refused bool) error {
	if refused {
		s.block.reset()
		if err := s.forget("observation"); err != nil {
			return err
		}
	} else if err := s.send(); err != nil {
		return err
	}
	if err := s.reject(); err != nil {
		return err
	}
	return s.warehouse.insert(s.ctx, "reconciliation", len(reconciliations), func(batch driver.Batch, i int) error {
		c := reconciliations[i]
		return batch.Append(s.load, c.Scope, c.Measure, c.Period.Start, string(c.Period.Grain), c.Published, c.Ours, c.Difference,
			string(c.Verdict), c.Sheet, c.Row, c.Column)
	})
}

func (s *staging) send() error {
	if err := errors.Join(s.flush(), s.arrived()); err != nil || s.insert == nil {
		return err
	}
	insert := s.insert
	s.insert = nil
	if err := insert.Send(); err != nil {
		return fmt.Errorf("insert into arriving: %w", errors.Join(reachable(err), insert.Close()))
	}
	return nil
}

// Close implements load.Staging.
func (s *staging) Close() error {
	err := s.arrived()
	if s.insert == nil {
		return err
	}
	insert := s.insert
	s.insert = nil
	return errors.Join(err, reachable(insert.Close()))
}

// StageUnknown writes where the organisations of a load may belong whose codes are not known.
func (w Ingest) StageUnknown(ctx context.Context, id uint64, unknown []mapping.Unknown) error {
	return w.insert(ctx, "unknown_organisation", len(unknown), func(batch driver.Batch, i int) error {
		u := unknown[i]
		placings, err := json.Marshal(u.Placings)
		if err != nil {
			return err
		}
		return batch.Append(id, u.Organisation, u.Footprints, string(placings))
	})
}

// StageMemberships writes the memberships of a load, which hold once it is published.
func (w Ingest) StageMemberships(ctx context.Context, id uint64, memberships []footprint.Membership) error {
	return w.insert(ctx, "membership", len(memberships), func(batch driver.Batch, i int) error {
		m := memberships[i]
		from, to := m.From, m.To
		if from.IsZero() {
			from = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		if to.IsZero() {
			to = time.Date(2299, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		return batch.Append(m.Organisation, m.Footprint, m.Share, from, to, m.Source, id)
	})
}
