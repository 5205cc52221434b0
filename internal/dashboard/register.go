package dashboard

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/register"
)

// placesOf are those that a claim is about.
func (c *Composer) placesOf(places []string, asOf figures.Moment) []Link {
	var links []Link
	for _, code := range places {
		if code == catalog.EnglandPlace {
			code = footprint.England
		}
		links = append(links, c.placeLink(code, asOf))
	}
	return links
}

// placeLink leads to the page of a place: that of an organisation is its footprint's.
func (c *Composer) placeLink(code string, asOf figures.Moment) Link {
	link := Link{Text: c.directory.NameOf(code), URL: footprintURL(code, asOf)}
	if _, err := c.directory.FindArea(code); err == nil {
		return link
	}
	if link.URL = footprintURL(footprint.Unallocated, asOf); len(c.directory.FootprintsOf(code)) > 0 {
		link.URL = footprintURL(c.directory.FootprintsOf(code)[0], asOf) + "#org-" + code
	}
	return link
}

func claimURL(id string, asOf figures.Moment) string {
	return address("/claims/"+id, "as_of", asOf.Text)
}

// verdictColours are those that tags have, which the words beside them say too.
var verdictColours = map[claim.Verdict]string{
	claim.Evidenced: "green", claim.PartlyEvidenced: "aqua-green", claim.NotEvidenced: "yellow", claim.Contradicted: "red", claim.CannotBeTested: "grey",
}

func verdictTag(v claim.Verdict) VerdictTag {
	return VerdictTag{capital(string(v)), verdictColours[v]}
}

var verdictMeanings = map[claim.Verdict]string{
	claim.Evidenced:       "The figures bear out what is claimed, by a comparison with other places.",
	claim.PartlyEvidenced: "The figures bear out a part of what is claimed, or not as firmly as evidence asks for.",
	claim.NotEvidenced:    "The figures do not bear out what is claimed. That is no proof that nothing changed.",
	claim.Contradicted:    "The figures, or the outturn that was published, moved the other way.",
	claim.CannotBeTested:  "The published figures can say nothing for or against what is claimed.",
}

var claimKindWords = map[catalog.ClaimKind]string{
	catalog.Cashable: "Cashable saving", catalog.NonCashable: "Non-cashable saving", catalog.AvoidedCost: "Avoided cost", catalog.Activity: "Activity", catalog.Plan: "Plan",
}

// ClaimsPage composes the register.
func (c *Composer) ClaimsPage(ctx context.Context, asOf figures.Moment, f register.Filter) (ClaimsPage, error) {
	page := ClaimsPage{
		Shell:     c.shell("Savings claims", "claims", asOf, "footprint", f.Footprint, "type", f.Kind, "verdict", f.Verdict),
		Downloads: downloads("/api/v1/claims", "footprint", f.Footprint, "type", f.Kind, "verdict", f.Verdict, "as_of", asOf.Text),
	}
	all, err := c.register.Claims(ctx, asOf, f)
	if err != nil {
		return page, err
	}
	page.Groups = c.claimGroups(all, asOf)
	count, plans := map[claim.Verdict]int{}, 0
	for _, t := range all {
		count[t.Result.Verdict]++
		if t.IsPlan() && t.Result.Verdict != claim.CannotBeTested {
			plans++
		}
	}
	if page.LeftOut, page.LeftOutCount, err = c.leftOut(asOf, f); err != nil {
		return page, err
	}
	left := page.LeftOutCount
	if len(all) == 0 && (f.Kind != "" || f.Verdict != "") {
		left = 0 // of no type and no verdict, so not what was asked for
	}
	page.Finding, page.Sentences = registerFinding(len(all), plans, count, left)
	if asOf.Text != "" {
		page.Sentences = append(page.Sentences, "Each verdict is found from the figures as they stood then, by the rules and definitions of now. What was told then is kept since the claim was first tested; its page lists it.")
	}
	chosen, _ := c.directory.FindArea(f.Footprint)
	page.ByFootprint = []Link{{Text: "All places", Current: f.Footprint == ""}, {Text: "England", Value: footprint.England, Current: chosen.Code == footprint.England}}
	for _, s := range c.directory.Reference.Footprints() {
		if slices.ContainsFunc(c.directory.Catalog.Claims, func(claimed *catalog.Claim) bool { return slices.Contains(claimed.Places, s.Code) }) ||
			slices.ContainsFunc(c.directory.Catalog.LeftOut, func(left *catalog.Unregistered) bool { return slices.Contains(left.Places, s.Code) }) || chosen.Code == s.Code {
			page.ByFootprint = append(page.ByFootprint, Link{Text: s.Name, Value: s.Code, Current: chosen.Code == s.Code})
		}
	}
	page.ByKind = []Link{{Text: "All types", Current: f.Kind == ""}}
	for _, k := range catalog.ClaimKinds {
		page.ByKind = append(page.ByKind, Link{Text: claimKindWords[catalog.ClaimKind(k)], Value: k, Current: f.Kind == k})
	}
	page.ByVerdict = []Link{{Text: "All verdicts", Current: f.Verdict == ""}}
	for _, v := range claim.Verdicts {
		page.ByVerdict = append(page.ByVerdict, Link{Text: capital(string(v)), Value: string(v), Current: f.Verdict == string(v)})
	}
	return page, nil
}

// leftOut are the published claims about the place of a filter that are not in the register, by the reasons in the order of their first.
// They have no type and no verdict, so those do not narrow them.
func (c *Composer) leftOut(asOf figures.Moment, f register.Filter) (groups []LeftOutGroup, count int, err error) {
	place, err := c.register.FilteredPlace(f)
	if err != nil {
		return nil, 0, err
	}
	for _, left := range c.directory.Catalog.LeftOut {
		if place != "" && !slices.Contains(left.Places, place) {
			continue
		}
		at := slices.IndexFunc(groups, func(g LeftOutGroup) bool { return g.Why == left.Why })
		if at < 0 {
			at, groups = len(groups), append(groups, LeftOutGroup{Why: left.Why})
		}
		groups[at].Rows = append(groups[at].Rows, LeftOutRow{left.Title, left.Claimant, c.placesOf(left.Places, asOf), Link{Text: left.Citation.Title, URL: left.Citation.URL}})
		count++
	}
	return groups, count, nil
}

// registerFinding says how many of the claims shown the figures bear out, and how many were published and are not in the register.
func registerFinding(all, plans int, count map[claim.Verdict]int, left int) (finding string, sentences []string) {
	were := "was"
	if left > 1 {
		were = "were"
	}
	if all == 0 {
		finding = "No claim of the register is about that"
		if left > 0 {
			finding += fmt.Sprintf(": %d %s published but not registered", left, were)
			sentences = append(sentences, "What was published is listed below, each with the reason: no figures loaded could be held against it.")
		}
		return finding, append(sentences, "Choose another place, type or verdict.")
	}
	tested := all - count[claim.CannotBeTested]
	kinds := ""
	if plans == tested && plans > 1 {
		kinds = ", all of them plans held against what came"
	}
	borne := "none of them is"
	switch n := count[claim.Evidenced]; {
	case n == 1:
		borne = "1 of them is"
	case n > 1:
		borne = fmt.Sprintf("%d of them are", n)
	}
	if tested == 0 {
		finding = fmt.Sprintf("None of %s can be tested with the published figures", plural(all, "claim", "claims"))
	} else {
		finding = fmt.Sprintf("Of %s, %d can be tested with published figures%s, and %s borne out", plural(all, "claim", "claims"), tested, kinds, borne)
	}
	if n := count[claim.CannotBeTested]; n > 0 {
		sentences = append(sentences, fmt.Sprintf("%s cannot be tested: that speaks neither for nor against them. The page of each says what it would take.", capital(plural(n, "claim", "claims"))))
	}
	if left > 0 {
		sentences = append(sentences, fmt.Sprintf("%d more %s published of which no figure is loaded: listed below the table, with the reason.", left, were))
	}
	return finding, append(sentences, "Pounds are not added up over claims: several may claim the same saving.")
}

// claimGroups are claims by their verdicts, the firmest first.
func (c *Composer) claimGroups(all []register.Tested, asOf figures.Moment) []ClaimGroup {
	var groups []ClaimGroup
	for _, v := range claim.Verdicts {
		g := ClaimGroup{ID: strings.ReplaceAll(string(v), " ", "-"), Verdict: verdictTag(v), Words: verdictMeanings[v]}
		for _, t := range all {
			if t.Result.Verdict == v {
				g.Rows = append(g.Rows, c.claimRow(t, asOf))
			}
		}
		if len(g.Rows) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

func (c *Composer) claimRow(t register.Tested, asOf figures.Moment) ClaimRow {
	r := t.Result
	m, _ := c.directory.Catalog.Measure(t.Measure) // the catalog refuses claims about others
	row := ClaimRow{
		Title: t.Title, URL: claimURL(t.ID, asOf), Places: c.placesOf(t.Places, asOf), Claimant: t.Claimant, Kind: claimKindWords[t.Kind],
		Claimed: claimedSize(t.Claim, m), Seen: seen(r, m),
	}
	if len(r.Reasons) > 0 {
		row.Reason = capital(r.Reasons[0]) + "."
	}
	if t.Pounds().Valid {
		row.Pounds = pounds(t.Pounds().Decimal)
		if p := r.Pounds; p != nil && p.Evidenced != "" && r.Verdict != claim.CannotBeTested {
			row.PoundsEvidenced = Pounds(p.Evidenced)
		}
	}
	return row
}

// claimsOf adds to a footprint's page the claims about it.
func (c *Composer) claimsOf(ctx context.Context, page *FootprintPage, s figures.Area, asOf figures.Moment) error {
	if s.Code == footprint.Unallocated {
		return nil
	}
	all, err := c.register.Claims(ctx, asOf, register.Filter{Footprint: s.Code})
	page.Claims = c.claimGroups(all, asOf)
	page.ClaimsURL = address("/claims", "footprint", s.Code, "as_of", asOf.Text)
	return err
}
