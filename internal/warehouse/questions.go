package warehouse

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/load"
)

// mostFound is how much of what one rule finds in a load is told.
const mostFound = 1000

// registeredPatients is the measure of the people of a footprint.
const registeredPatients = "registered_patients"

// Find finds what must be asked about the figures of a staged load, which takes the place of another where that is not 0.
func (w *Warehouse) Find(ctx context.Context, id, without uint64, c *catalog.Catalog) (found load.Findings, err error) {
	common := clickhouse.Parameters{"load": number(id), "without": number(without), "limit": number(mostFound), "footprints": array(w.areas)}
	bindAsOf(common, figures.Now)
	with := func(more clickhouse.Parameters) clickhouse.Parameters {
		all := maps.Clone(common)
		maps.Copy(all, more)
		return all
	}
	err = w.rows(ctx, "same_figures", common, func(rows driver.Rows) error {
		var s load.SameFigure
		var text string
		if err := rows.Scan(&s.Measure, &s.Period, &s.Organisation, &text, &s.Ratio, &s.Share, &s.Times, &s.Among, &s.OverTime, &s.Sheet, &s.Rows); err != nil {
			return err
		}
		found.Same = append(found.Same, s)
		return exact(&found.Same[len(found.Same)-1].Figure, text)
	})
	if err != nil {
		return found, err
	}
	states, err := w.staged(ctx, id)
	if err != nil {
		return found, err
	}
	var shares, checked, population, moving []string
	var some []int8
	var ratios []catalog.Term
	var terms []uint64
	var made, parts []string
	for _, m := range c.Measures {
		if m.Observed() && m.Unit == catalog.Share && slices.Contains(states.returned, m.ID) {
			shares = append(shares, m.ID)
		}
		if m.Population != nil && slices.Contains(states.all, m.ID) {
			checked, population, some = append(checked, m.ID), append(population, m.Population.Of), append(some, bit(m.Population.Some))
		}
		if m.PartOfWhole() {
			parts = append(parts, m.ID)
		}
		if !m.Ratio() || m.Derived != nil {
			continue
		}
		all := m.Terms()
		for _, term := range all {
			if slices.Contains(states.returned, term.Component) {
				moving = append(moving, m.ID)
			}
			made, terms = append(made, m.ID), append(terms, uint64(len(all)))
		}
		ratios = append(ratios, all...)
	}
	err = w.rowsAbout(ctx, shares, "share_forms", with(clickhouse.Parameters{"shares": array(shares)}), func(rows driver.Rows) error {
		var f load.Finding
		var figure, of string
		if err := rows.Scan(&f.Measure, &f.Period, &f.Organisation, &figure, &of, &f.Known, &f.Sheet, &f.Rows); err != nil {
			return err
		}
		if err := exact(&f.Figure, figure); err != nil {
			return err
		}
		err := exact(&f.Of, of)
		found.Forms = append(found.Forms, f)
		return err
	})
	if err != nil {
		return found, err
	}
	parameters := with(clickhouse.Parameters{"checked": array(checked), "population": array(population), "some": numbers(some)})
	err = w.rowsAbout(ctx, checked, "people_counted", parameters, func(rows driver.Rows) error {
		var p load.PeopleCounted
		var figure string
		if err := rows.Scan(&p.Measure, &p.Period, &p.Organisation, &figure, &p.Known, &p.Ratio, &p.Against, &p.Population, &p.Sheet, &p.Rows); err != nil {
			return err
		}
		err := exact(&p.Figure, figure)
		found.People = append(found.People, p)
		return err
	})
	if err != nil {
		return found, err
	}
	parameters = with(termParameters(ratios))
	parameters["made"], parameters["terms"], parameters["parts"] = array(made), numbers(terms), array(parts)
	err = w.rowsAbout(ctx, moving, "ratio_moves", parameters, func(rows driver.Rows) error {
		var m load.RatioMoved
		var figure, of string
		err := rows.Scan(&m.Measure, &m.Period, &m.Organisation, &figure, &of, &m.NumeratorBefore, &m.DenominatorBefore, &m.Impossible, &m.Rows)
		if err != nil {
			return err
		}
		if err := exact(&m.Figure, figure); err != nil {
			return err
		}
		err = exact(&m.Of, of)
		found.Moved = append(found.Moved, m)
		return err
	})
	if err != nil {
		return found, err
	}
	return found, w.findChanges(ctx, common, c, states, &found)
}

// staged are the measures that a staged load states, those in a list of every organisation and those otherwise.
type staged struct{ all, listed, returned []string }

func (w *Warehouse) staged(ctx context.Context, id uint64) (s staged, err error) {
	err = w.rows(ctx, "staged", clickhouse.Parameters{"load": number(id)}, func(rows driver.Rows) error {
		var measure string
		var listed, returned uint8
		err := rows.Scan(&measure, &listed, &returned)
		s.all = append(s.all, measure)
		if listed == 1 {
			s.listed = append(s.listed, measure)
		}
		if returned == 1 {
			s.returned = append(s.returned, measure)
		}
		return err
	})
	return s, err
}

// rowsAbout asks a question about some measures. Of none there is nothing to find, and only to plan the question takes ClickHouse
// a tenth of a second.
func (w *Warehouse) rowsAbout(ctx context.Context, measures []string, name string, parameters clickhouse.Parameters, scan func(driver.Rows) error) error {
	if len(measures) == 0 {
		return nil
	}
	return w.rows(ctx, name, parameters, scan)
}

// findChanges finds what a staged load changes from other periods.
func (w *Warehouse) findChanges(ctx context.Context, common clickhouse.Parameters, c *catalog.Catalog, states staged, found *load.Findings) error {
	var measures, signed []string
	var months []int
	for _, m := range c.Measures {
		measures, months = append(measures, m.ID), append(months, m.Grain.Months())
		if m.Negative {
			signed = append(signed, m.ID)
		}
	}
	grained := maps.Clone(common)
	grained["measures"], grained["months"] = array(measures), numbers(months)
	err := w.rows(ctx, "repeated_periods", grained, func(rows driver.Rows) error {
		var r load.RepeatedPeriod
		err := rows.Scan(&r.Measure, &r.Period, &r.Like, &r.Times, &r.Among, &r.Sheet, &r.Rows)
		found.Repeated = append(found.Repeated, r)
		return err
	})
	if err != nil {
		return err
	}
	amounts := maps.Clone(common)
	amounts["signed"], amounts["population"] = array(signed), registeredPatients
	counted := slices.DeleteFunc(slices.Clone(states.returned), func(id string) bool { return slices.Contains(signed, id) })
	err = w.rowsAbout(ctx, counted, "amount_moves", amounts, func(rows driver.Rows) error {
		var a load.AmountMoved
		var figure string
		if err := rows.Scan(&a.Measure, &a.Period, &a.Organisation, &figure, &a.Known, &a.Ratio, &a.Against, &a.Sheet, &a.Rows); err != nil {
			return err
		}
		err := exact(&a.Figure, figure)
		found.Amounts = append(found.Amounts, a)
		return err
	})
	if err != nil {
		return err
	}
	return w.rowsAbout(ctx, states.listed, "list_changes", grained, func(rows driver.Rows) error {
		var l load.ListChanged
		var figure string
		if err := rows.Scan(&l.Measure, &l.Period, &l.Organisation, &l.Other, &l.Change, &figure, &l.Known, &l.Sheet, &l.Rows); err != nil {
			return err
		}
		err := exact(&l.Figure, figure)
		found.Lists = append(found.Lists, l)
		return err
	})
}

func bit(holds bool) int8 {
	if holds {
		return 1
	}
	return 0
}

// exact reads a number that a question gives as text.
func exact(n *decimal.Decimal, text string) (err error) {
	if *n, err = decimal.NewFromString(strings.TrimSpace(text)); err != nil {
		return fmt.Errorf("found %q where a number should be: %w", text, err)
	}
	return nil
}

// AskQuestions keeps what a load asks.
func (w *Warehouse) AskQuestions(ctx context.Context, id uint64, questions []load.Question) error {
	return w.insert(ctx, "question", len(questions), func(batch driver.Batch, i int) error {
		q := questions[i]
		facts, err := json.Marshal(q.Facts)
		if err != nil {
			return err
		}
		return batch.Append(id, q.Rule, q.Sheet, q.Rows, q.Measure, q.Organisation, q.Period, q.Found, q.Accepted, string(facts))
	})
}

// QuestionsOf are what a load asked before it was published, or still asks.
func (w *Warehouse) QuestionsOf(ctx context.Context, id uint64) ([]load.Question, error) {
	questions := []load.Question{}
	err := w.rows(ctx, "questions", clickhouse.Parameters{"load": number(id), "limit": number(4 * mostFound)}, func(rows driver.Rows) error {
		var q load.Question
		var facts string
		if err := rows.Scan(&q.Rule, &q.Sheet, &q.Rows, &q.Measure, &q.Organisation, &q.Period, &q.Found, &q.Accepted, &facts); err != nil {
			return err
		}
		questions = append(questions, q)
		if facts == "" { // asked before facts were kept
			return nil
		}
		return json.Unmarshal([]byte(facts), &questions[len(questions)-1].Facts)
	})
	return questions, err
}

// HeldLoads are the loads of this content that wait for acceptance; without one, all that do.
func (w *Warehouse) HeldLoads(ctx context.Context, sha256 string) ([]load.Load, error) {
	return w.Loads(ctx, figures.LoadFilter{SHA256: sha256, State: load.Held, Limit: mostFound})
}
