package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"stpdash/docs"
)

// Whole tables of the bundled figures: cell by cell those of the series, many at once, and as the documents read them.
func TestWholeTables(t *testing.T) {
	s := start(t, "STP_DATA_DIR="+servedBefore(t), "STP_RATE=0")
	t.Run("cells", func(t *testing.T) { s.checkCells(t) })
	t.Run("at once", func(t *testing.T) { s.checkTablesAtOnce(t) })
	t.Run("examples", func(t *testing.T) { s.runTableExamples(t) })
	s.stop(t)
}

// checkCells compares the tables of some measures with the series of all their areas and of some organisations.
func (s *service) checkCells(t *testing.T) {
	cells := 0
	for _, measure := range []string{"ae_four_hour", "non_elective_admissions_rolling_year", "emergency_admissions_growth", "gp_payments", "trust_net_position", "delayed_days"} {
		address := "/api/v1/figures?format=csv&measure=" + measure
		rows, err := csv.NewReader(strings.NewReader(s.patiently(t, address).body)).ReadAll()
		if err != nil || len(rows) < 100 {
			t.Fatalf("%s: %d rows, %v", measure, len(rows), err)
		}
		at := func(row []string, column string) string { return row[slices.Index(rows[0], column)] }
		places := map[string][][]string{}
		var order []string
		for _, row := range rows[1:] {
			if code := at(row, "place"); places[code] == nil {
				order = append(order, code)
			}
			places[at(row, "place")] = append(places[at(row, "place")], row)
		}
		for i, code := range order {
			area := slices.Contains([]string{"england", "region", "footprint", "unallocated"}, at(places[code][0], "level"))
			parameter := "footprint"
			if !area {
				parameter = "org"
			}
			if !area && i%40 != 0 {
				continue
			}
			var series struct {
				Hash   string `json:"definition_hash"`
				Points []struct {
					Period, Numerator, Denominator, People string
					PeopleIn                               string `json:"people_period"`
					Value                                  json.Number
					Per                                    json.Number `json:"per_1000"`
					Complete, Estimate                     bool
					Missing                                []string
					Load                                   json.Number `json:"load_id"`
					Partial                                *struct {
						Numerator, Denominator string
						Value                  json.Number
					}
				}
			}
			body := s.patiently(t, "/api/v1/series?"+url.Values{"measure": {measure}, parameter: {code}}.Encode()).body
			if err := json.Unmarshal([]byte(body), &series); err != nil || len(series.Points) != len(places[code]) {
				t.Errorf("%s of %s: %d points, %d rows, %v", measure, code, len(series.Points), len(places[code]), err)
				continue
			}
			for j, p := range series.Points {
				row := places[code][j]
				want := []string{
					p.People,
					p.PeopleIn,
					p.Period,
					p.Numerator,
					p.Denominator,
					p.Value.String(),
					p.Per.String(),
					fmt.Sprint(p.Complete),
					fmt.Sprint(p.Estimate),
					strings.Join(p.Missing, " "),
					p.Load.String(),
					series.Hash,
				}
				got := []string{}
				for _, column := range []string{"people", "people_period", "period", "numerator", "denominator", "value", "per_1000", "complete", "estimate", "missing", "load_id", "definition_hash"} {
					got = append(got, at(row, column))
				}
				if p.Partial != nil {
					want = append(want, p.Partial.Numerator, p.Partial.Denominator, p.Partial.Value.String())
					got = append(got, at(row, "partial_numerator"), at(row, "partial_denominator"), at(row, "partial_value"))
				}
				if cells += len(want); !slices.Equal(got, want) {
					t.Errorf("%s of %s: the table has %q, the series %q", measure, code, got, want)
				}
			}
		}
	}
	t.Logf("%d cells", cells)
	if cells < 50_000 {
		t.Errorf("only %d cells were compared", cells)
	}
}

// checkTablesAtOnce asks for one table 20 times at once.
func (s *service) checkTablesAtOnce(t *testing.T) {
	const address = "/api/v1/figures?format=csv&measure=ae_four_hour&level=footprint"
	want := s.patiently(t, address).body
	var asking errgroup.Group
	for range 20 {
		asking.Go(func() error {
			if a := s.patiently(t, address); a.status != http.StatusOK || a.body != want {
				t.Errorf("%d, %d bytes, want %d", a.status, len(a.body), len(want))
			}
			return nil
		})
	}
	_ = asking.Wait()
}

// runTableExamples runs the programs of the document, those whose tool is here.
func (s *service) runTableExamples(t *testing.T) {
	blocks, err := docs.Blocks("users/tables.md")
	if err != nil {
		t.Fatal(err)
	}
	tools := map[string]string{"python": "python3", "r": "Rscript"}
	seen := 0
	for _, b := range blocks {
		if b.Kind != "python" && b.Kind != "r" && b.Kind != "powerquery" {
			continue
		}
		seen++
		t.Run(b.Kind, func(t *testing.T) {
			if n := strings.Count(b.Text, "\n"); n != 5 {
				t.Errorf("docs/users/tables.md:%d has %d lines, not five", b.Line, n)
			}
			path, err := exec.LookPath(tools[b.Kind])
			if err != nil {
				t.Skipf("the tool for %s is not here", b.Kind)
			}
			run := exec.CommandContext(t.Context(), path, "-")
			run.Stdin = strings.NewReader(strings.ReplaceAll(b.Text, "http://127.0.0.1:8044", s.address))
			var out bytes.Buffer
			run.Stdout, run.Stderr = &out, &out
			if err := run.Run(); err != nil || !strings.Contains(out.String(), "44 places") {
				t.Errorf("docs/users/tables.md:%d: %v: %s", b.Line, err, out.String())
			}
		})
	}
	if seen != 3 {
		t.Errorf("%d programs were found", seen)
	}
}
