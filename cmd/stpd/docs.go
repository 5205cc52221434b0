package main

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"github.com/danielgtaylor/huma/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"stpdash/internal/tables"
	"stpdash/internal/web"
)

//go:generate go run -trimpath . docs ../../docs

// docsCommand writes the documents that the program describes itself in; it is for those who change it.
func docsCommand() *cobra.Command {
	var description string
	c := &cobra.Command{
		Use: "docs [FOLDER]", Hidden: true, Args: arguments(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			api := web.Describe(version)
			if description != "" {
				content, err := json.MarshalIndent(api, "", "  ")
				if err == nil {
					err = os.WriteFile(description, append(content, '\n'), 0o644)
				}
				if err != nil {
					return err
				}
			}
			for _, folder := range args {
				if err := writeDocuments(folder, api); err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.Flags().StringVar(&description, "openapi", "", "file to write the OpenAPI document to")
	return c
}

func writeDocuments(folder string, api *huma.OpenAPI) error {
	for name, write := range documents(api) {
		file, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		if err := errors.Join(write(file), file.Close()); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// documents are the files of docs/ that are made, each with what writes it.
func documents(api *huma.OpenAPI) map[string]func(io.Writer) error {
	return map[string]func(io.Writer) error{
		"api.md": func(w io.Writer) error { return apiTemplate.Execute(w, operations(api)) },
		"cli.md": func(w io.Writer) error { return cliTemplate.Execute(w, leaves(command())) },
	}
}

var (
	//go:embed docs_api.md.tmpl
	apiText string
	//go:embed docs_cli.md.tmpl
	cliText string

	markdown    = template.FuncMap{"cell": cell, "flags": flags, "anchor": anchorOf}
	apiTemplate = template.Must(template.New("api.md").Funcs(markdown).Parse(apiText))
	cliTemplate = template.Must(template.New("cli.md").Funcs(markdown).Parse(cliText))
)

// operation is one of the API as its document shows it.
type operation struct {
	Method, Path string
	Who          web.Access
	*huma.Operation
	List   bool // the answer is a list of what Fields describe
	Fields []field
}

// field is one of an answer's.
type field struct{ Name, Type, Description string }

// operations are the routes of the API, by path.
func operations(api *huma.OpenAPI) []operation {
	var all []operation
	for _, r := range web.Routes() {
		path := r.Template()
		item := api.Paths[path]
		if item == nil {
			continue // a page, or what programs watch
		}
		o := map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPost: item.Post}[r.Method]
		q := operation{Method: r.Method, Path: path, Who: r.Who, Operation: o}
		for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
			if body := o.Responses[status].Content["application/json"]; body != nil {
				q.List, q.Fields = fields(api.Components.Schemas, body.Schema)
			}
			if row := o.Responses[status].Content[tables.Formats[0].Type]; row != nil { // each line is an item
				_, q.Fields = fields(api.Components.Schemas, row.Schema)
				q.List = true
			}
		}
		all = append(all, q)
	}
	slices.SortFunc(all, func(a, b operation) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method)) })
	return all
}

// fields are those of an answer, or of one item of a list.
func fields(known huma.Registry, s *huma.Schema) (list bool, found []field) {
	if s.Items != nil {
		list, s = true, s.Items
	}
	if s.Ref != "" {
		s = known.SchemaFromRef(s.Ref)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		found = append(found, field{name, typeOf(p), p.Description})
	}
	return list, found
}

func typeOf(s *huma.Schema) string {
	switch {
	case s.Items != nil:
		return "list of " + typeOf(s.Items)
	case s.Ref != "":
		return s.Ref[strings.LastIndex(s.Ref, "/")+1:]
	case len(s.Enum) > 0:
		var values []string
		for _, v := range s.Enum {
			if text := fmt.Sprint(v); text != "" {
				values = append(values, text)
			}
		}
		return strings.Join(values, ", ")
	case s.Format != "":
		return s.Format
	}
	return s.Type
}

// leaves are the commands that do something, in the order in which help lists them.
func leaves(c *cobra.Command) []*cobra.Command {
	var found []*cobra.Command
	if c.HasParent() && c.IsAvailableCommand() && c.HasExample() {
		found = append(found, c)
	}
	for _, child := range c.Commands() {
		if !child.Hidden {
			found = append(found, leaves(child)...)
		}
	}
	return found
}

func flags(c *cobra.Command) []*pflag.Flag {
	var all []*pflag.Flag
	c.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden && f.Name != "help" {
			all = append(all, f)
		}
	})
	return all
}

// cell fits a text into a cell of a table.
func cell(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "|", `\|`), "\n", " ")
}

// anchorOf is the address of a heading on its page.
func anchorOf(heading string) string {
	kept := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-', r == '_', 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			return r
		}
		return -1
	}, strings.ToLower(heading))
	return "#" + kept
}
