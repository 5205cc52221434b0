package warehouse

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"golang.org/x/sync/errgroup"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/load"
)

// RollUp makes the footprint values of a load.
func (w Ingest) RollUp(ctx context.Context, r load.Rolling, c *catalog.Catalog) error {
	touched, err := w.touched(ctx, r, c)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2) // parts of one query wait for each other, those of two need not
	for some := range slices.Chunk(touched, rollUpAtOnce) {
		group.Go(func() error { return w.rollUp(ctx, r, some, c) })
	}
	return group.Wait()
}

// rollUpAtOnce is how many measures and periods one query rolls up; all of them would be too much for one.
const rollUpAtOnce = 4000

func (w Ingest) rollUp(ctx context.Context, r load.Rolling, touched []figure, c *catalog.Catalog) error {
	var made, periods, components []string
	all := figures.Range{From: slices.MinFunc(touched, byPeriod).period, To: slices.MaxFunc(touched, byPeriod).period}
	var measures []*catalog.Measure
	for _, t := range touched {
		m, _ := c.Measure(t.measure)
		if !slices.Contains(made, m.ID) {
			measures = append(measures, m)
			components = append(components, m.Components()...)
		}
		made, periods = append(made, m.ID), append(periods, day(t.period))
	}
	slices.Sort(components)
	parameters := rollUpParameters(measures)
	parameters["load"], parameters["excluding"], parameters["footprints"] = number(r.Load), number(r.Exclude), array(w.areas)
	parameters["touched_made"], parameters["touched_period"] = array(made), array(periods)
	components = slices.Compact(components)
	parameters["touched_component"] = array(components)
	bindGaps(parameters, c, components)
	bindAsOf(parameters, figures.Now)
	bindRange(parameters, all)
	short, err := w.shortcuts(ctx, parameters)
	if err != nil {
		return err
	}
	var covered []int8
	for _, t := range touched {
		m, _ := c.Measure(t.measure)
		covered = append(covered, bit(!slices.ContainsFunc(m.Components(), func(component string) bool { return !short.listed[figure{component, t.period}] })))
	}
	parameters["touched_covered"], parameters["stated"] = numbers(covered), strconv.FormatBool(short.stated)
	ctx, query := w.ask(ctx, "roll_up", parameters)
	if !short.disputed {
		query = strings.ReplaceAll(query, "current_observation(", "undisputed_observation(")
	}
	if err := w.conn.Exec(ctx, query); err != nil {
		return fmt.Errorf("roll_up: %w", reachable(err))
	}
	return nil
}

// bindGaps binds the known gaps of some components, one entry a figure.
func bindGaps(parameters clickhouse.Parameters, c *catalog.Catalog, of []string) {
	var components, organisations, periods []string
	for _, g := range c.KnownGaps {
		for _, component := range g.Measures {
			if !slices.Contains(of, component) {
				continue
			}
			for _, p := range g.Periods() {
				for _, organisation := range g.Organisations {
					components, organisations, periods = append(components, component), append(organisations, organisation), append(periods, day(p.Start))
				}
			}
		}
	}
	parameters["gap_component"], parameters["gap_organisation"], parameters["gap_period"] = array(components), array(organisations), array(periods)
}

// rollUpParameters binds what some measures are made of, each component by a bit, and their definitions.
func rollUpParameters(measures []*catalog.Measure) clickhouse.Parameters {
	var terms []catalog.Term
	var made, ids, definitions, england, separate []string
	var bits, all []uint64
	for _, m := range measures {
		own := m.Terms()
		for i := range own {
			made, bits, all = append(made, m.ID), append(bits, 1<<i), append(all, 1<<len(own)-1)
		}
		terms = append(terms, own...)
		ids, definitions = append(ids, m.ID), append(definitions, m.Hash())
		if m.EnglandStated {
			england = append(england, m.ID)
		}
		if m.WeightedBy == catalog.NotCombined {
			separate = append(separate, m.ID)
		}
	}
	parameters := termParameters(terms)
	parameters["made"], parameters["bit"], parameters["bits"] = array(made), numbers(bits), numbers(all)
	parameters["england"], parameters["separate"] = array(england), array(separate)
	parameters["measures"], parameters["definitions"] = array(ids), array(definitions)
	return parameters
}

// shortcuts are what a roll-up need not look for.
type shortcuts struct {
	listed   map[figure]bool // a load lists every organisation of the component
	disputed bool            // something that a load says may be superseded
	stated   bool            // a figure is stated for a place itself
}

func (w Ingest) shortcuts(ctx context.Context, parameters clickhouse.Parameters) (shortcuts, error) {
	s := shortcuts{listed: map[figure]bool{}}
	err := w.rows(ctx, "roll_up_shortcuts", parameters, func(rows driver.Rows) error {
		var component figure
		var listed, disputed, stated uint8
		err := rows.Scan(&component.measure, &component.period, &listed, &disputed, &stated)
		s.listed[component] = listed == 1
		s.disputed, s.stated = s.disputed || disputed == 1, s.stated || stated == 1
		return err
	})
	return s, err
}

// figure is one measure in one period.
type figure struct {
	measure string
	period  time.Time
}

func byPeriod(a, b figure) int { return a.period.Compare(b.period) }

// touched are the measures and periods whose values a load changes, in the order of periods.
func (w Ingest) touched(ctx context.Context, r load.Rolling, c *catalog.Catalog) ([]figure, error) {
	madeFrom := map[string][]string{}
	for _, t := range c.Terms() {
		madeFrom[t.Component] = append(madeFrom[t.Component], t.Measure)
	}
	var touched []figure
	seen := map[figure]bool{}
	add := func(f figure) {
		if !seen[f] {
			seen[f] = true
			touched = append(touched, f)
		}
	}
	parameters := clickhouse.Parameters{"load": number(r.Load), "excluding": number(r.Exclude), "everything": strconv.FormatBool(r.Everything)}
	bindAsOf(parameters, figures.Now)
	err := w.rows(ctx, "touched_observations", parameters, func(rows driver.Rows) error {
		var observed figure
		err := rows.Scan(&observed.measure, &observed.period)
		for _, measure := range madeFrom[observed.measure] {
			add(figure{measure, observed.period})
		}
		return err
	})
	if err != nil || !r.Everything {
		return touched, err
	}
	err = w.rows(ctx, "touched_values", parameters, func(rows driver.Rows) error {
		var made figure
		err := rows.Scan(&made.measure, &made.period)
		if _, known := c.Measure(made.measure); known {
			add(made)
		}
		return err
	})
	return touched, err
}
