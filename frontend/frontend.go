// Package frontend holds the pages' templates and the built styles and scripts.
package frontend

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"io/fs"

	"stpdash/internal/pages"
)

//go:embed templates all:dist
var files embed.FS

// Assets are the built styles and scripts, to be served under /assets/. Their
// names carry a hash of their content, so answers may be cached for a year.
func Assets() fs.FS {
	assets, err := fs.Sub(files, "dist/assets")
	if err != nil {
		panic(err) // the path is constant and valid
	}
	return assets
}

// Pages are the page templates by name, each with the layout around it.
type Pages map[string]*template.Template

// Parse reads the templates. It fails when the styles and scripts were not built.
func Parse() (Pages, error) {
	built, err := readBuild()
	if err != nil {
		return nil, err
	}
	layout, err := template.New("layout").Funcs(template.FuncMap{
		"build":      func() build { return built },
		"regions":    regions,
		"count":      count,
		"table":      newTableFrame,
		"chart":      newChartFrame,
		"sourceLine": sourceLine,
		"estimated":  estimated,
		"successions": func(label, share string, rows []pages.SuccessionRow) successions {
			return successions{label, share, rows}
		},
		"moneyTable": func(label string, t pages.MoneyTable) moneyTable { return moneyTable{label, t} },
		"choice":     func(name, label string, links []pages.Link) choice { return choice{name, label, links} },
		"field": func(f pages.Form, name, kind, label, hint string) formField {
			return formField{name, kind, label, hint, f.ErrorOf(name), f.Typed[name], f.ErrorOf(name) != "" && f.ErrorOf(name) == f.Wrong[0].Text}
		},
		"chosen": func(f pages.Form, name, label, none string, choices []pages.RoleChoice) chosenField {
			return chosenField{name, label, none, f.ErrorOf(name), f.Typed[name], choices}
		},
		"entry": func(kind string, number int, value, fault, label string) entryField {
			return entryField{kind, fmt.Sprint(kind, number), value, fault, label}
		},
		"cells": func(page pages.MeasurePage, row pages.RankedRow) rankedCells { return rankedCells{page, row} },
	}).ParseFS(files, "templates/layout.html", "templates/parts.html")
	if err != nil {
		return nil, err
	}
	pages := Pages{}
	for _, name := range []string{"england", "region", "footprint", "card", "money", "organisation", "measure", "claims", "claim", "calibration", "provenance", "search", "method", "help", "data", "downloads", "responsibilities", "loads", "load", "reviews", "review", "compare", "problem", "sign_in", "link", "set_password", "account", "second_factor", "tokens", "people", "person", "note", "decision", "held", "sign_off", "returns", "return_form", "return_trial", "return", "acts"} {
		page, err := layout.Clone()
		if err != nil {
			return nil, err
		}
		if pages[name], err = page.ParseFS(files, "templates/"+name+".html"); err != nil {
			return nil, err
		}
	}
	// What a week brought is sent without the layout.
	if pages["entry"], err = template.ParseFS(files, "templates/entry.html"); err != nil {
		return nil, err
	}
	return pages, nil
}

// Render writes the named page.
func (p Pages) Render(w io.Writer, name string, page any) error {
	t, ok := p[name]
	if !ok {
		return fmt.Errorf("no page is called %q", name)
	}
	var written bytes.Buffer
	if err := t.ExecuteTemplate(&written, "layout", page); err != nil {
		return err
	}
	_, err := w.Write(withoutIndentation(written.Bytes()))
	return err
}

// withoutIndentation leaves out what only sets lines of a template apart: blanks at the beginning of lines, and blank lines. A page of 44 rows is
// a tenth smaller so. Pages have no text in which blanks at the beginning of a line count.
func withoutIndentation(page []byte) []byte {
	kept := page[:0]
	beginning := true
	for _, b := range page {
		switch {
		case beginning && (b == ' ' || b == '\t' || b == '\n'):
			continue
		case b == '\n':
			beginning = true
		default:
			beginning = false
		}
		kept = append(kept, b)
	}
	return kept
}

// build is where the built files are found.
type build struct {
	Script, Style, Icon string
	Charts              map[string]string // what draws the charts of each page that has any
}

// readBuild finds the hashed file names in the manifest that Vite writes.
func readBuild() (build, error) {
	text, err := files.ReadFile("dist/.vite/manifest.json")
	if err != nil {
		return build{}, fmt.Errorf("the frontend is not built, run \"npm run build\" in frontend: %w", err)
	}
	var manifest map[string]struct {
		File string
		CSS  []string
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		return build{}, fmt.Errorf("frontend manifest: %w", err)
	}
	script, icon := manifest["src/main.ts"], manifest["src/icon.svg"]
	if script.File == "" || len(script.CSS) != 1 || icon.File == "" {
		return build{}, fmt.Errorf("frontend manifest: script, style or icon is missing")
	}
	charts := map[string]string{}
	for _, page := range []string{"card", "measure", "claim"} {
		file := manifest["src/pages/"+page+".ts"].File
		if file == "" {
			return build{}, fmt.Errorf("frontend manifest: src/pages/%s.ts is missing", page)
		}
		charts[page] = "/" + file
	}
	return build{Script: "/" + script.File, Style: "/" + script.CSS[0], Icon: "/" + icon.File, Charts: charts}, nil
}

// count writes a whole number with its thousands parted.
func count(n any) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// successions is a table of those that came before or after.
type successions struct {
	Label, Share string
	Rows         []pages.SuccessionRow
}

// moneyTable is amounts by year.
type moneyTable struct {
	Label string // what it is called
	pages.MoneyTable
}

// choice is a list of a form.
type choice struct {
	Name, Label string
	Links       []pages.Link
}

// formField is a field of a form.
type formField struct {
	Name, Kind, Label, Hint string
	Error, Value            string
	First                   bool // of those with an error
}

// Complete says how a browser fills the field in.
func (f formField) Complete() string {
	switch {
	case f.Kind == "password" && f.Name == "password":
		return "current-password"
	case f.Kind == "password":
		return "new-password"
	case f.Kind == "email":
		return "username"
	case f.Kind == "code":
		return "one-time-code"
	}
	return "off"
}

// chosenField is a list of a form to choose from. None is the choice of nothing, in words; empty where something has to be chosen.
type chosenField struct {
	Name, Label, None, Error, Value string
	Choices                         []pages.RoleChoice
}

// entryField is a cell of a table to type into: a numerator "n", a denominator "d" or a note "t".
type entryField struct{ Kind, ID, Value, Error, Label string }

// rankedCells are what a row of the ranked table is written from.
type rankedCells struct {
	Page pages.MeasurePage
	Row  pages.RankedRow
}

// mapRegion is the tiles of one region.
type mapRegion struct {
	pages.Link
	Tiles []mapTile
}

// mapTile is a tile with the sides on which its region ends.
type mapTile struct {
	pages.Tile
	Ends []string
}

// regions groups the tiles by region, in the order in which the regions appear.
func regions(tiles []pages.Tile) []mapRegion {
	type place struct{ column, row int }
	regionAt := map[place]pages.Link{}
	for _, t := range tiles {
		regionAt[place{t.Column, t.Row}] = t.Region
	}
	var grouped []mapRegion
	index := map[pages.Link]int{}
	for _, t := range tiles {
		var ends []string
		for _, side := range []struct {
			name string
			at   place
		}{
			{"top", place{t.Column, t.Row - 1}},
			{"right", place{t.Column + 1, t.Row}},
			{"bottom", place{t.Column, t.Row + 1}},
			{"left", place{t.Column - 1, t.Row}},
		} {
			if regionAt[side.at] != t.Region {
				ends = append(ends, side.name)
			}
		}
		i, ok := index[t.Region]
		if !ok {
			i = len(grouped)
			index[t.Region] = i
			grouped = append(grouped, mapRegion{Link: t.Region})
		}
		grouped[i].Tiles = append(grouped[i].Tiles, mapTile{t, ends})
	}
	return grouped
}
