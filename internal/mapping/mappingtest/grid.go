package mappingtest

import (
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

// April is the name of a published month of A&E figures, of which AprilCSV is an excerpt.
const April = "MSitAE-April-2018.csv"

// AprilCSV is an excerpt of a published month in which the providers are rows 2 to 4 and the total is row 5.
func AprilCSV(t testing.TB) Grid { return Excerpt(t, April, "C82009", "NLO11", "RCD") }

// Grid is the content of a csv, to be altered.
type Grid [][]string

// ParseGrid reads a csv.
func ParseGrid(t testing.TB, content []byte) Grid {
	t.Helper()
	records := csv.NewReader(strings.NewReader(string(content)))
	records.FieldsPerRecord = -1
	rows, err := records.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// Excerpt cuts a published A&E csv down to some organisations, with the TOTAL row they add up to.
func Excerpt(t testing.TB, file string, organisations ...string) Grid {
	t.Helper()
	whole := ParseGrid(t, PublishedFile(t, "ae", file))
	cut := Grid{whole[0]}
	for _, code := range organisations {
		at := slices.IndexFunc(whole, func(row []string) bool { return row[1] == code })
		if at < 0 {
			t.Fatalf("%s has no row of %s", file, code)
		}
		cut = append(cut, slices.Clone(whole[at]))
	}
	total := slices.Clone(whole[len(whole)-1])
	if total[3] != "TOTAL" {
		t.Fatalf("the last row of %s is %q", file, total)
	}
	cut = append(cut, total)
	cut.AddUp(t)
	return cut
}

// Clone is a copy to be altered.
func (g Grid) Clone() Grid {
	copied := make(Grid, len(g))
	for i := range g {
		copied[i] = slices.Clone(g[i])
	}
	return copied
}

// Column is the index of the column of a heading, -1 where there is none.
func (g Grid) Column(heading string) int { return slices.Index(g[0], heading) }

// Bytes are the csv.
func (g Grid) Bytes() []byte {
	var b strings.Builder
	out := csv.NewWriter(&b)
	if err := out.WriteAll(g); err != nil {
		panic(err) // a strings.Builder takes everything
	}
	return []byte(b.String())
}

// AddUp makes the last row the total of the others.
func (g Grid) AddUp(t testing.TB) {
	t.Helper()
	last := len(g) - 1
	for column := 4; column < len(g[0]); column++ {
		sum := decimal.Zero
		for _, row := range g[1:last] {
			n, err := decimal.NewFromString(row[column])
			if err != nil {
				t.Fatal(err)
			}
			sum = sum.Add(n)
		}
		g[last][column] = sum.String()
	}
}

// Altered is a copy of the excerpt with one cell changed.
func (g Grid) Altered(row int, heading, text string) Grid {
	copied := g.Clone()
	copied[row-1][g.Column(heading)] = text
	return copied
}

// Without leaves out a row, counted from 1.
func (g Grid) Without(row int) Grid { return slices.Delete(g.Clone(), row-1, row) }

// With adds a row above the last.
func (g Grid) With(row []string) Grid { return slices.Insert(g.Clone(), len(g)-1, row) }

// WithColumn adds a column at the end.
func (g Grid) WithColumn(heading, text string) Grid {
	copied := g.Clone()
	for i := range copied {
		copied[i] = append(copied[i], text)
	}
	copied[0][len(copied[0])-1] = heading
	return copied
}

// WithoutColumn leaves out a column.
func (g Grid) WithoutColumn(heading string) Grid {
	copied, at := g.Clone(), g.Column(heading)
	for i := range copied {
		copied[i] = slices.Delete(copied[i], at, at+1)
	}
	return copied
}

// Row finds a trust's row, counted from 1.
func (g Grid) Row(t testing.TB, code string) int {
	t.Helper()
	at := slices.IndexFunc(g, func(row []string) bool { return row[g.Column("Org Code")] == code })
	if at < 0 {
		t.Fatalf("no row of %s", code)
	}
	return at + 1
}

// Merged gives one trust's work to another and takes its row out.
func (g Grid) Merged(t testing.TB, gone, successor string) Grid {
	t.Helper()
	from, to := g.Row(t, gone), g.Row(t, successor)
	copied := g.Clone()
	for column := 4; column < len(g[0]); column++ {
		a, err := strconv.Atoi(g[from-1][column])
		if err != nil {
			t.Fatal(err)
		}
		b, err := strconv.Atoi(g[to-1][column])
		if err != nil {
			t.Fatal(err)
		}
		copied[to-1][column] = strconv.Itoa(a + b)
	}
	return copied.Without(from)
}

// Cell changes the first count of a trust; the total stays as published.
func (g Grid) Cell(t testing.TB, code, text string) Grid {
	t.Helper()
	return g.Altered(g.Row(t, code), Type1, text)
}

// Type1 is the heading of the first count of AprilCSV.
const Type1 = "Number of A&E attendances Type 1"
