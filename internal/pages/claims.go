package pages

import (
	"context"
	"slices"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/pages/wording"
	"stpdash/internal/register"
)

// ClaimsPage is the register of claims with the verdict on each.
type ClaimsPage struct {
	Shell
	Finding   string // how many of the claims shown have an answer
	Sentences []string
	Answered  ClaimList // the verdict says something for or against the claim
	Open      ClaimList // something was estimated, and it does not decide
	NotDue    ClaimList // plans
	Untested  []UntestedGroup
	// UntestedCount are the claims of which nothing could be estimated.
	UntestedCount int
	// The filters with what can be chosen; the chosen one Current.
	ByFootprint, ByKind, ByVerdict []Link
	Downloads                      Downloads
	LeftOut                        []LeftOutGroup // published about the place chosen, and not in the register
	LeftOutCount                   int
}

// LeftOutGroup are the published claims that are not in the register for one reason.
type LeftOutGroup struct {
	Reason string // names it; empty of a claim that is alone
	Why    string
	Rows   []LeftOutRow
}

// LeftOutRow is a published claim that is not in the register.
type LeftOutRow struct {
	Title, Claimant string
	Places          []Link
	Source          Link
}

// ClaimGroup are the claims with one verdict, and what it means.
type ClaimGroup struct {
	ID      string // unique on the page
	Verdict VerdictTag
	Words   string
	Rows    []ClaimRow
}

// VerdictTag is a verdict with its colour as the NHS design system names it.
type VerdictTag struct{ Text, Colour string }

// ClaimRow is a claim in a table.
type ClaimRow struct {
	Title, URL      string
	Places          []Link
	Claimant        string
	Kind            string
	Claimed, Seen   string // "14% lower", "+3.2% (−5.6% to +12.0%)"; empty where there is none
	Pounds          string // claimed
	PoundsPlain     string // whole pounds for sorting; empty where there are none
	PoundsEvidenced string // empty where they are not known
	EvidencedPlain  string // for sorting
	Verdict         VerdictTag
	Reason          string // that weighs most
}

// verdictColours are those that tags have, which the words beside them say too.
var verdictColours = map[claim.Verdict]string{
	claim.Evidenced:          "green",
	claim.PartlyEvidenced:    "aqua-green",
	claim.SmallerThanClaimed: "orange",
	claim.Inconclusive:       "yellow",
	claim.Contradicted:       "red",
	claim.CannotBeTested:     "grey",
	claim.Met:                "green",
	claim.Missed:             "orange",
	claim.MovedOtherWay:      "red",
	claim.NotDueYet:          "blue",
	claim.AgreesWithFigures:  "green",
	claim.DiffersFromFigures: "orange",
	claim.NotEvidenced:       "yellow",
}

func verdictTag(v claim.Verdict) VerdictTag {
	return VerdictTag{wording.Capital(string(v)), verdictColours[v]}
}

// Claims composes the register.
func (c claimPages) Claims(ctx context.Context, asOf figures.Moment, f register.Filter) (ClaimsPage, error) {
	page := ClaimsPage{
		Shell:     c.shell("Savings claims", "claims", asOf, "footprint", f.Footprint, "type", f.Kind, "verdict", f.Verdict),
		Downloads: downloads("/api/v1/claims", "footprint", f.Footprint, "type", f.Kind, "verdict", f.Verdict, "as_of", asOf.Text),
	}
	all, err := c.register.Claims(ctx, asOf, f)
	if err != nil {
		return page, err
	}
	c.list(&page, all, asOf)
	if page.LeftOut, page.LeftOutCount, err = c.leftOut(asOf, f); err != nil {
		return page, err
	}
	left := page.LeftOutCount
	if len(all) == 0 && (f.Kind != "" || f.Verdict != "") {
		left = 0 // of no type and no verdict, so not what was asked for
	}
	answers := wording.Answers{
		All:      len(all),
		Verdicts: map[claim.Verdict]int{},
		Open:     len(page.Open.Lines),
		NotDue:   len(page.NotDue.Lines),
		Untested: page.UntestedCount,
		LeftOut:  left,
	}
	for _, t := range all {
		if slices.Contains(answering, t.Result.Verdict) {
			answers.Verdicts[t.Result.Verdict]++
		}
	}
	page.Finding, page.Sentences = wording.RegisterFinding(answers)
	if asOf.Incomplete() && len(all) > 0 {
		page.Finding, page.Sentences = wording.UntestedYet(len(all)), nil
	}
	if asOf.Text != "" {
		page.Sentences = append(
			page.Sentences,
			"Each verdict is found from the figures as they stood then, by the rules and definitions of now. What was told then is kept since the claim was first tested; its page lists it.",
		)
	}
	chosen, _ := c.directory.FindArea(f.Footprint)
	page.ByFootprint = []Link{
		{Text: "All places", Current: f.Footprint == ""},
		{Text: "England", Value: footprint.England, Current: chosen.Code == footprint.England},
	}
	for _, s := range c.directory.Reference.Footprints() {
		if slices.ContainsFunc(c.directory.Catalog.Claims, func(claimed *catalog.Claim) bool { return slices.Contains(claimed.Places, s.Code) }) ||
			slices.ContainsFunc(
				c.directory.Catalog.LeftOut,
				func(left *catalog.Unregistered) bool { return slices.Contains(left.Places, s.Code) },
			) || chosen.Code == s.Code {
			page.ByFootprint = append(page.ByFootprint, Link{Text: s.Name, Value: s.Code, Current: chosen.Code == s.Code})
		}
	}
	page.ByKind = []Link{{Text: "All types", Current: f.Kind == ""}}
	for _, k := range catalog.ClaimKinds {
		page.ByKind = append(page.ByKind, Link{Text: wording.ClaimKinds[catalog.ClaimKind(k)], Value: k, Current: f.Kind == k})
	}
	page.ByVerdict = []Link{{Text: "All verdicts", Current: f.Verdict == ""}}
	for _, v := range claim.Verdicts {
		page.ByVerdict = append(page.ByVerdict, Link{Text: wording.Capital(string(v)), Value: string(v), Current: f.Verdict == string(v)})
	}
	return page, nil
}

// leftOut are the published claims about the place of a filter that are not in the register, by the reasons in the order of their first.
// They have no type and no verdict, so those do not narrow them.
func (c claimPages) leftOut(asOf figures.Moment, f register.Filter) (groups []LeftOutGroup, count int, err error) {
	place, err := c.register.FilteredPlace(f)
	if err != nil {
		return nil, 0, err
	}
	for _, left := range c.directory.Catalog.LeftOut {
		if place != "" && !slices.Contains(left.Places, place) {
			continue
		}
		at := slices.IndexFunc(groups, func(g LeftOutGroup) bool { return left.Reason != "" && g.Reason == left.Reason })
		if at < 0 {
			at, groups = len(groups), append(groups, LeftOutGroup{Reason: left.Reason, Why: left.Why})
		}
		groups[at].Rows = append(
			groups[at].Rows,
			LeftOutRow{left.Title, left.Claimant, c.placesOf(left.Places, asOf), Link{Text: left.Citation.Title, URL: left.Citation.URL}},
		)
		count++
	}
	return groups, count, nil
}
