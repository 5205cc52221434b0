package slides

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"

	"stpdash/internal/spreadsheet"
)

// The axes of a chart.
const categoryAxis, valueAxis = "111111111", "222222222"

// dataSheet is the sheet of a chart's workbook.
const dataSheet = "Data"

// shown are the series that have values.
func (c Chart) shown() []Series {
	return slices.DeleteFunc(slices.Clone(c.Series), func(s Series) bool { return !s.any() })
}

// workbook is the data of a chart, which PowerPoint opens to edit it.
func (c Chart) workbook() ([]byte, error) {
	head := []any{c.Unit}
	rows := [][]any{head}
	for i, category := range c.Categories {
		row := []any{category}
		for _, s := range c.shown() {
			var cell any
			if v := s.Values[i]; !math.IsNaN(v) {
				cell = v
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	for _, s := range c.shown() {
		rows[0] = append(rows[0], s.Name)
	}
	var out bytes.Buffer
	err := spreadsheet.WriteXLSX(&out, spreadsheet.Sheet{Name: dataSheet, Rows: rows, Widths: []float64{24}})
	return out.Bytes(), err
}

// part is the chart as a part of the package; its workbook is the relationship rId1.
func (c Chart) part() node {
	space := slices.Concat(charts, drawing, relationships)
	plot := []node{el("c:layout", nil), c.plotted(), c.categories(), c.values()}
	return el("c:chartSpace", space,
		val("c:date1904", "0"), val("c:roundedCorners", "0"),
		el("c:chart", nil,
			val("c:autoTitleDeleted", "1"),
			el("c:plotArea", nil, plot...),
			el("c:legend", nil, val("c:legendPos", "b"), val("c:overlay", "0")),
			val("c:plotVisOnly", "1"), val("c:dispBlanksAs", "gap"),
		),
		el("c:txPr", nil, el("a:bodyPr", nil), el("a:lstStyle", nil), el("a:p", nil,
			el("a:pPr", nil, el("a:defRPr", []string{"sz", "1200"}, solid("212B32"))), el("a:endParaRPr", []string{"lang", language}))),
		el("c:externalData", []string{"r:id", "rId1"}, val("c:autoUpdate", "0")),
	)
}

// plotted are the series, as lines or bars.
func (c Chart) plotted() node {
	var series []node
	for i, s := range c.shown() {
		series = append(series, c.series(i, s))
	}
	axes := []node{val("c:axId", categoryAxis), val("c:axId", valueAxis)}
	if c.Kind == Lines {
		head := []node{val("c:grouping", "standard"), val("c:varyColors", "0")}
		return el("c:lineChart", nil, slices.Concat(head, series, []node{val("c:marker", "1")}, axes)...)
	}
	direction := map[Kind]string{Columns: "col", Bars: "bar"}[c.Kind]
	head := []node{val("c:barDir", direction), val("c:grouping", "clustered"), val("c:varyColors", "0")}
	return el("c:barChart", nil, slices.Concat(head, series, []node{val("c:gapWidth", "40")}, axes)...)
}

// series is one series, with what the workbook says of it.
func (c Chart) series(i int, s Series) node {
	look, column := styles[s.Style], columnName(i+2)
	last := number(len(c.Categories) + 1)
	parts := []node{
		val("c:idx", number(i)), val("c:order", number(i)),
		el("c:tx", nil, el("c:strRef", nil, words("c:f", dataSheet+"!$"+column+"$1"), el("c:strCache", nil, val("c:ptCount", "1"), point(0, s.Name)))),
	}
	if c.Kind == Lines {
		line, mark := el("a:ln", []string{"w", "19050"}, el("a:noFill", nil)), el("c:marker", nil, val("c:symbol", "none"))
		if look.width > 0 {
			line = el("a:ln", []string{"w", number(look.width), "cap", "rnd"}, solid(look.colour), dashed(look.dash), el("a:round", nil))
		}
		if look.mark != "" {
			mark = el("c:marker", nil, val("c:symbol", look.mark), val("c:size", number(look.size)),
				el("c:spPr", nil, solid(look.colour), el("a:ln", []string{"w", "9525"}, solid(look.colour))))
		}
		parts = append(parts, el("c:spPr", nil, line), mark)
	} else {
		parts = append(parts, el("c:spPr", nil, solid(look.colour)), val("c:invertIfNegative", "0"))
	}
	var categories, values []node
	for j, category := range c.Categories {
		categories = append(categories, point(j, category))
		if v := s.Values[j]; !math.IsNaN(v) {
			values = append(values, point(j, strconv.FormatFloat(v, 'g', -1, 64)))
		}
	}
	count := val("c:ptCount", number(len(c.Categories)))
	parts = append(parts,
		el("c:cat", nil, el("c:strRef", nil, words("c:f", dataSheet+"!$A$2:$A$"+last), el("c:strCache", nil, append([]node{count}, categories...)...))),
		el("c:val", nil, el("c:numRef", nil, words("c:f", dataSheet+"!$"+column+"$2:$"+column+"$"+last),
			el("c:numCache", nil, append([]node{words("c:formatCode", c.Format), count}, values...)...))),
	)
	if c.Kind == Lines {
		parts = append(parts, val("c:smooth", "0"))
	}
	return el("c:ser", nil, parts...)
}

// categories is the axis of places or time. Bars have it from the top.
func (c Chart) categories() node {
	order, position := "minMax", "b"
	skip := []node{}
	if c.Kind == Bars {
		order, position = "maxMin", "l"
	} else if n := len(c.Categories); n > maxLabels {
		every := number((n + maxLabels - 1) / maxLabels)
		skip = []node{val("c:tickLblSkip", every), val("c:tickMarkSkip", every)}
	}
	size := "1100"
	if c.Kind == Bars && len(c.Categories) > 20 {
		size = "700"
	}
	return el("c:catAx", nil, slices.Concat([]node{
		val("c:axId", categoryAxis), el("c:scaling", nil, val("c:orientation", order)), val("c:delete", "0"), val("c:axPos", position),
		el("c:numFmt", []string{"formatCode", "General", "sourceLinked", "0"}), val("c:majorTickMark", "out"), val("c:minorTickMark", "none"),
		val("c:tickLblPos", "low"), el("c:spPr", nil, el("a:ln", []string{"w", "9525"}, solid("768692"))), axisText(size),
		val("c:crossAx", valueAxis), val("c:crosses", "autoZero"), val("c:auto", "0"), val("c:lblAlgn", "ctr"), val("c:lblOffset", "100"),
	}, skip, []node{val("c:noMultiLvlLbl", "0")})...)
}

// maxLabels is how many periods an axis names.
const maxLabels = 12

// values is the axis of the values, with their unit. Bars have it below them.
func (c Chart) values() node {
	position, crosses := "l", "autoZero"
	if c.Kind == Bars {
		position, crosses = "b", "max"
	}
	scaling := []node{val("c:orientation", "minMax")}
	if c.Kind != Lines && !c.negative() { // a bar is as long as its value
		scaling = append(scaling, val("c:min", "0"))
	}
	return el("c:valAx", nil,
		val("c:axId", valueAxis), el("c:scaling", nil, scaling...), val("c:delete", "0"), val("c:axPos", position),
		el("c:majorGridlines", nil, el("c:spPr", nil, el("a:ln", []string{"w", "6350"}, solid("D8DDE0")))),
		el("c:title", nil, el("c:tx", nil, el("c:rich", nil, el("a:bodyPr", nil), el("a:lstStyle", nil), el("a:p", nil,
			el("a:pPr", nil, el("a:defRPr", []string{"sz", "1100", "b", "0"})),
			el("a:r", nil, el("a:rPr", []string{"lang", language, "sz", "1100", "b", "0"}), words("a:t", c.Unit))))), val("c:overlay", "0")),
		el("c:numFmt", []string{"formatCode", c.Format, "sourceLinked", "0"}), val("c:majorTickMark", "none"), val("c:minorTickMark", "none"),
		val("c:tickLblPos", "nextTo"), el("c:spPr", nil, el("a:ln", nil, el("a:noFill", nil))), axisText("1100"),
		val("c:crossAx", categoryAxis), val("c:crosses", crosses), val("c:crossBetween", "between"),
	)
}

// negative tells whether a value is below zero.
func (c Chart) negative() bool {
	return slices.ContainsFunc(c.Series, func(s Series) bool { return slices.ContainsFunc(s.Values, func(v float64) bool { return v < 0 }) })
}

func axisText(size string) node {
	return el("c:txPr", nil, el("a:bodyPr", nil), el("a:lstStyle", nil), el("a:p", nil,
		el("a:pPr", nil, el("a:defRPr", []string{"sz", size})), el("a:endParaRPr", []string{"lang", language})))
}

func point(i int, value string) node {
	return el("c:pt", []string{"idx", number(i)}, words("c:v", value))
}

func solid(colour string) node { return el("a:solidFill", nil, val("a:srgbClr", colour)) }

func dashed(dash string) node { return val("a:prstDash", cmp.Or(dash, "solid")) }

// columnName is the name of a column of a workbook, of which the first is 1.
func columnName(n int) string {
	name, err := excelize.ColumnNumberToName(n)
	if err != nil {
		panic(err) // a chart has few series
	}
	return name
}
