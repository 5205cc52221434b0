package warehouse_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/register"
	"stpdash/internal/warehouse/engine/enginetest"
)

// A verdict that was kept when reasons were words is read with them, and one that is kept now with the facts, all that the words are made of.
func TestReasonsOfKeptVerdicts(t *testing.T) {
	t.Parallel()
	endpoint := enginetest.Database(t)
	w := open(t, endpoint)
	const before = "INSERT INTO verdict (claim, verdict, reason, percent, low, high, p, definition, others, figures, version, load_id, since, at) " +
		"VALUES ('x', 'cannot be tested', 'it is not stated when the plan began', NULL, NULL, NULL, NULL, 'a', [], 'b', '1', 3, '2026-01-01 00:00:00', '2026-01-01 00:00:00')"
	if err := connect(t, endpoint, endpoint.User).Exec(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	gap := claim.Reason{Code: claim.FigureMissing, Facts: claim.Facts{Scope: claim.OfPlan, Period: "2018-10", Start: "2018-04"}}
	undue := claim.Reason{Code: claim.NotDue, Facts: claim.Facts{Undue: &claim.Undue{
		From: "2017-10", Until: "2018-09",
		Own: &claim.OwnYear{Year: "2018-04 to 2019-03", From: "2018-04", Until: "2019-03", Figure: 5, Change: -1, Loaded: true, Gap: &gap}, Later: &gap,
	}}}
	day := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	kept := register.Verdict{
		Claim:      "x",
		Verdict:    "cannot be tested",
		Reason:     undue,
		Definition: "a",
		Others:     []string{"c"},
		Figures:    "b",
		Version:    "2",
		Load:       4,
		Since:      day,
		At:         day,
	}
	if err := w.KeepVerdicts(t.Context(), []register.Verdict{kept}); err != nil {
		t.Fatal(err)
	}
	got, err := w.Verdicts(t.Context(), figures.AsOf{Load: 9, At: day.AddDate(1, 0, 0)}, "x", 10)
	if err != nil || len(got) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	if got[0].Words != "it is not stated when the plan began" || got[0].Reason.Code != "" {
		t.Errorf("kept before: %q %+v", got[0].Words, got[0].Reason)
	}
	if diff := cmp.Diff(kept, got[1]); diff != "" {
		t.Errorf("kept now: %s", diff)
	}
}
