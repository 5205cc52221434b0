package frontend

import (
	"fmt"
	"strings"

	"stpdash/internal/pages"
)

// tableFrame is what the part "table" is written from. A table is named by a label, by the heading with an id, or by its caption.
type tableFrame struct {
	ID       string // of a table with a caption; a chart of the same id is drawn from it
	Label    string
	Heading  string // the id of what names the table
	Caption  string
	Styles   []string // modifiers of the class figures: words, dense, beside, moved
	Whole    bool     // beneath tabs too it is shown at its full height
	Sortable bool
}

// newTableFrame takes names and values in turn: table "heading" "files" "sortable" true.
func newTableFrame(pairs ...any) (tableFrame, error) {
	var t tableFrame
	var style string
	fields := map[string]any{
		"id": &t.ID, "label": &t.Label, "heading": &t.Heading, "caption": &t.Caption, "style": &style, "whole": &t.Whole, "sortable": &t.Sortable,
	}
	err := inPairs(pairs, func(name string, value any) error {
		switch field := fields[name].(type) {
		case *string:
			*field = fmt.Sprint(value)
			return nil
		case *bool:
			*field = value == true
			return nil
		}
		return fmt.Errorf("a table has no %q", name)
	})
	if err != nil {
		return tableFrame{}, err
	}
	t.Styles = strings.Fields(style)
	if t.Heading == "" && t.ID != "" {
		t.Heading = t.ID + "-caption"
	}
	if t.Label == "" && t.Heading == "" {
		return tableFrame{}, fmt.Errorf("a table needs a label, a heading or an id with a caption")
	}
	return t, nil
}

// chartFrame is what the part "chart" is written from: a chart of a kind that src/charts draws from the table of the same ID.
type chartFrame struct {
	Kind, ID string
	Settings []chartSetting
}

// chartSetting is what a chart is drawn by besides its table. All have a format and a description.
type chartSetting struct{ Name, Value string }

// newChartFrame takes the settings' names and values in turn and leaves out what has no value.
func newChartFrame(kind, id string, settings ...any) (chartFrame, error) {
	chart := chartFrame{Kind: kind, ID: id}
	err := inPairs(settings, func(name string, value any) error {
		if value != "" && value != false {
			chart.Settings = append(chart.Settings, chartSetting{name, fmt.Sprint(value)})
		}
		return nil
	})
	return chart, err
}

// inPairs calls what takes a name and a value with each two of the list.
func inPairs(list []any, take func(name string, value any) error) error {
	for i := 0; i < len(list); i += 2 {
		name, ok := list[i].(string)
		if !ok || i+1 == len(list) {
			return fmt.Errorf("%v: want names, each with a value", list)
		}
		if err := take(name, list[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// estimated adds to a line of sources that figures are estimates, where they are.
func estimated(line, estimate string) string { return strings.TrimSpace(line + " " + estimate) }

// sourceLine names whose figures a chart shows, for its saved picture.
func sourceLine(about pages.About) string {
	var lines []string
	for _, s := range about.Sources {
		lines = append(lines, strings.TrimSpace(s.Title+", "+s.Publisher+". "+s.Attribution))
	}
	return strings.Join(lines, " ")
}
