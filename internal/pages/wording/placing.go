package wording

import (
	"fmt"
	"slices"
	"strings"

	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/mapping"
)

// Membership says what places the organisation of a cell in its footprint: as the reference states it, or how one that it does not have was placed.
func Membership(cell figures.Cell, r *footprint.Reference) string {
	if len(cell.Placings) == 0 {
		return cell.Membership
	}
	var all []string
	for _, p := range cell.Placings {
		all = append(all, placing(p, r))
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), " ")
}

func placing(p mapping.Placing, r *footprint.Reference) string {
	var names []string
	for _, code := range p.Like {
		o, _ := r.Organisation(code)
		names = append(names, fmt.Sprintf("%s (%s)", o.Name, code))
	}
	words := ""
	if p.Published != "" {
		words = fmt.Sprintf("Published as %q. ", p.Published)
	}
	words += placedBy[p.By]
	if len(names) > 0 {
		words += " " + strings.Join(names, " and ") + "."
	}
	if p.OtherArea {
		words += " But the publication lists it in another area, to which it may belong."
	}
	return words
}

// placedBy say how an organisation was placed, before those that it was placed by.
var placedBy = map[mapping.PlacedBy]string{
	mapping.ByPredecessor:  "Placed by its predecessor,",
	mapping.BySuccessor:    "Placed by its successor,",
	mapping.BySite:         "Placed by its code, that of a site of",
	mapping.ByName:         "Placed by its name, that of",
	mapping.ByFootprint:    "Placed by the footprint that the publication names.",
	mapping.ByArea:         "It may belong to any footprint with organisations in the same area of the publication.",
	mapping.ByAreaOrAbsent: "It may belong to any footprint with organisations in the same area of the publication, or with none in the publication.",
	mapping.ByNothing:      "It may belong to any footprint: nothing published says to which.",
}
