package wording

import "stpdash/internal/evidence"

// EstimateAnswer is an estimate with its words.
type EstimateAnswer struct {
	evidence.Estimate
	EstimateWords
}

// EstimateWords name the errors of an estimate and say why a figure of it is missing.
type EstimateWords struct {
	ByError    string `json:"se_type,omitempty"`
	ByInterval string `json:"interval_by,omitempty"`
	Why        string `json:"reason,omitempty"`
}

func estimateWords(e evidence.Estimate) EstimateWords {
	return EstimateWords{ErrorKind(e.SEKind), IntervalBy(e.IntervalBy), EvidenceNote(e.Reason)}
}

// AnswerEstimate adds the words of an estimate.
func AnswerEstimate(e evidence.Estimate) EstimateAnswer {
	return EstimateAnswer{e, estimateWords(e)}
}

func answerIfAny(e *evidence.Estimate) *EstimateAnswer {
	if e == nil {
		return nil
	}
	return new(AnswerEstimate(*e))
}

func answerAll(estimates map[string]evidence.Estimate) map[string]EstimateAnswer {
	all := map[string]EstimateAnswer{}
	for name, e := range estimates {
		all[name] = AnswerEstimate(e)
	}
	return all
}

// SolvedAnswer is how an estimate was solved for, with its words.
type SolvedAnswer struct {
	evidence.Convergence
	Note string `json:"note,omitempty"`
}

func answerSolved(c evidence.Convergence) SolvedAnswer { return SolvedAnswer{c, EvidenceNote(c.Note)} }

// WaldAnswer is a joint test with its words.
type WaldAnswer struct {
	evidence.WaldTest
	Reason string `json:"reason,omitempty"`
}

func answerWald(t evidence.WaldTest) WaldAnswer { return WaldAnswer{t, EvidenceNote(t.Reason)} }

// DetectableAnswer is the smallest effect that would be found, with its words.
type DetectableAnswer struct {
	evidence.Detectable
	Reason string `json:"reason,omitempty"`
}

// AnswerDetectable adds the words.
func AnswerDetectable(d evidence.Detectable) *DetectableAnswer {
	return &DetectableAnswer{d, EvidenceNote(d.Reason)}
}

// VariationAnswer is an estimate with one choice changed, with its words.
type VariationAnswer struct {
	evidence.Variation
	What   string `json:"what"`
	Reason string `json:"reason,omitempty"`
}

// SensitivityAnswer is whether an estimate depends on one choice, with its words.
type SensitivityAnswer struct {
	LeaveOneOut []VariationAnswer `json:"leave_one_out"`
	InTime      []VariationAnswer `json:"placebo_in_time"`
	Windows     []VariationAnswer `json:"windows"`
}

// AnswerVariations adds the words of variations, donors and times by their ids.
func AnswerVariations(all []evidence.Variation) []VariationAnswer {
	var answers []VariationAnswer
	for _, v := range all {
		answers = append(answers, VariationAnswer{v, VariationOf(v.Kind, v.Unit+v.Time+v.Method), EvidenceNote(v.Reason)})
	}
	return answers
}

// AnswerSensitivity adds the words; nil of nil.
func AnswerSensitivity(s *evidence.Sensitivity) *SensitivityAnswer {
	if s == nil {
		return nil
	}
	return &SensitivityAnswer{AnswerVariations(s.LeaveOneOut), AnswerVariations(s.InTime), AnswerVariations(s.Windows)}
}

// SyntheticAnswer is a unit beside a weighted mean of donors, with its words.
type SyntheticAnswer struct {
	*evidence.Synthetic
	EstimateWords
	Solved     SolvedAnswer    `json:"convergence"`
	Placebos   *PlacebosAnswer `json:"placebos,omitempty"`
	Notes      []string        `json:"notes,omitempty"`
	NoEstimate string          `json:"no_estimate,omitempty"`
}

// PlacebosAnswer are the effects found where there was no scheme, with their words.
type PlacebosAnswer struct {
	*evidence.Placebos
	Notes []string `json:"notes,omitempty"`
}

// AnswerSynthetic adds the words; nil of nil.
func AnswerSynthetic(s *evidence.Synthetic) *SyntheticAnswer {
	if s == nil {
		return nil
	}
	a := &SyntheticAnswer{
		Synthetic: s, EstimateWords: estimateWords(s.Estimate), Solved: answerSolved(s.Solved), Notes: EvidenceNotes(s.Notes), NoEstimate: EvidenceNote(s.NoEstimate),
	}
	if s.Placebos != nil {
		a.Placebos = &PlacebosAnswer{s.Placebos, EvidenceNotes(s.Placebos.Notes)}
	}
	return a
}

// InterruptedAnswer is an interrupted time series with its words.
type InterruptedAnswer struct {
	*evidence.Interrupted
	EstimateWords
	LevelAtStart *EstimateAnswer `json:"level_at_start,omitempty"`
	TrendAfter   *EstimateAnswer `json:"trend_after,omitempty"`
	Effect       EstimateAnswer  `json:"effect"`
	Solved       SolvedAnswer    `json:"convergence"`
	Notes        []string        `json:"notes,omitempty"`
}

// AnswerInterrupted adds the words; nil of nil.
func AnswerInterrupted(r *evidence.Interrupted) *InterruptedAnswer {
	if r == nil {
		return nil
	}
	return &InterruptedAnswer{
		r,
		estimateWords(r.Estimate),
		answerIfAny(r.LevelAtStart),
		answerIfAny(r.TrendAfter),
		AnswerEstimate(r.Effect),
		answerSolved(r.Solved),
		EvidenceNotes(r.Notes),
	}
}

// DiDAnswer is a difference-in-differences with its words.
type DiDAnswer struct {
	*evidence.DiD
	EstimateWords
	FewClusters EstimateAnswer `json:"few_clusters"`
	Solved      SolvedAnswer   `json:"convergence"`
	Notes       []string       `json:"notes,omitempty"`
}

// AnswerDiD adds the words.
func AnswerDiD(r *evidence.DiD) *DiDAnswer {
	return &DiDAnswer{r, estimateWords(r.Estimate), AnswerEstimate(r.FewClusters), answerSolved(r.Solved), EvidenceNotes(r.Notes)}
}

// EventStudyAnswer is the effect in each period, with its words.
type EventStudyAnswer struct {
	*evidence.EventStudy
	Periods  []EventAnswer `json:"periods"`
	PreTrend WaldAnswer    `json:"pretrend"`
	Notes    []string      `json:"notes,omitempty"`
}

// EventAnswer is the effect in one period, with its words.
type EventAnswer struct {
	Period int `json:"event_time"`
	EstimateAnswer
	Rows int `json:"n"`
}

// AnswerEvents adds the words.
func AnswerEvents(s *evidence.EventStudy) *EventStudyAnswer {
	a := &EventStudyAnswer{EventStudy: s, PreTrend: answerWald(s.PreTrend), Notes: EvidenceNotes(s.Notes)}
	for _, p := range s.Periods {
		a.Periods = append(a.Periods, EventAnswer{p.Period, AnswerEstimate(p.Estimate), p.Rows})
	}
	return a
}

// StaggeredAnswer is a comparison of groups that start at different times, with its words.
type StaggeredAnswer struct {
	*evidence.Staggered
	EstimateWords
	Simple         EstimateAnswer            `json:"simple"`
	SimpleAll      *EstimateAnswer           `json:"simple_all_groups,omitempty"`
	Dynamic        map[string]EstimateAnswer `json:"dynamic"`
	DynamicOverall EstimateAnswer            `json:"dynamic_overall"`
	Group          map[string]EstimateAnswer `json:"group"`
	GroupOverall   EstimateAnswer            `json:"group_overall"`
	PreTest        WaldAnswer                `json:"wald_pretest"`
	Solved         SolvedAnswer              `json:"convergence"`
	Notes          []string                  `json:"notes,omitempty"`
}

// AnswerStaggered adds the words.
func AnswerStaggered(s *evidence.Staggered) *StaggeredAnswer {
	return &StaggeredAnswer{
		s, estimateWords(s.Estimate), AnswerEstimate(s.Simple), answerIfAny(s.SimpleAll), answerAll(s.Dynamic), AnswerEstimate(s.DynamicOverall),
		answerAll(s.Group), AnswerEstimate(s.GroupOverall), answerWald(s.PreTest), answerSolved(s.Solved), EvidenceNotes(s.Notes),
	}
}

// RelativeAnswer is a relative effect on one unit, with its words.
type RelativeAnswer struct {
	*evidence.Relative
	EstimateWords
	BySize   *EstimateAnswer      `json:"by_size,omitempty"`
	Check    RelativeCheckAnswer  `json:"check"`
	Recent   RelativeCheckAnswer  `json:"recent"`
	Baseline *RelativeCheckAnswer `json:"baseline,omitempty"`
	Notes    []string             `json:"notes,omitempty"`
}

// RelativeCheckAnswer is the effect by another estimator, with its words.
type RelativeCheckAnswer struct {
	evidence.RelativeCheck
	EstimateWords
}

func answerCheck(c evidence.RelativeCheck) RelativeCheckAnswer {
	return RelativeCheckAnswer{c, estimateWords(c.Estimate)}
}

func answerBaseline(c *evidence.RelativeCheck) *RelativeCheckAnswer {
	if c == nil {
		return nil
	}
	return new(answerCheck(*c))
}

// AnswerRelative adds the words.
func AnswerRelative(r *evidence.Relative) *RelativeAnswer {
	return &RelativeAnswer{
		r, estimateWords(r.Estimate), answerIfAny(r.BySize), answerCheck(r.Check), answerCheck(r.Recent), answerBaseline(r.Baseline), EvidenceNotes(r.Notes),
	}
}

// GroupAnswer is the mean effect on a group of places, with its words.
type GroupAnswer struct {
	*evidence.Group
	EstimateWords
	Check    RelativeCheckAnswer  `json:"check"`
	Baseline *RelativeCheckAnswer `json:"baseline,omitempty"`
	Notes    []string             `json:"notes,omitempty"`
}

// AnswerGroup adds the words.
func AnswerGroup(g *evidence.Group) *GroupAnswer {
	return &GroupAnswer{g, estimateWords(g.Estimate), answerCheck(g.Check), answerBaseline(g.Baseline), EvidenceNotes(g.Notes)}
}
