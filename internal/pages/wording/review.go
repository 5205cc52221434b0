package wording

import (
	"fmt"
	"strings"
)

// Review counts what happened in a week, as the sentences of a review tell it.
type Review struct {
	Region                          string
	Areas                           int    // of the region
	Running                         bool   // the week is not over
	First                           bool   // nothing was loaded before
	Published, Failed, Withdrawn    int    // files
	New, Revised, Dropped, MadeAnew uint64 // figures
	WentOff, CameBack, OtherState   int
	FirstJudged                     int // against a target
	Due, Missed                     int // judged by a target that did not govern the figure before
	Concern, NoConcern, OtherSignal int
	Off, OffAreas                   int
	Verdicts, FirstVerdicts         int
	// Lead is the one figure that went off trajectory, Alarm the one that shows new concern.
	Lead, Alarm Event
}

// Event is what happened to measures of the same counts in an area.
type Event struct {
	Measures []string // their titles
	Area     string
}

// said says what happened, of one measure or of many; empty where nothing did.
func (e Event) said(one, many string) string {
	if len(e.Measures) == 0 {
		return ""
	}
	var titles []string
	for _, title := range e.Measures {
		titles = append(titles, "“"+title+"”")
	}
	return fmt.Sprintf("%s %s in %s", List(titles), map[bool]string{true: one, false: many}[len(titles) == 1], e.Area)
}

// loaded tells whether a file came, or one was withdrawn.
func (r *Review) loaded() bool { return r.Published+r.Withdrawn > 0 }

func (r *Review) differ() uint64 { return r.New + r.Revised + r.Dropped + r.MadeAnew }

// Finding is the headline.
func (r *Review) Finding() string {
	week := "this week"
	if r.Running {
		week = "this week so far"
	}
	var parts []string
	add := func(n int, lead, one, many string) {
		switch {
		case n == 1 && lead != "":
			parts = append(parts, lead)
		case n > 0:
			parts = append(parts, Plural(n, one, many))
		}
	}
	add(r.WentOff, r.Lead.said("went off trajectory", "went off trajectory"), "", "figures went off trajectory")
	add(r.Missed, "", "figure misses a target that fell due", "figures miss a target that fell due")
	add(r.Concern, r.Alarm.said("shows new special cause of concern", "show new special cause of concern"), "", "figures show new special cause of concern")
	add(r.CameBack, "", "figure came back on trajectory", "figures came back on trajectory")
	add(r.Verdicts, "", "verdict on a claim changed", "verdicts on claims changed")
	switch {
	case len(parts) > 0:
		return strings.Join(parts, "; ")
	case r.First:
		return "The first figures were loaded this week: all of them are new"
	case r.differ() > 0:
		words := Plural(int(r.differ()), "figure is new or differs", "figures are new or differ")
		if r.New == r.differ() {
			words = Plural(int(r.New), "figure is new", "figures are new")
		}
		return words + "; none went off trajectory or shows new special cause of concern"
	case r.loaded():
		return fmt.Sprintf("What was loaded %s changed no figure of %s", week, r.Region)
	default:
		return fmt.Sprintf("Nothing was loaded %s, so nothing changed", week)
	}
}

// Sentences add the counts to the headline.
func (r *Review) Sentences() []string {
	var said []string
	say := func(format string, a ...any) { said = append(said, fmt.Sprintf(format, a...)) }
	switch {
	case r.loaded():
		words := []string{Plural(r.Published, "file was loaded", "files were loaded")}
		if r.Failed > 0 {
			words = append(words, fmt.Sprintf("%d failed", r.Failed))
		}
		if r.Withdrawn > 0 {
			words = append(words, fmt.Sprintf("%d withdrawn", r.Withdrawn))
		}
		say("%s.", List(words))
	case r.Failed > 0:
		say("%s, so nothing came of it.", Plural(r.Failed, "file failed", "files failed"))
	default:
		say("Nothing was loaded.")
	}
	if r.differ() > 0 {
		var words []string
		for _, n := range []struct {
			figures uint64
			words   string
		}{{r.New, "new"}, {r.Revised, "revised"}, {r.Dropped, "no longer as they were, because a load was withdrawn"}, {r.MadeAnew, "made anew by other definitions or memberships"}} {
			if n.figures > 0 {
				words = append(words, fmt.Sprintf("%s %s", Grouped(DecimalOf(n.figures), 0), n.words))
			}
		}
		say("Figures of the %d footprints of %s: %s.", r.Areas, r.Region, List(words))
	} else {
		say("No figure of the %d footprints of %s changed.", r.Areas, r.Region)
	}
	if r.WentOff+r.CameBack+r.OtherState > 0 {
		say("Against targets %d went off trajectory, %d came back, %d changed otherwise.", r.WentOff, r.CameBack, r.OtherState)
	} else if r.Due+r.FirstJudged == 0 {
		say("No target status changed.")
	}
	if r.Due > 0 {
		say("%s that did not govern the figure before; %d of them off trajectory.", Plural(r.Due, "figure is judged by a target", "figures are judged by targets"), r.Missed)
	}
	if r.FirstJudged > 0 {
		say("%s for the first time.", Plural(r.FirstJudged, "figure is compared with a target", "figures are compared with targets"))
	}
	if r.Concern+r.NoConcern+r.OtherSignal > 0 {
		say("Special cause of concern: %d new, %d ended; other signals that began or ended: %d.", r.Concern, r.NoConcern, r.OtherSignal)
	} else if !r.First {
		say("No special cause began or ended.")
	}
	switch {
	case r.Verdicts > 0:
		say("%s.", Plural(r.Verdicts, "verdict on a claim about the region or England changed", "verdicts on claims about the region or England changed"))
	case r.FirstVerdicts > 0:
		say("%s for the first time.", Plural(r.FirstVerdicts, "claim about the region or England was tested", "claims about the region or England were tested"))
	default:
		say("No verdict on a claim changed.")
	}
	if r.Off > 0 {
		say("Off trajectory at the end: %s, in %d of %d footprints.", Plural(r.Off, "figure", "figures"), r.OffAreas, r.Areas)
	} else {
		say("No figure that can be told is off trajectory.")
	}
	return said
}
