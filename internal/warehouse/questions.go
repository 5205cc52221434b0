package warehouse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/shopspring/decimal"
	"golang.org/x/sync/errgroup"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
)

// maxFound is how much of what one rule finds in a load is told.
const maxFound = 1000

// Find finds what must be asked about the figures of a staged load, which takes the place of another where that is not 0.
func (w Ingest) Find(ctx context.Context, id, excluding uint64, c *catalog.Catalog) (found load.Findings, err error) {
	s, err := w.stagedMeasures(ctx, id)
	if err != nil || len(s.all) == 0 || s.bundled { // what came with the product was asked about when it was made, and takes no publication's place
		return found, err
	}
	var local []string // that only returns state, whatever cells their rows name
	for _, m := range c.Measures {
		if c.Returned(m) {
			local = append(local, m.ID)
		}
	}
	f := finding{w.connection, clickhouse.Parameters{
		"load": number(id), "excluding": number(excluding), "limit": number(maxFound), "footprints": array(w.areas), "stated": array(s.all), "local": array(local),
	}, s, c, &found}
	bindAsOf(f.common, figures.Now)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2) // most of each is to plan it, which takes one processor
	for _, find := range []func(context.Context) error{
		f.sameFigures, f.comparedLists, f.brokenSeries, f.repeatedPeriods, f.peopleCounted, f.shareForms, f.implausible, f.movedRatios, f.movedAmounts,
		f.largerParts, f.statedEngland, f.exceededFootprints, f.citedFigures, f.listTotals,
	} {
		group.Go(func() error { return find(ctx) })
	}
	err = group.Wait()
	return found, err
}

// staged are the measures that a staged load states: those in a list of every organisation, those otherwise, those of footprints, and the
// first and last period of each. Alike tells whether a list may state one figure for several organisations, beside whether there is another period
// or load to compare it with, bundled that the load came with the product. Most is how many figures otherwise stated there are of the measure with the most.
type staged struct {
	all, listed, returned, areas []string
	spans                        map[string]figures.Range
	alike, beside, bundled       bool
	most                         uint64
}

func (w Ingest) stagedMeasures(ctx context.Context, id uint64) (staged, error) {
	s := staged{spans: map[string]figures.Range{}}
	parameters := clickhouse.Parameters{"load": number(id), "footprints": array(w.areas)}
	bindAsOf(parameters, figures.Now)
	err := w.rows(ctx, "staged_measures", parameters, func(rows driver.Rows) error {
		var measure string
		var span figures.Range
		var listed, returned, alike, bundled, areas, beside uint8
		var figures uint64
		err := rows.Scan(&measure, &span.From, &span.To, &listed, &returned, &alike, &bundled, &areas, &beside, &figures)
		s.bundled, s.beside = s.bundled || bundled == 1, s.beside || beside == 1
		s.all, s.spans[measure], s.alike = append(s.all, measure), span, s.alike || alike == 1
		if listed == 1 {
			s.listed = append(s.listed, measure)
		}
		if returned == 1 {
			s.returned, s.most = append(s.returned, measure), max(s.most, figures)
		}
		if areas == 1 {
			s.areas = append(s.areas, measure)
		}
		return err
	})
	return s, err
}

// span is from so many periods before the first of some measures until so many after the last.
func (s staged) span(c *catalog.Catalog, measures []string, before, after int) (all figures.Range) {
	for i, id := range measures {
		step := func(t time.Time, periods int) time.Time { return t.AddDate(0, periods, 0) }
		if m, ok := c.Measure(id); ok {
			months, days := m.Grain.Length()
			step = func(t time.Time, periods int) time.Time { return t.AddDate(0, periods*months, periods*days) }
		}
		from, to := step(s.spans[id].From, -before), step(s.spans[id].To, after)
		if i == 0 || from.Before(all.From) {
			all.From = from
		}
		if i == 0 || to.After(all.To) {
			all.To = to
		}
	}
	return all
}

// finding asks about one staged load. A question about measures of which it states none is not asked: only to plan it takes ClickHouse
// up to a tenth of a second. Each question has findings of its own, so that several may be asked at once.
type finding struct {
	*connection
	common  clickhouse.Parameters
	staged  staged
	catalog *catalog.Catalog
	found   *load.Findings
}

func (f finding) with(more clickhouse.Parameters) clickhouse.Parameters {
	all := maps.Clone(f.common)
	maps.Copy(all, more)
	return all
}

func (f finding) sameFigures(ctx context.Context) error {
	if !f.staged.alike && f.staged.most < 2 {
		return nil
	}
	return f.rows(ctx, "same_figures", f.common, func(rows driver.Rows) error {
		var s load.SameFigure
		var text string
		if err := rows.Scan(&s.Measure, &s.Period, &s.Organisation, &text, &s.Ratio, &s.Share, &s.Times, &s.Among, &s.OverTime, &s.Sheet, &s.Rows); err != nil {
			return err
		}
		err := exact(&s.Figure, text)
		f.found.Same = append(f.found.Same, s)
		return err
	})
}

func (f finding) shareForms(ctx context.Context) error {
	var shares []string
	for _, m := range f.catalog.Measures {
		if m.Observed() && m.Unit == catalog.Share && slices.Contains(f.staged.returned, m.ID) {
			shares = append(shares, m.ID)
		}
	}
	if len(shares) == 0 {
		return nil
	}
	return f.rows(ctx, "share_forms", f.with(clickhouse.Parameters{"shares": array(shares)}), func(rows driver.Rows) error {
		var form load.Finding
		var figure, of string
		if err := rows.Scan(&form.Measure, &form.Period, &form.Organisation, &figure, &of, &form.Known, &form.Sheet, &form.Rows); err != nil {
			return err
		}
		err := errors.Join(exact(&form.Figure, figure), exact(&form.Of, of))
		f.found.Forms = append(f.found.Forms, form)
		return err
	})
}

// implausible finds values outside what their measures expect.
func (f finding) implausible(ctx context.Context) error {
	var checked, people []string
	var per, least, most []float64
	for _, m := range f.catalog.Measures {
		if p := m.Plausible; p != nil && slices.Contains(f.staged.all, m.ID) {
			checked, people, per = append(checked, m.ID), append(people, p.Per), append(per, max(1, float64(m.Per)))
			least, most = append(least, p.Least), append(most, p.Most)
		}
	}
	if len(checked) == 0 {
		return nil
	}
	parameters := f.with(clickhouse.Parameters{
		"checked": array(checked), "people": array(people), "per": numbers(per), "least": numbers(least), "most": numbers(most),
	})
	return f.rows(ctx, "implausible_values", parameters, func(rows driver.Rows) error {
		var p load.Implausible
		var figure, of string
		if err := rows.Scan(&p.Measure, &p.Period, &p.Organisation, &figure, &of, &p.Known, &p.Least, &p.Most, &p.Value, &p.Sheet, &p.Rows); err != nil {
			return err
		}
		err := exact(&p.Figure, figure)
		if of != "" {
			err = errors.Join(err, exact(&p.Of, of))
		}
		f.found.Beyond = append(f.found.Beyond, p)
		return err
	})
}

func (f finding) peopleCounted(ctx context.Context) error {
	var checked, population []string
	var some []int8
	for _, m := range f.catalog.Measures {
		if m.Population != nil && slices.Contains(f.staged.all, m.ID) {
			checked, population, some = append(checked, m.ID), append(population, m.Population.Of), append(some, bit(m.Population.Some))
		}
	}
	if len(checked) == 0 {
		return nil
	}
	parameters := f.with(clickhouse.Parameters{"checked": array(checked), "population": array(population), "some": numbers(some)})
	return f.rows(ctx, "people_counted", parameters, func(rows driver.Rows) error {
		var p load.PeopleCounted
		var figure string
		if err := rows.Scan(&p.Measure, &p.Period, &p.Organisation, &figure, &p.Known, &p.Ratio, &p.Against, &p.Population, &p.Sheet, &p.Rows); err != nil {
			return err
		}
		err := exact(&p.Figure, figure)
		f.found.People = append(f.found.People, p)
		return err
	})
}

func (f finding) movedRatios(ctx context.Context) error {
	var ratios []catalog.Term
	var terms []uint64
	var made, parts []string
	moving := false
	for _, m := range f.catalog.Measures {
		if m.PartOfWhole() {
			parts = append(parts, m.ID)
		}
		if !m.Ratio() || m.Derived != nil || m.DividedByOwnPeriods() {
			continue
		}
		all := m.Terms()
		for _, term := range all {
			moving = moving || slices.Contains(f.staged.returned, term.Component)
			made, terms = append(made, m.ID), append(terms, uint64(len(all)))
		}
		ratios = append(ratios, all...)
	}
	if !moving {
		return nil
	}
	parameters := f.with(termParameters(ratios))
	parameters["made"], parameters["terms"], parameters["parts"] = array(made), numbers(terms), array(parts)
	return f.rows(ctx, "moved_ratios", parameters, func(rows driver.Rows) error {
		var m load.RatioMoved
		var figure, of string
		err := rows.Scan(&m.Measure, &m.Period, &m.Organisation, &figure, &of, &m.NumeratorBefore, &m.DenominatorBefore, &m.Impossible, &m.Compared, &m.Rows)
		if err != nil {
			return err
		}
		err = errors.Join(exact(&m.Figure, figure), exact(&m.Of, of))
		f.found.Moved = append(f.found.Moved, m)
		return err
	})
}

// grains binds how long a period of each measure is that the load states.
func (f finding) grains(parameters clickhouse.Parameters) {
	bindLengths(parameters, f.catalog, func(m *catalog.Measure) bool { return slices.Contains(f.staged.all, m.ID) })
}

// bindLengths binds how many months and days a period of each of some measures covers.
func bindLengths(parameters clickhouse.Parameters, c *catalog.Catalog, of func(*catalog.Measure) bool) {
	var measures []string
	var months, days []int
	for _, measure := range c.Measures {
		if of(measure) {
			m, d := measure.Grain.Length()
			measures, months, days = append(measures, measure.ID), append(months, m), append(days, d)
		}
	}
	parameters["measures"], parameters["months"], parameters["days"] = array(measures), numbers(months), numbers(days)
}

func (f finding) repeatedPeriods(ctx context.Context) error {
	if !f.staged.beside {
		return nil
	}
	const near = 13 // periods before and after, of which one may be repeated
	parameters := f.with(nil)
	f.grains(parameters)
	bindRange(parameters, f.staged.span(f.catalog, f.staged.all, near, near))
	return f.rows(ctx, "repeated_periods", parameters, func(rows driver.Rows) error {
		var r load.RepeatedPeriod
		err := rows.Scan(&r.Measure, &r.Period, &r.Like, &r.Times, &r.Among, &r.Sheet, &r.Rows)
		f.found.Repeated = append(f.found.Repeated, r)
		return err
	})
}

func (f finding) movedAmounts(ctx context.Context) error {
	const others = 4 // with fewer of the period an organisation is compared with itself alone
	if !f.staged.beside && f.staged.most < others {
		return nil
	}
	var signed []string
	for _, m := range f.catalog.Measures {
		if m.Negative {
			signed = append(signed, m.ID)
		}
	}
	if !slices.ContainsFunc(f.staged.returned, func(id string) bool { return !slices.Contains(signed, id) }) {
		return nil
	}
	parameters := f.with(clickhouse.Parameters{"signed": array(signed), "population": catalog.RegisteredPatients})
	return f.rows(ctx, "moved_amounts", parameters, func(rows driver.Rows) error {
		var a load.AmountMoved
		var figure string
		if err := rows.Scan(&a.Measure, &a.Period, &a.Organisation, &figure, &a.Known, &a.Compared, &a.Ratio, &a.Against, &a.Sheet, &a.Rows); err != nil {
			return err
		}
		err := exact(&a.Figure, figure)
		f.found.Amounts = append(f.found.Amounts, a)
		return err
	})
}

// comparedLists finds what a list of every organisation changes. Of the organisations that it drops, the first row has the most.
func (f finding) comparedLists(ctx context.Context) error {
	if len(f.staged.listed) == 0 || !f.staged.beside {
		return nil
	}
	var shares []string
	for _, m := range f.catalog.Measures {
		if m.Unit == catalog.Share && slices.Contains(f.staged.listed, m.ID) {
			shares = append(shares, m.ID)
		}
	}
	parameters := f.with(clickhouse.Parameters{"stated": array(f.staged.listed), "shares": array(shares)})
	f.grains(parameters)
	const near = 13 // periods before and after, of which the nearest is compared
	bindRange(parameters, f.staged.span(f.catalog, f.staged.listed, near, near))
	return f.rows(ctx, "compared_lists", parameters, func(rows driver.Rows) error {
		var l load.ListChanged
		var figure, of string
		var shown, dropped uint64
		if err := rows.Scan(&l.Measure, &l.Period, &l.Organisation, &l.Other, &l.Change, &figure, &of, &l.Known, &l.KnownOf, &l.Times, &l.Among,
			&shown, &dropped, &l.Sheet, &l.Rows, &l.Compared); err != nil {
			return err
		}
		if l.Compared.Unix() == 0 {
			l.Compared = time.Time{}
		}
		if l.Change == "dropped" {
			if f.found.Dropped == nil {
				f.found.Dropped = &load.DroppedOrganisations{Measure: l.Measure, Period: l.Period, Organisations: shown, Dropped: dropped}
			}
			return nil
		}
		err := errors.Join(exact(&l.Figure, figure), exact(&l.Of, of))
		f.found.Lists = append(f.found.Lists, l)
		return err
	})
}

// brokenSeries finds what a list of every organisation breaks off. What is under zero at times jumps as it likes, and what repeats another measure
// would be asked twice.
func (f finding) brokenSeries(ctx context.Context) error {
	var stated, money, intermittent []string
	for _, m := range f.catalog.Measures {
		if !slices.Contains(f.staged.listed, m.ID) || m.Negative || m.Repeats != "" {
			continue
		}
		if stated = append(stated, m.ID); m.Unit == catalog.GBP {
			money = append(money, m.ID)
		}
		if m.Intermittent {
			intermittent = append(intermittent, m.ID)
		}
	}
	if len(stated) == 0 || !f.staged.beside {
		return nil
	}
	parameters := f.with(clickhouse.Parameters{"stated": array(stated), "money": array(money), "intermittent": array(intermittent)})
	f.grains(parameters)
	const near = 13 // periods before and after, of which each is compared
	bindRange(parameters, f.staged.span(f.catalog, stated, near, near))
	return f.rows(ctx, "broken_series", parameters, func(rows driver.Rows) error {
		var s load.SeriesFigure
		var figure string
		var line uint32
		err := rows.Scan(&s.Measure, &s.Period, &s.Organisation, &s.Broken, &figure, &s.Denominator, &s.Known, &s.Last, &s.LastDenominator, &s.LastParts, &s.Parts,
			&s.Gone, &s.Shrunk, &s.Empty, &s.OfMeasures, &s.Sheet, &line, &s.Compared)
		if err != nil {
			return err
		}
		if line > 0 {
			s.Rows = []uint32{line}
		}
		err = exact(&s.Figure, figure)
		f.found.Series = append(f.found.Series, s)
		return err
	})
}

// listTotals finds what lists come to that lies outside what those around come to, where none of these is under zero.
func (f finding) listTotals(ctx context.Context) error {
	var stated, money []string
	for _, m := range f.catalog.Measures {
		if !slices.Contains(f.staged.listed, m.ID) || m.Repeats != "" {
			continue
		}
		if stated = append(stated, m.ID); m.Unit == catalog.GBP {
			money = append(money, m.ID)
		}
	}
	if len(stated) == 0 || !f.staged.beside {
		return nil
	}
	parameters := f.with(clickhouse.Parameters{"stated": array(stated), "money": array(money)})
	f.grains(parameters)
	const near = 13 // periods before and after
	bindRange(parameters, f.staged.span(f.catalog, stated, near, near))
	return f.rows(ctx, "list_totals", parameters, func(rows driver.Rows) error {
		var t load.TotalOutside
		var figure, of string
		if err := rows.Scan(&t.Measure, &t.Period, &t.What, &figure, &of, &t.Value, &t.Low, &t.High, &t.Among, &t.Sheet); err != nil {
			return err
		}
		err := exact(&t.Figure, figure)
		if of != "" {
			err = errors.Join(err, exact(&t.Of, of))
		}
		f.found.Outside = append(f.found.Outside, t)
		return err
	})
}

// largerParts finds parts that are more than their whole, as the measures of the load and of what is shown say what they are at most.
func (f finding) largerParts(ctx context.Context) error {
	var limits []load.PartsLarger // as the measures state them
	var terms []catalog.Term
	var bounds, counts []uint64
	var measures, excepted []string
	for _, m := range f.catalog.Measures {
		for _, limit := range m.AtMost {
			parts := append([]string{m.ID}, limit.With...)
			all := slices.Concat(parts, limit.Of)
			if !slices.ContainsFunc(all, func(id string) bool { return slices.Contains(f.staged.all, id) }) {
				continue
			}
			bound := uint64(len(limits))
			for _, e := range limit.Except {
				if p, err := catalog.ParsePeriod(e.Period); err == nil {
					excepted = append(excepted, fmt.Sprintf("%d %s %s", bound, e.Organisation, p.Start.Format(time.DateOnly)))
				}
			}
			for i, id := range all {
				term := catalog.Term{Component: id, Field: "numerator", Part: "numerator"}
				if i >= len(parts) {
					term.Part = "denominator"
					if whole, ok := f.catalog.Measure(id); ok && whole.Ratio() {
						term.Field = "denominator"
					}
				}
				terms, bounds, counts, measures = append(terms, term), append(bounds, bound), append(counts, uint64(len(all))), append(measures, id)
			}
			limits = append(limits, load.PartsLarger{Parts: parts, Whole: limit.Of})
		}
	}
	if len(limits) == 0 {
		return nil
	}
	parameters := f.with(termParameters(terms))
	parameters["limits"], parameters["terms"], parameters["measures"], parameters["excepted"] = numbers(bounds), numbers(counts), array(measures), array(excepted)
	bindRange(parameters, f.staged.span(f.catalog, f.staged.all, 0, 0))
	return f.rows(ctx, "larger_parts", parameters, func(rows driver.Rows) error {
		var p load.PartsLarger
		var bound uint64
		var parts, whole string
		if err := rows.Scan(&bound, &p.Period, &p.Organisation, &parts, &whole, &p.Times, &p.Among, &p.Sheet, &p.Rows); err != nil {
			return err
		}
		p.Measure, p.Parts, p.Whole = limits[bound].Parts[0], limits[bound].Parts, limits[bound].Whole
		err := errors.Join(exact(&p.Figure, parts), exact(&p.Of, whole))
		f.found.Parts = append(f.found.Parts, p)
		return err
	})
}

// statedEngland finds shares and rates of England that the organisations beneath do not make.
func (f finding) statedEngland(ctx context.Context) error {
	var stated, apart []string
	for _, m := range f.catalog.Measures {
		if m.EnglandStated && m.Observed() && m.Ratio() && slices.Contains(f.staged.all, m.ID) {
			if stated = append(stated, m.ID); m.WeightedBy == catalog.NotCombined {
				apart = append(apart, m.ID)
			}
		}
	}
	if len(stated) == 0 {
		return nil
	}
	parameters := f.with(clickhouse.Parameters{"measures": array(stated), "apart": array(apart)})
	bindRange(parameters, f.staged.span(f.catalog, stated, 0, 0))
	return f.rows(ctx, "stated_england", parameters, func(rows driver.Rows) error {
		var t load.TotalDiffers
		var figure, of string
		if err := rows.Scan(&t.Measure, &t.Period, &figure, &of, &t.Known, &t.KnownOf, &t.Sheet, &t.Rows); err != nil {
			return err
		}
		t.Organisation = footprint.England
		err := errors.Join(exact(&t.Figure, figure), exact(&t.Of, of))
		f.found.Totals = append(f.found.Totals, t)
		return err
	})
}

// exceededFootprints finds footprints that a load states less of than their organisations make, or more where it lists them all.
func (f finding) exceededFootprints(ctx context.Context) error {
	var stated []string
	for _, id := range f.staged.all {
		m, ok := f.catalog.Measure(id)
		if !ok || m.Level == catalog.ByFootprint || m.Level == catalog.ByEngland || m.Negative {
			continue
		}
		if slices.Contains(f.staged.returned, id) || slices.Contains(f.staged.areas, id) {
			stated = append(stated, id)
		}
	}
	if len(stated) == 0 {
		return nil
	}
	parameters := f.with(clickhouse.Parameters{"measures": array(stated), "listed": array(f.staged.listed)})
	bindRange(parameters, f.staged.span(f.catalog, stated, 0, 0))
	return f.rows(ctx, "exceeded_footprints", parameters, func(rows driver.Rows) error {
		var t load.TotalDiffers
		var figure string
		if err := rows.Scan(&t.Measure, &t.Period, &t.Organisation, &figure, &t.Known, &t.Sheet, &t.Rows); err != nil {
			return err
		}
		err := exact(&t.Figure, figure)
		f.found.Exceeded = append(f.found.Exceeded, t)
		return err
	})
}

// citedFigures finds what rows that name a published cell state otherwise than what is shown. What only returns state is theirs to change.
func (f finding) citedFigures(ctx context.Context) error {
	var cited []string
	for _, id := range f.staged.returned {
		if m, ok := f.catalog.Measure(id); ok && !f.catalog.Returned(m) {
			cited = append(cited, id)
		}
	}
	if len(cited) == 0 {
		return nil
	}
	parameters := f.with(clickhouse.Parameters{"cited": array(cited)})
	bindRange(parameters, f.staged.span(f.catalog, cited, 0, 0))
	return f.rows(ctx, "cited_figures", parameters, func(rows driver.Rows) error {
		var c load.FigureCited
		var figure, of string
		if err := rows.Scan(
			&c.Measure,
			&c.Period,
			&c.Organisation,
			&figure,
			&of,
			&c.Known,
			&c.Shown,
			&c.KnownOf,
			&c.File,
			&c.Sheet,
			&c.Rows,
			&c.Times,
			&c.Among,
		); err != nil {
			return err
		}
		err := exact(&c.Figure, figure)
		if of != "" {
			err = errors.Join(err, exact(&c.Of, of))
		}
		f.found.Cited = append(f.found.Cited, c)
		return err
	})
}

// Replaced compares what a staged load states with what is shown.
func (w Ingest) Replaced(ctx context.Context, id uint64, measures []string) ([]load.Replacement, error) {
	parameters := clickhouse.Parameters{"load": number(id), "measures": array(measures)}
	bindAsOf(parameters, figures.Now)
	var all []load.Replacement
	err := w.rows(ctx, "replaced_figures", parameters, func(rows driver.Rows) error {
		var r load.Replacement
		var texts [4]*string
		err := rows.Scan(&r.Measure, &r.Organisation, &r.Period, &r.Item, &texts[0], &texts[1], &r.After.Note, &r.Sheet, &r.Row,
			&texts[2], &texts[3], &r.Before.Note, &r.BeforeLoad)
		if err != nil {
			return err
		}
		for i, n := range []*decimal.NullDecimal{&r.After.Numerator, &r.After.Denominator, &r.Before.Numerator, &r.Before.Denominator} {
			if texts[i] == nil || *texts[i] == "" {
				continue
			}
			if err := exact(&n.Decimal, *texts[i]); err != nil {
				return err
			}
			n.Valid = true
		}
		all = append(all, r)
		return nil
	})
	return all, err
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
func (w LoadReports) AskQuestions(ctx context.Context, id uint64, questions []load.Question) error {
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
func (w LoadReports) QuestionsOf(ctx context.Context, id uint64) ([]load.Question, error) {
	questions := []load.Question{}
	err := w.rows(ctx, "load_questions", clickhouse.Parameters{"load": number(id), "limit": number(4 * maxFound)}, func(rows driver.Rows) error {
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
func (w LoadLog) HeldLoads(ctx context.Context, sha256 string) ([]load.Load, error) {
	return w.Loads(ctx, figures.LoadFilter{SHA256: sha256, State: load.Held, Limit: maxFound})
}
