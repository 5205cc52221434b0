package catalog

import (
	"fmt"
	"regexp"
	"strings"
)

// Words of which the names of times are made.
var (
	months  = `(january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\.?`
	seasons = `(spring|summer|autumn|winter)`
	feasts  = `(christmas|easter|new year|boxing day|whitsun|michaelmas|halloween|bonfire night|hallowe'en|ramadan|eid|diwali|half[- ]term|bank holiday)`
	years   = `(19|20)\d\d`
	units   = `(days?|weeks?|fortnights?|months?|quarters?|terms?|seasons?|springs?|summers?|autumns?|winters?|half-years?|years?|decades?|phases?)`
	numbers = `(\d+(\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|` +
		`(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)([- ](one|two|three|four|five|six|seven|eight|nine))?|a|an|half|dozen|couple|few|several|hundred|` +
		`first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|last|past|next|final|latest|recent|opening|initial|full|whole|whole of|this|that|following|coming|current)`
	fillers = `(of|the|its|their|about|around|almost|nearly|roughly|some|just|under|over|only|less|more|than|at|least|most|financial|calendar|and)`
	// date is a time by name: 2017/18, March 2018, 31 March, winter 2017, Christmas, the end of 2018, last winter.
	date = `((the|its|their|early|late|mid|mid-|this|last|next|past|start|beginning|middle|end|close|first half|second half|of) ?)*(\d{1,2}(st|nd|rd|th)? )?(` +
		years + `([/–-]\d\d)?|` + months + `( ` + years + `)?|` + seasons + `( (of )?` + years + `)?|` + feasts + `( ` + years + `)?|year before|(last|this|next|previous|past) (year|month|quarter|week|decade))\b`
)

// financialYears are those written short: 15/16.
var financialYears = func() string {
	var short []string
	for y := 5; y < 35; y++ {
		short = append(short, fmt.Sprintf("%02d/%02d", y, y+1))
	}
	return `(` + strings.Join(short, "|") + `)`
}()

// endings are words by which a text gives the time that it speaks of an end. They are looked for where a claim has none, so that "so far in
// 2017/18" is not tested up to the newest figures. An analyst answers with until, or with open_ended and a reason: better one question too many.
var endings = []*regexp.Regexp{
	// 2017/18; by 2021, by the end of March 2019, until 2018, in 2016
	regexp.MustCompile(`(?i)\b` + years + `[/–-]\d\d\b`),
	regexp.MustCompile(
		`(?i)\b(by|until|till|to|in|during|within|through|between|before|for) (the )?((end|spring|summer|autumn|winter|start|middle|first half|second half) (of )?)?(\d{1,2} )?` +
			`((january|february|march|april|may|june|july|august|september|october|november|december) )?` + years + `\b`,
	),
	regexp.MustCompile(`(?i)\b(so far|thus far|to date|(up to|until|till|by) (now|today)|to this day|(to|at|up to) (the )?present)\b`),
	regexp.MustCompile(`(?i)\b(in|over|within|for|during|after|through|throughout|across|at) (a |an |the |its |their )?\w+-(day|week|month|quarter|year)\b`),
	// in the first year, over three years, within eighteen months, during its second winter, at 12 months, throughout its first half year
	regexp.MustCompile(
		`(?i)\b(in|inside|over|within|for|during|after|through|throughout|across|at|by the end of) (` + fillers + `[ -])*((` + numbers + `|` + fillers + `)[ -])*` + numbers + `[ -](of )?((financial|calendar|pilot|trial|half)[ -])?` + units + `\b`,
	),
	regexp.MustCompile(
		`(?i)\b(in|over|within|during|throughout|by|to|through) (the |its |their )(year|winter|summer|spring|autumn|(\w+ )?(pilot|trial|phase|period|season|term))\b`,
	),
	regexp.MustCompile(`(?i)\bby (the |its |their )(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|next|last|final) ` + units + `\b`),
	regexp.MustCompile(`(?i)\b(year|month|week|quarter)s? ((one|two|three|four|five|six|seven|eight|nine|ten|\d{1,2})\b|(to|ended|ending|end)\b)`),
	// two years later, six months on
	regexp.MustCompile(`(?i)\b` + numbers + ` ` + units + ` (and a half )?(later|on|afterwards)\b`),
	// last winter, this year, next month, over the past few months
	regexp.MustCompile(`(?i)\b(last|this|next|past|current|coming|previous) ((\w+ )?` + units + `|` + months + `|` + feasts + `)\b`),
	// Christmas 2017, winter 2017, March 2018, 31 March, Q3 2018, 31/03/2018, 15/16
	regexp.MustCompile(`(?i)\b(` + months + `|` + seasons + `|` + feasts + `),? (of )?` + years + `\b`),
	regexp.MustCompile(`(?i)\b(\d{1,2}(st|nd|rd|th)? (of )?` + months + `|` + months + ` \d{1,2}(st|nd|rd|th)?)\b`),
	regexp.MustCompile(
		`(?i)\b((q[1-4]|h[12]) ?(` + years + `)?|fy ?(20)?\d\d([/–-]\d\d)?|(0?[1-9]|[12]\d|3[01])[/.](0?[1-9]|1[0-2])[/.](20)?\d\d|(0?[1-9]|1[0-2])/20\d\d)\b`,
	),
	regexp.MustCompile(`\b` + financialYears + `\b`),
	// by March, between April and September, by Christmas, over Easter. "May" and "March" alone are months with a capital.
	regexp.MustCompile(
		`\b([Bb]y|[Uu]ntil|[Tt]ill|[Tt]o|[Ii]n|[Dd]uring|[Ww]ithin|[Tt]hrough|[Bb]etween|[Bb]efore|[Oo]ver|[Aa]t|[Oo]f) ((the|early|late|mid|end|start|middle|close|of|its) )*(January|February|March|April|May|June|July|August|September|October|November|December)\b`,
	),
	regexp.MustCompile(
		`(?i)\b(by|until|till|to|in|during|within|through|throughout|between|before|over|at|for|each side of) ((the|early|late|mid|end|start|middle|close|of|its|mid-) ?)*(` + seasons + `|` + feasts + `)\b`,
	),
	// by the end of the pilot, until the ward closed, up to March
	regexp.MustCompile(`(?i)\b(by|at|before|to|towards) (the |its |their )(end|close|finish|half-?way)\b`),
	regexp.MustCompile(`(?i)\b(until|till)\b`),
	regexp.MustCompile(`(?i)\bup to (the )?(` + months + `|` + seasons + `|` + feasts + `)\b`),
	// 2016 and 2017 saw fewer; calendar 2017; mid-2018. A number of people is none: 2000 patients.
	regexp.MustCompile(`(?i)\b(early|late|mid|mid-|calendar|calendar year|year|spring|summer|autumn|winter|and|or) ?` + years + `\b`),
}

// ending is the part of a text that names the end of a time; empty where there is none. What is said of the time compared with or begun ends
// nothing, nor does an age.
func ending(text string) string {
	for _, none := range []*regexp.Regexp{aged, comparedWith, begun} {
		text = none.ReplaceAllString(text, "")
	}
	for _, e := range endings {
		if found := e.FindString(text); found != "" {
			return found
		}
	}
	return ""
}

var (
	// comparedWith are words that name an earlier time: "than in 2013/14", "below 2013/14", "from the year before", "than last winter".
	comparedWith = regexp.MustCompile(`(?i)\b(than|below|above|against|compared with|compared to|from)( in| over| during| the| those of| that of| of)* ` + date)
	// begun are words that name a start and no end: "since 2015", "since it began in April 2016".
	begun = regexp.MustCompile(`(?i)\bsince( \w+){0,4}? ` + date)
	aged  = regexp.MustCompile(
		`(?i)\b(over|under|above|below|aged?|at least) (over |under )?(\d+|\w+) (years? of age|years? old)\b|\baged?( over| under)? \w+ years?\b|\b(people|patients|those|residents|adults|children|women|men) (aged )?(over|under) \d+ years?\b`,
	)
)
