package slides

import "slices"

// language is that of the texts.
const language = "en-GB"

// A slide is 13.333 by 7.5 inches, in EMU.
const (
	slideWidth, slideHeight   = 12192000, 6858000
	marginLeft, contentWidth  = 457200, 11277600
	contentTop, contentBottom = 1280160, 6309360
	lineHeight                = 320040 // of a line of text
	lineSigns                 = 105    // that fit on one
	rowHeight                 = 256032
)

// What the parts of a slide are numbered by.
const (
	titleID = iota + 2
	textID
	drawnID
	numberID
)

// part is a slide as a part of the package; its chart is the relationship rId3.
func (s Slide) part(first bool) node {
	title, text := "title", "body"
	if first {
		title, text = "ctrTitle", "subTitle"
	}
	shapes := []node{
		el("p:nvGrpSpPr", nil, el("p:cNvPr", []string{"id", "1", "name", ""}), el("p:cNvGrpSpPr", nil), el("p:nvPr", nil)),
		el("p:grpSpPr", nil),
		placeholder(titleID, "Title", []string{"type", title}, nil, s.Title),
	}
	below := contentTop
	if len(s.Lines) > 0 {
		var box *[4]int
		if s.Chart != nil || s.Table != nil {
			height := s.textHeight()
			box = &[4]int{marginLeft, contentTop, contentWidth, height}
			below = contentTop + height + lineHeight/2
		}
		shapes = append(shapes, placeholder(textID, "Text", []string{"type", text, "idx", "1"}, box, s.Lines...))
	}
	switch box := [4]int{marginLeft, below, contentWidth, contentBottom - below}; {
	case s.Chart != nil:
		shapes = append(shapes, s.Chart.frame(box))
	case s.Table != nil:
		shapes = append(shapes, s.Table.frame(box, s.Title))
	}
	shapes = append(shapes, slideNumber())
	return el("p:sld", slices.Concat(drawing, relationships, presentation),
		el("p:cSld", nil, el("p:spTree", nil, shapes...)), el("p:clrMapOvr", nil, el("a:masterClrMapping", nil)))
}

// textHeight is the room that the lines above a chart take.
func (s Slide) textHeight() int {
	lines := 0
	for _, line := range s.Lines {
		lines += 1 + len(line)/lineSigns
	}
	return min(lines*lineHeight, (contentBottom-contentTop)/2)
}

// placeholder is a text of the layout; in a box of its own where it has one.
func placeholder(id int, name string, kind []string, box *[4]int, paragraphs ...string) node {
	properties := el("p:spPr", nil)
	if box != nil {
		properties = el("p:spPr", nil, transform("a:xfrm", *box))
	}
	return el("p:sp", nil,
		el("p:nvSpPr", nil, el("p:cNvPr", []string{"id", number(id), "name", name}), el("p:cNvSpPr", nil, el("a:spLocks", []string{"noGrp", "1"})),
			el("p:nvPr", nil, el("p:ph", kind))),
		properties,
		el("p:txBody", nil, append([]node{el("a:bodyPr", nil, el("a:normAutofit", nil)), el("a:lstStyle", nil)}, texts(nil, paragraphs)...)...),
	)
}

// texts are paragraphs, one at least.
func texts(style []string, paragraphs []string) []node {
	var all []node
	for _, text := range paragraphs {
		all = append(all, el("a:p", nil, el("a:r", nil, el("a:rPr", append([]string{"lang", language}, style...)), words("a:t", text))))
	}
	if len(all) == 0 {
		all = append(all, el("a:p", nil, el("a:endParaRPr", []string{"lang", language})))
	}
	return all
}

func slideNumber() node {
	return el("p:sp", nil,
		el("p:nvSpPr", nil, el("p:cNvPr", []string{"id", number(numberID), "name", "Slide number"}),
			el("p:cNvSpPr", nil, el("a:spLocks", []string{"noGrp", "1"})), el("p:nvPr", nil, el("p:ph", []string{"type", "sldNum", "sz", "quarter", "idx", "12"}))),
		el("p:spPr", nil),
		el("p:txBody", nil, el("a:bodyPr", nil), el("a:lstStyle", nil), el("a:p", nil,
			el("a:fld", []string{"id", "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}", "type", "slidenum"},
				el("a:rPr", []string{"lang", language}), words("a:t", "‹#›")))),
	)
}

func transform(name string, box [4]int) node {
	return el(name, nil, el("a:off", []string{"x", number(box[0]), "y", number(box[1])}), el("a:ext", []string{"cx", number(box[2]), "cy", number(box[3])}))
}

// frame places a chart on a slide.
func (c Chart) frame(box [4]int) node {
	return el("p:graphicFrame", nil,
		el("p:nvGraphicFramePr", nil, el("p:cNvPr", []string{"id", number(drawnID), "name", "Chart", "descr", c.Alt}),
			el("p:cNvGraphicFramePr", nil, el("a:graphicFrameLocks", []string{"noGrp", "1"})), el("p:nvPr", nil)),
		transform("p:xfrm", box),
		el("a:graphic", nil, el("a:graphicData", []string{"uri", charts[1]}, el("c:chart", append(slices.Clone(charts), "r:id", "rId3")))),
	)
}

// frame places a table on a slide.
func (t Table) frame(box [4]int, title string) node {
	all := 0
	for _, width := range t.Widths {
		all += width
	}
	var columns, rows []node
	for _, width := range t.Widths {
		columns = append(columns, el("a:gridCol", []string{"w", number(box[2] * width / all)}))
	}
	for i, row := range t.Rows {
		var cells []node
		for _, text := range row {
			style := []string{"sz", "1100"}
			if i == 0 {
				style = append(style, "b", "1")
			}
			line := func(name string) node { return el(name, []string{"w", "6350"}, solid("AEB7BD")) }
			cells = append(cells, el("a:tc", nil,
				el("a:txBody", nil, append([]node{el("a:bodyPr", nil), el("a:lstStyle", nil)}, texts(style, []string{text})...)...),
				el("a:tcPr", []string{"marL", "45720", "marR", "45720", "marT", "22860", "marB", "22860"}, line("a:lnB"), el("a:noFill", nil))))
		}
		rows = append(rows, el("a:tr", []string{"h", number(rowHeight)}, cells...))
	}
	table := slices.Concat([]node{el("a:tblPr", []string{"firstRow", "1"}), el("a:tblGrid", nil, columns...)}, rows)
	return el("p:graphicFrame", nil,
		el("p:nvGraphicFramePr", nil, el("p:cNvPr", []string{"id", number(drawnID), "name", "Table", "descr", title}),
			el("p:cNvGraphicFramePr", nil, el("a:graphicFrameLocks", []string{"noGrp", "1"})), el("p:nvPr", nil)),
		transform("p:xfrm", [4]int{box[0], box[1], box[2], rowHeight * len(t.Rows)}),
		el("a:graphic", nil, el("a:graphicData", []string{"uri", "http://schemas.openxmlformats.org/drawingml/2006/table"}, el("a:tbl", nil, table...))),
	)
}

// notes are the notes of a slide as a part of the package.
func (s Slide) notes() node {
	picture := el("p:sp", nil,
		el(
			"p:nvSpPr",
			nil,
			el("p:cNvPr", []string{"id", "2", "name", "Slide"}),
			el(
				"p:cNvSpPr",
				nil,
				el("a:spLocks", []string{"noGrp", "1", "noRot", "1", "noChangeAspect", "1"}),
			),
			el("p:nvPr", nil, el("p:ph", []string{"type", "sldImg"})),
		),
		el("p:spPr", nil))
	return el("p:notes", slices.Concat(drawing, relationships, presentation),
		el("p:cSld", nil, el("p:spTree", nil,
			el("p:nvGrpSpPr", nil, el("p:cNvPr", []string{"id", "1", "name", ""}), el("p:cNvGrpSpPr", nil), el("p:nvPr", nil)), el("p:grpSpPr", nil),
			picture, placeholder(textID, "Notes", []string{"type", "body", "idx", "1"}, nil, s.Notes...))),
		el("p:clrMapOvr", nil, el("a:masterClrMapping", nil)))
}
