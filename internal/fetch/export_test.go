package fetch

import (
	"net/url"
	"regexp"
)

// What the tests look at beneath Get and Links.
var (
	Name         = name
	Clean        = clean
	Public       = public
	Pause        = pause
	LongestName  = longestName
	LongestPause = longest
)

// Choose reads a page's content as Links does once it has it.
func (f *Fetcher) Choose(r Request, content []byte, kind string, pattern *regexp.Regexp) (Page, error) {
	c, err := f.call(r)
	if err != nil {
		return Page{}, err
	}
	address, err := url.Parse(r.Address)
	if err != nil {
		return Page{}, err
	}
	return c.choose(content, kind, address, pattern)
}
