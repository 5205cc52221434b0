package publication

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// The longest tag or text that is read at once, and how deep elements may lie within each other.
const longestToken, deepest = 1<<20 + 8<<10, 64

// markup reads the markup of a part piece by piece; its elements are closed as they were opened.
type markup struct {
	*xml.Decoder
	name     string
	in       *rationed
	open     []int // how many prefixes each open element declares
	prefixes int   // all of them
	rooted   bool
	tokens   int
	ctx      context.Context
	own      string // namespace of the root
}

// rationed is a reader that gives no more than its ration until it has another.
type rationed struct {
	io.ReadCloser
	left int
}

var errLong = fmt.Errorf("holds a tag or text of more than %d bytes", longestToken)

func (r *rationed) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, errLong
	}
	n, err := r.ReadCloser.Read(p[:min(len(p), r.left)])
	r.left -= n
	return n, err
}

// open opens a part to read its markup.
func (b *book) open(name string) (*markup, error) {
	f, err := b.part(name)
	if err != nil {
		return nil, err
	}
	packed, err := b.d.openMember(f)
	if err != nil {
		return nil, err
	}
	// The format allows UTF-16 beside UTF-8; a mark says which.
	text := transform.NewReader(&meter{b.d, packed, int64(b.d.limits.Unpacked)}, unicode.BOMOverride(transform.Nop))
	in := &rationed{ReadCloser: struct {
		io.Reader
		io.Closer
	}{text, packed}}
	m := &markup{Decoder: xml.NewDecoder(in), name: name, in: in, ctx: b.d.ctx}
	m.CharsetReader = func(charset string, rest io.Reader) (io.Reader, error) {
		if !strings.EqualFold(charset, "utf-16") {
			return nil, fmt.Errorf("it is written in %q; accepted: UTF-8 and UTF-16", charset)
		}
		return rest, nil
	}
	return m, nil
}

func (m *markup) Close() error { return m.in.Close() }

func (m *markup) fault(reason error) error {
	var known *Error
	if errors.As(reason, &known) {
		return known
	}
	return fmt.Errorf("its part %s: %w", m.name, reason)
}

// next reads a tag or text; io.EOF after the end of the root element.
func (m *markup) next() (xml.Token, error) {
	if m.tokens++; m.tokens%4096 == 0 && m.ctx.Err() != nil {
		return nil, m.ctx.Err()
	}
	m.in.left = longestToken
	token, err := m.Token()
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, io.EOF) && !m.rooted, errors.As(err, &syntax) && syntax.Msg == "unexpected EOF":
		return nil, fmt.Errorf("its part %s ends too early", m.name)
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	case err != nil:
		return nil, m.fault(err)
	}
	switch token := token.(type) {
	case xml.StartElement:
		if len(m.open) >= deepest {
			return nil, m.fault(fmt.Errorf("elements lie more than %d deep within each other", deepest))
		}
		if len(m.open) == 0 {
			if m.rooted {
				return nil, m.fault(fmt.Errorf("the element %s follows the root", token.Name.Local))
			}
			m.rooted, m.own = true, token.Name.Space
		}
		declared := 0
		for _, a := range token.Attr {
			if a.Name.Space == "xmlns" {
				declared++
			}
		}
		if m.prefixes += declared; m.prefixes > maxPrefixes {
			return nil, m.fault(fmt.Errorf("it declares more than %d prefixes", maxPrefixes))
		}
		m.open = append(m.open, declared)
	case xml.EndElement:
		last := len(m.open) - 1
		m.prefixes -= m.open[last]
		m.open = m.open[:last]
	case xml.Directive:
		return nil, m.fault(errors.New("it declares a document type, which no workbook needs"))
	}
	return token, nil
}

const maxPrefixes = 1000

// foreign tells whether an element is not of the root's namespace: one of an extension.
func (m *markup) foreign(e xml.StartElement) bool { return e.Name.Space != m.own }

// counted are the lists of which a member that is not read would be missed without a word, or would number those after it wrongly.
var counted = map[string]bool{"Relationships": true, "workbook/sheets": true, "styleSheet/numFmts": true, "styleSheet/cellXfs": true}

// each visits the elements of a part that lie not within extensions, with the names of those they lie in.
func (b *book) each(name string, visit func(within string, e xml.StartElement) error) error {
	m, err := b.open(name)
	if err != nil {
		return err
	}
	defer m.Close()
	var within []string
	skipped := 0 // how many of the open elements lie in an extension
	for {
		token, err := m.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if skipped == 0 && m.foreign(token) && counted[strings.Join(within, "/")] {
				return m.fault(fmt.Errorf("its list %s holds an element %s, which is not read", within[len(within)-1], token.Name.Local))
			}
			if skipped > 0 || m.foreign(token) {
				skipped++
				continue
			}
			if err := visit(strings.Join(within, "/"), token); err != nil {
				return err
			}
			within = append(within, token.Name.Local)
		case xml.EndElement:
			if skipped > 0 {
				skipped--
				continue
			}
			within = within[:len(within)-1]
		}
	}
}
