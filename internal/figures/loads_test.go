package figures_test

import (
	"testing"
	"time"

	"stpdash/internal/figures/figurestest"
	"stpdash/internal/load"
)

// A run that loads nothing changes no figure, and is among the runs all the same.
func TestRunsAreThoseOfNow(t *testing.T) {
	k := figurestest.Load(t, "ae_attendances_type1,RD1,2017-04,12,\n", time.Now)
	runs := func() int {
		t.Helper()
		now, err := k.AsOf(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		found, err := k.LatestRuns(t.Context(), now, 10)
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	before := runs()
	if err := k.Warehouse.RecordRun(t.Context(), load.Run{ID: 1, Source: "ae", Trigger: "hand", Started: time.Now(), Ended: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if after := runs(); after != before+1 {
		t.Errorf("%d runs after a run, %d before it", after, before)
	}
}
