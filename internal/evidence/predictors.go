package evidence

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/optimize"
	"gonum.org/v1/gonum/stat"
)

// leastImportance is what each predictor keeps of the importance of all. Without it the best V may let some predictors decide only what
// others leave open, and many V give one W (Malo, Eskelinen, Zhou and Kuosmanen 2024, Computational Economics 64:1113).
const leastImportance = 1e-4

// The search for V takes firstSteps from each start, and the searchKept best go on: run follows run from where the last one ended, with
// simplices of these sizes, until two in a row gain nothing. A run ends when it gains no more than searchGain relative to the loss, or
// after searchSteps.
const (
	firstSteps  = 150
	searchKept  = 2
	searchSteps = 2000
	searchGain  = 1e-6
)

var searchSizes = []float64{3, 1.5, 6, 0.75, 3, 1.5}

// PredictedControl is a synthetic control that matches predictors (Abadie, Diamond and Hainmueller 2010, section 2.3 and appendix B).
// With predictors divided by their standard deviation over all units, and V diagonal, not below zero and of sum one,
//
//	W(V) = argmin (X1 - X0 W)' V (X1 - X0 W) over W not below zero and of sum one,
//	V    = argmin of the mean squared gap of outcomes before the start under W(V).
//
// With training predictors V is chosen by cross-validation (Abadie, Diamond and Hainmueller 2015, American Journal of Political Science
// 59:495, appendix B): W(V) matches the training predictors, the gaps are those of the periods of validation, and the V found then weighs
// the predictors themselves.
//
// V is searched for by Nelder and Mead's method in its logarithms: from equal importance and from how much each predictor explains of
// the donors' outcomes, as in the authors' program, and from each predictor in turn. The search need not find the least gap there is;
// it tells how far its best two ends differ.
func PredictedControl(ctx context.Context, c Comparison) (*Synthetic, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	used, predictors, notes, err := c.scaledPredictors(c.Predictors)
	if err != nil {
		return nil, err
	}
	training := predictors
	if c.Training != nil {
		if len(c.Training) != len(c.Predictors) {
			return nil, fmt.Errorf("there are %d training predictors; accepted is one for each of %d predictors", len(c.Training), len(c.Predictors))
		}
		usedInTraining, scaled, notesOfTraining, err := c.scaledPredictors(c.Training)
		if err != nil {
			return nil, fmt.Errorf("training: %w", err)
		}
		for _, note := range notesOfTraining {
			note.Code = map[NoteCode]NoteCode{PredictorSame: TrainingSame, PredictorFollows: TrainingFollows}[note.Code]
			notes = append(notes, note)
		}
		var both []int
		var main, trained [][]float64
		for i, at := range used { // what tells units apart in one set only is no predictor of the other
			if j := slices.Index(usedInTraining, at); j >= 0 {
				both, main, trained = append(both, at), append(main, predictors[i]), append(trained, scaled[j])
			}
		}
		if len(both) == 0 {
			return nil, refused(Note{Code: NothingDistinct}, "no predictor tells units apart both in training and before the start")
		}
		used, predictors, training = both, main, trained
	}
	from, to := max(0, c.Validation[0]), min(c.Start, c.Validation[1])
	if c.Validation == [2]int{} || from >= to {
		from, to = 0, c.Start
	}
	weigh := func(predictors [][]float64, v []float64) ([]float64, Convergence) {
		points := make([][]float64, len(c.Donors))
		for j := range points {
			points[j] = make([]float64, len(v))
			for i, importance := range v {
				points[j][i] = math.Sqrt(importance) * predictors[i][j]
			}
		}
		return nearest(ctx, points, 0)
	}
	before := c.distances()
	loss := func(v []float64) float64 {
		w, _ := weigh(training, v)
		gap := gaps(before, w).RawVector().Data[from:to]
		return floats.Dot(gap, gap) / float64(len(gap))
	}
	starts := [][]float64{make([]float64, len(predictors))}
	if explained, ok := c.explained(training, from, to); ok {
		starts = append(starts, explained)
	}
	for i := range predictors {
		most := make([]float64, len(predictors))
		most[i] = 4
		starts = append(starts, most)
	}
	v, solved := searchImportance(ctx, loss, starts)
	w, inner := weigh(predictors, v)
	if !inner.Converged {
		solved.Converged, solved.Note = false, inner.Note
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	method := "synthetic control with predictors"
	if c.Training != nil {
		method += ", weighed by cross-validation"
	}
	s := c.synthetic(method, w, 0, solved)
	s.Fit.Beyond = c.beyond(float64(s.Fit.PreMSPE))
	if s.Notes = append(s.Notes, notes...); len(used) < len(c.Predictors) {
		s.Notes = append(s.Notes, Note{Code: PredictorsMatched, Have: len(used), Need: len(c.Predictors)})
	}
	s.PredictorWeights = map[string]Number{}
	for i, at := range used {
		s.PredictorWeights[c.Predictors[at].Name] = Number(v[i])
	}
	for _, p := range c.Predictors {
		s.Balance = append(s.Balance, Balance{
			Predictor: p.Name, Treated: Number(p.Treated), Synthetic: Number(floats.Dot(w, p.Donors)),
			Donors: Number(stat.Mean(p.Donors, nil)),
		})
	}
	return s, nil
}

// scaledPredictors are predictors by donor, seen from the treated unit and divided by their standard deviation over all units. One that
// is the same for all units, or follows from those before it as the last of some shares does, is matched by whatever matches the others: it
// is left out, and named in the notes. Used are the positions of the others.
func (c Comparison) scaledPredictors(predictors []Predictor) (used []int, scaled [][]float64, notes []Note, err error) {
	if len(predictors) == 0 {
		return nil, nil, nil, fmt.Errorf("there are no predictors to match")
	}
	units := len(c.Donors) + 1
	basis := [][]float64{slices.Repeat([]float64{1 / math.Sqrt(float64(units))}, units)}
	for i, p := range predictors {
		if len(p.Donors) != len(c.Donors) {
			return nil, nil, nil, fmt.Errorf("predictor %s has figures of %d donors, not %d", p.Name, len(p.Donors), len(c.Donors))
		}
		if slices.ContainsFunc(predictors[:i], func(other Predictor) bool { return other.Name == p.Name }) {
			return nil, nil, nil, fmt.Errorf("predictor %s stands twice", p.Name)
		}
		all := append(slices.Clone(p.Donors), p.Treated)
		if !finite(all) || slices.ContainsFunc(all, tooLarge) {
			return nil, nil, nil, fmt.Errorf("predictor %s is missing for a unit, or beyond the figures accepted (to 1e50)", p.Name)
		}
		deviation := stat.StdDev(all, nil)
		if !(deviation > rounding*floats.Norm(all, math.Inf(1))) {
			notes = append(notes, Note{Code: PredictorSame, Names: []string{p.Name}})
			continue
		}
		floats.AddConst(-stat.Mean(all, nil), all)
		if len(basis) < units { // beyond that, predictors cannot but depend on each other
			direction, _ := orthogonal(basis, all)
			if direction == nil {
				notes = append(notes, Note{Code: PredictorFollows, Names: []string{p.Name}})
				continue
			}
			basis = append(basis, direction)
		}
		from := slices.Clone(p.Donors)
		floats.AddConst(-p.Treated, from)
		floats.Scale(1/deviation, from)
		used, scaled = append(used, i), append(scaled, from)
	}
	if len(used) == 0 {
		return nil, nil, nil, refused(Note{Code: NothingDistinct}, "every predictor is the same for all units: they tell none apart")
	}
	return used, scaled, notes, nil
}

// explained are the logarithms of the squared coefficients of predictors, summed over regressions of the donors' outcomes before the
// start and from one period up to another, if there are donors enough (Abadie, Diamond and Hainmueller 2011, Journal of Statistical Software 42(13)).
func (c Comparison) explained(predictors [][]float64, from, to int) ([]float64, bool) {
	importance, outcome := make([]float64, len(predictors)), make([]float64, len(c.Donors))
	ones := [][]float64{slices.Repeat([]float64{1}, len(c.Donors))}
	for t := from; t < to; t++ {
		for j, series := range c.Outcomes {
			outcome[j] = series[t]
		}
		fit, collinear := regress(outcome, ones, predictors)
		if collinear >= 0 {
			return nil, false
		}
		for i, b := range fit.coef {
			importance[i] += b * b
		}
	}
	total := floats.Sum(importance)
	for i := range importance {
		importance[i] = math.Log(importance[i]/total + searchGain)
	}
	return importance, total > 0
}

// searchImportance finds the importance of predictors at which a loss is least, from starts given as logarithms.
func searchImportance(ctx context.Context, loss func(v []float64) float64, starts [][]float64) ([]float64, Convergence) {
	solved := Convergence{Gap: missing}
	run := func(from end, size float64, steps int) end {
		problem := optimize.Problem{Func: func(x []float64) float64 { return loss(importance(x)) }}
		problem.Status = func() (optimize.Status, error) { return optimize.NotTerminated, ctx.Err() }
		settings := &optimize.Settings{FuncEvaluations: steps, Converger: &optimize.FunctionConverge{Relative: searchGain, Iterations: 10 * len(from.x)}}
		result, err := optimize.Minimize(problem, from.x, settings, &optimize.NelderMead{SimplexSize: size})
		if err != nil || !(result.F <= from.loss) {
			return end{from.x, from.loss, from.idle + 1}
		}
		solved.Iterations += result.FuncEvaluations
		to := end{x: result.X, loss: result.F}
		if to.loss >= from.loss*(1-100*searchGain) {
			to.idle = from.idle + 1
		}
		return to
	}
	better := func(a, b end) int { return cmp.Compare(a.loss, b.loss) }
	var ends []end
	for _, x := range starts {
		if ctx.Err() != nil {
			break
		}
		ends = append(ends, run(end{x: x, loss: loss(importance(x))}, searchSizes[0], firstSteps))
	}
	if len(ends) == 0 {
		return importance(starts[0]), solved
	}
	slices.SortStableFunc(ends, better)
	ends = ends[:min(searchKept, len(ends))]
	for i := range ends {
		ends[i].idle = 0
		for _, size := range searchSizes {
			if ctx.Err() != nil {
				break
			}
			if ends[i] = run(ends[i], size, searchSteps); ends[i].idle == 2 {
				break
			}
		}
	}
	slices.SortStableFunc(ends, better)
	best := ends[0]
	solved.Converged = best.idle == 2
	solved.Note = Note{Code: SearchEnded, Have: len(starts), Value: number(best.loss), Than: number(ends[len(ends)-1].loss)}
	if !solved.Converged {
		solved.Note.Code = SearchStillGaining
	}
	return importance(best.x), solved
}

// end is where a search has come to.
type end struct {
	x    []float64 // logarithms of importance
	loss float64
	idle int // runs in a row that gained nothing
}

// importance is that of predictors, of sum one, from its logarithms.
func importance(x []float64) []float64 {
	v, top := make([]float64, len(x)), floats.Max(x)
	for i := range x {
		v[i] = math.Exp(x[i] - top)
	}
	floats.Scale((1-leastImportance*float64(len(v)))/floats.Sum(v), v)
	floats.AddConst(leastImportance, v)
	return v
}
