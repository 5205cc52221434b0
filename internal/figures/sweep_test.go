package figures_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
)

// askedStore notes what it is asked for. Each measure has 24 months of two providers.
type askedStore struct {
	figures.Store
	areas         int        // questions about areas
	organisations [][]string // the measures of each question about organisations
	values        func(i int) decimal.Decimal
}

func (s *askedStore) EachValue(_ context.Context, _ figures.AsOf, measures, _ []string, _ figures.Range, _ func(measure.Value) error) error {
	s.areas++
	return nil
}

func (s *askedStore) Amounts(context.Context, figures.AsOf, []*catalog.Measure, figures.Range) (map[string][]measure.Amount, error) {
	return nil, nil
}

func (s *askedStore) EachOrganisationFigure(
	_ context.Context,
	_ figures.AsOf,
	measures []*catalog.Measure,
	_ figures.Range,
	hand func(string, measure.Value) error,
) error {
	var ids []string
	var failed error
	for _, m := range measures {
		ids = append(ids, m.ID)
		for _, code := range []string{"R1H", "RCF"} {
			for i := range 24 {
				failed = errors.Join(failed, hand(code, measure.Value{
					Measure: m.ID, Period: time.Date(2016, time.April, 1, 0, 0, 0, 0, time.UTC).AddDate(0, i, 0), Organisations: 1, Load: 7,
					Numerator: decimal.NewNullDecimal(s.values(i)),
				}))
			}
		}
	}
	s.organisations = append(s.organisations, ids)
	return failed
}

// A whole table asks for what is stored once, however much follows from it, and hands it on in the order of the measures.
func TestWholeTablesAskOnce(t *testing.T) {
	t.Parallel()
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := footprint.Read(os.DirFS("../../sql/reference"))
	if err != nil {
		t.Fatal(err)
	}
	store := &askedStore{values: func(i int) decimal.Decimal { return decimal.NewFromInt(int64(100 + i)) }}
	known := figures.New(store, figures.NewDirectory(c, r), figures.NewMoments(nil, figures.NewMemory(1<<20), time.Now))
	table, err := known.FindTable(t.Context(), figures.Moment{}, figures.TableFilter{})
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	sums := map[string]decimal.Decimal{}
	if err := known.Each(t.Context(), table, func(row figures.TableRow) error {
		if id := row.Measure.ID; len(order) == 0 || order[len(order)-1] != id {
			order = append(order, id)
		}
		if row.Code == "RCF" && row.Period.String() == "2018-03" {
			sums[row.Measure.ID] = row.Value.Decimal
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	place := func(id string) int {
		return slices.IndexFunc(c.Measures, func(m *catalog.Measure) bool { return m.ID == id })
	}
	if !slices.IsSortedFunc(order, func(a, b string) int { return place(a) - place(b) }) {
		t.Errorf("the measures are handed on in the order %q", order)
	}
	if got := sums["emergency_admissions_rolling_year"]; !got.Equal(decimal.NewFromInt(12*100 + (12+23)*6)) { // months 12 to 23
		t.Errorf("twelve months of emergency admissions are %s", got)
	}
	var asked []string
	for _, ids := range store.organisations {
		if len(ids) > 1 { // one alone may be the people that others are divided by
			asked = append(asked, ids...)
		}
	}
	slices.Sort(asked)
	if once := slices.Compact(slices.Clone(asked)); len(once) != len(asked) {
		t.Errorf("some are asked for twice: %q", asked)
	}
	if most := len(c.Measures)/16 + 6; len(store.organisations) > most || store.areas > most {
		t.Errorf("%d questions about organisations and %d about areas, at most %d each are needed", len(store.organisations), store.areas, most)
	}
}
