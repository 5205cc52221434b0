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
	name    string
	in      *rationed
	open    []xml.Name
	rooted  bool
	tokens  int
	ctx     context.Context
	own     string          // namespace of the root
	strange map[string]bool // prefixes of other namespaces
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
	m := &markup{Decoder: xml.NewDecoder(in), name: name, in: in, ctx: b.d.ctx, strange: map[string]bool{}}
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
	token, err := m.RawToken()
	switch {
	case errors.Is(err, io.EOF) && (len(m.open) > 0 || !m.rooted):
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
		if len(m.open) == 0 && m.rooted {
			return nil, m.fault(fmt.Errorf("the element %s follows the root", token.Name.Local))
		}
		if m.declare(token); len(m.strange) > mostPrefixes {
			return nil, m.fault(fmt.Errorf("it declares more than %d prefixes", mostPrefixes))
		}
		m.open = append(m.open, token.Name)
	case xml.EndElement:
		last := len(m.open) - 1
		if last < 0 || m.open[last] != token.Name {
			return nil, m.fault(fmt.Errorf("the element %s ends where it is not open", token.Name.Local))
		}
		m.open = m.open[:last]
	case xml.Directive:
		return nil, m.fault(errors.New("it declares a document type, which no workbook needs"))
	}
	return token, nil
}

const mostPrefixes = 1000

// declare notes which prefixes stand for other namespaces than that of the root.
func (m *markup) declare(e xml.StartElement) {
	if !m.rooted {
		m.rooted = true
		m.own, _ = namespace(e, e.Name.Space)
	}
	for _, a := range e.Attr {
		if a.Name.Space == "xmlns" {
			m.strange[a.Name.Local] = a.Value != m.own
		}
	}
}

// namespace is what a prefix stands for where the element says so.
func namespace(e xml.StartElement, prefix string) (string, bool) {
	for _, a := range e.Attr {
		if a.Name.Space == "xmlns" && a.Name.Local == prefix || prefix == "" && a.Name.Space == "" && a.Name.Local == "xmlns" {
			return a.Value, true
		}
	}
	return "", false
}

// foreign tells whether an element is not of the root's namespace: one of an extension.
func (m *markup) foreign(e xml.StartElement) bool {
	if own, said := namespace(e, e.Name.Space); said {
		return own != m.own
	}
	return m.strange[e.Name.Space]
}

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
