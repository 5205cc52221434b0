package publication

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// numberCell renders a stored number in full.
func numberCell(v float64) Cell {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Cell{Text: "#NUM!", Kind: KindError}
	}
	if v == 0 {
		v = 0 // drops the sign of a negative zero
	}
	return Cell{Text: strconv.FormatFloat(v, 'f', -1, 64), Kind: KindNumber}
}

// calendar is how a workbook counts days.
type calendar struct {
	from1904 bool
}

// dateCell renders a day count as a date, a date and time, or a time of day.
func (c calendar) dateCell(serial float64) Cell {
	const lastDay = 2958465 // 9999-12-31
	if !(serial >= 0 && serial <= lastDay) {
		return numberCell(serial)
	}
	// A spreadsheet believes that 1900 had a 29 February, its day 60.
	first := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case c.from1904:
		first = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case serial >= 60 && serial < 61:
		return numberCell(serial)
	case serial < 60:
		first = first.AddDate(0, 0, 1)
	}
	day, part := math.Modf(serial)
	seconds := time.Duration(math.Round(part*86400)) * time.Second
	t := first.AddDate(0, 0, int(day)).Add(seconds)
	layout := time.DateOnly
	switch {
	case serial < 1:
		layout = time.TimeOnly
	case seconds%(24*time.Hour) != 0:
		layout = "2006-01-02T15:04:05"
	}
	return Cell{Text: t.Format(layout), Kind: KindDate}
}

// isDateFormat says whether a number format shows a date or a time of day. An
// elapsed time such as [h]:mm counts as a number.
func isDateFormat(id int, code string) bool {
	if code == "" {
		return id >= 14 && id <= 22 || id >= 27 && id <= 36 || id >= 50 && id <= 58
	}
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '\\', '_', '*':
			i++
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return false
			}
			i += end + 1
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 || strings.Trim(strings.ToLower(code[i+1:i+end]), "hms") == "" {
				return false
			}
			i += end
		case ';':
			return false
		case 'd', 'D', 'm', 'M', 'y', 'Y', 'h', 'H', 's', 'S':
			return true
		}
	}
	return false
}
