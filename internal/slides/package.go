package slides

import (
	"archive/zip"
	"embed"
	"fmt"
	"io"
	"path"
	"slices"
	"time"
)

// parts are those that are the same in all presentations: the look, and the two layouts.
//
//go:embed parts
var parts embed.FS

const (
	officeRelations  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	packageRelations = "http://schemas.openxmlformats.org/package/2006/relationships"
	presentationKind = "application/vnd.openxmlformats-officedocument.presentationml."
	openXML          = "application/vnd.openxmlformats-officedocument."
)

// Type is how HTTP calls a presentation.
const Type = presentationKind + "presentation"

// contents are the parts of a package in their order, each with what leads from it to others.
type contents struct {
	out   *zip.Writer
	kinds []node // of the parts, for [Content_Types].xml
	err   error
}

// relation leads from a part to another.
type relation struct{ id, kind, target string }

func (c *contents) add(name, kind string, content []byte, relations ...relation) {
	c.file(name, content)
	if kind != "" {
		c.kinds = append(c.kinds, el("Override", []string{"PartName", "/" + name, "ContentType", kind}))
	}
	if len(relations) > 0 {
		c.relate(name, relations)
	}
}

// relate writes what leads from a part to others; from the package itself without a name.
func (c *contents) relate(name string, relations []relation) {
	var all []node
	for _, r := range relations {
		all = append(all, el("Relationship", []string{"Id", r.id, "Type", r.kind, "Target", r.target}))
	}
	folder, file := path.Split(name)
	c.xml(folder+"_rels/"+file+".rels", el("Relationships", []string{"xmlns", packageRelations}, all...))
}

func (c *contents) xml(name string, n node) {
	content, err := n.write()
	if c.err == nil {
		c.err = err
	}
	c.file(name, content)
}

func (c *contents) part(name, kind string, n node, relations ...relation) {
	content, err := n.write()
	if c.err == nil {
		c.err = err
	}
	c.add(name, kind, content, relations...)
}

// fixed adds a part that is the same in all presentations.
func (c *contents) fixed(from, name, kind string, relations ...relation) {
	content, err := parts.ReadFile("parts/" + from)
	if c.err == nil {
		c.err = err
	}
	c.add(name, kind, content, relations...)
}

// file writes a file without the time at which it was made.
func (c *contents) file(name string, content []byte) {
	if c.err != nil {
		return
	}
	w, err := c.out.Create(name)
	if err == nil {
		_, err = w.Write(content)
	}
	c.err = err
}

// Write writes a presentation.
func (d Deck) Write(w io.Writer) error {
	c := &contents{out: zip.NewWriter(w)}
	c.relate("", []relation{
		{"rId1", officeRelations + "officeDocument", "ppt/presentation.xml"},
		{"rId2", packageRelations + "/metadata/core-properties", "docProps/core.xml"},
		{"rId3", officeRelations + "extended-properties", "docProps/app.xml"},
	})
	d.properties(c)
	d.frame(c)
	drawn := 0
	for i, s := range d.Slides {
		layout := "layout2"
		if i == 0 {
			layout = "layout1"
		}
		n := i + 1
		leads := []relation{
			{"rId1", officeRelations + "slideLayout", "../slideLayouts/" + layout + ".xml"},
			{"rId2", officeRelations + "notesSlide", fmt.Sprintf("../notesSlides/notes%d.xml", n)},
		}
		if s.Chart != nil {
			drawn++
			leads = append(leads, relation{"rId3", officeRelations + "chart", fmt.Sprintf("../charts/chart%d.xml", drawn)})
			book, err := s.Chart.workbook()
			if err != nil {
				return err
			}
			c.part(fmt.Sprintf("ppt/charts/chart%d.xml", drawn), openXML+"drawingml.chart+xml", s.Chart.part(),
				relation{"rId1", officeRelations + "package", fmt.Sprintf("../embeddings/data%d.xlsx", drawn)})
			c.add(fmt.Sprintf("ppt/embeddings/data%d.xlsx", drawn), "", book)
		}
		c.part(fmt.Sprintf("ppt/slides/slide%d.xml", n), presentationKind+"slide+xml", s.part(i == 0), leads...)
		c.part(fmt.Sprintf("ppt/notesSlides/notes%d.xml", n), presentationKind+"notesSlide+xml", s.notes(),
			relation{"rId1", officeRelations + "notesMaster", "../notesMasters/master.xml"},
			relation{"rId2", officeRelations + "slide", fmt.Sprintf("../slides/slide%d.xml", n)})
	}
	c.xml("[Content_Types].xml", el("Types", []string{"xmlns", "http://schemas.openxmlformats.org/package/2006/content-types"}, slices.Concat([]node{
		el("Default", []string{"Extension", "rels", "ContentType", "application/vnd.openxmlformats-package.relationships+xml"}),
		el("Default", []string{"Extension", "xml", "ContentType", "application/xml"}),
		el("Default", []string{"Extension", "xlsx", "ContentType", openXML + "spreadsheetml.sheet"}),
	}, c.kinds)...))
	if c.err != nil {
		return c.err
	}
	return c.out.Close()
}

// frame adds the presentation itself, its look and its layouts.
func (d Deck) frame(c *contents) {
	leads := []relation{
		{"rId1", officeRelations + "slideMaster", "slideMasters/master.xml"},
		{"rId2", officeRelations + "notesMaster", "notesMasters/master.xml"},
		{"rId3", officeRelations + "theme", "theme/theme1.xml"},
	}
	var slides []node
	for i := range d.Slides {
		id := fmt.Sprintf("rId%d", i+10)
		leads = append(leads, relation{id, officeRelations + "slide", fmt.Sprintf("slides/slide%d.xml", i+1)})
		slides = append(slides, el("p:sldId", []string{"id", number(256 + i), "r:id", id}))
	}
	c.part("ppt/presentation.xml", presentationKind+"presentation.main+xml", el("p:presentation", slices.Concat(drawing, relationships, presentation),
		el("p:sldMasterIdLst", nil, el("p:sldMasterId", []string{"id", "2147483648", "r:id", "rId1"})),
		el("p:notesMasterIdLst", nil, el("p:notesMasterId", []string{"r:id", "rId2"})),
		el("p:sldIdLst", nil, slides...),
		el("p:sldSz", []string{"cx", number(slideWidth), "cy", number(slideHeight)}),
		el("p:notesSz", []string{"cx", "6858000", "cy", "9144000"}),
	), leads...)
	theme := func(n int) relation {
		return relation{"rId9", officeRelations + "theme", fmt.Sprintf("../theme/theme%d.xml", n)}
	}
	master := relation{"rId1", officeRelations + "slideMaster", "../slideMasters/master.xml"}
	c.fixed(
		"master.xml",
		"ppt/slideMasters/master.xml",
		presentationKind+"slideMaster+xml",
		relation{"rId1", officeRelations + "slideLayout", "../slideLayouts/layout1.xml"},
		relation{"rId2", officeRelations + "slideLayout", "../slideLayouts/layout2.xml"},
		theme(1),
	)
	c.fixed("layout_title.xml", "ppt/slideLayouts/layout1.xml", presentationKind+"slideLayout+xml", master)
	c.fixed("layout_finding.xml", "ppt/slideLayouts/layout2.xml", presentationKind+"slideLayout+xml", master)
	c.fixed("notes_master.xml", "ppt/notesMasters/master.xml", presentationKind+"notesMaster+xml", theme(2))
	for n := 1; n <= 2; n++ { // each master has one of its own
		c.fixed("theme.xml", fmt.Sprintf("ppt/theme/theme%d.xml", n), openXML+"theme+xml")
	}
}

// properties adds what the file says of itself.
func (d Deck) properties(c *contents) {
	date := d.Date.UTC().Format(time.RFC3339)
	stamp := func(name string) node {
		n := words(name, date)
		n.Attrs = el("", []string{"xsi:type", "dcterms:W3CDTF"}).Attrs
		return n
	}
	c.part("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml", el("cp:coreProperties", []string{
		"xmlns:cp", "http://schemas.openxmlformats.org/package/2006/metadata/core-properties", "xmlns:dc", "http://purl.org/dc/elements/1.1/",
		"xmlns:dcterms", "http://purl.org/dc/terms/", "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance",
	},
		words("dc:title", d.Title), words("dc:subject", d.Subject), words("dc:creator", "STP dashboard"), words("dc:language", language),
		stamp("dcterms:created"), stamp("dcterms:modified")))
	c.part("docProps/app.xml", openXML+"extended-properties+xml", el("Properties",
		[]string{"xmlns", "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"},
		words("Application", "STP dashboard"), words("Slides", number(len(d.Slides))), words("Notes", number(len(d.Slides)))))
}
