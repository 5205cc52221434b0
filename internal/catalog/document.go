package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
	"github.com/shopspring/decimal"
)

// Mistake is one fault in a definition and where it stands.
type Mistake struct {
	File         string
	Line, Column int
	Message      string
}

func (m *Mistake) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", m.File, m.Line, m.Column, m.Message)
}

// document is a parsed definition file that collects mistakes with their places.
type document struct {
	file     string
	syntax   *ast.File
	mistakes []error
}

func decode(fsys fs.FS, file string, into any) (*document, error) {
	content, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil, err
	}
	d := &document{file: file}
	if d.syntax, err = parser.ParseBytes(content, 0); err != nil {
		return nil, d.mistake(err, into)
	}
	if len(d.syntax.Docs) > 1 {
		position := d.syntax.Docs[1].Start.Position
		return nil, &Mistake{d.file, position.Line, position.Column, "found a second document, accepted: one a file"}
	}
	if err := yaml.UnmarshalWithOptions(content, into, yaml.Strict()); err != nil {
		return nil, d.mistake(err, into)
	}
	return d, nil
}

func (d *document) mistake(err error, into any) error {
	var located yaml.Error
	if !errors.As(err, &located) || located.GetToken() == nil {
		return fmt.Errorf("%s: %w", d.file, err)
	}
	position := located.GetToken().Position
	return &Mistake{d.file, position.Line, position.Column, d.words(located, into)}
}

// words says what was found and what is accepted instead.
func (d *document) words(fault yaml.Error, into any) string {
	var unknown *yaml.UnknownFieldError
	var otherType *yaml.TypeError
	var otherNode *yaml.UnexpectedNodeTypeError
	switch {
	case errors.As(fault, &unknown):
		return fmt.Sprintf("unknown field %q, accepted: %s", unknown.Token.Value, strings.Join(d.fieldsBeside(unknown.Token, into), ", "))
	case errors.As(fault, &otherType):
		found := fmt.Sprintf("%q", otherType.Token.Value)
		if kind := otherType.SrcType.Kind(); kind == reflect.Slice || kind == reflect.Map {
			found = kindNames[kind]
		}
		return fmt.Sprintf("found %s, accepted: %s", found, kindNames[otherType.DstType.Kind()])
	case errors.As(fault, &otherNode):
		return fmt.Sprintf("found %s, accepted: %s", nodeName(otherNode.Actual), nodeName(otherNode.Expected))
	default:
		return fault.GetMessage()
	}
}

var kindNames = map[reflect.Kind]string{
	reflect.String: "a text", reflect.Bool: "true or false", reflect.Slice: "a list", reflect.Map: "fields", reflect.Struct: "fields",
}

func nodeName(node ast.NodeType) string {
	switch node {
	case ast.SequenceType:
		return kindNames[reflect.Slice]
	case ast.MappingType, ast.MappingValueType:
		return kindNames[reflect.Map]
	case ast.NullType:
		return "nothing"
	default:
		return kindNames[reflect.String]
	}
}

// fieldsBeside are the fields accepted where a key stands.
func (d *document) fieldsBeside(key *token.Token, into any) []string {
	find := &keyFinder{key: key}
	for _, doc := range d.syntax.Docs {
		ast.Walk(find, doc.Body)
	}
	steps := strings.FieldsFunc(find.path, func(r rune) bool { return r == '.' || r == '[' })
	t := reflect.TypeOf(into).Elem()
	for _, step := range steps[min(1, len(steps)):max(len(steps)-1, 0)] { // without $ and the key itself
		t = within(t, step)
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var fields []string
	for i := range t.NumField() {
		if tag := t.Field(i).Tag.Get("yaml"); tag != "" && tag != "-" {
			fields = append(fields, tag)
		}
	}
	return fields
}

// within is the type of a field, or of an element, with pointers followed.
func within(t reflect.Type, step string) reflect.Type {
	switch t.Kind() {
	case reflect.Slice, reflect.Map:
		t = t.Elem()
	case reflect.Struct:
		for i := range t.NumField() {
			if t.Field(i).Tag.Get("yaml") == step {
				t = t.Field(i).Type
				break
			}
		}
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// keyFinder finds the YAML path of a key.
type keyFinder struct {
	key  *token.Token
	path string
}

// Visit implements ast.Visitor.
func (f *keyFinder) Visit(node ast.Node) ast.Visitor {
	if entry, ok := node.(*ast.MappingValueNode); ok && entry.Key.GetToken().Position.Offset == f.key.Position.Offset {
		f.path = entry.Key.GetPath()
	}
	return f
}

// expect records a mistake at a YAML path, or at its nearest parent that the file has.
func (d *document) expect(ok bool, at, found, accepted string) {
	if ok {
		return
	}
	if stated := ofMeasure.FindStringSubmatch(at); stated != nil && d.at(at) == nil && d.at("$."+stated[1]) != nil {
		at = "$." + stated[1] // the file states it for all of its measures
	}
	line, column := d.place(at)
	mistake := Mistake{d.file, line, column, fmt.Sprintf("%s: found %q, accepted: %s", strings.TrimPrefix(at, "$."), found, accepted)}
	for _, known := range d.mistakes {
		var other *Mistake
		if errors.As(known, &other) && *other == mistake {
			return
		}
	}
	d.mistakes = append(d.mistakes, &mistake)
}

var ofMeasure = regexp.MustCompile(`^\$\.measures\[\d+\]\.(.+)$`)

func (d *document) place(at string) (line, column int) {
	for at != "$" && at != "" {
		if token := d.at(at); token != nil {
			return token.Position.Line, token.Position.Column
		}
		at = at[:max(strings.LastIndexAny(at, ".["), 0)]
	}
	return 1, 1
}

// at is what stands at a YAML path, nil when the file has nothing there.
func (d *document) at(path string) *token.Token {
	p, err := yaml.PathString(path)
	if err != nil {
		return nil
	}
	node, err := p.FilterFile(d.syntax)
	if err != nil {
		return nil
	}
	switch fields := node.(type) { // of fields in lines of their own, the first
	case *ast.MappingNode:
		if !fields.IsFlowStyle && len(fields.Values) > 0 {
			return fields.Values[0].Key.GetToken()
		}
	case *ast.MappingValueNode:
		return fields.Key.GetToken()
	}
	return node.GetToken()
}

func (d *document) oneOf(at, found string, accepted ...string) {
	for _, a := range accepted {
		if found == a {
			return
		}
	}
	d.expect(false, at, found, strings.Join(accepted, ", "))
}

// globs checks patterns of file or sheet names.
func (d *document) globs(at string, patterns []string) {
	for i, pattern := range patterns {
		_, err := path.Match(pattern, "")
		d.expect(err == nil, fmt.Sprintf("%s[%d]", at, i), pattern, "a pattern such as *.csv")
	}
}

func (d *document) number(at, text string, otherwise decimal.Decimal) decimal.Decimal {
	if text == "" {
		return otherwise
	}
	n, err := decimal.NewFromString(text)
	d.expect(err == nil, at, text, "a number")
	return n
}

func (d *document) pattern(at, text string) *regexp.Regexp {
	if text == "" {
		return nil
	}
	p, err := regexp.Compile("(?i)" + text)
	d.expect(err == nil, at, text, "a regular expression")
	return p
}

// where checks a condition on rows.
func (d *document) where(at string, w Where) {
	for heading, texts := range w {
		d.expect(heading != "" && len(texts) > 0, at, heading+": nothing", "a heading with a list of texts")
	}
}

// synonyms checks those of a source and turns them round: the folded synonym to the folded heading.
func (d *document) synonyms(s *Source) map[string]string {
	headings := map[string]string{}
	for _, heading := range slices.Sorted(maps.Keys(s.Synonyms)) {
		for _, synonym := range s.Synonyms[heading] {
			_, taken := headings[Fold(synonym)]
			d.expect(Fold(synonym) != "" && !taken, "$.synonyms", synonym, "a heading that is a synonym of one other")
			headings[Fold(synonym)] = Fold(heading)
		}
	}
	return headings
}

// period checks a period of a measure's grain; where the grain itself is at fault any is accepted.
func (d *document) period(at, text string, grain Grain) {
	p, err := ParsePeriod(text)
	accepted := grain.Example()
	d.expect(err == nil && (p.Grain == grain || accepted == ""), at, text, cmp.Or(accepted, acceptedPeriods))
}
