package catalog

import "regexp"

// endings are words by which a text gives the time that it speaks of an end. They are looked for where a claim has none, so that "so far in
// 2017/18" is not tested up to the newest figures.
var endings = []*regexp.Regexp{
	// 2017/18; by 2021, by the end of March 2019, until 2018, in 2016
	regexp.MustCompile(`(?i)\b(19|20)\d\d[/–-]\d\d\b`),
	regexp.MustCompile(`(?i)\b(by|until|till|to|in|during|within|through|between|before|for) (the )?((end|spring|summer|autumn|winter|start|middle|first half|second half) (of )?)?(\d{1,2} )?` +
		`((january|february|march|april|may|june|july|august|september|october|november|december) )?(19|20)\d\d\b`),
	regexp.MustCompile(`(?i)\b(so far|to date)\b`),
	regexp.MustCompile(`(?i)\b(in|over|within|for|during|after|through) (a |an |the |its |their )?\w+-(week|month|quarter|year)\b`),
	// in the first year, over three years, within 18 months, during its second winter
	regexp.MustCompile(`(?i)\b(in|over|within|for|during|after|through) (the |its |their |a |an |about |almost |nearly |some |just |under |over )*` +
		`((first|second|third|last|past|next|\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|few|several) )+(financial |calendar )?(days?|weeks?|months?|quarters?|winters?|years?|phases?)\b`),
}

// ending is the part of a text that names the end of a time; empty where there is none. What is said of the time compared with ends nothing.
func ending(text string) string {
	text = comparedWith.ReplaceAllString(text, "")
	for _, e := range endings {
		if found := e.FindString(text); found != "" {
			return found
		}
	}
	return ""
}

// comparedWith are words that name an earlier time: "than in 2013/14", "below 2013/14", "from the year before".
var comparedWith = regexp.MustCompile(`(?i)\b(than|below|above|against|compared with|from|since)( in| the| those of| that of| of)* ((19|20)\d\d([/–-]\d\d)?|year before)\b`)
