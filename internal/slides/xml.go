package slides

import (
	"bytes"
	"encoding/xml"
	"strconv"
)

// node is an element of XML. What it is written with is escaped.
type node struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []node
}

// el is an element with attributes, as strings by turns of name and value, and children.
func el(name string, attrs []string, children ...node) node {
	n := node{XMLName: xml.Name{Local: name}, Children: children}
	for i := 0; i+1 < len(attrs); i += 2 {
		n.Attrs = append(n.Attrs, xml.Attr{Name: xml.Name{Local: attrs[i]}, Value: attrs[i+1]})
	}
	return n
}

// val is an element that says one value.
func val(name, value string) node { return el(name, []string{"val", value}) }

// words is an element with a text.
func words(name, text string) node {
	n := el(name, nil)
	n.Text = text
	return n
}

// write writes a part of a package.
func (n node) write() ([]byte, error) {
	out := bytes.NewBufferString(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n")
	err := xml.NewEncoder(out).Encode(n)
	return out.Bytes(), err
}

func number(n int) string { return strconv.Itoa(n) }

// The namespaces of presentations.
var (
	drawing       = []string{"xmlns:a", "http://schemas.openxmlformats.org/drawingml/2006/main"}
	relationships = []string{"xmlns:r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"}
	presentation  = []string{"xmlns:p", "http://schemas.openxmlformats.org/presentationml/2006/main"}
	charts        = []string{"xmlns:c", "http://schemas.openxmlformats.org/drawingml/2006/chart"}
)
