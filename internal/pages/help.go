package pages

import (
	"bytes"
	"fmt"
	"html/template"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extended "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"stpdash"
	"stpdash/docs"
	"stpdash/internal/figures"
)

// HelpPage is a document for readers.
type HelpPage struct {
	Shell
	Body   template.HTML
	Topics []Link
}

// topic is a document that readers can open.
type topic struct{ name, document, text string }

// topics are the documents for readers, in the order of the list beside each. The first is the page of help itself.
var topics = []topic{
	{"", "users/help.md", "Help"},
	{"card", "users/card.md", "How to read a card"},
	{"review", "users/review.md", "How to read the review"},
	{"claims", "users/claims.md", "How claims are tested"},
	{"as-of", "users/as-of.md", "Figures as they stood"},
	{"tables", "users/tables.md", "Whole tables"},
	{"words", "users/words.md", "What the words mean"},
	{"api", "api.md", "The API"},
	{"accessibility", "users/accessibility.md", "Accessibility"},
	{changesTopic, changesDocument, "What is new"},
}

const (
	changesTopic    = "whats-new"
	changesDocument = "../CHANGELOG.md"
)

// helpURL leads to a document for readers.
func helpURL(topic string, asOf figures.Moment) string {
	return address(strings.TrimSuffix("/help/"+topic, "/"), "as_of", asOf.Text)
}

func (t topic) read() ([]byte, error) {
	if t.name == changesTopic {
		return stpdash.Changelog, nil
	}
	return docs.Read(t.document)
}

// Help composes the page of a document for readers; without a name that of help itself.
func (c helpPages) Help(name string, asOf figures.Moment) (HelpPage, error) {
	i := slices.IndexFunc(topics, func(t topic) bool { return t.name == name })
	if i < 0 {
		var names []string
		for _, t := range topics[1:] {
			names = append(names, t.name)
		}
		return HelpPage{}, fmt.Errorf("help about %q: %w; there is %s", name, figures.ErrNotFound, strings.Join(names, ", "))
	}
	source, err := topics[i].read()
	if err != nil {
		return HelpPage{}, err
	}
	page := HelpPage{Shell: c.shell(topics[i].text, "help", asOf)}
	for j, t := range topics {
		page.Topics = append(page.Topics, Link{Text: t.text, URL: helpURL(t.name, asOf), Current: i == j})
	}
	var body bytes.Buffer
	if err := documentMarkdown(topics[i].document, asOf).Convert(source, &body); err != nil {
		return HelpPage{}, fmt.Errorf("%s: %w", topics[i].document, err)
	}
	page.Body = template.HTML(body.String()) //nolint:gosec // our own documents, rendered without raw HTML
	return page, nil
}

// documentMarkdown renders a document, whose links lead to where its neighbours are among the pages.
func documentMarkdown(document string, asOf figures.Moment) goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(extension.Table),
		goldmark.WithParserOptions(parser.WithAutoHeadingID(), parser.WithASTTransformers(util.Prioritized(documentLinks{document, asOf}, 0))),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(&scrollingTables{}, 0))),
	)
}

// documentLinks fits a document into the pages: its heading is the page's, its pictures are of the pages themselves, and what is no page is no link.
type documentLinks struct {
	document string
	asOf     figures.Moment
}

// Transform implements parser.ASTTransformer.
func (d documentLinks) Transform(node *ast.Document, _ text.Reader, _ parser.Context) {
	for first := node.FirstChild(); first != nil && !d.begins(first); first = node.FirstChild() {
		node.RemoveChild(node, first)
	}
	var links []*ast.Link
	var images []*ast.Image
	_ = ast.Walk(node, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Link:
			if entering {
				links = append(links, n)
			}
		case *ast.Image:
			if entering {
				images = append(images, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, image := range images {
		image.Parent().RemoveChild(image.Parent(), image)
	}
	for _, link := range links {
		to, found := d.resolve(string(link.Destination))
		if found {
			link.Destination = []byte(to)
			continue
		}
		parent := link.Parent()
		for child := link.FirstChild(); child != nil; child = link.FirstChild() {
			parent.InsertBefore(parent, link, child)
		}
		parent.RemoveChild(parent, link)
	}
}

// begins tells whether a document's part for readers begins: after its heading and the mark of a program that wrote it, of what changed with the
// newest version.
func (d documentLinks) begins(n ast.Node) bool {
	heading, ok := n.(*ast.Heading)
	switch _, mark := n.(*ast.HTMLBlock); {
	case ok:
		return heading.Level > 1
	case d.document == changesDocument:
		return false
	default:
		return !mark
	}
}

// resolve finds where a link of the document leads to among the pages, if anywhere.
func (d documentLinks) resolve(destination string) (string, bool) {
	to, err := url.Parse(destination)
	switch {
	case err != nil:
		return "", false
	case to.IsAbs(), to.Path == "":
		return destination, true
	}
	at := path.Join(path.Dir(d.document), to.Path)
	i := slices.IndexFunc(topics, func(t topic) bool { return t.document == at })
	if i < 0 {
		return "", false
	}
	found := helpURL(topics[i].name, d.asOf)
	if to.Fragment != "" {
		found += "#" + to.Fragment
	}
	return found, true
}

// scrollingTables gives each table of a document the frame that the tables of all pages have.
type scrollingTables struct{ tables int }

// RegisterFuncs implements renderer.NodeRenderer.
func (s *scrollingTables) RegisterFuncs(register renderer.NodeRendererFuncRegisterer) {
	register.Register(extended.KindTable, s.table)
}

func (s *scrollingTables) table(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		s.tables++
		_, _ = fmt.Fprintf(w, "<section class=\"scroll\" aria-label=\"Table %d\" tabindex=\"0\">\n<table class=\"figures figures--words\">\n", s.tables)
	} else {
		_, _ = w.WriteString("</table>\n</section>\n")
	}
	return ast.WalkContinue, nil
}
