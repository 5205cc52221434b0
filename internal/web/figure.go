package web

import (
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
)

type point struct {
	Period      string   `json:"period"`
	Numerator   amount   `json:"numerator"`
	Denominator amount   `json:"denominator"`
	Value       number   `json:"value"         doc:"The numerator, or numerator over denominator for a share, times per for a rate; null when not complete, and where the figures of several organisations are not put together"`
	Rate        number   `json:"per_1000"      doc:"Per 1,000 of people, who are registered patients; null where the measure has no rate, or their number is not known"`
	Complete    bool     `json:"complete"      doc:"Whether every organisation reported"`
	Missing     []string `json:"missing"       doc:"Codes of the organisations without a figure"`
	Load        uint64   `json:"load_id"       doc:"The newest load among the published cells beneath the figure"`
	Partial     *partial `json:"partial"       doc:"What the organisations that reported make together, where others did not; null where there is no such figure. It is never judged against a target"`
	Estimate    bool     `json:"estimate"      doc:"Whether only a share of the figure of some organisation counts, as it lies in several footprints, or several organisations' figures were put together by weights"`
	Shared      []shared `json:"shared"        doc:"Those organisations, each with its share"`
	People      amount   `json:"people"        doc:"How many people the value or the rate per 1,000 is divided by; null where there are none, or none are known"`
	PeopleIn    string   `json:"people_period" doc:"The period that the people were counted in, which is not always the figure's"`
}

type shared struct {
	Organisation string `json:"organisation"`
	Share        amount `json:"share"        doc:"Of its figure that counts here, from 0 to 1"`
}

type partial struct {
	Numerator   amount `json:"numerator"`
	Denominator amount `json:"denominator"`
	Value       number `json:"value"`
	Reported    int    `json:"reported"    doc:"How many organisations reported; over a span of periods, how many figures there are, one a period from each"`
	Expected    int    `json:"expected"    doc:"How many there are, with those that may belong here and are not known; over a span of periods, in each"`
}

// restColumns are the headings of what a figure lacks of being whole and counted, in a file, and rest their cells there.
var restColumns = []any{"partial_numerator", "partial_denominator", "partial_value", "reported", "expected", "estimate", "shared", "people", "people_period"}

func (p point) rest() []any {
	var shares []string
	for _, s := range p.Shared {
		shares = append(shares, s.Organisation+" "+s.Share.Decimal.String())
	}
	return append(p.Partial.cells(), p.Estimate, strings.Join(shares, "; "), p.People, p.PeopleIn)
}

func (p *partial) cells() []any {
	if p == nil {
		return []any{nil, nil, nil, nil, nil}
	}
	return []any{p.Numerator, p.Denominator, p.Value, p.Reported, p.Expected}
}

func newPoint(m *catalog.Measure, p measure.Point) point {
	missing := p.Missing
	if missing == nil {
		missing = []string{}
	}
	value := figureOf(m, p.Value)
	count := func(n decimal.NullDecimal) amount { return amount{measure.RoundedCount(m, n)} }
	var of *partial
	if some := p.Partial; some != nil {
		of = &partial{count(some.Numerator), count(some.Denominator), figureOf(m, some.Value), some.Reported, some.Expected}
	}
	var people amount
	var counted string
	if by := p.Divisor; by != nil {
		people, counted = amount{measure.Rounded(catalog.Number, decimal.NewNullDecimal(by.People))}, by.Period.String()
	}
	return point{
		p.Period.String(),
		count(p.Numerator),
		count(p.Denominator),
		value,
		number{p.Rate},
		p.Complete,
		missing,
		p.Load,
		of,
		p.Estimate(),
		newShared(p.Shared),
		people,
		counted,
	}
}

func newShared(all []measure.Shared) []shared {
	list := []shared{}
	for _, s := range all {
		list = append(list, shared{s.Organisation, amount{decimal.NewNullDecimal(s.Share)}})
	}
	return list
}

// figureOf is the value of a measure as answers give it.
func figureOf(m *catalog.Measure, value decimal.NullDecimal) number {
	return number{measure.RoundedValue(m, value)}
}

// ranking is where a footprint stands among all of them.
type ranking struct {
	Rank   int    `json:"rank"        doc:"Among the footprints that have a share or rate, 1 the lowest; 0 where there is none"`
	Of     int    `json:"rank_of"     doc:"How many footprints have one"`
	Fifth  int    `json:"fifth"       doc:"1 the lowest fifth of them; 0 where there is none"`
	Funnel string `json:"against_all" doc:"Where the footprint lies in the funnel of all, with over-dispersion; empty where counts do not compare"`
}

func newRanking(b figures.Beside) ranking {
	against := ""
	if b.Funnel != nil {
		_, lies := b.Funnel.Verdict()
		against = string(lies)
	}
	return ranking{b.Rank, b.Of, b.Fifth, against}
}
