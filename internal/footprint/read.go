package footprint

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

const (
	count       = 44
	regionCount = 5
	tileLines   = 2
	tileLetters = 12
)

var whole = decimal.NewFromInt(1)

// Read reads footprints.csv, organisations.csv, ons_codes.csv, memberships.csv, successions.csv and weights.csv. It is
// strict: every figure served depends on these tables, so it refuses them whole
// rather than guess.
func Read(fsys fs.FS) (*Reference, error) {
	r := reader{&Reference{
		byCode:         map[string]int{},
		organisations:  map[string]Organisation{},
		byOrganisation: map[string][]Membership{},
		byONSCode:      map[string]string{},
		onsCodes:       map[string][]string{},
		weights:        map[weight]decimal.Decimal{},
	}}
	for _, read := range []func(fs.FS) error{r.readFootprints, r.readOrganisations, r.readMemberships, r.readONSCodes, r.readSuccessions, r.readWeights} {
		if err := read(fsys); err != nil {
			return nil, err
		}
	}
	return r.Reference, nil
}

// reader is a reference while its tables are read and checked.
type reader struct{ *Reference }

func (r reader) readFootprints(fsys fs.FS) error {
	rows, err := readTable(fsys, "footprints.csv",
		"code", "code_2016", "ods_code", "name", "short_name", "region_code", "region", "tile_column", "tile_row")
	if err != nil {
		return err
	}
	names, regions, tiles := uses{}, map[string]string{}, uses{}
	for _, row := range rows {
		f := Footprint{
			Code: row.value("code"), Code2016: row.value("code_2016"), ODSCode: row.value("ods_code"),
			Name: row.value("name"), ShortName: row.value("short_name"),
			Region: Region{Code: row.value("region_code"), Name: row.value("region")},
		}
		if !strings.HasPrefix(f.Code, "E54") || len(f.Code) != 9 {
			return row.wrong("code", "an ONS code such as E54000005")
		}
		if f.TileColumn, err = row.positive("tile_column"); err != nil {
			return err
		}
		if f.TileRow, err = row.positive("tile_row"); err != nil {
			return err
		}
		if line, taken := tiles.take(fmt.Sprint(f.TileColumn, ":", f.TileRow), row.line); taken {
			return row.wrong("tile_column", fmt.Sprintf("a tile that line %d does not take", line))
		}
		for _, column := range []string{"name", "short_name", "ods_code", "region_code", "region"} {
			if row.value(column) == "" {
				return row.wrong(column, "a text")
			}
		}
		if line, taken := names.take(f.Name, row.line); taken {
			return row.wrong("name", fmt.Sprintf("a name that line %d does not have", line))
		}
		if !fitsTile(f.ShortName) {
			return row.wrong("short_name", fmt.Sprintf("%d lines of at most %d characters", tileLines, tileLetters))
		}
		if name, known := regions[f.Region.Code]; known && name != f.Region.Name {
			return row.wrong("region", fmt.Sprintf("%q, which %s is elsewhere", name, f.Region.Code))
		}
		regions[f.Region.Code] = f.Region.Name
		r.footprints = append(r.footprints, f)
		for _, column := range []string{"code", "code_2016", "ods_code"} {
			if at, taken := r.byCode[clean(row.value(column))]; taken && at != len(r.footprints)-1 {
				return row.wrong(column, "a code of no other footprint, not one of "+r.footprints[at].Name)
			}
			r.byCode[clean(row.value(column))] = len(r.footprints) - 1
		}
	}
	if len(r.footprints) != count {
		return fmt.Errorf("footprints.csv: found %d footprints; accepted: %d", len(r.footprints), count)
	}
	if len(regions) != regionCount {
		return fmt.Errorf("footprints.csv: found %d regions; accepted: %d", len(regions), regionCount)
	}
	slices.SortFunc(r.footprints, func(a, b Footprint) int { return cmp.Compare(a.Name, b.Name) })
	for at, f := range r.footprints {
		for _, code := range []string{f.Code, f.Code2016, f.ODSCode} {
			r.byCode[clean(code)] = at
		}
	}
	return nil
}

// fitsTile says whether a name breaks at its spaces into the lines of a tile.
func fitsTile(name string) bool {
	lines, length := 1, 0
	for word := range strings.FieldsSeq(name) {
		letters := utf8.RuneCountInString(word)
		if length > 0 && length+1+letters > tileLetters {
			lines, length = lines+1, 0
		}
		if length > 0 {
			length++
		}
		if length += letters; length > tileLetters {
			return false
		}
	}
	return lines <= tileLines
}

// Kinds are those that an organisation may be of.
var Kinds = []Kind{Provider, Commissioner, Council, Outside}

func (r reader) readOrganisations(fsys fs.FS) error {
	rows, err := readTable(fsys, "organisations.csv", "code", "name", "kind")
	if err != nil {
		return err
	}
	codes := uses{England: 0, Unallocated: 0}
	for _, row := range rows {
		kind, also, _ := strings.Cut(row.value("kind"), " and ")
		o := Organisation{Code: row.value("code"), Name: row.value("name"), Kind: Kind(kind), Also: Kind(also)}
		_, isFootprint := r.byCode[o.Code]
		switch line, taken := codes.take(o.Code, row.line); {
		case o.Code == "" || o.Code != clean(o.Code):
			return row.wrong("code", "an ODS code in capitals")
		case isFootprint:
			return row.wrong("code", "a code of no footprint")
		case taken && line == 0:
			return row.wrong("code", "a code that is not reserved")
		case taken:
			return row.wrong("code", fmt.Sprintf("a code that line %d does not have", line))
		case o.Name == "":
			return row.wrong("name", "a text")
		case !slices.Contains(Kinds, o.Kind) || o.Also != "" && (!slices.Contains(Kinds, o.Also) || o.Also == o.Kind):
			return row.wrong("kind", fmt.Sprintf("%s, %s, %s, %s, or two of them with \"and\"", Provider, Commissioner, Council, Outside))
		}
		r.organisations[o.Code] = o
	}
	return nil
}

func (r reader) readONSCodes(fsys fs.FS) error {
	rows, err := readTable(fsys, "ons_codes.csv", "organisation", "ons_code")
	if err != nil {
		return err
	}
	for _, row := range rows {
		code, organisation := row.value("ons_code"), row.value("organisation")
		if _, ok := r.organisations[organisation]; !ok {
			return row.wrong("organisation", "a code of organisations.csv")
		}
		_, organisationsOwn := r.organisations[code]
		_, isFootprint := r.byCode[code]
		_, taken := r.byONSCode[code]
		if len(code) != 9 || code != clean(code) || organisationsOwn || isFootprint || taken {
			return row.wrong("ons_code", "a code such as E06000001 that stands for nothing else")
		}
		r.byONSCode[code] = organisation
		r.onsCodes[organisation] = append(r.onsCodes[organisation], code)
	}
	return nil
}

func (r reader) readSuccessions(fsys fs.FS) error {
	rows, err := readTable(fsys, "successions.csv", "organisation", "successor", "from", "share", "source")
	if err != nil {
		return err
	}
	gone, pairs := map[string]decimal.Decimal{}, uses{}
	var all []Succession
	for _, row := range rows {
		s := Succession{Organisation: row.value("organisation"), Successor: row.value("successor"), Source: row.value("source")}
		if _, ok := r.organisations[s.Organisation]; !ok {
			return row.wrong("organisation", "a code of organisations.csv")
		}
		if s.Successor == "" || s.Successor != clean(s.Successor) || s.Successor == s.Organisation {
			return row.wrong("successor", "another ODS code in capitals") // it may be newer than organisations.csv
		}
		if line, taken := pairs.take(s.Organisation+" "+s.Successor, row.line); taken {
			return row.wrong("successor", fmt.Sprintf("one that line %d does not state", line))
		}
		if s.From, err = row.day("from"); err != nil || s.From.IsZero() {
			return row.wrong("from", "a day such as 2018-07-01")
		}
		if s.Share, err = row.share(); err != nil {
			return err
		}
		if gone[s.Organisation] = gone[s.Organisation].Add(s.Share.Decimal); gone[s.Organisation].GreaterThan(whole) {
			return row.wrong("share", fmt.Sprintf("shares of %s that add up to 1 at most; they are %s", s.Organisation, gone[s.Organisation]))
		}
		if s.Source == "" {
			return row.wrong("source", "who says so")
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b Succession) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Organisation, b.Organisation), cmp.Compare(a.Successor, b.Successor))
	})
	r.successionsFrom, r.successionsTo = map[string][]Succession{}, map[string][]Succession{}
	for _, s := range all {
		r.successionsFrom[s.Organisation] = append(r.successionsFrom[s.Organisation], s)
		r.successionsTo[s.Successor] = append(r.successionsTo[s.Successor], s)
	}
	return nil
}

// share is the share of a succession; null where the table does not state it.
func (r row) share() (share decimal.NullDecimal, err error) {
	if r.value("share") == "" {
		return share, nil
	}
	n, err := decimal.NewFromString(r.value("share"))
	if err != nil || !n.IsPositive() || n.GreaterThan(whole) {
		return share, r.wrong("share", "a number above 0 and up to 1, or nothing where only a part went and its size is not known")
	}
	return decimal.NewNullDecimal(n), nil
}

func (r reader) readMemberships(fsys fs.FS) error {
	rows, err := readTable(fsys, "memberships.csv", "organisation", "footprint", "share", "valid_from", "valid_to", "source")
	if err != nil {
		return err
	}
	for _, row := range rows {
		m := Membership{Organisation: row.value("organisation"), Footprint: row.value("footprint"), Source: row.value("source")}
		if _, ok := r.organisations[m.Organisation]; !ok {
			return row.wrong("organisation", "a code of organisations.csv")
		}
		if at, ok := r.byCode[m.Footprint]; m.Footprint != Unallocated && (!ok || r.footprints[at].Code != m.Footprint) {
			return row.wrong("footprint", "a code of footprints.csv, or "+Unallocated)
		}
		if m.Share, err = decimal.NewFromString(row.value("share")); err != nil || m.Share.IsNegative() || m.Share.GreaterThan(whole) {
			return row.wrong("share", "a number above 0 and up to 1, or 0 for a footprint that it may belong to")
		}
		if m.From, err = row.day("valid_from"); err != nil {
			return err
		}
		if m.To, err = row.day("valid_to"); err != nil {
			return err
		}
		if !m.To.IsZero() && !m.From.Before(m.To) {
			return row.wrong("valid_to", "a day after valid_from, or nothing")
		}
		if m.Source == "" {
			return row.wrong("source", "a text")
		}
		r.memberships = append(r.memberships, m)
		r.byOrganisation[m.Organisation] = append(r.byOrganisation[m.Organisation], m)
		if total, on := r.greatestShare(m.Organisation); total.GreaterThan(whole) {
			return row.wrong("share", fmt.Sprintf("shares of %s that add up to 1 at most; on %s they are %s", m.Organisation, on, total))
		}
	}
	return r.checkEveryDay()
}

// checkEveryDay refuses an organisation that on some day is in no footprint, without a reason: its figures would be in none, and that
// of its footprint would look whole.
func (r reader) checkEveryDay() error {
	for _, o := range r.Organisations() {
		memberships := r.byOrganisation[o.Code]
		days := []time.Time{{}} // before the first day stated
		for _, m := range memberships {
			days = append(days, m.From)
			if !m.To.IsZero() {
				days = append(days, m.To)
			}
		}
		for _, day := range days {
			if total := r.shareOn(o.Code, day); !total.Equal(whole) {
				on := "before the first day stated"
				if !day.IsZero() {
					on = "on " + day.Format(time.DateOnly)
				}
				return fmt.Errorf(
					"memberships.csv: found shares of %s (%s) that add up to %s %s; accepted: 1 on every day, with %s and the reason where it is in no single footprint",
					o.Code,
					o.Name,
					total,
					on,
					Unallocated,
				)
			}
		}
	}
	return nil
}

// shareOn adds up an organisation's shares on a day.
func (r reader) shareOn(organisation string, day time.Time) decimal.Decimal {
	total := decimal.Zero
	for _, m := range r.byOrganisation[organisation] {
		if m.Holds(day) {
			total = total.Add(m.Share)
		}
	}
	return total
}

// greatestShare adds up an organisation's shares on the days where one begins.
func (r reader) greatestShare(organisation string) (greatest decimal.Decimal, on string) {
	for _, begins := range r.byOrganisation[organisation] {
		if total := r.shareOn(organisation, begins.From); total.GreaterThan(greatest) {
			greatest, on = total, "every day before the first stated"
			if !begins.From.IsZero() {
				on = begins.From.Format(time.DateOnly)
			}
		}
	}
	return greatest, on
}

// uses remembers in which line a value was first used.
type uses map[string]int

func (u uses) take(value string, line int) (first int, taken bool) {
	if first, taken = u[value]; !taken {
		u[value] = line
	}
	return first, taken
}

// row is one record of a table with the line it stands in.
type row struct {
	file    string
	line    int
	columns []string
	values  []string
}

func (r row) value(column string) string { return r.values[slices.Index(r.columns, column)] }

func (r row) wrong(column, accepted string) error {
	return fmt.Errorf("%s, line %d, column %s: found %q; accepted: %s", r.file, r.line, column, r.value(column), accepted)
}

func (r row) positive(column string) (int, error) {
	n, err := strconv.Atoi(r.value(column))
	if err != nil || n < 1 {
		return 0, r.wrong(column, "a whole number from 1")
	}
	return n, nil
}

func (r row) day(column string) (time.Time, error) {
	if r.value(column) == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, r.value(column))
	if err != nil {
		return time.Time{}, r.wrong(column, "a day such as 2017-04-01, or nothing")
	}
	return day, nil
}

// readTable reads a table which must have exactly these columns.
func readTable(fsys fs.FS, name string, columns ...string) ([]row, error) {
	file, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read the reference tables: %w", err)
	}
	defer file.Close()
	records := csv.NewReader(file)
	records.FieldsPerRecord = -1
	var rows []row
	for first := true; ; first = false {
		values, err := records.Read()
		if errors.Is(err, io.EOF) && !first {
			return rows, nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		if first {
			if !slices.Equal(values, columns) {
				return nil, fmt.Errorf("%s, line 1: found the columns %q; accepted: %q", name, values, columns)
			}
			continue
		}
		line, _ := records.FieldPos(0)
		if len(values) != len(columns) {
			return nil, fmt.Errorf("%s, line %d: found %d columns; accepted: %d", name, line, len(values), len(columns))
		}
		rows = append(rows, row{file: name, line: line, columns: columns, values: values})
	}
}
