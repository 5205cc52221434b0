// Package slides writes presentations for PowerPoint: each slide with a title that states the finding, a native chart with its data, and notes that
// say where the figures come from. The same slides give the same bytes.
package slides

import (
	"math"
	"time"
)

// Deck is a presentation.
type Deck struct {
	Title, Subject string
	Date           time.Time // that the file says it was made on
	Slides         []Slide   // the first is the title slide
}

// Slide is one slide: a title, sentences, and a chart or a table beneath them.
type Slide struct {
	Title string
	Lines []string
	Chart *Chart
	Table *Table
	Notes []string // for who speaks: where the figures come from
}

// Chart is a chart with its data.
type Chart struct {
	Kind       Kind
	Alt        string // what it shows, for who does not see it
	Unit       string // of the values, as the title of their axis
	Format     string // of the values, as Excel writes formats
	Categories []string
	Series     []Series
}

// Kind is how a chart is drawn.
type Kind int

// The kinds.
const (
	Lines   Kind = iota // over time
	Columns             // of years
	Bars                // of places, the first on top
)

// Series is the values of a chart by its categories; NaN where there is none.
type Series struct {
	Name   string
	Style  Style
	Values []float64
}

// Style is what a series means, by which it is drawn.
type Style int

// The styles.
const (
	Figures Style = iota
	Mean
	Limit
	Target
	Worse   // marks alone
	Better  // marks alone
	Neither // marks alone
)

// drawn is how a style is drawn: marks alone have no line.
type drawn struct {
	colour, dash, mark string
	width              int // of the line, in EMU; 0 for marks alone
	size               int // of the marks, in points
}

// styles follow the colours and shapes of the pages.
var styles = map[Style]drawn{
	Figures: {colour: "005EB8", width: 22225, mark: "circle", size: 4},
	Mean:    {colour: "4C6272", dash: "solid", width: 9525},
	Limit:   {colour: "768692", dash: "sysDash", width: 9525},
	Target:  {colour: "330072", dash: "dash", width: 15875},
	Worse:   {colour: "B34700", mark: "diamond", size: 8},
	Better:  {colour: "005EB8", mark: "triangle", size: 8},
	Neither: {colour: "330072", mark: "square", size: 6},
}

// any tells whether a series has a value.
func (s Series) any() bool {
	for _, v := range s.Values {
		if !math.IsNaN(v) {
			return true
		}
	}
	return false
}

// Table is a table, its headings in the first row.
type Table struct {
	Rows   [][]string
	Widths []int // parts of the width of the slide, one a column
}
