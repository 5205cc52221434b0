package pages

import (
	"fmt"
	"math"
	"slices"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/evidence"
	"stpdash/internal/figures"
	"stpdash/internal/pages/wording"
	"stpdash/internal/register"
)

// ClaimList are claims in the order of their verdicts, with how many have which.
type ClaimList struct {
	Name  string // unique on the page
	Tags  []VerdictCount
	Lines []ClaimLine
}

// Several tells that the claims have different verdicts.
func (l ClaimList) Several() bool { return len(l.Tags) > 1 }

// VerdictCount is how many claims have a verdict.
type VerdictCount struct {
	Verdict VerdictTag
	Claims  int
}

// ClaimLine is a claim with what is claimed and what was seen in one unit, as words and as a picture.
type ClaimLine struct {
	Title, URL string
	Where      string // its places, who claims it where it is answered, and the smallest change that can be seen
	Claimed    string // "−14.0%", "−106,000"
	Stated     string // the size as published, where it is of another unit
	Seen       string
	Interval   string // of 95 per cent; empty where there is none
	Verdict    VerdictTag
	Picture    ClaimPicture
}

// ClaimPicture draws what was seen beside no change, in the middle, and the claim: in units of the claim, which lies to the left, where it has an
// answer, and otherwise in per cent of the figures of the place.
type ClaimPicture struct {
	Label          string
	Zero           string // where no change lies
	Claim          string // empty where no size is claimed
	Low, High, Dot string // of the interval and the estimate; Low is empty without an interval
	Left, Right    bool   // the interval or the estimate goes on beyond the picture
}

// UntestedGroup are the claims of which nothing could be estimated for want of one thing.
type UntestedGroup struct {
	ID, Title string
	Why       string
	Lines     []UntestedLine
}

// UntestedLine is a claim of which nothing could be estimated.
type UntestedLine struct {
	Claim Link
	Where string
}

// answering are the verdicts that say something for or against a claim.
var answering = []claim.Verdict{
	claim.Evidenced,
	claim.PartlyEvidenced,
	claim.SmallerThanClaimed,
	claim.Contradicted,
	claim.Met,
	claim.Missed,
	claim.MovedOtherWay,
	claim.AgreesWithFigures,
	claim.DiffersFromFigures,
}

// list puts claims where they belong: answered, estimated without an answer, not due, and not tested.
func (c claimPages) list(page *ClaimsPage, all []register.Tested, asOf figures.Moment) {
	page.Answered.Name, page.Open.Name, page.NotDue.Name = "answered", "tested, no answer", "plans not due"
	for _, v := range claim.Verdicts {
		for _, t := range all {
			if t.Result.Verdict != v {
				continue
			}
			switch {
			case slices.Contains(answering, v):
				page.Answered.add(c.line(t, true, asOf))
			case v == claim.NotDueYet:
				page.NotDue.add(c.line(t, false, asOf))
			case t.Result.Effect != nil && !t.Result.Effect.Percent.Missing():
				page.Open.add(c.line(t, false, asOf))
			default:
				page.untested(c.claimLink(t, asOf), t.Result.Requirement())
			}
		}
	}
	slices.SortStableFunc(page.Untested, func(a, b UntestedGroup) int { return len(b.Lines) - len(a.Lines) })
}

func (l *ClaimList) add(line ClaimLine) {
	i := slices.IndexFunc(l.Tags, func(t VerdictCount) bool { return t.Verdict == line.Verdict })
	if i < 0 {
		i, l.Tags = len(l.Tags), append(l.Tags, VerdictCount{Verdict: line.Verdict})
	}
	l.Tags[i].Claims++
	l.Lines = append(l.Lines, line)
}

func (p *ClaimsPage) untested(line UntestedLine, lack claim.Requirement) {
	i := slices.IndexFunc(p.Untested, func(g UntestedGroup) bool { return g.ID == string(lack) })
	if i < 0 {
		words := wording.Requirements[lack]
		i, p.Untested = len(p.Untested), append(p.Untested, UntestedGroup{ID: string(lack), Title: words.Title, Why: words.Why})
	}
	p.Untested[i].Lines, p.UntestedCount = append(p.Untested[i].Lines, line), p.UntestedCount+1
}

func (c claimPages) claimLink(t register.Tested, asOf figures.Moment) UntestedLine {
	return UntestedLine{Link{Text: t.Title, URL: claimURL(t.ID, asOf)}, c.placeNames(t.Places)}
}

func (c claimPages) placeNames(codes []string) string {
	var names []string
	for _, code := range codes {
		if code == catalog.EnglandPlace {
			return "England"
		}
		names = append(names, c.directory.NameOf(code))
	}
	return wording.List(names)
}

// line is a claim that was compared with figures.
func (c claimPages) line(t register.Tested, answered bool, asOf figures.Moment) ClaimLine {
	r := t.Result
	m, _ := c.directory.Catalog.Measure(t.Measure) // the catalog refuses claims about others
	line := ClaimLine{Title: t.Title, URL: claimURL(t.ID, asOf), Where: c.placeNames(t.Places), Verdict: verdictTag(r.Verdict)}
	if answered {
		line.Where += ". " + t.Claimant
	}
	towards := 1.0
	if t.Towards == catalog.Decrease {
		towards = -1
	}
	switch o, e := r.Outturn, r.Effect; {
	case t.OfOwnChange() && r.Own != nil:
		own := r.Own
		line.Claimed, line.Seen = wording.SignedPercent(own.Claimed), wording.SignedPercent(own.Percent)
		line.Interval = "the place’s own change"
		if e != nil && !e.Percent.Missing() {
			line.Interval += "; against others " + wording.SignedPercent(e.Percent) + " (" + wording.Interval(e.PercentInterval, wording.SignedPercent) + ")"
		}
		line.Picture = pictureOf(own.Percent, nil, own.Claimed, towards, answered)
	case e != nil && !e.Percent.Missing():
		if e.PercentInterval != nil {
			line.Interval = wording.Interval(e.PercentInterval, wording.SignedPercent)
		}
		line.Seen = wording.SignedPercent(e.Percent)
		claimed := evidence.Number(towards) * r.Claimed.Percent
		if line.Claimed = wording.SignedPercent(claimed); t.Unit != catalog.Percent || r.Claimed.Percent.Missing() {
			line.Stated = wording.ClaimedSize(t.Claim, m)
		}
		if !e.Detectable.Missing() {
			line.Where += ". " + wording.CanSee(e.Detectable)
		}
		line.Picture = pictureOf(e.Percent, e.PercentInterval, claimed, towards, answered)
	case o != nil:
		line.Claimed, line.Seen = wording.Moved(o.Planned, o.Unit, m), wording.Moved(o.Change, o.Unit, m)
		if r.Verdict == claim.NotDueYet && o.Interim != "" {
			line.Interval = wording.Capital(string(o.Interim)) + wording.InYear(o)
		}
		line.Picture = pictureOf(o.Change, nil, o.Planned, towards, true)
	}
	if line.Claimed == "" {
		line.Claimed, line.Stated = wording.ClaimedSize(t.Claim, m), ""
	}
	line.Picture.Label = fmt.Sprintf("Claimed %s, seen %s", line.Claimed, line.Seen)
	if line.Interval != "" {
		line.Picture.Label += " (" + line.Interval + ")"
	}
	return line
}

const (
	pictureMiddle, pictureReach = 110.0, 90.0
	percentShown                = 16.0 // per cent of the figures of the place, to each side
	claimsShown                 = 1.25 // units of the claim
)

// pictureOf draws an estimate with its interval beside what is claimed. In units of the claim it lies on the left, whichever way it is.
func pictureOf(seen evidence.Number, interval *[2]float64, claimed evidence.Number, towards float64, inClaims bool) ClaimPicture {
	p := ClaimPicture{Zero: fmt.Sprint(pictureMiddle)}
	if seen.Missing() {
		return ClaimPicture{}
	}
	unit, shown, flip := 1.0, percentShown, 1.0
	if inClaims && !(math.Abs(float64(claimed)) > 0) {
		return ClaimPicture{} // a list has one scale, here the claim, and this row has none to be drawn in
	}
	if inClaims {
		unit, shown, flip = math.Abs(float64(claimed)), claimsShown, -towards
	}
	at := func(v float64) string {
		x := flip * v / unit / shown
		switch {
		case x < -1:
			p.Left, x = true, -1
		case x > 1:
			p.Right, x = true, 1
		}
		return fmt.Sprintf("%.1f", pictureMiddle+pictureReach*x)
	}
	p.Dot = at(float64(seen))
	if interval != nil {
		ends := []string{at(interval[0]), at(interval[1])}
		if flip < 0 {
			slices.Reverse(ends)
		}
		p.Low, p.High = ends[0], ends[1]
	}
	left, right := p.Left, p.Right
	if !claimed.Missing() {
		p.Claim = at(float64(claimed))
	}
	p.Left, p.Right = left, right // a claim beyond the picture stands at its end
	return p
}
