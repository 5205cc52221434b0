package pages

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/pages/wording"
)

// index is what can be found.
type index struct{ *parts }

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

const (
	longestSearch = 200 // letters that a search may have
	maxHits       = 20  // of one kind that a page shows
)

// Search finds the places, organisations, measures and claims in which each word of the text begins a word, or whose code or id it is.
// What has the very code comes first, and what begins with the text before what merely holds it.
func (c helpPages) Search(text string, asOf figures.Moment) (SearchPage, error) {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	page := SearchPage{Shell: c.shell("Search", "search", asOf, "q", text)}
	if n := utf8.RuneCountInString(text); n > longestSearch {
		return page, &figures.InputError{
			Parameter: "q",
			Value:     string([]rune(text)[:30]) + "…",
			Accepted:  fmt.Sprintf("at most %d letters, a code or a few words of a name; there were %d", longestSearch, n),
		}
	}
	page.Search = text
	wanted := fold(text)
	if wanted == "" {
		page.Words = wording.SearchHint
		return page, nil
	}
	for _, kind := range []struct {
		id, name string
		entries  []entry
	}{
		{"unloaded", "Not loaded here", index(c).unloadedEntries(asOf)},
		{"pages", "Pages", index(c).pageEntries(asOf)},
		{"places", "England, regions and footprints", index(c).placeEntries(asOf)},
		{"measures", "Measures", index(c).measureEntries(asOf)},
		{"organisations", "Organisations", index(c).organisationEntries(asOf)},
		{"claims", "Claims", index(c).claimEntries(asOf)},
	} {
		g := SearchGroup{ID: kind.id, Name: kind.name}
		exact := false
		var ranked [notFound][]Hit
		for _, e := range kind.entries {
			if r := e.rank(wanted); r < notFound {
				ranked[r] = append(ranked[r], e.hit)
				exact = exact || r == sameCode
			}
		}
		if g.Hits = slices.Concat(ranked[:]...); len(g.Hits) == 0 {
			continue
		}
		g.Found = len(g.Hits)
		g.Hits = g.Hits[:min(g.Found, maxHits)]
		if exact {
			page.Groups = slices.Insert(page.Groups, 0, g)
		} else {
			page.Groups = append(page.Groups, g)
		}
		page.Found += g.Found
	}
	page.Words = wording.Found(page.Found, text)
	return page, nil
}

// entry is something that can be found.
type entry struct {
	hit   Hit
	codes []string // by which alone it is found at once
	words string   // besides those of the name
	also  []string // other names, of which any may begin with what is searched
	apart bool     // each of its names stands for itself: words of several of them do not find it
}

// The ranks of what is found, the best first.
const (
	sameCode = iota
	sameBeginning
	sameWords
	notFound
)

func (e entry) rank(wanted string) int {
	words := []string{fold(e.hit.Text)}
	for _, code := range e.codes {
		if fold(code) == wanted {
			return sameCode
		}
		words = append(words, fold(code))
	}
	if strings.HasPrefix(words[0], wanted) {
		return sameBeginning
	}
	for _, name := range e.also {
		if name = fold(name); strings.HasPrefix(name, wanted) || strings.HasPrefix(wanted, name+" ") {
			return sameBeginning
		}
		words = append(words, name)
	}
	if e.apart {
		return notFound
	}
	known := strings.Fields(strings.Join(append(words, fold(e.words)), " "))
	for w := range strings.FieldsSeq(wanted) {
		if !slices.ContainsFunc(known, func(k string) bool { return strings.HasPrefix(k, w) }) {
			return notFound
		}
	}
	return sameWords
}

// fold leaves of a text what two ways to write it share: small letters without accents and digits, in words. “St. George's” and “st
// georges” are alike, and so are “A&E” and “ae”, “62-day” and “62 day”.
func fold(text string) string {
	letters := []rune(norm.NFKD.String(strings.ToLower(text)))
	var folded strings.Builder
	for i, r := range letters {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			folded.WriteRune(r)
		case unicode.Is(unicode.Mn, r), strings.ContainsRune("'’‘`", r):
		case r == '&' && i > 0 && i+1 < len(letters) && unicode.IsLetter(letters[i-1]) && unicode.IsLetter(letters[i+1]):
		default:
			folded.WriteByte(' ')
		}
	}
	words := strings.Fields(folded.String())
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return len(words) > 1 && slices.Contains(emptyWords, w) }), " ")
}

// emptyWords are those that people leave out, or write in place of “&”.
var emptyWords = []string{"and", "the", "of", "in"}

// unloadedEntries are what people look for that no publication here states, each with what comes nearest.
func (c index) unloadedEntries(asOf figures.Moment) []entry {
	var entries []entry
	for _, u := range wording.Unloaded {
		note := u.Why
		l := Link{Text: u.Title, URL: address("/data", "as_of", asOf.Text)}
		if m, known := c.directory.Catalog.Measure(u.Nearest); known {
			note += " Nearest here: " + m.Title + "."
			l.URL = measureURL(m, asOf)
		}
		entries = append(entries, entry{hit: Hit{l, note}, also: u.AlsoCalled, apart: true})
	}
	return entries
}

// pageEntries are the pages that answer a question.
func (c index) pageEntries(asOf figures.Moment) []entry {
	var entries []entry
	for _, p := range wording.SearchPages {
		entries = append(entries, entry{hit: Hit{Link{Text: p.Title, URL: address(p.Path, "as_of", asOf.Text)}, p.What}, also: p.AlsoCalled, apart: true})
	}
	return entries
}

func (c index) placeEntries(asOf figures.Moment) []entry {
	entries := []entry{
		{hit: Hit{Link{Text: "England", URL: address("/", "as_of", asOf.Text)}, "The 44 footprints side by side"}, codes: []string{footprint.England}},
	}
	for _, r := range c.directory.Reference.Regions() {
		l := regionLink(r, asOf)
		entries = append(entries, entry{hit: Hit{Link{Text: l.Text, URL: l.URL}, "Region"}, codes: []string{r.Code}, words: "region"})
	}
	for _, f := range c.directory.Reference.Footprints() {
		entries = append(entries, entry{
			hit:   Hit{Link{Text: f.Name, URL: footprintURL(f.Code, asOf)}, fmt.Sprintf("Footprint %s (%s), region %s", f.ODSCode, f.Code, f.Region)},
			codes: []string{f.Code, f.Code2016, f.ODSCode}, words: "footprint stp " + f.ShortName + " " + f.Region.Name,
		})
	}
	return entries
}

func (c index) organisationEntries(asOf figures.Moment) []entry {
	places := map[string]map[string]bool{}
	for _, m := range c.directory.Reference.Memberships() {
		if !m.Placed() {
			continue
		}
		if places[m.Organisation] == nil {
			places[m.Organisation] = map[string]bool{}
		}
		places[m.Organisation][m.Footprint] = true
	}
	var entries []entry
	for _, o := range c.directory.Reference.Organisations() {
		hit := Hit{Link{Text: o.Name, URL: organisationURL(o.Code, asOf)}, fmt.Sprintf("%s %s, in no single footprint", wording.Capital(string(o.Kind)), o.Code)}
		if in := slices.Sorted(maps.Keys(places[o.Code])); len(in) > 0 {
			var names []string
			for _, code := range in {
				names = append(names, c.directory.NameOf(code))
			}
			hit.Note = fmt.Sprintf("%s %s, in %s", wording.Capital(string(o.Kind)), o.Code, wording.List(names))
		}
		entries = append(entries, entry{hit: hit, codes: append(c.directory.Reference.ONSCodes(o.Code), o.Code), words: string(o.Kind)})
	}
	return entries
}

// measureEntries are those of the measures, first of those that stand for themselves.
func (c index) measureEntries(asOf figures.Moment) []entry {
	parts := map[string]bool{}
	for _, m := range c.directory.Catalog.Measures {
		for _, id := range m.Components() {
			parts[id] = parts[id] || id != m.ID
		}
	}
	measures := slices.Clone(c.directory.Catalog.Measures)
	slices.SortStableFunc(measures, func(a, b *catalog.Measure) int {
		if a.Headline == b.Headline {
			return 0
		}
		return map[bool]int{true: -1, false: 1}[a.Headline]
	})
	var entries []entry
	for _, m := range measures {
		note := wording.Capital(m.Theme)
		if !m.Headline && parts[m.ID] {
			note += ", a part of other measures"
		}
		if m.Repeats != "" {
			note += ", for comparison"
		}
		entries = append(
			entries,
			entry{hit: Hit{Link{Text: m.Title, URL: measureURL(m, asOf)}, note}, codes: []string{m.ID}, words: m.Theme + " " + m.Counted, also: m.AlsoCalled},
		)
	}
	return entries
}

func (c index) claimEntries(asOf figures.Moment) []entry {
	var entries []entry
	for _, claimed := range c.directory.Catalog.Claims {
		words := claimed.Scheme + " " + claimed.Claimant
		for _, p := range c.placesOf(claimed.Places, asOf) {
			words += " " + p.Text
		}
		entries = append(
			entries,
			entry{hit: Hit{Link{Text: claimed.Title, URL: claimURL(claimed.ID, asOf)}, claimed.Claimant}, codes: []string{claimed.ID}, words: words},
		)
	}
	return entries
}
