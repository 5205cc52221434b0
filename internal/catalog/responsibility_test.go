package catalog_test

import (
	"os"
	"strings"
	"testing"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
)

const citation = "citation: {title: A plan, url: https://www.example.nhs.uk/plan}"

func withResponsibilities(files ...string) (*catalog.Catalog, error) {
	fsys := withCrossChecks("")
	delete(fsys, "crosschecks/c.yaml")
	for i, text := range files {
		file := *fsys["measures/m.yaml"]
		file.Data = []byte("responsibilities:\n" + text)
		fsys["responsibilities/"+string(rune('a'+i))+".yaml"] = &file
	}
	return catalog.Read(fsys)
}

// What several files say of a footprint is put together; each thing is said once.
func TestResponsibilities(t *testing.T) {
	t.Parallel()
	c, err := withResponsibilities(`
  - footprint: E54000005
    councils: {names: [Leeds City Council], `+citation+`}
`, `
  - footprint: E54000005
    lead: {post: Chief executive, body: A trust, from: 2016-03, `+citation+`}
    priorities:
      - {title: Fewer admissions, measures: [part, other], answers: {post: Director, body: A council, `+citation+`}, `+citation+`}
      - {title: Healthy lives, `+citation+`}
`)
	if err != nil {
		t.Fatal(err)
	}
	r, known := c.Answering("E54000005")
	if !known || len(c.Responsibilities) != 1 || r.Lead.Body != "A trust" || r.Councils.Names[0] != "Leeds City Council" || len(r.Priorities) != 2 {
		t.Errorf("%+v", r)
	}
	if p := r.For("other"); len(p) != 1 || p[0].Answers.Post != "Director" || len(r.For("cost")) != 0 {
		t.Errorf("%+v", p)
	}
	if _, known := c.Answering("E54000006"); known {
		t.Error("another footprint")
	}
	for text, says := range map[string]string{
		"  - {}\n": `a.yaml:2:5: responsibilities[0].footprint: found "", accepted: the code of a footprint`,
		"  - {footprint: E54000005, lead: {post: ' ', body: B, " + citation + "}}\n":                                                                   "a post, such as Chief executive",
		"  - {footprint: E54000005, lead: {post: A, body: B}}\n":                                                                                       "citation",
		"  - {footprint: E54000005, lead: {post: A, body: B, from: spring, " + citation + "}}\n":                                                       "a month or a year, such as 2016-03",
		"  - {footprint: E54000005, councils: {names: [], " + citation + "}}\n":                                                                        `found "none", accepted: names`,
		"  - {footprint: E54000005, boards: {names: [A, A], " + citation + "}}\n":                                                                      "each name once",
		"  - {footprint: E54000005, priorities: [{title: A, measures: [none], " + citation + "}]}\n":                                                   `found "none", accepted: the id of a measure`,
		"  - {footprint: E54000005, priorities: [{title: A, measures: [part, part], " + citation + "}]}\n":                                             "each measure once",
		"  - {footprint: E54000005, priorities: [{title: '', " + citation + "}]}\n":                                                                    "a title",
		"  - {footprint: E54000005, person: Ann Other}\n":                                                                                              "person",
		"  - {footprint: E54000005, lead: {post: A, body: B, citation: {title: A, url: 'javascript:alert(1)'}}}\n":                                     "url",
		"  - {footprint: E54000005, councils: {names: [A], " + citation + "}}\n  - {footprint: E54000005, councils: {names: [B], " + citation + "}}\n": "the councils of a footprint once",
	} {
		if _, err := withResponsibilities(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
}

// Each of the 44 has partners, of which a footprint that there is not is none.
func TestShippedResponsibilities(t *testing.T) {
	t.Parallel()
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := footprint.Read(os.DirFS("../../sql/reference"))
	if err != nil {
		t.Fatal(err)
	}
	if err := catalog.CheckCodes(c, r); err != nil {
		t.Error(err)
	}
	for _, f := range r.Footprints() {
		if a, known := c.Answering(f.Code); !known || a.Councils == nil {
			t.Errorf("%s has no partners", f.Name)
		}
	}
	c.Responsibilities[0].Footprint = "E54000099"
	if err := catalog.CheckCodes(
		c,
		r,
	); err == nil ||
		!strings.Contains(err.Error(), `councils.yaml:4:16: found the code "E54000099", accepted: that of a footprint`) {
		t.Errorf("a footprint that there is not: %v", err)
	}
}
