package web

import (
	"context"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
)

type driverMove struct {
	Kind         string `json:"kind"                   enum:"succeeded_by,took_over,merged_in,moved_to,moved_from,not_listed,newly_listed"`
	Organisation string `json:"organisation,omitempty"                                                                                     doc:"The other organisation"`
	Footprint    string `json:"footprint,omitempty"                                                                                        doc:"The other footprint"`
	On           string `json:"on,omitempty"                                                                                               doc:"The first day"`
	Share        amount `json:"share"                                                                                                      doc:"Of its area or work; null where that is not published, or none went over"`
}

type driverPart struct {
	Listed      int    `json:"listed"      doc:"In how many of the periods beneath the figure the organisation is listed; 0 where in none, and the rest is null"`
	Numerator   amount `json:"numerator"   doc:"The part of it that counts in the footprint"`
	Denominator amount `json:"denominator" doc:"Of a share or rate of its own counts"`
	Value       number `json:"value"       doc:"Its own share or rate, or its count"`
}

type driver struct {
	Code         string       `json:"code"`
	Name         string       `json:"name"`
	Short        string       `json:"short_name"       doc:"Where there is little room"`
	Kind         string       `json:"kind"             doc:"provider, commissioner or council; empty where the reference does not have it"`
	Presence     string       `json:"presence"         doc:"merged: the figures before of others, all of whose work it took over, are in its own"                                        enum:"present,joined,left,merged"`
	Moves        []driverMove `json:"moves"            doc:"How it joined or left, or whose work it took over"`
	From         driverPart   `json:"from"`
	To           driverPart   `json:"to"`
	Contribution number       `json:"contribution"     doc:"Of the change, in the unit of the measure, of a share from 0 to 1. All of them add up to the change"`
	Within       number       `json:"within"           doc:"The part of the contribution that its own share or rate makes up; null where the figure is no quotient of its own counts"`
	Mix          number       `json:"mix"              doc:"The part that its weight among the others makes up; null likewise"`
	Share        number       `json:"share"            doc:"The contribution in per cent of the change; null where nothing changed, or less than a tenth of what rose and fell together"`
	Counts       amount       `json:"counts_here"      doc:"How much of its figure counts in the footprint, from 0 to 1; under 1 the contribution is an estimate"`
	Variation    string       `json:"variation_icon"   doc:"What its own last figure tells; empty where that is not firmly known"`
	VariationOf  string       `json:"variation_period"`
}

type driversNone struct {
	Code          string   `json:"code"          enum:"no_figure,no_earlier_figure,not_reported,counted_anew,counting_changed,stated_for_place,not_combined,parts_not_whole,no_value,not_applicable"`
	Words         string   `json:"words"`
	Period        string   `json:"period"                                                                                                                                                            doc:"Of the figure that it is about; empty where there is none"`
	Organisations []string `json:"organisations"                                                                                                                                                     doc:"Codes of those that did not report, or whose counting changed"`
}

type driversBody struct {
	Measure   string `json:"measure"`
	Title     string `json:"title"`
	Unit      string `json:"unit"`
	Hash      string `json:"definition_hash"`
	Footprint string `json:"footprint"`
	Name      string `json:"name"`
	AsOf      string `json:"as_of,omitempty"`
	Loading   bool   `json:"loading,omitempty" doc:"Whether figures of the measure are not loaded yet, so that what is missing is no fact"`
	Against   string `json:"against"                                                                                                       enum:"year,period"`
	From      point  `json:"from"              doc:"The earlier figure; of a measure that is growth itself, the amount that it grew from"`
	To        point  `json:"to"`
	Change    number `json:"change"            doc:"To the later figure; of growth the growth itself. Null where nothing is divided"`
	// ChangeUnit is that of the change and of every contribution.
	ChangeUnit string       `json:"change_unit"                    doc:"counted: as the measure; share: 0.01 is one percentage point; gbp: pounds"                                                                                                                    enum:"counted,share,gbp"`
	Comparable bool         `json:"comparable"                     doc:"Whether the two periods can be compared. Where they cannot, the change is only how their sums differ"`
	NoChange   string       `json:"not_comparable_code,omitempty"                                                                                                                                                                                                     enum:"counted_anew,members_changed"`
	Why        string       `json:"not_comparable_words,omitempty"`
	Method     string       `json:"method"                         doc:"How the change is divided; empty where it is not. rate_and_mix: Kitagawa 1955, J Am Stat Assoc 50:1168-1194, with joiners and leavers as Griliches and Regev 1995, J Econometrics 65:175-203" enum:"sum,rate_and_mix,place_people,growth,"`
	None       *driversNone `json:"none"                           doc:"Why nothing is divided among organisations; null where something is"`
	// Since is the newest period, where it has no whole figure and an older one is looked at.
	Since         *point   `json:"later_not_whole" doc:"The newest figure of the footprint, where it is not whole and an older one is looked at; else null"`
	Organisations []driver `json:"organisations"   doc:"The largest contribution first"`
}

func (b driversBody) sheet() sheet {
	s := sheet{
		"drivers",
		[][]any{
			{
				"measure",
				"footprint",
				"name",
				"from",
				"to",
				"organisation",
				"organisation_name",
				"short_name",
				"presence",
				"from_numerator",
				"from_denominator",
				"from_value",
				"to_numerator",
				"to_denominator",
				"to_value",
				"contribution",
				"within",
				"mix",
				"share",
				"counts_here",
				"comparable",
				"method",
			},
		},
	}
	for _, o := range b.Organisations {
		s.rows = append(s.rows, []any{
			b.Measure, b.Footprint, b.Name, b.From.Period, b.To.Period, o.Code, o.Name, o.Short, o.Presence, o.From.Numerator, o.From.Denominator, o.From.Value,
			o.To.Numerator, o.To.Denominator, o.To.Value, o.Contribution, o.Within, o.Mix, o.Share, o.Counts, b.Comparable, b.Method,
		})
	}
	return s
}

func (a figuresAPI) drivers(ctx context.Context, in *struct {
	Viewing
	Measure   string `query:"measure"   doc:"Id of a measure"`
	Footprint string `query:"footprint" doc:"Code of a footprint"`
	Period    string `query:"period"    doc:"Of the later figure; the last whole one without it"`
	Against   string `query:"against"   doc:"year: the same period a year before; period: the period before. A year without it"`
},
) (driversBody, error) {
	body := driversBody{AsOf: in.AsOf, Organisations: []driver{}, Comparable: true}
	asOf, m, s, err := a.subject(ctx, in.Viewing, in.Measure, in.Footprint, "")
	if err != nil {
		return body, err
	}
	q := figures.DriversQuestion{Against: figures.Against(in.Against)}
	switch q.Against {
	case "", figures.AgainstYear, figures.AgainstPeriod:
	default:
		return body, &figures.InputError{Parameter: "against", Value: in.Against, Accepted: "year, period"}
	}
	if in.Period != "" {
		if q.Period, err = a.figures.Directory().ReadPeriod("period", in.Period, m); err != nil {
			return body, err
		}
	}
	d, err := a.figures.Drivers(ctx, asOf, m, s, q)
	if err != nil {
		return body, err
	}
	directory := a.figures.Directory()
	body.Measure, body.Title, body.Unit, body.Hash, body.Loading = m.ID, m.Title, string(m.Unit), m.Hash(), asOf.Waits(m)
	body.Footprint, body.Name, body.Against, body.Method = s.Code, s.Name, string(d.Against), string(d.By)
	body.From, body.To, body.Change = periodPoint(m, d.From), periodPoint(m, d.To), number{d.Change}
	body.ChangeUnit = "counted"
	switch {
	case m.Unit == catalog.Share, d.By == measure.ByGrowth:
		body.ChangeUnit = "share"
	case m.Unit == catalog.GBP:
		body.ChangeUnit = "gbp"
	}
	if d.NoChange.Code == figures.CountedAnew || d.NoChange.Code == figures.MembersChanged {
		body.Comparable, body.NoChange, body.Why = false, string(d.NoChange.Code), wording.Incomparable(d.NoChange, directory.Named)
	}
	if d.None.Code != "" {
		none := driversNone{Code: string(d.None.Code), Words: wording.NoDrivers(d, directory.Named), Organisations: []string{}}
		if !d.None.Period.Start.IsZero() {
			none.Period = d.None.Period.String()
		}
		none.Organisations = append(none.Organisations, d.None.Organisations...)
		body.None, body.Comparable = &none, false
	}
	if d.Since != nil {
		since := newPoint(m, *d.Since)
		body.Since = &since
	}
	var codes []string
	for _, o := range d.Organisations {
		codes = append(codes, o.Organisation)
	}
	short := wording.ShortNames(codes, directory.OrganisationName)
	for _, o := range d.Organisations {
		body.Organisations = append(body.Organisations, newDriver(m, d, o, directory.OrganisationName(o.Organisation), short[o.Organisation]))
	}
	return body, nil
}

// periodPoint is a point whose period may not be known.
func periodPoint(m *catalog.Measure, p measure.Point) point {
	if p.Period.Start.IsZero() {
		return point{Missing: []string{}, Shared: []shared{}}
	}
	return newPoint(m, p)
}

func newDriver(m *catalog.Measure, d figures.Drivers, o figures.Driver, name, short string) driver {
	row := driver{
		Code: o.Organisation, Name: name, Short: short, Presence: string(o.Presence), Moves: []driverMove{}, Contribution: number{decimal.NewNullDecimal(o.Points)},
		Within: number{o.Within}, Mix: number{o.Mix}, Share: number{o.Part}, Counts: amount{decimal.NewNullDecimal(o.Counts)},
		From: newDriverPart(m, d, o.From), To: newDriverPart(m, d, o.To),
	}
	if of := o.Row.Area.Organisation; of != nil {
		row.Kind = string(of.Kind)
	}
	for _, move := range o.Moves {
		to := driverMove{Kind: string(move.Kind), Organisation: move.Organisation, Footprint: move.Footprint, Share: amount{move.Share}}
		if !move.On.IsZero() {
			to.On = move.On.Format("2006-01-02")
		}
		row.Moves = append(row.Moves, to)
	}
	if s := o.Row.Signal; s != nil && s.Variation != "" {
		row.Variation, row.VariationOf = string(s.Variation), s.Judges.Period.String()
	}
	return row
}

func newDriverPart(m *catalog.Measure, d figures.Drivers, p measure.Part) driverPart {
	part := driverPart{Listed: p.Periods}
	if p.Periods == 0 {
		return part
	}
	part.Numerator, part.Denominator = amount{measure.RoundedCount(m, p.Numerator)}, amount{measure.RoundedCount(m, p.Denominator)}
	switch {
	case d.By == measure.ByRateAndMix && p.Denominator.Decimal.IsPositive():
		per := decimal.NewFromInt(int64(max(m.Per, 1)))
		part.Value = figureOf(m, decimal.NewNullDecimal(p.Numerator.Decimal.Mul(per).DivRound(p.Denominator.Decimal, 10)))
	case d.By == measure.BySum, d.By == measure.ByGrowth:
		part.Value = number{measure.Rounded(m.Unit, p.Numerator)}
	}
	return part
}
