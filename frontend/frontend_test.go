package frontend

import (
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/pages"
	"stpdash/internal/pages/wording"
)

// The figures below are examples made for this test, not published ones.

func exampleShell() pages.Shell {
	return pages.Shell{
		Title:        "Example <page>",
		AsOf:         "58",
		AsOfWords:    "as they stood on 21 November 2026 at 20:14 (load 58)",
		AsOfHidden:   []pages.Parameter{{Name: "measure", Value: "a&b"}, {Name: "scale", Value: "rate"}},
		Section:      "england",
		HomeURL:      "/?as_of=58",
		DataURL:      "/data?as_of=58",
		DownloadsURL: "/downloads?as_of=58",
		LoadsURL:     "/loads?as_of=58",
		MethodURL:    "/method?as_of=58",
		Footprints:   []pages.Link{{Text: "Devon", URL: "/footprints/E54000037?as_of=58", Current: true}},
		Version:      "1.2.3",
	}
}

var (
	exampleAbout = pages.About{
		MeasureID:   "example",
		Title:       "Example measure",
		Definition:  "What is counted.",
		Numerator:   "Those within four hours",
		Denominator: "All",
		Unit:        "per cent",
		Direction:   "higher is better",
		Caveats:     []string{"An example caveat."},
		Breaks:      []pages.Break{{Date: "April 2018", Note: "New way of counting from here."}},
		Sources: []pages.Source{
			{Title: "Example source", Publisher: "Example publisher", URL: "https://example.org/", Licence: "Open Government Licence v3.0"},
		},
		Reference:      pages.Link{Text: "Handbook of definitions", URL: "https://example.org/handbook"},
		DefinitionHash: "0123456789abcdef",
	}
	exampleDownloads = pages.Downloads{CSV: "/series?format=csv", XLSX: "/series?format=xlsx", JSON: "/series"}
	exampleFreshness = pages.Freshness{LatestPeriod: "March 2020", LoadID: 58, LoadURL: "/loads/58", LoadedWords: "21 November 2026 at 20:14", File: "example.csv"}
	known            = pages.Figure{Text: "85.7%", Plain: "85.7", ProvenanceURL: "/provenance?period=2020-03"}
	missing          = pages.Figure{Text: "not reported", Missing: true, Reason: "Example Trust did not report."}
	exampleSign      = wording.Icon{Icon: "concern_low", Text: "Concern: low", Words: "What it means."}
	exampleAssurance = wording.Icon{Icon: "inconsistent", Text: "Passing and falling short", Words: "What it means."}
	exampleRegion    = pages.Link{Text: "South West", URL: "/regions/south-west"}
	exampleLoad      = pages.LoadRow{
		ID:             58,
		URL:            "/loads/58",
		Source:         "example",
		File:           "example.csv",
		SHA256:         strings.Repeat("ab", 32),
		State:          "published",
		AtWords:        "21 November 2026 at 20:14",
		Observations:   1234567,
		Rejections:     2,
		Reconciliation: "36 of 36 totals equal",
	}
)

// examples are every page, filled.
func examples() map[string]any {
	searched := exampleShell()
	searched.Search = "a&e"
	return map[string]any{
		"england": pages.EnglandPage{
			Shell: exampleShell(),
			Measures: []pages.Choices{
				{Name: "Access", Links: []pages.Link{{Text: "Example measure", Value: "example", Current: true}, {Text: "Other measure", Value: "other"}}},
			},
			Scales:      []pages.Link{{Text: "Number", URL: "/?scale=number", Current: true}, {Text: "Per 1,000", URL: "/?scale=rate"}},
			About:       exampleAbout,
			Finding:     "The finding",
			Sentence:    "The sentence.",
			Period:      "March 2020",
			Before:      "March 2019",
			Unit:        "per cent",
			England:     pages.FootprintRow{Name: "England", Value: known, Before: known, Change: known},
			Unallocated: pages.FootprintRow{Name: "Unallocated", Value: missing, Before: missing, Change: missing},
			Rows: []pages.FootprintRow{
				{Code: "E54000037", Name: "Devon", Region: exampleRegion, URL: "/footprints/E54000037", Value: missing, Before: known, Change: missing},
				{
					Code:       "E54000041",
					Name:       "Dorset",
					Region:     exampleRegion,
					URL:        "/footprints/E54000041",
					Value:      known,
					Before:     known,
					Change:     known,
					Incomplete: "One trust did not report.",
				},
			},
			Columns: []pages.Column{{Title: "Footprint", URL: "/?sort=name", Sorted: "ascending"}, {Title: "Value", URL: "/?sort=value", Numeric: true}},
			Tiles: pages.TileMap{Columns: 2, Rows: 1, Tiles: []pages.Tile{
				{
					Code:      "E54000037",
					ShortName: "Devon",
					Region:    exampleRegion,
					URL:       "/footprints/E54000037",
					Column:    1,
					Row:       1,
					Value:     missing,
					Tint:      "shade0",
					Label:     "Devon: not reported",
				},
				{
					Code:      "E54000041",
					ShortName: "Dorset",
					Region:    exampleRegion,
					URL:       "/footprints/E54000041",
					Column:    2,
					Row:       1,
					Value:     known,
					Tint:      "shade5",
					Label:     "Dorset: 85.7%",
				},
			}, Legend: []pages.LegendEntry{{Tint: "shade5", Text: "Highest fifth: 80% to 90%"}, {Tint: "shade0", Text: "No figure"}}},
			Freshness: exampleFreshness,
			Downloads: exampleDownloads,
			MeasureID: "example",
			ScaleID:   "number",
		},
		"region": pages.RegionPage{
			Shell:     exampleShell(),
			Name:      "South West",
			Regions:   []pages.Link{exampleRegion},
			Finding:   "The finding",
			Sentences: []string{"The sentence."},
			Concerns: []pages.Concern{{
				Measure: pages.Link{Text: "Example measure", URL: "/measures/example"}, Words: "low in March 2020",
				Places: []pages.Link{{Text: "Devon", URL: "/footprints/E54000037#example"}},
			}},
			Targets: []pages.TargetTally{{Title: "95% by March 2020", Period: "March 2020", Met: 1, OffTrajectory: 2}},
			Themes: []pages.SideBySide{
				{
					ID:      "access",
					Name:    "Access",
					Columns: []pages.MeasureColumn{{Measure: pages.Link{Text: "Example measure", URL: "/measures/example"}, Period: "March 2020", Unit: "per cent"}},
					England: pages.PlaceRow{Place: pages.Link{Text: "England"}, Cells: []pages.PlaceCell{{Value: known}}},
					Rows: []pages.PlaceRow{
						{Place: pages.Link{Text: "Devon", URL: "/footprints/E54000037"}, Cells: []pages.PlaceCell{{
							Value: known, URL: "/footprints/E54000037#example", Variation: exampleSign,
							State: wording.Icon{Icon: "off_trajectory", Text: "Off track"},
						}}},
						{
							Place: pages.Link{Text: "Dorset", URL: "/footprints/E54000041"},
							Cells: []pages.PlaceCell{{Value: missing, URL: "/footprints/E54000041#example", Variation: exampleSign, Reason: "Example Trust did not report."}},
						},
					},
				},
			},
			Signs: []wording.Icon{
				exampleSign,
			},
			NoFigures: []pages.NoData{{Measure: pages.Link{Text: "Other measure", URL: "/measures/other"}, Words: "It waits for a local return."}},
			Downloads: exampleDownloads,
		},
		"footprint": pages.FootprintPage{
			Shell:              exampleShell(),
			Code:               "E54000037",
			ODSCode:            "QJK",
			Name:               "Devon",
			Region:             exampleRegion,
			RegisteredPatients: pages.Figure{Text: "1,200,000", Plain: "1200000"},
			Sentence:           "An example footprint.",
			Headline:           "1 of 2 measures is off track.",
			Lines: []pages.GlanceLine{
				{Mark: "worse", What: "Example measure: 85.7% in March 2020.", Known: "Off track for 2 months.", URL: "/footprints/E54000037/example"},
			},
			Ages:      []string{"The newest figure is for March 2020."},
			HasOld:    true,
			OldBefore: "March 2020",
			Filters: []pages.Filter{
				{Link: pages.Link{Text: "All", URL: "/footprints/E54000037", Current: true}, Count: 2},
				{Link: pages.Link{Text: "Off track", URL: "/footprints/E54000037?show=off-track"}, Count: 1},
			},
			Themes: []pages.Link{{Text: "All themes", Current: true}, {Text: "Access", Value: "access"}},
			Hidden: []pages.Parameter{{Name: "as_of", Value: "58"}},
			Ended:  pages.Filter{Link: pages.Link{Text: "Hide 1 measure whose publisher stopped", URL: "/footprints/E54000037?ended=hidden"}, Count: 1},
			Sections: []pages.RowTheme{{ID: "access", Name: "Access", Rows: []pages.MeasureRow{
				{
					ID:     "example",
					Title:  "Example measure",
					URL:    "/footprints/E54000037/example",
					Value:  "85.7%",
					Period: "Mar 2020",
					Age:    "80 months ago",
					Ended:  true,
					Change: "−2.0 points",
					Was:    "was 87.7%",
					Spark: pages.Spark{
						Line:    "M1 2L3 4",
						Band:    "M0 0H9V9z",
						Target:  "M0 1L9 1",
						Break:   "M5 2V38",
						Worse:   "M1 2z",
						Better:  "M1 2z",
						Neither: "M1 2z",
						Event:   "M1 2z",
						Last:    "M3 4z",
						Label:   "Example measure: from 80.0% to 85.7%.",
					},
					Standing: wording.Standing{
						Mark: "worse",
						Text: "Off track, 2 months",
						Why:  "Target: at least 95.0%",
					},
					Strip:    pages.Strip{Ticks: "M1 7v9", Own: "M1 5h2z"},
					Position: "Lowest of 44",
				},
				{
					ID:       "short",
					Title:    "Short measure",
					URL:      "/footprints/E54000037/short",
					Unit:     "per 100,000",
					Value:    "12.0",
					Estimate: true,
					Period:   "2015/16",
					Old:      true,
					Spark:    pages.Spark{Words: "1 figure so far"},
					Standing: wording.Standing{Text: "Too few years (1 of 13)"},
					Position: "Not ranked",
				},
			}}},
			Waiting: []pages.Link{
				{Text: "Other measure", URL: "/footprints/E54000037/empty"},
				{Text: "Returned measure", URL: "/footprints/E54000037/returned"},
			},
			WaitingWords:  "2 measures are waiting for your return.",
			Claims:        2,
			ClaimsURL:     "/claims?footprint=E54000037",
			MoneyURL:      "/footprints/E54000037/money",
			CompareURL:    "/",
			Organisations: []pages.Organisation{{Code: "RH8", Name: "Example Trust", Kind: "Acute trust"}},
		},
		"card": pages.CardPage{
			Shell:     exampleShell(),
			Place:     pages.Link{Text: "Devon", URL: "/footprints/E54000037"},
			Region:    exampleRegion,
			Theme:     pages.Link{Text: "Access", URL: "/footprints/E54000037?theme=access"},
			Direction: "Higher is better",
			Age:       "Latest: March 2020, 80 months ago; the publisher stopped",
			Ended:     "It was paused.",
			EndedURL:  "https://example.org/",
			Summary:   pages.GlanceLine{Mark: "worse", What: "Example measure: 85.7% in March 2020.", Known: "Off track for 2 months."},
			Earlier: pages.Link{
				Text: "Other measure",
				URL:  "/footprints/E54000037/empty",
			},
			Later: pages.Link{Text: "Returned measure", URL: "/footprints/E54000037/returned"},
			Card: pages.Card{
				ID:          "example",
				Title:       "Example measure",
				Finding:     "The finding",
				Sentence:    "The sentence.",
				Latest:      known,
				Period:      "March 2020",
				Unit:        "per cent",
				ChartKind:   "line",
				ChartFormat: "percent",
				Columns:     []string{"Period", "Share", "Within", "All", "Rate", "Signal", "Target"},
				HasParts:    true,
				HasRate:     true,
				HasLimits:   true,
				HasTarget:   true,
				BesideWords: "Those most like it.",
				Beside:      []pages.BesideRow{{Name: "Devon", Value: known, Itself: true}, {Name: "Dorset", URL: "/footprints/E54000041", Value: missing}},
				Variation:   wording.Icon{Icon: "concern_low", Text: "Concern: low", Words: "It fell."},
				Assurance:   wording.Icon{Text: "No target"},
				Targets: []pages.TargetLine{
					{Title: "A target", State: "off_trajectory", Words: "Off track.", Note: "A note.", Source: "A text", URL: "https://example.org/"},
				},
				Points: []pages.Point{
					{Period: "February 2020", PeriodID: "2020-02", Value: missing, Denominator: "7", Rate: missing},
					{
						Period:      "March 2020",
						PeriodID:    "2020-03",
						Value:       known,
						Numerator:   "6",
						Denominator: "7",
						Rate:        known,
						BreakNote:   "New way of counting from here.",
						Mean:        "90",
						Lower:       "80",
						Upper:       "100",
						Required:    "95",
						Target:      "95.0%",
						Type:        "special_cause_concern",
						Signal:      "below the lower limit",
					},
				},
				Downloads: exampleDownloads,
				About:     exampleAbout,
				Freshness: exampleFreshness,
			},
		},
		"money": pages.MoneyPage{
			Shell:    exampleShell(),
			Place:    pages.Link{Text: "Devon", URL: "/footprints/E54000037"},
			Finding:  "The finding",
			NoTotal:  "No total is given.",
			NotKnown: []string{"What is saved."},
			Amounts: pages.MoneyTable{
				Groups: []pages.MoneyGroup{{Name: "NHS", Columns: 1}, {Name: "Councils", Columns: 1}},
				Columns: []pages.MoneyColumn{
					{Measure: pages.Link{Text: "Example measure", URL: "/measures/example"}, Begins: true},
					{Measure: pages.Link{Text: "Other measure", URL: "/measures/other"}, Begins: true},
				},
				Rows: []pages.MoneyRow{
					{
						Year:  "2017/18",
						Cells: []pages.MoneyCell{{Figure: known, Label: "NHS: Example measure", Begins: true}, {Figure: missing, Label: "Councils: Other measure", Begins: true}},
					},
					{
						Year: "2018/19",
						Cells: []pages.MoneyCell{
							{Figure: missing, Label: "NHS: Example measure", Begins: true, None: true},
							{Figure: known, Label: "Councils: Other measure", Begins: true},
						},
					},
				},
			},
			Lines: []pages.MoneyAbout{
				{
					Of:      "NHS",
					Measure: pages.Link{Text: "Example measure", URL: "/measures/example"},
					Note:    "What it is.",
					Years:   "2017/18",
					Lacks:   []string{"2018/19: nothing is loaded."},
				},
			},
			Downloads: exampleDownloads,
		},
		"measure": pages.MeasurePage{
			Shell: exampleShell(), MeasureID: "example", About: exampleAbout, Period: "March 2020", PeriodID: "2020-03", Unit: "per cent", ChartFormat: "percent",
			Others:  []pages.Choices{{Name: "Access", Links: []pages.Link{{Text: "Example measure", URL: "/measures/example", Current: true}}}},
			Periods: []pages.Link{{Text: "March 2020", Value: "2020-03", Current: true}, {Text: "February 2020", Value: "2020-02"}},
			Finding: "The finding", Sentences: []string{"The first sentence."}, Order: "Rank 1 is the highest.",
			HasRanks: true, HasIntervals: true, Variations: []wording.Icon{exampleSign}, Assurances: []wording.Icon{exampleAssurance}, Target: "95% by March 2020",
			England: pages.RankedRow{Code: "ENG", Name: "England", Value: known, Lower: missing, Upper: missing, Variation: exampleSign, Assurance: exampleAssurance},
			Ranked: []pages.RankedRow{
				{
					Code: "E54000041", Name: "Dorset", ShortName: "Dorset", Rank: 1, Value: known, Lower: known, Upper: known, Variation: exampleSign,
					Assurance: exampleAssurance, State: wording.Icon{Icon: "met", Text: "Met"},
				},
				{Code: "E54000037", Name: "Devon", ShortName: "Devon", Value: missing, Lower: missing, Upper: missing, Variation: wording.Icon{Text: "Not known"}},
			},
			Funnel: pages.FunnelPlot{
				Denominator: "All", Centre: known, Sentences: []string{"The centre line."},
				Rows: []pages.FunnelRow{{
					Code: "E54000041", Name: "Dorset", Denominator: known, Value: known, Lower95: known, Upper95: known, Lower998: known,
					Upper998: known, Where: "above the 99.8% limit", Outside: true,
				}},
			},
			Lines: []pages.SmallLine{{
				Code: "E54000041", Name: "Dorset", Label: "Dorset: from 80% to 85%.", Path: "M5.0 6.0h0L7.0 8.0", TargetPath: "M5.0 7.0h0",
				X: "7.0", Y: "8.0", Latest: known, Variation: exampleSign,
			}},
			Scale: "Each drawing.", Time: []string{"They add up."}, Base: pages.Link{Text: "Other measure", URL: "/measures/other"}, Derived: "its change",
			Targets:   []pages.TargetRow{{Title: "95% by March 2020", Asks: "At least 95%.", Source: "A text", URL: "https://example.org/text"}},
			Freshness: exampleFreshness, Downloads: exampleDownloads, TargetDownloads: exampleDownloads,
		},
		"provenance": pages.ProvenancePage{
			Shell: exampleShell(), Measure: pages.Link{Text: "Example measure", URL: "/"}, Footprint: pages.Link{Text: "Devon", URL: "/footprints/E54000037"},
			Period: "March 2020", Value: missing, Sentence: "How it is made.", Formula: "over(A, B)",
			Cells: []pages.Cell{{
				Component: "A", OrganisationCode: "RH8", OrganisationName: "Example Trust", Raw: "<9812>", Value: "9,812",
				File: "example.csv", Sheet: "Sheet1", Row: 30, Column: "L", LoadID: 58, LoadURL: "/loads/58",
				LoadedWords: "21 November 2026", DefinitionHash: "0123", Via: "canonical.csv",
			}},
			Files:         []pages.PublishedFile{{Name: "example.csv", SHA256: strings.Repeat("ab", 32)}},
			Organisations: []pages.OrganisationRow{{Name: "Example Trust", Code: "RH8", Value: known, Numerator: "6", Denominator: "7", Part: "62.5%"}}, HasParts: true,
			Missing: []string{"Example Trust did not report."}, About: exampleAbout, Downloads: exampleDownloads,
		},
		"calibration": pages.CalibrationPage{
			Shell:     exampleShell(),
			Finding:   "The finding",
			Sentences: []string{"The first sentence."},
			More:      []string{"A later sentence."},
			Changed:   "The figures are others.",
			Verdicts:  []string{"Evidenced", "Contradicted"},
			Reasons:   []string{"Too small"},
			Falls:     []string{"2%"},
			Made:      []string{"How."},
			Limits:    []string{"What not."},
			Downloads: exampleDownloads,
			Kinds: []pages.CalibrationKind{
				{True: "No change", Claimed: "2%", Trials: 1408, Verdicts: []int{3, 0}, Untested: []int{9}, Evidenced: pages.Share{Text: "2 in 100", Interval: "1 to 3"}},
			},
			Measures: []pages.CalibrationMeasure{{
				Name: "Example measure", URL: "/measures/example", Trials: 8, Stand: "99 in 100", Detectable: "9.7%", Smallest: "10%",
				False: pages.Share{Text: "1 in 100", Interval: "0 to 5"}, FalseAt: "20% claimed", Found: []pages.FallFound{{Seen: "85 in 100", Evidenced: "34 in 100"}},
			}},
			Domains: []pages.CalibrationDomain{
				{
					Name:       "Example measure",
					URL:        "/measures/example",
					At:         "Commissioners",
					Window:     "24 and 12 months",
					Tried:      587,
					Rejected:   "5 in 100",
					Coverage:   "95 in 100",
					Found5:     "21 in 100",
					Found10:    "70 in 100",
					Detectable: "11.2%",
					False:      pages.Share{Text: "0 in 100", Interval: "0 to 1.9"},
					Often:      []wording.Fact{{Term: "Kernow CCG", Words: "at 2 of 8 starts"}},
					Groups: []pages.CalibrationGroup{
						{
							K:          5,
							Tried:      1600,
							Rejected:   "4.8 in 100",
							Wider:      "1.00",
							Coverage:   "95 in 100",
							Found5:     "69 in 100",
							Found10:    "100 in 100",
							Detectable: "5.7%",
							False:      pages.Share{Text: "0 in 100", Interval: "0 to 0.4"},
						},
					},
				},
			},
		},
		"downloads": pages.DownloadsPage{
			Shell:   exampleShell(),
			Finding: "The finding",
			Package: pages.Link{Text: "Data package of load 58", URL: "/downloads/figures.zip"},
			Older:   "/downloads?page=2",
			Packages: []pages.LoadPackage{{
				Load: pages.Link{Text: "Load 58", URL: "/loads/58"}, Words: "21 November 2026 at 20:14", File: "example.csv",
				Package: pages.Link{Text: "stp-figures-58.zip", URL: "/downloads/figures.zip?as_of=58"},
			}},
			Groups: []pages.TableGroup{{Name: "Access", Rows: []pages.MeasureTable{{
				Measure: pages.Link{Text: "Example measure", URL: "/measures/example"}, ID: "example", Latest: "March 2020",
				StatedBy: "Providers", Links: []pages.TableLink{{Format: "CSV", URL: "/api/v1/figures?format=csv&measure=example"}},
			}}}},
			All: []pages.TableLink{
				{Format: "CSV", URL: "/api/v1/figures?format=csv"},
			},
			Columns: []pages.TableColumn{{Name: "measure", Words: "Id of the measure"}},
			Levels:  "england, region",
		},
		"loads": pages.LoadsPage{
			Shell: exampleShell(), Loads: []pages.LoadRow{exampleLoad}, Older: "/loads?before=58",
			Schedule: []pages.ScheduleRow{
				{
					Source: "returns", Title: "Local returns", Cron: "30 6 * * *", NextWords: "22 November 2026 at 06:30", LastWords: "21 November 2026 at 06:30",
					LastOutcome: "2 found", RunningWords: "21 November 2026 at 20:14",
				},
				{Source: "letters", Title: "Letters"},
			},
			Runs: []pages.RunRow{{StartedWords: "21 November 2026", Source: "returns", Trigger: "schedule", Outcome: "finished", Found: 2, Published: 1, Failed: 1}},
		},
		"load": pages.LoadPage{
			Shell:           exampleShell(),
			Load:            exampleLoad,
			States:          []pages.LoadState{{State: "received", AtWords: "21 November 2026"}},
			Rejections:      []pages.RejectionRow{{Sheet: "Sheet1", Column: "L", Value: "x", Reason: "not a number", Row: 7}},
			RejectionsTotal: 2,
			Reconciliations: []pages.ReconciliationRow{
				{Scope: "England", Measure: "A", Period: "March 2020", Published: "1", Ours: "1", Difference: "0", Verdict: "equal"},
			},
			ReconciliationsTotal: 6336,
			Downloads:            exampleDownloads,
		},
		"problem": pages.ProblemPage{Shell: exampleShell(), Status: 404, Detail: "There is no such page."},
		"search": pages.SearchPage{
			Shell: searched, Words: "1,021 results.", Found: 1021,
			Groups: []pages.SearchGroup{{
				ID: "organisations", Name: "Organisations", Found: 1021,
				Hits: []pages.Hit{{Link: pages.Link{Text: "Royal Devon", URL: "/footprints/E54000037#org-RH8"}, Note: "Provider RH8, in Devon"}},
			}},
		},
		"data": pages.DataPage{
			Shell:     exampleShell(),
			Finding:   "The finding",
			Sentences: []string{"The sentence."},
			Sources: []pages.DataSource{
				{
					ID:     "example",
					Source: exampleAbout.Sources[0],
					Latest: "March 2020",
					Age:    "79 months have ended since",
					Load:   pages.Link{Text: "Load 58", URL: "/loads/58"},
				},
			},
			Coverage: []pages.CoverageGroup{{Name: "Access", Rows: []pages.Coverage{
				{
					Measure: exampleRegion,
					First:   "June 2015",
					Latest:  "March 2020",
					Age:     "79 months have ended since",
					Places:  "44 of 44",
					England: known,
				},
				{Measure: exampleRegion},
			}}},
			Waiting:   []pages.WaitingMeasure{{Measure: pages.Link{Text: "Other measure", URL: "/measures/other"}, Counts: "People.", Template: exampleDownloads}},
			Loads:     []pages.LoadRow{exampleLoad},
			LoadCount: 58,
			Totals:    pages.Totals{Compared: 1104, Equal: 1103, Short: 1},
			Reconciled: []pages.ReconciledLoad{
				{Load: pages.Link{Text: "Load 58", URL: "/loads/58"}, File: "example.csv", Totals: pages.Totals{Compared: 1104, Equal: 1103, Short: 1}},
			},
			Rejected: pages.CountedLoads{
				Total: 2,
				Loads: []pages.CountedLoad{{Load: pages.Link{Text: "Load 58", URL: "/loads/58#rejections"}, File: "example.csv", Count: 2}},
			},
			CrossChecks: []pages.CrossCheckRow{
				{
					Title:    "Admissions twice",
					Reason:   "They are revised apart.",
					Of:       exampleRegion,
					With:     exampleRegion,
					Periods:  "2015/16 to 2018/19",
					Places:   "216 places: commissioners",
					Expected: "Expected: within 10%",
					Compared: 1808,
					Equal:    1,
					Beyond:   111,
					OneAlone: 4,
					Largest: pages.CrossCheckDifference{
						Place:  exampleRegion,
						Period: "2018/19",
						By:     "the first is 29.7% lower",
						Of:     pages.Link{Text: "25,000", URL: "/provenance?measure=one"},
						With:   pages.Link{Text: "35,565", URL: "/provenance?measure=two"},
					},
				},
				{Title: "Beds twice", Compared: 2, Equal: 2, Periods: "2016"},
				{Title: "Costs twice"},
			},
			CrossCheckDownloads: exampleDownloads,
		},
		"method": pages.MethodPage{
			Shell: exampleShell(), Process: pages.ProcessLimits{LimitFactor: 2.66, Causes: []string{"Above the upper limit, or below the lower limit"}},
			Variations: []wording.Icon{exampleSign}, Assurances: []wording.Icon{exampleAssurance},
			Rules:   []pages.RuleRow{{Verdict: pages.VerdictTag{Text: "Evidenced", Colour: "green"}, When: "When.", Source: "Who"}},
			Loading: []pages.LoadingRules{{Severity: "refuses the file", Rules: []wording.Fact{{Term: "total equal", Words: "It is the sum."}}}},
		},
	}
}

func parse(t *testing.T) Pages {
	t.Helper()
	pages, err := Parse()
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

func render(t *testing.T, name string, page any) string {
	t.Helper()
	var html strings.Builder
	if err := parse(t).Render(&html, name, page); err != nil {
		t.Fatal(err)
	}
	return html.String()
}

func TestPagesHold(t *testing.T) {
	for name, want := range map[string][]string{
		"england": {
			"<h2 class=\"finding\">The finding</h2>",
			"<th scope=\"col\" aria-sort=\"ascending\">",
			"<th scope=\"col\" class=\"number\"><a class=\"sort\" href=\"/?sort=value\">Value</a></th>",
			"<a href=\"/provenance?period=2020-03\">85.7%</a>",
			"<span class=\"missing\">not reported</span>",
			"Example Trust did not report.",
			"One trust did not report.",
			"tile--c1 tile--r1 tile--shade0 tile--ends-top tile--ends-bottom tile--ends-left\"",
			"Highest fifth: 80% to 90%",
			"<option value=\"example\" selected>",
			"<input type=\"hidden\" name=\"as_of\" value=\"58\">",
		},
		"region": {
			"<h2 class=\"finding\">The finding</h2>",
			"<a href=\"/regions/south-west\">South West</a>",
			"<td>low in March 2020</td>",
			"<a class=\"beside__sign\" href=\"/footprints/E54000037#example\">",
			"<span class=\"beside__state beside__state--off_trajectory\">Off track</span>",
			"<span class=\"reason\">Example Trust did not report.</span>",
			"<a href=\"/measures/other\">Other measure</a>: It waits for a local return.",
		},
		"footprint": {
			"<li class=\"glance__line glance__line--worse\"><a href=\"/footprints/E54000037/example\">Example measure: 85.7% in March 2020.</a> Off track for 2 months.</li>",
			"<a class=\"chip\" href=\"/footprints/E54000037\" aria-current=\"true\">All <strong>2</strong></a>",
			"<input type=\"hidden\" name=\"as_of\" value=\"58\">",
			"<tr id=\"example\">", "<path class=\"spark__line\" d=\"M1 2L3 4\"/>", "<strong>Off track, 2 months</strong><span class=\"second\">Target: at least 95.0%. ",
			"<span class=\"second\">1 figure so far</span>", "<span class=\"old\">2015/16</span>", ">estimate</span>", ". <span class=\"rows__stopped\">Publisher stopped</span>", `Mar 2020</span><span class="rows__age">, 80 months ago`,
			"<li><a href=\"/footprints/E54000037/returned\">Returned measure</a></li>", "E54000037, QJK",
		},
		"card": {
			"<tr data-period=\"2020-02\" data-value=\"\">",
			"<tr data-period=\"2020-03\" data-value=\"85.7\" data-break=\"New way of counting from here.\" data-asked=\"95\" data-mean=\"90\" data-lower=\"80\" data-upper=\"100\" data-type=\"special_cause_concern\">",
			"data-table=\"example-figures\"",
			"<strong class=\"age__badge\">Latest: March 2020, 80 months ago; the publisher stopped</strong> It was paused. <a href=\"https://example.org/\">Source</a>",
			"<strong>Example measure: 85.7% in March 2020.</strong> Off track for 2 months.",
			"<dd><a href=\"https://example.org/handbook\">Handbook of definitions</a></dd>", "rel=\"next\">Next measure: Returned measure</a>",
		},
		"money": {
			"<th scope=\"colgroup\" colspan=\"1\" class=\"figures__purse\">Councils</th>",
			"<td class=\"number figures__purse\" data-value=\"85.7\" data-label=\"NHS: Example measure\"><a href=\"/provenance?period=2020-03\">85.7%</a></td>",
			"<td class=\"number figures__purse figures__none\" data-value=\"\" data-label=\"NHS: Example measure\">–</td>",
			"<span class=\"lack\">2018/19: nothing is loaded.</span>",
			"<li>What is saved.</li>",
		},
		"measure": {
			"<h2 class=\"finding\">The finding</h2>",
			"<option value=\"2020-03\" selected>",
			"<tr data-england data-value=\"85.7\" data-text=\"85.7%\">",
			"data-name=\"Devon\" data-value=\"\" data-lower=\"\" data-upper=\"\" data-text=\"not reported\">",
			"data-text=\"85.7%, above the 99.8% limit\" data-outside>",
			"sign__icon--concern_low\"",
			"<text x=\"14\" y=\"32\">L</text>",
			"<text x=\"20\" y=\"19\">?</text>",
			"sign__icon--undetermined\"",
			"<span class=\"sign__text\">Not known</span>",
			"aria-label=\"Dorset: from 80% to 85%.\"",
			"<path d=\"M5.0 6.0h0L7.0 8.0\"/>",
			"Derived from <a href=\"/measures/other\">Other measure</a>: its change.",
			"<a href=\"https://example.org/text\">A text</a>",
		},
		"provenance": {
			"&lt;9812&gt;",
			"<code>" + strings.Repeat("ab", 32) + "</code>", "the file does not say when",
			"<td class=\"number\" data-label=\"Part of the denominator\">62.5%</td>",
			"through canonical.csv",
			"<span class=\"missing\">not reported</span>",
		},
		"calibration": {
			"The figures are others.", ">More findings</span></summary>", "<li>A later sentence.</li>", "<td class=\"number\">1,408</td>", "<td class=\"number\">3<span class=\"reason\">2 in 100</span><span class=\"reason\">1 to 3</span></td>", "<span class=\"reason\">20% claimed</span>",
			"85 in 100<span class=\"reason\">34 in 100 evidenced</span>", "<a href=\"/measures/example\">Example measure</a>", "<td>24 and 12 months</td>", "<td class=\"number\">0 in 100<span class=\"reason\">0 to 1.9</span></td>", "Kernow CCG",
		},
		"downloads": {
			"<a href=\"/downloads/figures.zip\">Data package of load 58</a> has all figures",
			"<a href=\"/api/v1/figures?format=csv&amp;measure=example\" aria-label=\"CSV: Example measure\">CSV</a>",
			"<a href=\"/downloads/figures.zip?as_of=58\">stp-figures-58.zip</a>",
		},
		"loads":   {"1,234,567", "nhsuk-tag--green\">published"},
		"load":    {"1 of 6,336 shown", "not a number"},
		"problem": {"There is no such page.", "Status 404"},
		"search": {
			"<li><a href=\"/footprints/E54000037#org-RH8\">Royal Devon</a><span class=\"reason\">Provider RH8, in Devon</span></li>",
			"1 of 1,021 are shown",
			"type=\"search\" value=\"a&amp;e\"",
		},
		"data": {
			"<td class=\"number\">1,808<span class=\"reason\">4 more in one publication only</span></td>", "<td class=\"number\">111<span class=\"reason\">Expected: within 10%</span></td>",
			"2018/19: <a href=\"/provenance?measure=one\">25,000</a> and <a href=\"/provenance?measure=two\">35,565</a><span class=\"reason\">the first is 29.7% lower</span>",
			"<td>None above the expected</td>", "Nothing to compare: no place and period has a figure in both",
			"<td>March 2020<span class=\"reason\">79 months have ended since</span></td>",
			"<td colspan=\"4\">No figures loaded</td>",
			"aria-label=\"CSV template: Other measure\"",
			"1,103 equal the sum of the rows, 0 differ, and 1 cannot be equal",
			"2 in <a href=\"/loads/58#rejections\">Load 58</a>",
			"No figure stands out.",
		},
		"method": {
			"<li>Above the upper limit, or below the lower limit</li>",
			"Mean ± 2.66 × the mean moving range",
			"A broken rule refuses the file",
			"<dt>total equal</dt>",
			"Table of 1 rules",
			"href=\"/method?as_of=58\"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			html := render(t, name, examples()[name])
			want = append(want,
				"<title>Example &lt;page&gt; – STP dashboard</title>",
				"You are looking at figures as they stood on 21 November 2026 at 20:14 (load 58).",
				"Targets, loading rules and templates are those of today",
				"<a href=\"?measure=a%26b&amp;scale=rate\">",
				"<input type=\"hidden\" name=\"measure\" value=\"a&amp;b\">",
				"Open Government Licence",
			)
			for _, part := range want {
				if !strings.Contains(html, part) {
					t.Errorf("lacks %s", part)
				}
			}
			if inline := regexp.MustCompile(`<script>| style=| on[a-z]+=|ZgotmplZ`).FindString(html); inline != "" {
				t.Errorf("holds %q, which the content security policy refuses", inline)
			}
		})
	}
}

func TestACardWithoutFigures(t *testing.T) {
	html := render(
		t,
		"card",
		pages.CardPage{Card: pages.Card{ID: "returned", Title: "Returned measure", NoData: "Nothing is returned.", Template: exampleDownloads, About: exampleAbout}},
	)
	for _, words := range []string{"Nothing is returned.", "fill in the template: <a href=\"/series?format=csv\">CSV</a> or <a href=\"/series?format=xlsx\">XLSX</a>", "Handbook of definitions"} {
		if !strings.Contains(html, words) {
			t.Errorf("a card without figures lacks %q", words)
		}
	}
	if strings.Contains(html, "<table") {
		t.Error("there is no table without figures")
	}
}

func TestTheCardsTableHasACellForEachHeading(t *testing.T) {
	page := examples()["card"].(pages.CardPage)
	for name, change := range map[string]func(*pages.Card){
		"all":       func(*pages.Card) {},
		"no parts":  func(c *pages.Card) { c.HasParts, c.Columns = false, c.Columns[:5] },
		"no rate":   func(c *pages.Card) { c.HasRate, c.Columns = false, c.Columns[:6] },
		"no target": func(c *pages.Card) { c.HasTarget, c.Columns = false, c.Columns[:6] },
		"no limits": func(c *pages.Card) { c.HasLimits, c.Columns = false, c.Columns[:6] },
	} {
		t.Run(name, func(t *testing.T) {
			card := page.Card
			change(&card)
			html := render(t, "card", pages.CardPage{Card: card})
			row := regexp.MustCompile(`(?s)<tr data-period="2020-03".*?</tr>`).FindString(html)
			cells := strings.Count(row, "<th") + strings.Count(row, "<td")
			if cells != len(card.Columns) {
				t.Errorf("%d cells under %d headings", cells, len(card.Columns))
			}
		})
	}
}

func TestWithoutFigures(t *testing.T) {
	html := render(t, "england", pages.EnglandPage{NoData: "Nothing is loaded for this measure."})
	if strings.Contains(html, "template") {
		t.Error("there is no template to fill in for what is published")
	}
	if !strings.Contains(html, "Nothing is loaded for this measure.") || strings.Contains(html, "<table") {
		t.Error("the sentence should stand in place of the table")
	}
	if !strings.Contains(render(t, "loads", pages.LoadsPage{}), "Nothing has been loaded yet.") {
		t.Error("an empty list of loads should say so")
	}
}

// Each page says what it is about, and leads to sections of the method that there are.
func TestAboutEachPage(t *testing.T) {
	sections, err := files.ReadFile("templates/method.html")
	if err != nil {
		t.Fatal(err)
	}
	for name, page := range parse(t) {
		if name == "entry" { // of a feed, which is no page
			continue
		}
		if help := page.Lookup("help"); help == nil || len(help.Tree.Root.String()) < 100 {
			t.Errorf("%s.html does not define help, the text of “About this page”", name)
		}
		text, err := files.ReadFile("templates/" + name + ".html")
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range regexp.MustCompile(`MethodURL}}#([\w-]+)`).FindAllSubmatch(text, -1) {
			if !strings.Contains(string(sections), `id="`+string(to[1])+`"`) {
				t.Errorf("%s.html leads to #%s, which method.html does not have", name, to[1])
			}
		}
	}
}

// One part writes all tables and one all charts, so that what they need is forgotten nowhere.
func TestTablesAndChartsHaveTheirFrame(t *testing.T) {
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		page := string(text)
		if opened, closed := strings.Count(page, `{{template "table" `), strings.Count(page, `{{template "end-table"}}`); opened != closed {
			t.Errorf("%s begins %d tables and ends %d", name, opened, closed)
		}
		want := 0
		if name == "templates/parts.html" {
			want = 1
		}
		for _, tag := range []string{"<table", "</table>", "<figure", `class="scroll`} {
			if got := strings.Count(page, tag); got != want {
				t.Errorf("%s has %d of %s, want %d: the parts \"table\" and \"chart\" write them", name, got, tag, want)
			}
		}
	}
}

func TestFramesWithoutWhatTheyNeed(t *testing.T) {
	for _, pairs := range [][]any{
		{},
		{"id"},
		{1, "label"},
		{"labell", "Table of claims"},
		{"style", "words"},
	} {
		if frame, err := newTableFrame(pairs...); err == nil {
			t.Errorf("%v made %+v, want an error", pairs, frame)
		}
	}
	if _, err := newChartFrame("series", "example", "format"); err == nil {
		t.Error("a setting without a value should be an error")
	}
}

func TestRenderAnUnknownPage(t *testing.T) {
	if err := parse(t).Render(&strings.Builder{}, "nowhere", nil); err == nil {
		t.Error("want an error")
	}
}

func TestAssetsCarryAHash(t *testing.T) {
	built, err := readBuild()
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{built.Script, built.Style, built.Icon} {
		if _, err := fs.Stat(Assets(), path.Base(url)); err != nil || path.Dir(url) != "/assets" {
			t.Errorf("%s: %v", url, err)
		}
	}
	err = fs.WalkDir(Assets(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && !regexp.MustCompile(`-[\w-]{8}\.\w+$`).MatchString(name) {
			t.Errorf("%s has no hash", name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestRegions(t *testing.T) {
	tile := func(region pages.Link, column, row int) pages.Tile {
		return pages.Tile{Region: region, Column: column, Row: row}
	}
	inNorth, inSouth := pages.Link{Text: "North", URL: "/regions/north"}, pages.Link{Text: "South", URL: "/regions/south"}
	north, south, east := tile(inNorth, 1, 1), tile(inSouth, 1, 2), tile(inNorth, 2, 1)
	got := regions([]pages.Tile{north, south, east})
	want := []mapRegion{
		{inNorth, []mapTile{{north, []string{"top", "bottom", "left"}}, {east, []string{"top", "right", "bottom"}}}},
		{inSouth, []mapTile{{south, []string{"top", "right", "bottom", "left"}}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := count(n); got != want {
			t.Errorf("count(%d) = %s, want %s", n, got, want)
		}
	}
}
