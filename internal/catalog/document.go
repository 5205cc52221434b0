package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
	"github.com/robfig/cron/v3"
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
	patterns map[string]*regexp.Regexp // compiled

	patternBytes int
}

// What one definition file may cost. The largest of ours takes a third of each.
const (
	maxBytes    = 1 << 16 // of the file
	maxNesting  = 50      // of lists and fields within each other
	maxWritten  = 1 << 20 // of the file's values with its aliases written out
	maxPatterns = 2000    // of its regular expressions, a few bytes of which can compile to very much
	maxFound    = 500     // of what a mistake quotes
	maxDigits   = 18      // of a number, before and after its point
	maxMistakes = 50      // listed of one file
)

func decode(fsys fs.FS, file string, into any) (d *document, err error) {
	d = &document{file: file, patterns: map[string]*regexp.Regexp{}}
	defer func() { // the last resort: a fault of the library's must not end the service
		if fault := recover(); fault != nil {
			d, err = nil, &Mistake{file, 1, 1, fmt.Sprintf("the file could not be read (%v)", fault)}
		}
	}()
	content, err := d.read(fsys)
	if err != nil {
		return nil, err
	}
	tokens := lexer.Tokenize(string(content))
	if err := d.checkNesting(tokens); err != nil {
		return nil, err
	}
	if d.syntax, err = parser.Parse(tokens, 0); err != nil {
		return nil, d.mistake(err)
	}
	if len(d.syntax.Docs) > 1 {
		position := d.syntax.Docs[1].Start.Position
		return nil, &Mistake{d.file, position.Line, position.Column, "found a second document, accepted: one a file"}
	}
	written := &aliases{document: d, weights: map[string]int{}}
	if len(d.syntax.Docs) > 0 && d.syntax.Docs[0].Body != nil {
		if written.weigh(d.syntax.Docs[0].Body); written.mistake != nil {
			return nil, written.mistake
		}
		if unknown := d.unknownFields(d.syntax.Docs[0].Body, reflect.TypeOf(into)); len(unknown) > 0 {
			return nil, errors.Join(unknown[:min(len(unknown), maxMistakes)]...)
		}
		if err := yaml.NodeToValue(d.syntax.Docs[0].Body, into, yaml.Strict()); err != nil {
			return nil, d.mistake(err)
		}
	}
	return d, nil
}

// read reads the file up to its limit.
func (d *document) read(fsys fs.FS) ([]byte, error) {
	file, err := fsys.Open(d.file)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.file, err)
	}
	if len(content) > maxBytes {
		return nil, &Mistake{d.file, 1, 1, fmt.Sprintf("found a file over the limit, accepted: %d bytes", maxBytes)}
	}
	return content, nil
}

// checkNesting looks at the brackets and dashes before the parser does, which would take long over very many.
func (d *document) checkNesting(tokens token.Tokens) error {
	brackets, dashes := 0, 0
	for _, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			brackets++
		case token.SequenceEndType, token.MappingEndType:
			brackets--
		case token.SequenceEntryType:
			if t.PreviousType() != token.SequenceEntryType || t.Prev.Position.Line != t.Position.Line {
				dashes = 0
			}
			dashes++
		}
		if brackets > maxNesting || dashes > maxNesting {
			return &Mistake{
				d.file,
				t.Position.Line,
				t.Position.Column,
				fmt.Sprintf("found lists or fields more than %d deep in each other, accepted: fewer", maxNesting),
			}
		}
	}
	return nil
}

// aliases weighs a document as it is with its aliases written out: a few of them can stand for very much.
type aliases struct {
	*document
	weights map[string]int // of each anchor; less than zero while its value is open
	mistake error
}

// weigh counts the bytes of a node's values and some for each node.
func (a *aliases) weigh(node ast.Node) int {
	if a.mistake != nil || node == nil {
		return 0
	}
	weight := 16
	switch n := node.(type) {
	case *ast.MappingNode:
		for _, entry := range n.Values {
			weight += a.weigh(entry)
		}
	case *ast.MappingValueNode:
		weight += a.weigh(n.Key) + a.weigh(n.Value)
	case *ast.SequenceNode:
		for _, value := range n.Values {
			weight += a.weigh(value)
		}
	case *ast.TagNode:
		a.fail(n.GetToken(), fmt.Sprintf("found the tag %s, accepted: a value without one", n.GetToken().Value))
	case *ast.AnchorNode:
		name := n.Name.GetToken().Value
		a.weights[name] = -1
		weight += a.weigh(n.Value)
		a.weights[name] = weight
	case *ast.AliasNode:
		name := n.Value.GetToken().Value
		of, known := a.weights[name]
		if !known || of < 0 {
			a.fail(n.Value.GetToken(), fmt.Sprintf("found the alias %q, accepted: one whose anchor stands before it", name))
		}
		weight += of
	default:
		weight += len(node.GetToken().Value)
	}
	if weight > maxWritten {
		a.fail(node.GetToken(), fmt.Sprintf("found more than %d bytes of values, with aliases written out, accepted: fewer", maxWritten))
	}
	return weight
}

func (a *aliases) fail(t *token.Token, message string) {
	if a.mistake == nil {
		a.mistake = &Mistake{a.file, t.Position.Line, t.Position.Column, message}
	}
}

func (d *document) mistake(err error) error {
	var located yaml.Error
	if !errors.As(err, &located) || located.GetToken() == nil {
		return &Mistake{d.file, 1, 1, err.Error()}
	}
	position := located.GetToken().Position
	return &Mistake{d.file, position.Line, position.Column, words(located)}
}

// words says what was found and what is accepted instead.
func words(fault yaml.Error) string {
	var otherType *yaml.TypeError
	var otherNode *yaml.UnexpectedNodeTypeError
	switch {
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
	reflect.String: "a text",
	reflect.Int:    "a whole number",
	reflect.Bool:   "true or false",
	reflect.Slice:  "a list",
	reflect.Map:    "fields",
	reflect.Struct: "fields",
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

// unknownFields finds the fields of a node that its type does not have.
func (d *document) unknownFields(node ast.Node, t reflect.Type) []error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var unknown []error
	switch n := node.(type) {
	case *ast.AnchorNode:
		return d.unknownFields(n.Value, t)
	case *ast.SequenceNode:
		for _, value := range n.Values {
			if t.Kind() == reflect.Slice {
				unknown = append(unknown, d.unknownFields(value, t.Elem())...)
			}
		}
	case *ast.MappingNode:
		for _, entry := range n.Values {
			unknown = append(unknown, d.unknownFields(entry, t)...)
		}
	case *ast.MappingValueNode:
		key := n.Key.GetToken()
		switch fields, known := fieldsOf(t); {
		case t.Kind() != reflect.Struct || n.Key.IsMergeKey():
		case fields[key.Value] == nil:
			return []error{&Mistake{d.file, key.Position.Line, key.Position.Column, fmt.Sprintf("unknown field %q, accepted: %s", key.Value, strings.Join(known, ", "))}}
		default:
			return d.unknownFields(n.Value, fields[key.Value])
		}
	}
	return unknown
}

// fieldsOf are the fields of a struct with their types, and their names in order.
func fieldsOf(t reflect.Type) (fields map[string]reflect.Type, names []string) {
	if t.Kind() != reflect.Struct {
		return nil, nil
	}
	fields = map[string]reflect.Type{}
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("yaml"); name != "" && name != "-" {
			fields[name] = t.Field(i).Type
			names = append(names, name)
		}
	}
	return fields, names
}

// expect records a mistake at a YAML path, or at its nearest parent that the file has.
func (d *document) expect(ok bool, at, found, accepted string) {
	if ok || len(d.mistakes) >= maxMistakes {
		return
	}
	if stated := ofMeasure.FindStringSubmatch(at); stated != nil && d.at(at) == nil && d.at("$."+stated[1]) != nil {
		at = "$." + stated[1] // the file states it for all of its measures
	}
	if len(found) > maxFound {
		found = strings.ToValidUTF8(found[:maxFound], "") + "…"
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
	ok := err == nil && n.Exponent() >= -maxDigits && n.Exponent() <= maxDigits && n.NumDigits() <= 2*maxDigits
	d.expect(ok, at, text, "a number")
	if !ok {
		return otherwise
	}
	return n
}

func (d *document) pattern(at, text string) *regexp.Regexp {
	if text == "" {
		return nil
	}
	p, known := d.patterns[text]
	if !known {
		d.patternBytes += len(text)
		if d.patternBytes > maxPatterns {
			d.expect(false, at, text, fmt.Sprintf("regular expressions of at most %d bytes in a file", maxPatterns))
			return nil
		}
		p, _ = regexp.Compile("(?i)" + text)
		d.patterns[text] = p // an alias may repeat it very often
	}
	d.expect(p != nil, at, text, "a regular expression")
	return p
}

// where checks a condition on rows.
func (d *document) where(at string, w Where) {
	for _, heading := range slices.Sorted(maps.Keys(w)) {
		d.expect(heading != "" && len(w[heading]) > 0, at, heading+": nothing", "a heading with a list of texts")
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
func (d *document) period(at, text string, grain Grain) Period {
	p, err := ParsePeriod(text)
	accepted := grain.Example()
	d.expect(err == nil && (p.Grain == grain || accepted == ""), at, text, cmp.Or(accepted, acceptedPeriods))
	return p
}

// one checks that exactly one of several fields is set.
func (d *document) one(at string, fields map[string]bool) {
	var found []string
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if fields[field] {
			found = append(found, field)
		}
	}
	d.expect(len(found) == 1, at, cmp.Or(strings.Join(found, " and "), "none"), "exactly one of "+strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
}

// address checks one on the web.
func (d *document) address(at, text string) {
	u, err := url.Parse(text)
	ok := text == "" || err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil
	d.expect(ok, at, text, "an address that begins with https:// or http://, without a name and password")
}

var hostName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)

func (d *document) hosts(at string, names []string) {
	for i, name := range names {
		d.expect(hostName.MatchString(name), fmt.Sprintf("%s[%d]", at, i), name, "the name of a host in lower case, such as files.digital.nhs.uk")
	}
}

// schedule checks a cron expression as the scheduler reads it.
func (d *document) schedule(at, text string) {
	if text == "" {
		return
	}
	times, err := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow).Parse(text)
	if err != nil || strings.Contains(text, "=") {
		d.expect(false, at, text, "minute, hour, day of the month, month and day of the week, such as 30 6 * * 1-5")
		return
	}
	// From any day to the end of February in a leap year is less than the five years that Next looks ahead.
	d.expect(!times.Next(time.Unix(0, 0)).IsZero(), at, text, "a day that comes")
}
