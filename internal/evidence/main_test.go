package evidence_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"stpdash/internal/evidence"
)

// published reads a file of the published cases. Without the folder it skips the test, but fails it in CI.
func published(t testing.TB, path ...string) []byte {
	t.Helper()
	shared := os.Getenv("STP_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	content, err := os.ReadFile(filepath.Join(append([]string{shared, "methods"}, path...)...))
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatalf("the published cases are missing: %v", err)
	default:
		t.Skipf("the published cases are not here (STP_SHARED names the folder that holds methods/): %v", err)
	}
	return content
}

// table is a csv file by column.
type table map[string][]string

func readTable(t testing.TB, separator rune, path ...string) table {
	t.Helper()
	reader := csv.NewReader(bytes.NewReader(published(t, path...)))
	reader.Comma = separator
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	columns := table{}
	for j, name := range rows[0] {
		for _, row := range rows[1:] {
			columns[name] = append(columns[name], row[j])
		}
	}
	return columns
}

// numbers is a column, NaN where it is blank or NA.
func (c table) numbers(t testing.TB, name string) []float64 {
	t.Helper()
	texts, ok := c[name]
	if !ok {
		t.Fatalf("there is no column %s", name)
	}
	numbers := make([]float64, len(texts))
	for i, text := range texts {
		if text == "" || text == "NA" {
			numbers[i] = math.NaN()
			continue
		}
		var err error
		if numbers[i], err = strconv.ParseFloat(text, 64); err != nil {
			t.Fatal(err)
		}
	}
	return numbers
}

func readJSON(t testing.TB, into any, path ...string) {
	t.Helper()
	if err := json.Unmarshal(published(t, path...), into); err != nil {
		t.Fatal(err)
	}
}

// near fails unless got lies within the tolerance of want.
func near(t testing.TB, what string, got evidence.Number, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(float64(got)-want) <= tolerance) {
		t.Errorf("%s is %.10g, published as %.10g", what, float64(got), want)
	}
}

// relatively is near, with a tolerance relative to the size of what is wanted.
func relatively(t testing.TB, what string, got evidence.Number, want, tolerance float64) {
	t.Helper()
	near(t, what, got, want, tolerance*math.Abs(want)+1e-300)
}
