package warehouse

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
)

// The first and the last day that ClickHouse has as a Date, about.
var firstDay, lastDay = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2149, 1, 1, 0, 0, 0, 0, time.UTC)

func bindRange(parameters clickhouse.Parameters, r figures.Range) {
	if r.From.Before(firstDay) {
		r.From = firstDay
	}
	if r.To.IsZero() || r.To.After(lastDay) {
		r.To = lastDay
	}
	parameters["from"], parameters["to"] = day(r.From), day(r.To)
}

func bindAsOf(parameters clickhouse.Parameters, a figures.AsOf) {
	parameters["at"], parameters["bound"] = instant(a.At), number(a.Load)
}

// termParameters binds what a measure is made from.
func termParameters(terms []catalog.Term) clickhouse.Parameters {
	var components, fields, parts []string
	var coefficients []int8
	for _, t := range terms {
		components, fields, parts = append(components, t.Component), append(fields, t.Field), append(parts, t.Part)
		coefficients = append(coefficients, t.Coefficient)
	}
	return clickhouse.Parameters{
		"component": array(components), "field": array(fields), "part": array(parts), "coefficient": numbers(coefficients),
	}
}

// array writes a list of strings as a parameter.
func array(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(v) + "'"
	}
	return "[" + strings.Join(quoted, ",") + "]"
}

// numbers writes a list of numbers as a parameter.
func numbers[N int | int8 | uint64 | float64](values []N) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = fmt.Sprint(v)
	}
	return "[" + strings.Join(texts, ",") + "]"
}

func number[N uint64 | int](n N) string { return strconv.FormatUint(uint64(n), 10) }

func day(t time.Time) string { return t.Format(time.DateOnly) }

func instant(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.000000") }
