package pages

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
)

// What colours the tiles of the map.
const (
	byValue     = "value"
	byChange    = "change"
	byTarget    = "target"
	byVariation = "variation"
)

var colours = []string{byValue, byChange, byTarget, byVariation}

// colours are the choices that say something of the places.
func (v englandView) colours(places []figures.LatestFigure) []Link {
	titles := map[string]string{byValue: "Figure", byChange: "Change on a year before", byTarget: "State against the target", byVariation: "Variation"}
	var links []Link
	for _, id := range colours {
		if id == byTarget && id != v.colour && !slices.ContainsFunc(places, func(s figures.LatestFigure) bool { return s.Signal != nil && s.Signal.Target != nil }) {
			continue
		}
		links = append(links, Link{Text: titles[id], URL: v.address("colour", id), Current: id == v.colour})
	}
	return links
}

// tiles are the places on the map, coloured by what the reader chose.
func (v englandView) tiles(places []figures.LatestFigure, rows []FootprintRow, period catalog.Period) TileMap {
	values := make([]decimal.NullDecimal, len(places))
	for i, s := range places {
		values[i] = v.scale.Pick(s.Now)
	}
	write := v.scale.Among(v.m, values)
	tiles := TileMap{Note: "Darker is higher; " + wording.Direction(v.m.Direction) + "."}
	estimates := false
	for i, s := range places {
		f := s.Area.Footprint
		tile := Tile{
			Code: f.Code, ShortName: f.ShortName, Name: f.Name, Region: rows[i].Region, URL: rows[i].URL,
			Column: f.TileColumn, Row: f.TileRow, Value: rows[i].Value,
		}
		if values[i].Valid && !tile.Value.Missing && v.m.Unit != catalog.Share {
			tile.Value.Text = write(values[i].Decimal, 0)
		}
		said := tile.Value.Text
		if s.Now.Estimate() && !tile.Value.Missing {
			estimates = true
			if v.m.Unit == catalog.Share {
				tile.Value.Text = v.scale.Write(v.m, values[i].Decimal)
			}
			said = tile.Value.Text + wording.EstimateMark
			tile.Value.Text += "*" // which fits a tile
		}
		if wording.Partial(v.m, s.Now) != "" {
			tile.Value.Text = "partial" // which fits a tile
			said = tile.Value.Text
		}
		tile.Label = fmt.Sprintf("%s: %s %s %s", f.Name, said, wording.UnitHeading(v.m, v.scale), wording.InPeriod(period))
		if tile.Value.Missing {
			tile.Label = fmt.Sprintf("%s: %s %s", f.Name, tile.Value.Text, wording.InPeriod(period))
		}
		tiles.Tiles = append(tiles.Tiles, tile)
		tiles.Columns, tiles.Rows = max(tiles.Columns, tile.Column), max(tiles.Rows, tile.Row)
	}
	switch v.colour {
	case byTarget:
		tiles.Note = "There is no target for this period."
		if governing := governingTitles(places); len(governing) == 1 {
			tiles.Note = fmt.Sprintf("Against the target “%s”.", governing[0])
		} else if len(governing) > 1 {
			tiles.Note = "Each against the target that governs its figure: “" + strings.Join(governing, "”, “") + "”."
		}
		tiles.paint(func(i int) wording.Tint {
			if j, ok := places[i].Signal.Judged(); ok {
				if t, ok := wording.StateTints[j.State]; ok {
					return t
				}
			}
			return wording.UnknownTint
		})
	case byVariation:
		tiles.Note = "An unusual change (special cause) is one in a footprint's own figures over time that is more than chance. An arrow says which way."
		for _, s := range places {
			if s.Signal != nil && !s.Signal.Of.Start.IsZero() {
				tiles.Note += " This is the " + s.Signal.Of.Words() + " result: a known event affected later figures."
				break
			}
		}
		tiles.paint(func(i int) wording.Tint {
			if s := places[i].Signal; s != nil {
				if t, ok := wording.VariationTints[s.Variation]; ok {
					return t
				}
			}
			return wording.UnknownTint
		})
	case byChange:
		for i, row := range rows {
			tiles.Tiles[i].Value = row.Change
			tiles.Tiles[i].Label += ", change on a year before: " + row.Change.Text
		}
		tiles.shade(changesOf(places), func(d decimal.Decimal, more int32) string { return wording.ChangedTo(v.m, d, 1+more) })
	default:
		tiles.shade(values, write)
	}
	if estimates {
		tiles.Note += " An asterisk marks an estimate: only a share of an organisation's figure counts there."
	}
	return tiles
}

// governingTitles are the targets that govern the figures of some places, each once.
func governingTitles(places []figures.LatestFigure) []string {
	var titles []string
	for _, s := range places {
		if j, ok := s.Signal.Judged(); ok && !slices.Contains(titles, j.Target.Title) {
			titles = append(titles, j.Target.Title)
		}
	}
	return titles
}

func changesOf(places []figures.LatestFigure) []decimal.NullDecimal {
	changes := make([]decimal.NullDecimal, len(places))
	for i, s := range places {
		changes[i] = s.Change
	}
	return changes
}

// finest is how many places more than elsewhere the legend writes at most.
const finest = 4

// shade colours the tiles by the fifth that their values lie in. The legend writes as many places as tell the ends of neighbouring fifths apart.
func (t *TileMap) shade(values []decimal.NullDecimal, write func(value decimal.Decimal, more int32) string) {
	bounds := map[int][2]decimal.Decimal{}
	for i, fifth := range measure.Groups(values, 5) {
		t.Tiles[i].Tint = fmt.Sprintf("shade%d", fifth)
		if !values[i].Valid {
			continue
		}
		b, ok := bounds[fifth]
		if !ok {
			b = [2]decimal.Decimal{values[i].Decimal, values[i].Decimal}
		}
		bounds[fifth] = [2]decimal.Decimal{decimal.Min(b[0], values[i].Decimal), decimal.Max(b[1], values[i].Decimal)}
	}
	fifths := slices.Sorted(maps.Keys(bounds))
	more := int32(0)
	for i := 1; i < len(fifths); i++ {
		for more < finest && write(bounds[fifths[i-1]][1], more) == write(bounds[fifths[i]][0], more) {
			more++
		}
	}
	for _, fifth := range fifths {
		b := bounds[fifth]
		text := write(b[0], more)
		if high := write(b[1], more); high != text {
			text += " to " + high
		}
		t.Legend = append(t.Legend, LegendEntry{fmt.Sprintf("shade%d", fifth), map[int]string{1: "Lowest fifth: ", 5: "Highest fifth: "}[fifth] + text})
	}
	if slices.ContainsFunc(t.Tiles, func(tile Tile) bool { return tile.Tint == "shade0" }) {
		t.Legend = append(t.Legend, LegendEntry{"shade0", "no figure"})
	}
}

// paint colours each tile by what is told of it, with how many are told so in the legend.
func (t *TileMap) paint(told func(i int) wording.Tint) {
	var classes []string
	words, count := map[string]string{}, map[string]int{}
	for i := range t.Tiles {
		told, tile := told(i), &t.Tiles[i]
		tile.Tint, tile.Label = told.Class, tile.Label+": "+wording.LowerFirst(told.Words)
		tile.Value = Figure{Text: told.Short, Missing: told == wording.UnknownTint}
		if count[told.Class]++; count[told.Class] == 1 {
			classes = append(classes, told.Class)
		}
		words[told.Class] = told.Words
	}
	order := []string{"good", "fair", "poor", "other", "usual", wording.UnknownTint.Class}
	slices.SortFunc(classes, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) })
	for _, class := range classes {
		t.Legend = append(t.Legend, LegendEntry{class, fmt.Sprintf("%s: %d", words[class], count[class])})
	}
}
