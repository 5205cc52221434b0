package wording

import (
	"fmt"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
)

// StudyMethods say how an evaluation finds what would have been.
var StudyMethods = map[catalog.StudyMethod]string{
	catalog.MatchedPeople: "People chosen one by one to be alike", catalog.SyntheticControl: "A weighted mean of other areas",
	catalog.PanelRegression: "Areas over time, compared with others", catalog.BeforeAndAfter: "Before and after",
	catalog.PlanAgainstOutturn: "Plan against outturn", catalog.MethodNotStated: "Method not stated",
}

// StudyMethod is that of an evaluation, with its own words where it has some.
func StudyMethod(s *catalog.Study) string {
	if s.Words != "" {
		return Capital(s.Words)
	}
	return StudyMethods[s.Method]
}

// StudyPeriod is the time that an evaluation is about.
func StudyPeriod(s *catalog.Study) string {
	part := func(text string) string {
		if p, err := catalog.ParsePeriod(text); err == nil {
			return p.Words()
		}
		return text
	}
	switch {
	case s.From == "" && s.Until == "":
		return "Not stated"
	case s.From == "":
		return "Until " + part(s.Until)
	case s.Until == "" || s.From == s.Until:
		return "From " + part(s.From)
	default:
		return part(s.From) + " to " + part(s.Until)
	}
}

// StudyEstimate is one thing that an evaluation found: "Emergency admissions: −6.7% (−9.1% to −4.3%)".
func StudyEstimate(e catalog.StudyEstimate) string {
	size := func(d decimal.Decimal) string {
		switch e.Unit {
		case catalog.StudyPercent:
			return PlusOrMinus(d, d.Abs().String()+"%")
		case catalog.StudyMinutes:
			return PlusOrMinus(d, d.Abs().String()+" minutes")
		default:
			return PlusOrMinus(d, Count(d.Abs()))
		}
	}
	words := map[catalog.StudyFound]string{
		catalog.FoundFewer: "fewer, no size published", catalog.FoundMore: "more, no size published",
		catalog.FoundSlowerGrowth: "slower growth, no size published", catalog.FoundNoDifference: "no statistically significant difference",
	}[e.Found]
	if e.Changed.Valid {
		words = size(e.Changed.Decimal)
		if e.Compared.Valid {
			words += ", against " + size(e.Compared.Decimal) + " elsewhere"
		}
		if e.Found == catalog.FoundNoDifference {
			words += ", not statistically significant"
		}
	}
	if e.Lower.Valid && e.Upper.Valid {
		words += fmt.Sprintf(" (%s to %s)", size(e.Lower.Decimal), size(e.Upper.Decimal))
	}
	if e.Chance.Valid {
		words += fmt.Sprintf(", p %s", e.Chance.Decimal)
	}
	return Capital(e.Of) + ": " + words
}

// DifferencesIn name what two statements differ in.
var DifferencesIn = map[catalog.DifferenceIn]string{
	catalog.DifferentPeople: "People", catalog.DifferentPlaces: "Places", catalog.DifferentPeriod: "Period", catalog.DifferentOutcome: "What is counted",
	catalog.DifferentUnit: "Unit", catalog.DifferentComparator: "Compared with", catalog.DifferentMethod: "Method",
}
