package footprint

import (
	"io/fs"

	"github.com/shopspring/decimal"
)

// weight names how much an organisation counts by, in one period, where publications state shares and rates without the counts beneath.
type weight struct{ kind, organisation, period string }

// Weight is that of an organisation, or of England, in a period such as 2018/19.
func (r *Reference) Weight(kind, organisation, period string) (n decimal.Decimal, known bool) {
	n, known = r.weights[weight{kind, organisation, period}]
	return n, known
}

func (r reader) readWeights(fsys fs.FS) error {
	rows, err := readTable(fsys, "weights.csv", "weight", "organisation", "period", "value")
	if err != nil {
		return err
	}
	for _, row := range rows {
		w := weight{row.value("weight"), row.value("organisation"), row.value("period")}
		if w.kind == "" || w.period == "" {
			return row.wrong("weight", "a name, and a period beside it")
		}
		if _, known := r.organisations[w.organisation]; !known && w.organisation != England {
			return row.wrong("organisation", "a code of organisations.csv, or "+England)
		}
		if _, again := r.weights[w]; again {
			return row.wrong("organisation", "one that has no such weight in the period yet")
		}
		n, err := decimal.NewFromString(row.value("value"))
		if err != nil || !n.IsPositive() {
			return row.wrong("value", "a number over zero")
		}
		r.weights[w] = n
	}
	return nil
}
