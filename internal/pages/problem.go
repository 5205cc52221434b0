package pages

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"stpdash/internal/figures"
	"stpdash/internal/pages/wording"
)

// ProblemPage is an error in words a reader can act on.
type ProblemPage struct {
	Shell
	Status      int
	Words, Help string // what cannot be shown and what is accepted
	Suggestions []Link // what the reader may have wanted
	Detail      string // as programs are told, where that is something else
	ID          string // names it in the log
}

// Refused is a page that could not be shown, as its reader asked for it.
type Refused struct {
	Status int
	Detail string // the precise words, as programs are told
	ID     string // names it in the log
	// Parameter and Value are what was not accepted, and Accepted is; empty where it was no parameter.
	Parameter, Value, Accepted string
	After                      bool // the moment comes after the one that it is compared with
	Unasked                    bool // the parameter itself is not accepted
	Address                    *url.URL
	AsOf                       string // the moment that the reader looked at, where it is one
}

// thing is what an address may ask for.
type thing struct {
	name string // in words
	kind string // of search that finds others like it; empty where none does
	help string // what is accepted
	is   thingKind
}

// thingKind is what a thing is, where more than a search helps.
type thingKind int

const (
	aMoment thingKind = iota + 1
	aRegion
	aLoad
)

// askedFor are the things by their parameters, and by the beginnings of paths.
var askedFor = map[string]thing{
	"measure":    {name: "measure", kind: "measures"},
	"measures":   {name: "measure", kind: "measures"},
	"footprint":  {name: "place", kind: "places"},
	"footprints": {name: "place", kind: "places"},
	"region":     {name: "region", kind: "places", is: aRegion},
	"regions":    {name: "region", kind: "places", is: aRegion},
	"claims":     {name: "claim", kind: "claims"},
	"org":        {name: "organisation", kind: "organisations"},
	"loads":      {name: "load", is: aLoad},
	"period":     {name: "period", help: "The measure may have other figures, or come in other periods."},
	"week":       {name: "week", help: "There is a review of each week from the first load to the one that runs."},
	"page": {
		name: "page",
		help: "The list has fewer.",
	},
	"as_of":   {name: "moment", is: aMoment},
	"from":    {name: "moment", is: aMoment},
	"to":      {name: "moment", is: aMoment},
	"scale":   {name: "scale"},
	"colour":  {name: "way to colour the map"},
	"sort":    {name: "column to sort by"},
	"order":   {name: "order"},
	"type":    {name: "type of claim"},
	"verdict": {name: "verdict"},
}

// maxSuggested is how many of a kind a reader is shown in place of what there is not.
const maxSuggested = 5

// Problem composes the page that says what went wrong, and what to do.
func (c helpPages) Problem(r Refused) ProblemPage {
	at := figures.Moment{Text: r.AsOf, Loading: c.moments.Progress()} // for links alone: no figures are shown
	page := ProblemPage{Shell: c.shell(wording.ProblemTitle(r.Status), "", at), Status: r.Status, Words: r.Detail, ID: r.ID}
	page.AsOf, page.AsOfWords = "", ""
	name, value := r.Parameter, r.Value
	if name == "" && r.Status == http.StatusNotFound && r.Address != nil {
		parts := strings.Split(strings.Trim(r.Address.Path, "/"), "/")
		if name = parts[0]; len(parts) == 2 {
			value = parts[1]
		} else if r.Address.Query().Get("region") != "" {
			name, value = "region", r.Address.Query().Get("region")
		}
	}
	value = printed(value)
	asked, known := askedFor[name]
	switch {
	case r.Unasked:
		page.Words, asked = wording.UnknownParameter(printed(r.Parameter)), thing{}
	case r.After:
		page.Words, asked = wording.MomentAfter(value), thing{}
	case known && value != "":
		page.Words = wording.NoSuch(asked.name, value)
	case known && r.Parameter != "":
		page.Words = wording.NotSaid(asked.name)
	case r.Parameter != "":
		page.Words = wording.UnusablePart(printed(r.Parameter))
	default:
		return page
	}
	page.Detail = r.Detail
	if page.Help = asked.help; asked.is == aMoment {
		page.Help = wording.HelpMoment(page.SuchDay)
	}
	switch {
	case asked.is == aRegion:
		for _, region := range c.directory.Reference.Regions() {
			page.Suggestions = append(page.Suggestions, regionLink(region, at))
		}
	case asked.kind != "":
		page.Suggestions = c.closest(asked.kind, value, at)
	case asked.is == aLoad || asked.is == aMoment:
		page.Suggestions = append(page.Suggestions, Link{Text: "All loads", URL: address("/loads", "as_of", at.Text)})
	}
	if r.Address != nil && r.Address.Query().Has(r.Parameter) && r.Address.Path != "/provenance" {
		rest := r.Address.Query()
		rest.Del(r.Parameter)
		without := url.URL{Path: r.Address.Path, RawQuery: rest.Encode()}
		page.Suggestions = append(page.Suggestions, Link{Text: "The page without that part of its address", URL: without.String()})
	}
	return page
}

// printed shows where a text has characters that cannot be seen.
func printed(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// closest are what the search finds by most words of a text, or by how these begin.
func (c helpPages) closest(kind, text string, asOf figures.Moment) []Link {
	const beginning = 3
	found := map[Link]int{}
	for word := range strings.FieldsSeq(fold(text)) {
		for _, try := range []string{word, string([]rune(word)[:min(beginning, len([]rune(word)))])} {
			page, err := c.Search(try, asOf)
			if err != nil {
				continue
			}
			for _, g := range page.Groups {
				for _, hit := range g.Hits {
					if g.ID == kind {
						found[hit.Link]++
					}
				}
			}
		}
	}
	links := slices.SortedFunc(maps.Keys(found), func(a, b Link) int {
		if found[a] != found[b] {
			return found[b] - found[a]
		}
		return strings.Compare(a.Text, b.Text)
	})
	return links[:min(len(links), maxSuggested)]
}
