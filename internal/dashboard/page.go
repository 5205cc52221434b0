package dashboard

import "time"

// Shell is what every page carries around its content: where the reader is and when the figures are as of.
type Shell struct {
	Title string // document title and h1
	// AsOf is the as-of value given by the reader, empty for "now"; links carry it on.
	AsOf string
	// AsOfWords says in words when the figures stood so, for example "as they stood on 21 November 2026 at 20:14 (load 58)".
	AsOfWords string
	// AsOfHidden are the other query parameters of this page, kept by the as-of form.
	AsOfHidden []Parameter
	Section    string // "england", "footprints", "claims" or "loads": which navigation entry is current
	HomeURL    string
	ClaimsURL  string
	LoadsURL   string
	Footprints []Link // the 44, for the footprint chooser
	Version    string
	Pin        string // the as_of that shows the same for ever; empty where there are no figures
	Stood      string // when the figures stood so, in words
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
	// Chosen measure and scale ids, for forms without JavaScript.
	MeasureID, ScaleID string
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
	// Legend is one entry a shade, from lowest to highest, and one for missing when a tile needs it.
	Legend []LegendEntry
}

// Tile is one footprint on the map. Column and Row count from 1.
type Tile struct {
	Code, ShortName, Name, URL string
	Region                     Link
	Column, Row                int
	Value                      Figure
	Shade                      int    // 1 (lowest fifth) to 5 (highest fifth); 0 when missing
	Label                      string // whole sentence for a screen reader
}

// LegendEntry explains one shade.
type LegendEntry struct {
	Shade int
	Text  string // "21.3 to 28.0"
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
	Unit     string
	// Variation tells whether the latest figure is more than chance, Assurance whether the process can be relied on to meet the target.
	Variation, Assurance Sign
	// Targets are those of the place that ask for something in the latest period, OtherTargets those that do not, or no longer.
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
	// numerator and denominator when HasParts, rate when HasRate.
	Columns   []string
	HasParts  bool
	HasRate   bool
	HasLimits bool // there are process limits, and a last column that tells what each figure signals
	Points    []Point
	Downloads Downloads
	About     About
	Freshness Freshness
	NoData    string // a sentence shown instead when nothing is loaded
	// Template is what the footprint fills in to return the measure; empty where a publication states it.
	Template Downloads
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
	State  string // as package measure names it: "off_trajectory"
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

// TargetTally says in how many footprints of a region a target stands how in the latest period.
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
	Cells     []Cell
	Missing   []string // organisations that did not report, in sentences
	About     About
	Downloads Downloads
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
	SHA256           string
	Sheet            string
	Row              uint32
	Column           string
	LoadID           uint64
	LoadURL          string
	LoadedWords      string
	PublishedWords   string // when the publisher released it, when stated
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
	State                         string // "published", "failed", "staged", "received", "withdrawn"
	AtWords                       string
	Observations, Rejections      uint64
	Reconciliation, Message, Hash string
}

// LoadPage is one load with its states, rejected rows and reconciliation.
type LoadPage struct {
	Shell
	Load       LoadRow
	States     []LoadState
	Rejections []RejectionRow
	Warnings   []WarningRow
	// Reconciliations are the publisher's totals against ours; differences first.
	Reconciliations                       []ReconciliationRow
	RejectionsTotal, ReconciliationsTotal int
	Downloads                             Downloads
}

// LoadState is one state change of a load.
type LoadState struct{ State, AtWords, Message string }

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
	Status int
	Detail string
	ID     string // names it in the log
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
}

// ClaimGroup are the claims with one verdict, and what it means.
type ClaimGroup struct {
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
	Outturn  []Fact // of a plan
	Checks   []CheckRow
	Tests    []SensitivityGroup // the estimate with one choice changed
	Needs    []string           // what it would take to see the effect
	Design   DesignWords
	Rules    []RuleRow
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
