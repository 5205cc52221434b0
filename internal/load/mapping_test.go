package load

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/publication"
)

func shared(t testing.TB) string {
	t.Helper()
	folder := os.Getenv("STP_SHARED")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared")
	}
	folder = filepath.Join(folder, "data")
	if _, err := os.Stat(folder); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the published files are missing: %v", err)
		}
		t.Skipf("the published files are not here (STP_SHARED says where): %v", err)
	}
	return folder
}

func mapper(t testing.TB) *Mapper {
	t.Helper()
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := footprint.Read(os.DirFS("../../sql/reference"))
	if err != nil {
		t.Fatal(err)
	}
	return NewMapper(c, r)
}

func mapFile(t testing.TB, m *Mapper, path string) (*Batch, error) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p, err := publication.Decode(context.Background(), filepath.Base(path), content, publication.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return m.Map(p, Fingerprint(content))
}

func TestMapExplore(t *testing.T) {
	m := mapper(t)
	for _, pattern := range []string{"published/ae/*", "published/prescribing/*", "published/loans/*", "published/cancer/*", "published/delays/*"} {
		files, _ := filepath.Glob(filepath.Join(shared(t), pattern))
		for _, f := range files {
			b, err := mapFile(t, m, f)
			if b == nil {
				t.Log(filepath.Base(f), err)
				continue
			}
			v := map[Verdict]int{}
			for _, c := range b.Reconciliations {
				v[c.Verdict]++
			}
			t.Log(filepath.Base(f), len(b.Observations), len(b.Rejections), v, b.Released, err)
			for i, r := range b.Rejections {
				if i < 3 {
					t.Log("   ", r.Row, r.Column, r.Value, r.Reason)
				}
			}
		}
	}
}
