package figures_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/pages/wording"
)

func TestChangesQuestion(t *testing.T) {
	c := figurestest.Load(t, "ae_attendances_type1,RD1,2017-04,12,\n", time.Now)
	loaded, err := c.FindLoads(t.Context(), figures.LoadFilter{Source: "canonical"})
	if err != nil || len(loaded) != 1 {
		t.Fatalf("%v, %v", loaded, err)
	}
	now := loaded[0].At
	c = figurestest.Know(c.Warehouse, c.Warehouse, c.Catalog, c.Reference, func() time.Time { return now })
	t.Run("without moments it is of the last day", func(t *testing.T) {
		for after, want := range map[time.Duration]uint64{time.Hour: 2, 23 * time.Hour: 2, 25 * time.Hour: 0} { // of its footprint and England
			now = loaded[0].At.Add(after)
			changes, err := c.Changes(t.Context(), figures.ChangesQuestion{Measure: "ae_attendances_type1", Limit: 1})
			if err != nil || changes.Sum() != want || len(changes.Figures) != int(min(want, 1)) {
				t.Errorf("%s after the load: %d figures, %d on the page, %v; want %d", after, changes.Sum(), len(changes.Figures), err, want)
			}
		}
	})
	t.Run("without the earlier one it is of the day before the later", func(t *testing.T) {
		changes, err := c.Changes(t.Context(), figures.ChangesQuestion{To: "2017-07-01"})
		if err != nil || changes.From.Text != "2017-06-30T23:59:59+01:00" || changes.Sum() != 0 {
			t.Errorf("%+v, %v", changes, err)
		}
	})
	t.Run("what is not accepted is named", func(t *testing.T) {
		for _, test := range []struct {
			question            figures.ChangesQuestion
			parameter, accepted string
		}{
			{figures.ChangesQuestion{From: "3", To: "1"}, "from", "not after to (1)"},
			{figures.ChangesQuestion{From: "2018-04-02", To: "2018-04-01"}, "from", "not after to (2018-04-01)"},
			{figures.ChangesQuestion{From: "yesterday"}, "from", "a date"},
			{figures.ChangesQuestion{To: "4711"}, "to", "the number of a published load"},
			{figures.ChangesQuestion{Measure: "nonsense"}, "measure", "ae_attendances"},
			{figures.ChangesQuestion{Footprint: "E99"}, "footprint", "E54000005"},
			{figures.ChangesQuestion{Cause: "magic"}, "cause", "definition, membership, new_period, revision, withdrawal"},
		} {
			var wrong *figures.InputError
			if _, err := c.Changes(
				t.Context(),
				test.question,
			); !errors.As(err, &wrong) || wrong.Parameter != test.parameter ||
				!strings.Contains(wrong.Accepted, test.accepted) {
				t.Errorf("%+v: %v", test.question, err)
			}
		}
	})
}

func TestStandInWords(t *testing.T) {
	c := figurestest.Load(t, "ae_attendances_type1,E54000040,2017-04,12,\nae_attendances_type1,RD1,2017-05,,\n", time.Now)
	changes, err := c.Changes(t.Context(), figures.ChangesQuestion{Measure: "ae_attendances_type1", Footprint: "QOX", Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range changes.Figures {
		got = append(got, f.Period.String()+": "+wording.DescribeFigure(f.Before)+", "+wording.DescribeFigure(f.After))
	}
	want := "2017-04: no figure, 12; 2017-05: no figure, no figure from RD1 and those that nobody lists"
	if text := strings.Join(got, "; "); text != want {
		t.Errorf("%s; want %s", text, want)
	}
}
