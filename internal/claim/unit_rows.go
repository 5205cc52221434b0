package claim

import (
	"math"
	"slices"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
)

// UnitRole is what a small place is to a test.
type UnitRole string

// The roles.
const (
	RoleTreated UnitRole = "treated"
	RoleDonor   UnitRole = "compared with"
	RoleLeftOut UnitRole = "left out"
)

// UnitRow is the figure of one place in one period that a test of small places read.
type UnitRow struct {
	Place, Cluster string
	Codes          []string
	Role           UnitRole
	Start          string // of a treated place
	Size           float64
	Period         string
	Figure         evidence.Number // missing in a gap
	Step           evidence.Number // by how much the level jumps from this period on, in per cent; missing where it does not
	Because        *Reason         // why the place was left out
}

// Rows are all figures that a test of small places read, from the first period of the window to the last, each place with its role. From them alone the
// estimate can be made again.
func (u *UnitTest) Rows(found *UnitFigures) []UnitRow {
	var rows []UnitRow
	from := slices.IndexFunc(found.Periods, func(p catalog.Period) bool { return p.String() == u.From })
	until := slices.IndexFunc(found.Periods, func(p catalog.Period) bool { return p.String() == u.LastRead })
	if from < 0 || until < 0 {
		return nil
	}
	for _, p := range found.Places {
		row := UnitRow{Place: p.Name, Cluster: p.Cluster, Codes: p.Codes, Role: RoleDonor, Size: p.Size}
		for i := range u.LeftOut {
			if u.LeftOut[i].Place == p.Name {
				row.Role, row.Because = RoleLeftOut, &u.LeftOut[i].Because
			}
		}
		for i := range u.Places {
			if own := &u.Places[i]; slices.ContainsFunc(p.Codes, func(code string) bool { return slices.Contains(own.Codes, code) }) {
				row.Role, row.Start, row.Because = RoleTreated, own.Start, own.LeftOut
				if own.LeftOut != nil {
					row.Role = RoleLeftOut
				}
			}
		}
		for at := from; at <= until; at++ {
			row.Period, row.Figure, row.Step = found.Periods[at].String(), evidence.Number(math.NaN()), unknown
			if at < len(p.Outcome) {
				row.Figure = evidence.Number(p.Outcome[at])
			}
			if i := slices.Index(p.Breaks, at); i >= 0 {
				row.Step = evidence.Number(100 * p.Steps[i].Size)
			}
			rows = append(rows, row)
		}
	}
	return rows
}
