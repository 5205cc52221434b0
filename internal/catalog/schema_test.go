package catalog

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goccy/go-yaml"
	generator "github.com/invopop/jsonschema"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "write dashboards/schema anew")

const dashboards = "../../dashboards"

// schemas are the types that the files of each folder hold, by the name of their schema.
var schemas = map[string]struct {
	folder string
	file   func() any
}{
	"source":         {"sources", func() any { return &Source{} }},
	"measure":        {"measures", func() any { return &MeasureFile{} }},
	"target":         {"targets", func() any { return &TargetFile{} }},
	"scheme":         {"schemes", func() any { return &SchemeFile{} }},
	"claim":          {"claims", func() any { return &ClaimFile{} }},
	"confirmed":      {"confirmed", func() any { return &ConfirmedFile{} }},
	"responsibility": {"responsibilities", func() any { return &ResponsibilityFile{} }},
	"crosscheck":     {"crosschecks", func() any { return &CrossCheckFile{} }},
	"page":           {"pages", func() any { return &Page{} }},
}

// generate makes the JSON Schema of a type from its fields and their comments.
func generate(t *testing.T, file any) []byte {
	t.Helper()
	enums := map[reflect.Type][]string{
		reflect.TypeFor[Unit]():           unitNames,
		reflect.TypeFor[Direction]():      directionNames,
		reflect.TypeFor[Grain]():          grainNames(),
		reflect.TypeFor[Transition]():     transitionNames(),
		reflect.TypeFor[OverTime]():       overTimeNames,
		reflect.TypeFor[Bound]():          boundNames,
		reflect.TypeFor[Shape]():          shapeNames,
		reflect.TypeFor[Towards]():        towardsNames,
		reflect.TypeFor[SizeUnit]():       sizeUnitNames,
		reflect.TypeFor[ClaimKind]():      ClaimKinds,
		reflect.TypeFor[ComparatorKind](): comparatorNames,
		reflect.TypeFor[PageID]():         pageNames,
		reflect.TypeFor[Purse]():          purseNames,
		reflect.TypeFor[Extent]():         extentNames,
		reflect.TypeFor[Certainty]():      certaintyNames,
		reflect.TypeFor[DifferenceIn]():   differenceNames,
		reflect.TypeFor[StudyMethod]():    studyMethodNames,
		reflect.TypeFor[StudyFound]():     studyFoundNames,
		reflect.TypeFor[StudyUnit]():      studyUnitNames,
	}
	r := &generator.Reflector{
		Anonymous: true, ExpandedStruct: true, RequiredFromJSONSchemaTags: true, FieldNameTag: "yaml",
		Mapper: func(of reflect.Type) *generator.Schema {
			if accepted, ok := enums[of]; ok {
				return enum(accepted)
			}
			return nil
		},
	}
	if err := r.AddGoComments("stpdash/internal/catalog", "./"); err != nil {
		t.Fatal(err)
	}
	for name, text := range r.CommentMap {
		r.CommentMap[name] = strings.Join(strings.Fields(text), " ")
	}
	schema := r.Reflect(file)
	for place, accepted := range map[string][]string{
		"MeasureFile.level": levelNames(), "Measure.level": levelNames(), "MeasureFile.theme": Themes, "Measure.theme": Themes, "Section.theme": Themes,
		"When.form": slices.Sorted(maps.Keys(periodForms)), "Place.by": placesBy, "Table.untitled": {"ignore"}, "Units.at": unitLevels,
	} {
		name, field, _ := strings.Cut(place, ".")
		within := schema.Definitions[name]
		if name == reflect.TypeOf(file).Elem().Name() {
			within = schema
		}
		if within == nil {
			continue // a type of the other file
		}
		property, ok := within.Properties.Get(field)
		if !ok {
			t.Fatalf("%s has no field %s", name, field)
		}
		property.Enum = enum(accepted).Enum
	}
	for name, within := range schema.Definitions {
		describe(t, name, within)
	}
	describe(t, "the file", schema)
	text, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

// describe fails the test where a field has no comment.
func describe(t *testing.T, name string, within *generator.Schema) {
	t.Helper()
	for field := within.Properties.Oldest(); field != nil; field = field.Next() {
		if field.Value.Description == "" {
			t.Errorf("%s: the field %s has no comment", name, field.Key)
		}
	}
}

func enum(accepted []string) *generator.Schema {
	schema := &generator.Schema{Type: "string"}
	for _, a := range accepted {
		schema.Enum = append(schema.Enum, a)
	}
	return schema
}

func compile(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(dashboards, "schema", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// validate holds a YAML document against a schema.
func validate(t *testing.T, schema *jsonschema.Schema, document []byte) error {
	t.Helper()
	text, err := yaml.YAMLToJSON(document)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(value)
}

func TestSchemasAreThoseOfTheTypes(t *testing.T) {
	for name, of := range schemas {
		path := filepath.Join(dashboards, "schema", name+".json")
		want := generate(t, of.file())
		if *update {
			if err := os.WriteFile(path, want, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the types give (%v): run go test ./internal/catalog -update", path, err)
		}
	}
}

// TestShippedFilesFollowTheirSchemas holds that a schema and the reader refuse the same: of all files of a kind, a field of each place is misspelt
// once, and with STPD_TEST_WHOLE in each file: make whole.
func TestShippedFilesFollowTheirSchemas(t *testing.T) {
	key := regexp.MustCompile(`(?m)^ *(?:- )?([a-z][a-z0-9_]*):(?: |$)`)
	for name, of := range schemas {
		schema := compile(t, name)
		tried := map[string]bool{}
		files, err := filepath.Glob(filepath.Join(dashboards, of.folder, "*.yaml"))
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			header := "# yaml-language-server: $schema=../schema/" + name + ".json\n"
			if !bytes.HasPrefix(content, []byte(header)) {
				t.Errorf("%s does not begin with %s", file, header)
			}
			if err := validate(t, schema, content); err != nil {
				t.Errorf("%s: %v", file, err)
			}
			if os.Getenv("STPD_TEST_WHOLE") != "" {
				clear(tried)
			}
			spared := spare(content)
			var within fields
			for _, at := range key.FindAllSubmatchIndex(content, -1) {
				place := within.place(at[2]-at[0], string(content[at[2]:at[3]]))
				if tried[place] {
					continue
				}
				tried[place] = true
				misspelt := misspell(content, spared, at[3])
				_, err := decode(fstest.MapFS{"x.yaml": {Data: misspelt}}, "x.yaml", of.file())
				refused := validate(t, schema, misspelt) != nil
				if known := err == nil || !strings.Contains(err.Error(), "unknown field"); known == refused {
					t.Errorf("%s with the field %q misspelt: the schema refuses it: %v, the reader says %v", file, content[at[2]:at[3]], refused, err)
				}
			}
		}
	}
}

// fields are those that a field of a file stands in, with their columns.
type fields []struct {
	column int
	name   string
}

// place goes on to the next field of the file and tells where it stands: "measures.derived.of".
func (f *fields) place(column int, name string) string {
	for n := len(*f); n > 0 && (*f)[n-1].column >= column; n-- {
		*f = (*f)[:n-1]
	}
	*f = append(*f, struct {
		column int
		name   string
	}{column, name})
	var names []string
	for _, field := range *f {
		names = append(names, field.name)
	}
	return strings.Join(names, ".")
}

var (
	entry  = regexp.MustCompile(`(?m)^  - .*\n(?:(?:    .*)?\n)*`)
	anchor = regexp.MustCompile(`[:-] &[a-z]`)
)

// spare are the entries of a file's lists that the file can do without: not the first of each, nor those that others refer to.
func spare(content []byte) (entries [][]int) {
	list := -1
	for _, at := range entry.FindAllIndex(content, -1) {
		if at[0] == list && !anchor.Match(content[at[0]:at[1]]) {
			entries = append(entries, at)
		}
		list = at[1]
	}
	return entries
}

// misspell adds a letter to the field that ends at an offset, and leaves out the entries without that field that can be spared:
// to read all of a large file for each of its fields takes a minute.
func misspell(content []byte, spared [][]int, end int) []byte {
	var misspelt []byte
	written, done := 0, false
	until := func(offset int) {
		misspelt = append(misspelt, content[written:offset]...)
		written = offset
	}
	for _, at := range slices.Concat(spared, [][]int{{len(content), len(content)}}) {
		if !done && end < at[1] {
			until(end)
			misspelt, done = append(misspelt, 'x'), true
		}
		if at[0] >= written {
			until(at[0])
			written = at[1]
		}
	}
	return misspelt
}

// Every field that a definition can have is named in the documents for analysts, in a code span or in an example.
func TestAnalystsReadOfEveryField(t *testing.T) {
	documents, err := filepath.Glob("../../docs/analysts/*.md")
	if err != nil || len(documents) == 0 {
		t.Fatal(documents, err)
	}
	var text bytes.Buffer
	for _, document := range documents {
		content, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(content)
	}
	files, err := filepath.Glob(dashboards + "/schema/*.json")
	if err != nil || len(files) != len(schemas) {
		t.Fatal(files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var schema any
		if err := json.Unmarshal(content, &schema); err != nil {
			t.Fatal(err)
		}
		for _, field := range slices.Compact(slices.Sorted(slices.Values(propertiesOf(schema)))) {
			if !regexp.MustCompile("`[^`\n]*\\b" + field + "\\b[^`\n]*`|(?m)(^|[ {,-])" + field + `:(\s|$)`).Match(text.Bytes()) {
				t.Errorf("%s: no document in docs/analysts tells of the field %s", filepath.Base(file), field)
			}
		}
	}
}

// propertiesOf are the fields of the objects of a schema.
func propertiesOf(schema any) (fields []string) {
	switch s := schema.(type) {
	case map[string]any:
		if properties, ok := s["properties"].(map[string]any); ok {
			fields = slices.Collect(maps.Keys(properties))
		}
		for _, inner := range s {
			fields = append(fields, propertiesOf(inner)...)
		}
	case []any:
		for _, inner := range s {
			fields = append(fields, propertiesOf(inner)...)
		}
	}
	return fields
}
