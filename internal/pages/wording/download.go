package wording

import (
	"fmt"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
)

// Downloads says how much there is to take away.
func Downloads(known, all int) string {
	if known == 0 {
		return "There are no figures to download yet"
	}
	return fmt.Sprintf("%d of %d measures have figures to download", known, all)
}

// PackageOf names the data package of a moment.
func PackageOf(stood figures.AsOf) string {
	if stood.Load == 0 {
		return "Data package of " + Moment(stood.At)
	}
	return fmt.Sprintf("Data package of load %d, %s", stood.Load, Moment(stood.At))
}

// StatedBy says whose figures a measure has beside those of areas.
func StatedBy(m *catalog.Measure) string {
	return map[string]string{
		catalog.ByProvider: "Providers", catalog.ByCommissioner: "Commissioners", catalog.ByCouncil: "Councils", catalog.ByBody: "All organisations",
		catalog.ByFootprint: "None", catalog.ByEngland: "None: England only",
	}[m.Level]
}
