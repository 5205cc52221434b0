package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
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
		return nil, d.mistake(err)
	}
	if err := yaml.UnmarshalWithOptions(content, into, yaml.Strict()); err != nil {
		return nil, d.mistake(err)
	}
	return d, nil
}

func (d *document) mistake(err error) error {
	var located yaml.Error
	if !errors.As(err, &located) || located.GetToken() == nil {
		return fmt.Errorf("%s: %w", d.file, err)
	}
	position := located.GetToken().Position
	return &Mistake{d.file, position.Line, position.Column, located.GetMessage()}
}

// expect records a mistake at a YAML path, or at its nearest parent that the file has.
func (d *document) expect(ok bool, at, found, accepted string) {
	if ok {
		return
	}
	line, column := d.place(at)
	d.mistakes = append(d.mistakes, &Mistake{d.file, line, column,
		fmt.Sprintf("%s: found %q, accepted: %s", strings.TrimPrefix(at, "$."), found, accepted)})
}

func (d *document) place(at string) (line, column int) {
	for at != "$" && at != "" {
		if p, err := yaml.PathString(at); err == nil {
			if node, err := p.FilterFile(d.syntax); err == nil && node.GetToken() != nil {
				position := node.GetToken().Position
				return position.Line, position.Column
			}
		}
		at = at[:max(strings.LastIndexAny(at, ".["), 0)]
	}
	return 1, 1
}

func (d *document) oneOf(at, found string, accepted ...string) {
	for _, a := range accepted {
		if found == a {
			return
		}
	}
	d.expect(false, at, found, strings.Join(accepted, ", "))
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
