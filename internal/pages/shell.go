package pages

import "time"

// Shell is what every page carries around its content: where the reader is and when the figures are as of.
type Shell struct {
	Title string // document title and h1
	// AsOf is the as-of value given by the reader, empty for "now"; links carry it on. Keeps is what forms carry on: the same, and on a page that
	// stands in place of another the value of that one.
	AsOf, Keeps string
	// AsOfWords says in words when the figures stood so, for example "as they stood on 21 November 2026 at 20:14 (load 58)".
	AsOfWords string
	// AsOfHidden are the other query parameters of this page, kept by the as-of form.
	AsOfHidden []Parameter
	Section    string // "england", "footprints", "review", "claims", "data" or "method": which navigation entry is current
	HomeURL    string
	ClaimsURL  string
	DataURL    string
	LoadsURL   string
	// DownloadsURL is of what analysts can take away.
	DownloadsURL string
	MethodURL    string // of the page whose sections explain the others
	HelpURL      string
	// WordsURL, ChangesURL and AccessibilityURL are of documents for readers that every page leads to.
	WordsURL, ChangesURL, AccessibilityURL string
	AnswersURL                             string // of who answers for what
	FeedbackURL                            string // of whom readers can write to; may be empty
	Search                                 string // what was searched for
	ReviewURL                              string
	Footprints                             []Link // the 44, for the footprint chooser
	Version                                string
	CanSignIn                              bool // there are people who may act
	// Pin is the as_of that keeps the figures shown; empty where there are none, or the address shows them without it. Stood says in
	// words when the figures stood so.
	Pin, Stood string
	// OfNow tells that the page shows the figures of its request, so that the next may show others.
	OfNow bool
	// Loading says how far what came with the product is loaded; empty where it is.
	Loading string
	// Date is when the figures that are shown last changed; Take is what the page can be taken away as.
	Date time.Time
	Take TakeAway
	Feed string // address of what changes week by week in what the page is about; empty where there is none
	// SuchDay and SuchLoad are examples of moments that are accepted; there may be no load.
	SuchDay, SuchLoad string
}

// TakeAway are the addresses of a page as files; empty where it is none of them. Its zero value is a page that cannot be taken away.
type TakeAway struct {
	Print    bool   // the page is for paper, and its reader's browser prints it where the service does not
	PDF      string // empty where the service prints nothing
	Slides   string
	Workbook string
}

// Frame is what the page carries around its content.
func (s Shell) Frame() Shell { return s }

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
	// Short is the text for a tile ("£34.4m"), where that would be long; empty where it would not.
	Short string
	// Plain is the unformatted decimal for sorting and charts (a share is in per cent); empty when missing.
	Plain string
	// Missing tells that there is no figure; Reason then says why in a sentence.
	Missing bool
	Reason  string
	// ProvenanceURL leads to the published cells beneath the figure; empty when there are none.
	ProvenanceURL string
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
