package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// Numbers that the data cannot bear are refused, with what was found and what is accepted.
func TestEvidenceNumbersThatTheDataCannotBear(t *testing.T) {
	const huge = "9223372036854775807"
	series, panel, places := []string{"t,y,i"}, []string{"unit,time,y,x"}, []string{"a,c,p"}
	for at := range 31 {
		series = append(series, fmt.Sprintf("%d,%d,%d", at+1, 100+at*at%7, at/16))
	}
	for u := range 12 {
		places = append(places, fmt.Sprintf("a%d,%d,5000", u, 100+u))
		for m := range 48 {
			panel = append(panel, fmt.Sprintf("u%d,%d-%02d,%d,%d", u, 2013+m/12, m%12+1, 1000+10*u+(u*m*m)%29, u*m))
		}
	}
	columns := map[string][]string{
		"its": {
			"--data",
			csvFile(t, series...),
			"--outcome",
			"y",
			"--intervention",
			"i",
			"--time",
			"t",
		},
		"spc":    {"--data", csvFile(t, series...), "--value", "y", "--direction", "increase"},
		"effect": {"--data", csvFile(t, panel...), "--unit", "unit", "--time", "time", "--outcome", "y", "--unscreened", "--treated", "u3", "--start", "2015-01"},
		"study":  {"--data", csvFile(t, panel...), "--unit", "unit", "--time", "time", "--outcome", "y", "--unscreened"},
		"synth":  {"--data", csvFile(t, panel...), "--unit", "unit", "--time", "time", "--outcome", "y", "--treated-unit", "u3", "--start", "2015-01"},
		"rates":  {"--data", csvFile(t, places...), "--method", "byar", "--count", "c", "--population", "p"},
		"funnel": {"--data", csvFile(t, places...), "--numerator", "c", "--denominator", "p", "--kind", "rate"},
	}
	for _, c := range []struct{ command, options, want string }{
		{"its", "--season 400", "the figures span 31 times, and a season of 400 is wanted: above 0 and up to 31 are accepted"},
		{"its", "--season 400 --harmonics 1", "up to 31 are accepted"},
		{"its", "--season Inf --harmonics 1", "a season of +Inf is wanted"},
		{"its", "--season NaN", "--season NaN; accepted are lengths above 0"},
		{"its", "--season 0", "--season 0; accepted are lengths above 0"},
		{"its", "--season -3", "--season -3; accepted are lengths above 0"},
		{"its", "--lags 400", "--lags is for --family gaussian"},
		{"its", "--lags 3 --family gaussian --errors ar1", "with --errors newey-west"},
		{"its", "--lags " + huge + " --family gaussian", "up to 7 are accepted"},
		{"its", "--harmonics " + huge, "harmonics are wanted of 31 periods"},
		{"effect", "--after " + huge, "the data have 48 periods, and accepted are 3 or more before the start and 1 or more from it on"},
		{"effect", "--before " + huge, "the data have 48 periods"},
		{"effect", "--before -9223372036854775808", "the data have 48 periods"},
		{"effect", "--before 400", "--before 400 and --after 12; the data have 48 periods"},
		{"effect", "--size-variance Inf,1", "accepted are two numbers not below zero"},
		{"effect", "--size-variance NaN,1", "accepted are two numbers not below zero"},
		{"study", "--before " + huge, "from it on: the figures have 48 periods"},
		{"study", "--after " + huge, "from it on: the figures have 48 periods"},
		{"study", "--after 400", "the figures have 48 periods"},
		{"study", "--every 0", "starts every 0"},
		{"study", "--groups 400 --draws 2", "groups of 400 units are to be drawn of 12; accepted are 1 or more, and fewer than there are"},
		{"study", "--groups 2 --draws 0", "0 groups are drawn for each number; accepted are 1 or more"},
		{"study", "--falls Inf", "accepted are shares from 0 up to 1"},
		{"study", "--within 0", "--within 0s; accepted are times above 0"},
		{"study", "--within -1s", "--within -1s; accepted are times above 0"},
		{"study", "--within 1ns", "the study took longer than --within 1ns"},
		{"synth", "--predictors x:1990-01:2014-12", "accepted are times from 2013-01 on, the first before the last"},
		{"synth", "--predictors x:2014-12:2014-01", "the first before the last"},
		{"rates", "--multiplier 1e300", "--multiplier 1e+300: more than zero is accepted, from 0.001 to 1e+12"},
		{"rates", "--multiplier 1e-300", "more than zero is accepted, from 0.001 to 1e+12"},
		{"funnel", "--multiplier Inf", "more than zero is accepted, from 0.001 to 1e+12"},
		{"funnel", "--years 1e300", "years of data above 0 and up to 200 are accepted"},
		{"funnel", "--years NaN", "years of data above 0 and up to 200 are accepted"},
		{"spc", "--fix-after " + huge, "the longest stretch has 31 rows, so 12 to 31 are accepted"},
		{"spc", "--fix-after 32", "--fix-after 32; the longest stretch has 31 rows"},
	} {
		out, err := runEvidence(append(append([]string{c.command}, columns[c.command]...), strings.Fields(c.options)...)...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: %v %.200s\nwant %q", c.command, c.options, err, out, c.want)
		}
		if strings.HasPrefix(c.want, "--") && !errors.As(err, new(usageError)) {
			t.Errorf("%s %s: %v is no bad usage", c.command, c.options, err)
		}
	}
	for command, options := range map[string]string{
		"its": "--season 31 --harmonics 1 --family gaussian --lags 7", "effect": "--before 24 --after 24", "study": "--before 24 --after 24 --groups 2 --draws 2", "spc": "--fix-after 31",
		"funnel": "--years 3 --multiplier 1000",
	} {
		if _, err := runEvidence(append(append([]string{command}, columns[command]...), strings.Fields(options)...)...); err != nil {
			t.Errorf("%s %s: %v", command, options, err)
		}
	}
}
