package dashboard

import (
	"slices"
	"time"
)

// Shell is what every page carries around its content: where the reader is and when the figures are as of.
type Shell struct {
	Title string // document title and h1
	// AsOf is the as-of value given by the reader, empty for "now"; links carry it on.
	AsOf string
	// AsOfWords says in words when the figures stood so, for example "as they stood on 21 November 2026 at 20:14 (load 58)".
	AsOfWords string
	// AsOfHidden are the other query parameters of this page, kept by the as-of form.
	AsOfHidden []Parameter
	Section    string // "england", "footprints", "review", "claims", "data" or "method": which navigation entry is current
	HomeURL    string
	ClaimsURL  string
	DataURL    string
	LoadsURL   string
	MethodURL  string // of the page whose sections explain the others
	Search     string // what was searched for
	ReviewURL  string
	Footprints []Link // the 44, for the footprint chooser
	Version    string
	// Pin is the as_of that keeps the figures shown; empty where there are none, or the address shows them without it. Stood says in
	// words when the figures stood so.
	Pin, Stood string
	// SuchDay and SuchLoad are examples of moments that are accepted; there may be no load.
	SuchDay, SuchLoad string
}

// Parameter is one name and value of a query string.
type Parameter struct{ Name, Value string }

// Link is a named address within the service.
type Link struct {
	Text    string
	URL     string
	Current bool
	// Value is sent when the link is an entry of a form's list: a measure's id.
	Value string
}

// Figure is one number as a reader sees it, with the way to its published cells.
type Figure struct {
	// Text is formatted for reading ("1,949,762", "85.7%", "£7,133.58"); for a missing figure it is words ("not reported").
	Text string
	// Plain is the unformatted decimal for sorting and charts (a share is in per cent); empty when missing.
	Plain string
	// Missing tells that there is no figure; Reason then says why in a sentence.
	Missing bool
	Reason  string
	// ProvenanceURL leads to the published cells beneath the figure; empty when there are none.
	ProvenanceURL string
}

// Sign is an icon of process control with its words.
type Sign struct {
	Icon  string // a variation or an assurance as package spc names them; empty when it cannot be told
	Text  string // one or two words that stand beside the icon: "Concern: high"
	Words string // a sentence that says what it means, or why it cannot be told
}

// Downloads are the addresses of the same numbers in other forms.
type Downloads struct{ CSV, XLSX, JSON string }

// About says what a measure means and where it comes from.
type About struct {
	MeasureID   string
	URL         string // of the measure's own page; empty on it
	Title       string
	Definition  string
	Numerator   string
	Denominator string // empty when the measure is a count
	Unit        string
	Direction   string // in words: "lower is better", "higher is better", "neither up nor down is good in itself"
	Caveats     []string
	Breaks      []Break
	Sources     []Source
	// Reference is where those who set the definition publish it; without a URL there is none.
	Reference Link
	// DefinitionHash names the version of the definition.
	DefinitionHash string
}

// Break is a date at which what is counted changed.
type Break struct{ Date, Note string }

// Source is a publisher's series that a measure rests on.
type Source struct{ Title, Publisher, URL, Licence, Attribution string }

// Freshness says how old the figures are.
type Freshness struct {
	LatestPeriod string // "March 2020"
	LoadID       uint64
	LoadURL      string
	LoadedAt     time.Time
	LoadedWords  string // "21 November 2026 at 20:14"
	File         string // the publication's file name
}

// Choices are the links of one theme.
type Choices struct {
	Name  string
	Links []Link
}

// EnglandPage is the 44 footprints side by side for one measure.
type EnglandPage struct {
	Shell
	Measures []Choices // the measures to choose from, the chosen one Current
	Scales   []Link    // "Number" and "Per 1,000 registered patients" (or only one), the chosen one Current
	About    About
	// Finding is a headline that states what the figures show; Sentence adds the numbers.
	Finding  string
	Sentence string
	// Period is the latest period in words, Before the same period a year earlier.
	Period, Before string
	Unit           string // as a column heading: "attendances", "per cent", "£"
	England        FootprintRow
	Unallocated    FootprintRow // organisations with no single footprint; URL empty
	Rows           []FootprintRow
	// Columns are the table's headings in order: footprint, region, value, before, change; each links to its own sort.
	Columns   []Column
	Tiles     TileMap
	Freshness Freshness
	Downloads Downloads
	// Template is what footprints fill in to return the measure; empty where a publication states it.
	Template Downloads
	Periods  []Link      // newest first, the chosen one Current
	Colours  []Link      // what can colour the map, the chosen one Current
	Targets  []TargetRow // with how many footprints meet each
	LastLoad Link        // says what the newest load changed, and leads to the comparison
	// Chosen ids, for forms without JavaScript; that of the period and of the colour empty where the reader chose none.
	MeasureID, ScaleID, PeriodID, ColourID string
	// NoData is a sentence shown instead of the figures when nothing is loaded for the measure.
	NoData string
}

// Column is a sortable heading.
type Column struct {
	Title   string
	URL     string
	Sorted  string // "", "ascending" or "descending"
	Numeric bool
}

// FootprintRow is one footprint's line in the England table.
type FootprintRow struct {
	Code, Name, URL       string
	Region                Link // without a URL of places that lie in none
	Value, Before, Change Figure
	// Incomplete says which organisations did not report, or no longer do; empty when there are none.
	Incomplete string
}

// TileMap places one equal tile a footprint; Columns and Rows are the size of the grid.
type TileMap struct {
	Columns, Rows int
	Tiles         []Tile
	Note          string // what the colours mean
	// Legend is one entry a tint, of shades from lowest to highest, and one for missing when a tile needs it.
	Legend []LegendEntry
}

// Tile is one footprint on the map. Column and Row count from 1.
type Tile struct {
	Code, ShortName, Name, URL string
	Region                     Link
	Column, Row                int
	Value                      Figure
	Tint                       string // "shade1" (lowest fifth) to "shade5", "shade0" when missing, or what is told: "good", "fair", "poor", "other", "usual", "untold"
	Label                      string // whole sentence for a screen reader
}

// LegendEntry explains one tint.
type LegendEntry struct {
	Tint string
	Text string // "21.3 to 28.0"
}

// FootprintPage is one footprint, each measure as a card.
type FootprintPage struct {
	Shell
	Code, ODSCode, Name string
	Region              Link // without a URL of places that lie in none
	RegisteredPatients  Figure
	Sentence            string // what the footprint is, in one sentence
	Themes              []Theme
	Claims              []ClaimGroup // those about the place
	ClaimsURL           string       // of the register, narrowed to the place
	Organisations       []Organisation
}

// Theme is the measures about one thing.
type Theme struct {
	ID, Name string // "flow-and-delay", "Flow and delay"
	Cards    []Card
	Waiting  []Card // those of which nothing is loaded
}

// Organisation is a provider or commissioner whose figures make up the footprint's.
type Organisation struct{ Code, Name, Kind string }

// Card shows one measure of one footprint: chart, table, download, about.
type Card struct {
	ID       string // the measure's id, unique on the page
	Title    string
	Finding  string // headline that states the finding
	Sentence string // generated from the numbers
	Latest   Figure
	Period   string // of the latest figure, in words
	// Lacking says who has no figure in that period and why, in sentences.
	Lacking []string
	Unit    string
	Counted string // what the latest figure counts, where it does not say so itself
	// Variation tells whether the latest figure is more than chance, Assurance whether the process can be relied on to meet the target.
	Variation, Assurance Sign
	// Targets is the one that governs the latest period, with the state of the figure; none without one. OtherTargets are the rest, each with its
	// own result, which is no state.
	Targets, OtherTargets []TargetLine
	// Beside are the footprints most like it, and BesideWords says by what; none for places that are no footprint.
	Beside      []BesideRow
	BesideWords string
	// Outlook is the forecast in words, with the chance of each target; empty without targets.
	Outlook string
	// Ranked says where the place stands among the 44; empty where it is none of them or amounts do not compare.
	Ranked string
	// ChartKind is "line" for months and "column" for years. ChartFormat is "number", "percent" or "gbp".
	ChartKind, ChartFormat string
	// Columns are the table's headings; Points its rows, oldest first. The order is period, value,
	// numerator and denominator when HasParts, rate when HasRate, signal when HasLimits, target when HasTarget.
	Columns   []string
	HasParts  bool
	HasRate   bool
	HasLimits bool // there are process limits, and a column that tells what each figure signals
	HasTarget bool
	Points    []Point
	Downloads Downloads
	About     About
	Freshness Freshness
	NoData    string // a sentence shown instead when nothing is loaded
	// Template is what the footprint fills in to return the measure; empty where a publication states it.
	Template Downloads
}

// NewestFirst is how the table is read.
func (c Card) NewestFirst() []Point {
	points := slices.Clone(c.Points)
	slices.Reverse(points)
	return points
}

// Point is one period of a card.
type Point struct {
	Period      string // in words, "April 2017"
	PeriodID    string // "2017-04"
	Value       Figure
	Numerator   string // formatted; empty when the measure is a plain count
	Denominator string
	Rate        Figure // per 1,000 registered patients, when the measure has it
	BreakNote   string // set on the first period after a definition break
	// Mean, Lower and Upper are the process limits as plain numbers, empty where there are none; Asked is what the first target asks for.
	Mean, Lower, Upper, Asked string
	Target                    string // what is asked for, in words
	Type                      string // of the point as package spc names it: "special_cause_concern"
	Signal                    string // what the figure signals, in words
}

// BesideRow is a footprint's figure beside those of others.
type BesideRow struct {
	Name, URL string
	Value     Figure
	Itself    bool
}

// TargetLine is how the latest figure stands against one target.
type TargetLine struct {
	Title  string
	State  string // as package measure names it: "off_trajectory"; empty of a target that does not govern the period
	Words  string // "Off trajectory: 95.0% asked for in March 2020"
	Note   string
	Source string
	URL    string
}

// MeasurePage is one measure: England and the 44 ranked, in a funnel and over time, and what the measure means.
type MeasurePage struct {
	Shell
	MeasureID string
	About     About
	Others    []Choices // the measures to choose from, this one Current
	Periods   []Link    // newest first, the chosen one Current
	Period    string    // the chosen one in words
	PeriodID  string
	Unit      string // as a column heading
	// ChartFormat is "number", "percent" or "gbp".
	ChartFormat string
	// Finding is a headline that states the figure of England; Sentences say how the 44 stand.
	Finding   string
	Sentences []string
	England   RankedRow
	// Ranked are the 44, the lowest first and those without a figure last; empty when the measure is of England alone.
	Ranked []RankedRow
	// Order says what the order means, and what it does not.
	Order                  string
	HasRanks, HasIntervals bool
	Variations, Assurances []Sign // what the icons of the rows mean
	Target                 string // that the states and the assurance are about; empty without one
	Funnel                 FunnelPlot
	// Lines are the series of England, where it compares, and of the 44; Scale says what their axes show.
	Lines           []SmallLine
	Scale           string
	Forecast        ForecastTable
	Time            []string // how figures add up, over organisations and over periods, in sentences
	Base            Link     // the measure that this one is derived from; URL empty of others
	Derived         string   // how, in words
	Targets         []TargetRow
	Freshness       Freshness
	Downloads       Downloads
	TargetDownloads Downloads
	// Template is what footprints fill in to return the measure; empty where a publication states it.
	Template Downloads
	NoData   string // a sentence shown instead of the figures when nothing is loaded
}

// ForecastTable is where the places are heading, and what such forecasts were worth so far.
type ForecastTable struct {
	Sentences []string // how it is made, or why there is none
	Period    string   // in words, of the figures in the rows
	Target    string   // whose chance is told; empty without one
	Season    string   // that is repeated by those it is held against: "year"
	Rows      []ForecastRow
	Scores    []ScoreRow
}

// ForecastRow is the forecast of one place; Reason stands in place of the figures where there is none.
type ForecastRow struct{ Name, URL, Figure, Lower, Upper, Chance, Reason string }

// ScoreRow is how past forecasts so many periods ahead came true.
type ScoreRow struct{ Ahead, Forecasts, Coverage, Error, NaiveError string }

// RankedRow is a place in the order of the 44.
type RankedRow struct {
	Code, Name, ShortName, URL string
	Rank                       int // 1 is the lowest; 0 when it has none
	Value, Lower, Upper        Figure
	Variation, Assurance       Sign
	State                      Sign // against the target; its icon is the state
}

// FunnelPlot holds the 44 against all of them together.
type FunnelPlot struct {
	Reason      string // why there is none, in a sentence; the rest is empty then
	Sentences   []string
	Denominator string // as a column heading
	Centre      Figure
	Rows        []FunnelRow // the largest denominator first
}

// FunnelRow is a footprint in the funnel.
type FunnelRow struct {
	Code, Name, URL                      string
	Denominator, Value                   Figure
	Lower95, Upper95, Lower998, Upper998 Figure
	Where                                string // "above the 99.8% limit"
	Outside                              bool   // beyond a 99.8% limit
}

// SmallLine is a series as a drawing of 240 by 80.
type SmallLine struct {
	Code, Name, URL string
	Label           string // the drawing in a sentence
	Path            string // SVG path data, parted where a figure is missing or the definition changes
	TargetPath      string // of what the target asks for; empty without one
	X, Y            string // where the chosen period's figure lies; empty when there is none
	Latest          Figure
	Variation       Sign
}

// TargetRow is a target with how the places stand against it.
type TargetRow struct {
	Title, Asks, Note string
	Source, URL       string
	Standing          string // in the chosen period
}

// RegionPage is the footprints of a region side by side.
type RegionPage struct {
	Shell
	Name    string
	Regions []Link // all of them, this one Current
	Review  string // the address of its weekly review
	// Finding is a headline that says where there is special cause of concern; Sentences add how all figures stand.
	Finding   string
	Sentences []string
	Concerns  []Concern // the measures of concern in most footprints first
	Targets   []TargetTally
	Themes    []SideBySide
	Signs     []Sign   // what the icons mean
	NoFigures []NoData // measures of which nothing is loaded
	Downloads Downloads
}

// Concern is a measure with the footprints in which it shows special cause of concern.
type Concern struct {
	Measure Link
	Words   string // which way and when: "high in March 2020"
	Places  []Link // to their cards
}

// TargetTally says how the footprints of a region stand whose latest period a target governs.
type TargetTally struct {
	Measure                                      Link
	Title, Period                                string
	Met, OnTrajectory, OffTrajectory, CannotTell int
}

// SideBySide is a table of the measures of one theme.
type SideBySide struct {
	ID, Name string
	Columns  []MeasureColumn
	England  PlaceRow
	Rows     []PlaceRow
}

// MeasureColumn is the heading of a measure's figures.
type MeasureColumn struct {
	Measure      Link
	Period, Unit string
	Untold       string // why no cell has a variation; empty where one has
}

// PlaceRow is a place with its figure of each measure.
type PlaceRow struct {
	Place Link
	Cells []PlaceCell
}

// PlaceCell is the figure of a measure in a place, and what it tells.
type PlaceCell struct {
	Value     Figure
	URL       string // of the card
	Variation Sign   // without a text where no place has one
	State     Sign   // against the target, its icon is the state; without one nothing is asked for
	Reason    string // why there is no figure, or what it lacks
}

// NoData is a measure of which nothing is loaded, with the reason.
type NoData struct {
	Measure Link
	Words   string
}

// CalibrationPage says how far the test of claims can see.
type CalibrationPage struct {
	Shell
	Finding   string   // a headline that states the share of false claims that were evidenced
	Sentences []string // on false claims, on true ones, and on the smallest fall seen
	More      []string // the other findings
	// Changed says that the figures, or the rules, are no longer those of the calibration; empty where they are.
	Changed  string
	Verdicts []string // the columns of the kinds
	Kinds    []CalibrationKind
	// Reasons are why claims could not be tested: the columns of what the kinds call Untested.
	Reasons  []string
	Falls    []string // that were put in: columns of the measures
	Measures []CalibrationMeasure
	// Made says how the calibration was made, Limits what it cannot show.
	Made, Limits []string
	Downloads    Downloads
}

// CalibrationKind is how claims of one kind were answered, over the measures that can be tested.
type CalibrationKind struct {
	True, Claimed   string
	Trials          int
	Verdicts        []int
	Untested        []int
	Evidenced, Seen Share
}

// Share is a share in words: "3 in 100", with its 95 per cent interval: "2 to 4".
type Share struct{ Text, Interval string }

// CalibrationMeasure is how far the figures of one measure can be seen through.
type CalibrationMeasure struct {
	Name, URL string
	Trials    int
	Stand     string // of the trials, those that were fit for a test
	// Detectable is the median smallest fall that would be seen in 80 of 100 cases, Smallest the least of those put in that was.
	Detectable, Smallest string
	False                Share       // evidenced, of the size of false claims at which most were
	FalseAt              string      // that size, in words
	Found                []FallFound // of each fall that was put in
	Bias, Coverage       string
}

// FallFound are the shares of places in which a true fall was at least partly evidenced, and evidenced, in words.
type FallFound struct{ Seen, Evidenced string }

// ProvenancePage traces one figure to its published cells.
type ProvenancePage struct {
	Shell
	Measure   Link
	Footprint Link
	Period    string
	Value     Figure
	Sentence  string // how the figure is made from the cells, in words
	Formula   string // "over(A, B)" in the measure's own words
	Parts     []Part // of a derived measure, the figures it is worked out from
	// Organisations are those of a footprint, each with its own figure; none where there is one alone.
	Organisations []OrganisationRow
	HasParts      bool // whether the rows of organisations have numerator and denominator
	Files         []PublishedFile
	Originals     bool // all of the files are as their publisher released them
	Cells         []Cell
	Missing       []string // organisations that did not report, in sentences
	About         About
	Downloads     Downloads
}

// OrganisationRow is what one organisation had of a footprint's figure.
type OrganisationRow struct {
	Name, Code             string
	Value                  Figure
	Numerator, Denominator string // empty where not reported
	Part                   string // of the footprint's figure, or of its denominator; empty where not known
}

// PublishedFile is a file that states cells.
type PublishedFile struct {
	Name, SHA256 string
	Published    string // when, where its publisher states it
	Is           string // what it is to what its publisher released, in words
}

// Part is a figure that a derived one is worked out from.
type Part struct {
	Measure, Period string
	Value           Figure
}

// Cell is one published cell beneath a figure.
type Cell struct {
	Component        string // which part of the measure: "A&E attendances, type 1"
	OrganisationCode string
	OrganisationName string
	Raw              string // the text as published
	Value            string // as read; "not reported" when missing
	File             string
	Sheet            string
	Row              uint32
	Column           string
	LoadID           uint64
	LoadURL          string
	LoadedWords      string
	DefinitionHash   string
	// Via names the canonical file that carried the cell here, when it did not come straight from the publication.
	Via string
}

// LoadsPage lists the loads, newest first.
type LoadsPage struct {
	Shell
	Loads []LoadRow
	Older string // address of the next page, empty on the last
	Runs  []RunRow
	// Schedule is how the sources stand at present; empty where the reader looks back.
	Schedule []ScheduleRow
}

// ScheduleRow is a source, or the inbox, with its times in London.
type ScheduleRow struct {
	Source, Title string
	Cron          string // minute, hour, day of the month, month, day of the week; empty: run by hand only
	NextWords     string // empty: run by hand only
	RunningWords  string // since when a run is under way; empty: none is
	LastWords     string // when the latest run started; empty: there was none
	LastOutcome   string
}

// RunRow is one run of a source, one look through the inbox or one load by hand.
type RunRow struct {
	StartedWords                    string
	Source                          string // empty: files named by hand
	Trigger, Outcome                string
	Found, Published, Failed, Known int
}

// LoadRow is one load in its latest state.
type LoadRow struct {
	ID                            uint64
	URL                           string
	Source, File, SHA256          string
	State                         string // "published", "failed", "staged", "received", "withdrawn", "held", "closed"
	AtWords                       string
	Observations, Rejections      uint64
	Reconciliation, Message, Hash string
	Accepted                      string // why it was published although it raised questions
}

// LoadPage is one load with its states, rejected rows and reconciliation.
type LoadPage struct {
	Shell
	Load   LoadRow
	States []LoadState
	// Questions are what a load asks before it is published, or asked; Answer is the command that accepts one that waits.
	Questions  []QuestionRow
	Answer     string
	Rejections []RejectionRow
	Warnings   []WarningRow
	// Reconciliations are the publisher's totals against ours; differences first.
	Reconciliations                       []ReconciliationRow
	RejectionsTotal, ReconciliationsTotal int
	// RejectionsKept are those that there are to be seen, RejectionsFrom the number of the first one here.
	RejectionsKept, RejectionsFrom                    int
	EarlierRejections, LaterRejections, RejectionsURL string
	Downloads                                         Downloads
}

// LoadState is one state change of a load.
type LoadState struct{ State, AtWords, Message string }

// QuestionRow is something about the figures of a load that somebody must look at before they are shown.
type QuestionRow struct{ Rule, Where, Measure, Period, Found, Accepted string }

// RejectionRow is one row or cell that was not accepted.
type RejectionRow struct {
	Rule, Sheet, Column, Value, Reason string
	Row                                uint32
}

// WarningRow is something remarkable about a figure that was accepted.
type WarningRow struct{ Rule, Message string }

// ReconciliationRow is one published total against ours.
type ReconciliationRow struct {
	Scope, Measure, Period, Published, Ours, Difference, Verdict, Where string
}

// ProblemPage is an error in words a reader can act on.
type ProblemPage struct {
	Shell
	Status      int
	Words, Help string // what cannot be shown and what is accepted
	Suggestions []Link // what the reader may have wanted
	Detail      string // as programs are told, where that is something else
	ID          string // names it in the log
}

// ClaimsPage is the register of claims with the verdict on each.
type ClaimsPage struct {
	Shell
	Finding   string // how many of the claims shown the figures bear out
	Sentences []string
	Groups    []ClaimGroup // by verdict, those with claims
	// The filters with what can be chosen; the chosen one Current.
	ByFootprint, ByKind, ByVerdict []Link
	Downloads                      Downloads
	LeftOut                        []LeftOutGroup // published about the place chosen, and not in the register
	LeftOutCount                   int
}

// LeftOutGroup are the published claims that are not in the register for one reason.
type LeftOutGroup struct {
	Why  string
	Rows []LeftOutRow
}

// LeftOutRow is a published claim that is not in the register.
type LeftOutRow struct {
	Title, Claimant string
	Places          []Link
	Source          Link
}

// ClaimGroup are the claims with one verdict, and what it means.
type ClaimGroup struct {
	ID      string // unique on the page
	Verdict VerdictTag
	Words   string
	Rows    []ClaimRow
}

// VerdictTag is a verdict with its colour as the NHS design system names it.
type VerdictTag struct{ Text, Colour string }

// ClaimRow is a claim in a table.
type ClaimRow struct {
	Title, URL      string
	Places          []Link
	Claimant        string
	Kind            string
	Claimed, Seen   string // "14% lower", "+3.2% (−5.6% to +12.0%)"; empty where there is none
	Pounds          string // claimed
	PoundsEvidenced string // empty where they cannot be told
	Verdict         VerdictTag
	Reason          string // that weighs most
}

// Fact is a term with its words.
type Fact struct{ Term, Words string }

// ClaimPage is one claim: what is claimed, what the figures show and what they cannot.
type ClaimPage struct {
	Shell
	ClaimID, Claimed string // in our own words
	Places           []Link
	Measure          Link
	Verdict          VerdictTag
	Summary          string
	Reasons          []string // after the first, which the summary has
	// Rows are what is claimed beside what was seen.
	Rows []ClaimedRow
	// Chart has the figures as they were and as they would have been, or how they went where nothing could be estimated.
	Chart    CourseChart
	Placebos PlaceboChart
	IsPlan   bool
	Outturn  []Fact // of a plan
	Checks   []CheckRow
	// NotApplying are the checks that the claim has no answer to, whatever the figures are.
	NotApplying []CheckRow
	Tests       []SensitivityGroup // the estimate with one choice changed
	Needs       []string           // what it would take to see the effect
	Design      DesignWords
	Rules       []RuleRow
	// Published is the claim as it was published, Source where; Evaluations what others found.
	Published   []Fact
	Source      Link
	UnitCost    Link // where the unit cost is stated; URL empty without one
	Evaluations []Evaluation
	Note        string
	History     []HistoryRow
	Kept        string // as of an earlier moment, the verdict that was kept then where it is another
	Pack        string // address of the audit pack
	JSON        string
	Provenance  []Link // of the places' figures
	Versions    []Fact
}

// ClaimedRow sets one thing that is claimed beside what was seen.
type ClaimedRow struct{ What, Claimed, Seen, Interval, Note string }

// CourseChart are two series over the same periods.
type CourseChart struct {
	Kind          string // "counterfactual" or "course"; empty without figures
	Title         string
	Sentence      string // what the chart shows, and what it does not
	First, Second string // what the series are called; Second empty without one
	Format        string // "number", "percent" or "gbp"
	Unit          string
	Starts        string // the first period under the scheme in words; empty where it lies outside
	Points        []CoursePoint
}

// CoursePoint is a period of a course.
type CoursePoint struct {
	PeriodID, Period    string
	First, Second       Figure
	Gap                 string // in words, from the start on
	Starts              bool   // the scheme
	ProvenanceURL, Note string
	Event               string // what bent the figure, where it is shown and not compared
}

// PlaceboChart are the changes that the same method finds where there was no scheme.
type PlaceboChart struct {
	Sentence string // empty without placebos
	Starts   string // id of the first period under the scheme
	Periods  string // their ids, parted by commas
	Rows     []PlaceboRow
}

// PlaceboRow is one place taken as having had the scheme, the largest change first.
type PlaceboRow struct {
	Rank                   int
	Name, URL, Change, Gap string // Gap: per period in per cent, parted by commas
	Weight                 string // in the comparison; empty where it has none
	Claimed                bool
}

// CheckRow is a check with its outcome.
type CheckRow struct{ Title, Outcome, Colour, Finding, Source string }

// SensitivityGroup are estimates with one kind of choice changed.
type SensitivityGroup struct {
	Title, Sentence string
	Rows            []Fact
	Folded          bool // until a reader asks for them
}

// DesignWords say how a claim was tested.
type DesignWords struct {
	Method  string
	Why     []string
	Level   string // of the Maryland scale
	Periods string
	LeftOut []Fact
}

// RuleRow is a rule of the verdict; Held marks the one that decided.
type RuleRow struct {
	Verdict      VerdictTag
	When, Source string
	Held         bool
}

// Evaluation is what another publication says of a scheme.
type Evaluation struct{ What, Source, URL string }

// HistoryRow is a verdict as it was kept.
type HistoryRow struct {
	When    string
	Verdict VerdictTag
	Why     string // what had changed
	Load    Link
}

// SearchPage is what a search found.
type SearchPage struct {
	Shell
	Words  string // how much was found, or what to do
	Found  int
	Groups []SearchGroup // by kind; the one that has the very code first
}

// SearchGroup is what was found of one kind; Found counts also what is not listed.
type SearchGroup struct {
	ID, Name string
	Hits     []Hit
	Found    int
}

// Hit is a page that was found, with what it is.
type Hit struct {
	Link
	Note string
}

// DataPage is what the figures rest on: sources, loads, what was rejected, compared and remarkable, and how far the measures are covered.
type DataPage struct {
	Shell
	Finding   string // of how many measures there are figures
	Sentences []string
	Sources   []DataSource
	Inbox     ScheduleRow // empty where the reader looks back
	Coverage  []CoverageGroup
	Waiting   []WaitingMeasure // for local returns, without figures yet
	Held      []LoadRow        // loads that wait for acceptance
	Loads     []LoadRow        // the newest
	LoadCount int
	Rejected  CountedLoads
	// Totals are the publisher's compared with ours; Reconciled lists the loads with most that are not equal first.
	Totals     Totals
	Reconciled []ReconciledLoad
	Warned     CountedLoads
	// SetAside are the files that are not tried again by themselves.
	SetAside []SetAside
}

// DataSource is a publisher's series, how fresh it is, and when it is looked for.
type DataSource struct {
	ID string
	Source
	Latest, Age string // the latest period, and how many have ended since; empty where nothing is loaded
	Load        Link   // with which it came
	Schedule    ScheduleRow
}

// CoverageGroup is the coverage of the measures of one theme.
type CoverageGroup struct {
	Name string
	Rows []Coverage
}

// Coverage is from when to when a measure has figures.
type Coverage struct {
	Measure            Link
	First, Latest, Age string // empty where nothing is loaded
	Places             string // how many of the 44 have a figure in the latest period
	England            Figure // in the latest period
}

// WaitingMeasure is a measure with the template that footprints fill in.
type WaitingMeasure struct {
	Measure  Link
	Counts   string // what is counted, the first sentence of its definition
	Template Downloads
}

// SetAside is a file that was being read when the service died, again and again.
type SetAside struct {
	Load          Link
	File, Message string
}

// CountedLoads are loads with how many of something each has, those with most first.
type CountedLoads struct {
	Total int
	Loads []CountedLoad
	Rest  int // loads that are not listed
}

// CountedLoad is a load with a number.
type CountedLoad struct {
	Load  Link // to where they stand
	File  string
	Count int
}

// Totals are the publisher's totals by how they compare with ours.
type Totals struct{ Compared, Equal, Differ, Short uint64 }

// ReconciledLoad is a load with its totals.
type ReconciledLoad struct {
	Load Link
	File string
	Totals
}

// MethodPage says how every number, sign, forecast and verdict is made. What the program goes by is taken from where it does, so that the
// page cannot say otherwise.
type MethodPage struct {
	Shell
	CalibrationURL string
	Places         int // the footprints
	Regions        []Link
	Registered     string // the quarter whose registrations rates divide by
	Derivations    []Fact
	Process        ProcessLimits
	Variations     []Sign
	Assurances     []Sign
	States         []Fact
	// FewEvents is the count under which the exact interval is stated.
	FewEvents int
	// Peers are shown so many, by features known of at least PeersKnown footprints.
	Peers, PeersKnown int
	Forecasts         []ForecastLimits
	// Bounds are widened by at least MinimumErrors past forecasts, which say little from fewer than FewOrigins starts.
	MinimumErrors, FewOrigins int
	// Significance is the largest p that is beyond chance, and FewestDonors are the places that takes.
	Significance     float64
	FewestDonors     int
	Verdicts         []ClaimGroup // with what each means, without claims
	Rules, PlanRules []RuleRow
	Checks           []CheckMeaning
	Loading          []LoadingRules
	FarFromHistory   int
}

// ProcessLimits are what process control charts are made by.
type ProcessLimits struct {
	LimitFactor, ScreenFactor         float64
	Run, Fewest, FewCases, FewestGaps int
	Causes                            []string // the rules, the first that a point breaks counts
	Turnover, Notable                 string   // parts of a figure
}

// ForecastLimits say how far the figures of a grain are forecast, and from how many.
type ForecastLimits struct {
	Grain          string
	Ahead, Figures int
	Season         int // 1: none
}

// CheckMeaning is a check of claims with when it passes.
type CheckMeaning struct{ Title, Passes, Source string }

// LoadingRules are the rules of loading with what follows where one is broken.
type LoadingRules struct {
	Severity string
	Rules    []Fact
}

// ReviewPage is what the board of a region has before it: what a week brought, against the end of the week before.
type ReviewPage struct {
	Shell
	Region  Link   // its page as the figures stood
	Regions []Link // the reviews of the same week, this one Current
	Week    string // "16 to 22 November 2026"
	WeekID  string
	Address string // that keeps the figures of the week
	Kept    string // of a week that still runs: the address of what the page shows now
	Until   string // of a week that still runs: when the figures are of
	// EarlierWeek and LaterWeek are without a URL before the first load and after the present.
	EarlierWeek, LaterWeek Link
	Finding                string // a headline that says what matters most
	Sentences              []string
	Loads                  []LoadedRow
	LoadsURL               string
	Changed                ChangedTable
	Revised                []RevisedRow // or withdrawn
	States                 []StateRow   // against targets
	Signals                []StateRow   // special causes
	OffTrack               OffTrackTable
	Claims                 []DiscussedClaim
	ClaimsURL, CompareURL  string
	// More say of the lists what they leave out; empty where they are whole.
	MoreRevised, MoreStates, MoreSignals, MoreClaims string
}

// LoadedRow is what the loads of a source came to.
type LoadedRow struct {
	Source         string
	Words          string // "3 published, 1 failed"
	Rows, Rejected uint64
	Newest         Link
}

// ChangedTable counts the figures that differ by measure and cause.
type ChangedTable struct {
	Causes []string // as headings
	Rows   []ChangedMeasure
	Total  string
}

// ChangedMeasure is how many figures of a measure differ, by the causes of the table.
type ChangedMeasure struct {
	Measure Link
	Figures []string
}

// RevisedRow is a figure that differs.
type RevisedRow struct {
	Cause          string
	Measure, Place Link
	Period         string
	Before, After  Figure
	Load           Link   // that made it so
	File           string // of the load
}

// StateRow are the figures of a measure that changed alike: against a target, or by process control.
type StateRow struct {
	Measure       Link
	Also          []Link // other measures of the same counts that changed alike
	Target        string // empty of process control
	PeriodBefore  string // of the figures before, in words; empty where there were none
	Period        string // of the figures after
	Before, After Sign
	Places        []StatePlace

	alike  alike // what the places have in common
	weight int   // the smallest comes first
}

// StatePlace is a footprint with its figure before and after.
type StatePlace struct {
	Place         Link
	Before, After string
	Why           string // why it is marked the other way than it moved, in a clause
}

// OffTrackTable are the footprints with a figure off trajectory, by measure.
type OffTrackTable struct {
	Columns []OffTrackColumn
	Rows    []OffTrackRow
	New     bool // some came to be so since the week before
}

// OffTrackColumn is a measure that some footprint is off trajectory in.
type OffTrackColumn struct {
	Measure       Link
	Asked, Period string
}

// OffTrackRow is a footprint with its figures by the columns.
type OffTrackRow struct {
	Place Link
	Cells []OffTrackCell
}

// OffTrackCell is a figure held against a target.
type OffTrackCell struct {
	Value     Figure
	State     Sign
	Off       bool
	Short     string // by how much and since when it is off trajectory
	Variation Sign
	Card      string // its address on the footprint's page
}

// DiscussedClaim is a claim whose verdict is to be talked about.
type DiscussedClaim struct {
	Claim   Link
	Places  []Link
	Verdict VerdictTag
	Before  string // the verdict a week before, where it was another
	Reason  string
}

// ReviewsPage are the reviews of all regions in one week.
type ReviewsPage struct {
	Shell
	Week, Until            string
	EarlierWeek, LaterWeek Link
	Reviews                []ReviewLine
}

// ReviewLine is a region's review with what matters most in it.
type ReviewLine struct {
	Review  Link
	Finding string
}

// ComparePage is what differs between two moments.
type ComparePage struct {
	Shell
	From, To               string // as given, or as they are without
	FromWords, ToWords     string
	ByMeasure, ByFootprint []Link
	Finding                string
	Changed                ChangedTable
	Figures                []RevisedRow // of one page
	Page                   string       // "Page 2 of 7"; empty where there is one
	Newer, Older           string       // addresses of the pages beside it; empty where there is none
	Verdicts               []ComparedVerdict
	Untested               string     // why there is no verdict of some claims to compare; else empty
	Pages                  []PageThen // pages at both moments
	Downloads              Downloads
	Downloaded             string // which figures they hold
}

// ComparedVerdict is a claim whose verdict differs.
type ComparedVerdict struct {
	Title         string
	Before, After VerdictThen
	Reason, Why   string
}

// VerdictThen is a verdict with the claim's page of the moment; without a colour there was none.
type VerdictThen struct {
	Verdict VerdictTag
	URL     string
}

// PageThen is a page as of two moments.
type PageThen struct{ Text, Before, After string }
