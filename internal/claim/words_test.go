package claim_test

import (
	"os"
	"slices"
	"sync"
	"testing"

	"stpdash/internal/catalog"
	. "stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/pages/wording"
)

const place = PlaceOfTests

func declared(t testing.TB, claims string) *catalog.Catalog { return Declared(t, claims) }

func one(id, place string, lines ...string) string { return One(id, place, lines...) }

func realFigures(t testing.TB, c *catalog.Catalog, id string) Figures { return RealFigures(t, c, id) }

// answer is the result of a test in words.
type answer struct{ *wording.ClaimAnswer }

var reference = sync.OnceValues(func() (*footprint.Reference, error) { return footprint.Read(os.DirFS("../../sql/reference")) })

// tested is the first claim of some, tested, in the words that a reader has of it.
func tested(t testing.TB, f Figures, c *catalog.Catalog, others ...Figures) answer {
	t.Helper()
	r, err := Test(t.Context(), c.Claims[0], Data{Figures: f, Others: others, Register: c.Claims})
	if err != nil {
		t.Fatal(err)
	}
	places, err := reference()
	if err != nil {
		t.Fatal(err)
	}
	m := f.Measure
	if m == nil {
		m = &catalog.Measure{}
	}
	return answer{wording.ClaimsBy(figures.NewDirectory(c, places)).Answer(c.Claims[0], m, r)}
}

// inWords is a finding about no place, measure or claim.
func inWords(f CheckFinding) string {
	return wording.ClaimsBy(figures.NewDirectory(nil, &footprint.Reference{})).Finding(f)
}

func (a answer) check(id CheckID) wording.CheckAnswer {
	return a.Checks[slices.IndexFunc(a.Checks, func(c wording.CheckAnswer) bool { return c.ID == id })]
}

func (a answer) outcome(id CheckID) Outcome { return a.check(id).Outcome }

func (a answer) finding(id CheckID) string { return a.check(id).Finding }
