package catalog_test

import (
	"os"
	"strings"
	"testing"

	"stpdash/internal/catalog"
)

func TestMeasuresThatWaitForReturns(t *testing.T) {
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	waiting := 0
	for _, m := range c.Measures {
		if !c.Returned(m) {
			continue
		}
		if !c.Returns(m) {
			t.Errorf("%s waits for returns that may not state it", m.ID)
		}
		if m.Headline {
			waiting++
			if m.Reference == nil || len(m.Caveats) == 0 {
				t.Errorf("%s does not say who set its definition, or what to bear in mind", m.ID)
			}
			if m.Ratio() && (!strings.Contains(m.Definition, "Numerator: ") || !strings.Contains(m.Definition, "Denominator: ")) {
				t.Errorf("%s does not say what its numerator and denominator are", m.ID)
			}
		}
	}
	if waiting != 10 {
		t.Errorf("%d measures of the plans wait for local returns, want 10", waiting)
	}
	for _, id := range []string{"ae_attendances_type1", "ae_attendances", "delayed_transfer_days_nhs"} {
		if m, known := c.Measure(id); !known || c.Returned(m) || c.Returns(m) {
			t.Errorf("%s is published, and is stated by local returns", id)
		}
	}
}

func TestReferenceOfAMeasure(t *testing.T) {
	with := func(reference string) error {
		text := strings.Replace(measures, "definition: What it costs.", "definition: What it costs.\n    reference: "+reference, 1)
		_, err := catalog.Read(definitions(text, source))
		return err
	}
	if err := with("{title: Handbook, url: https://www.gov.uk/handbook}"); err != nil {
		t.Error(err)
	}
	for reference, want := range map[string]string{
		"{title: Handbook}":                        "reference.url",
		"{url: https://www.gov.uk/handbook}":       "reference.title",
		"{title: Handbook, url: ftp://www.gov.uk}": "an address that begins with https:// or http://",
	} {
		if err := with(reference); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "measures/m.yaml:") {
			t.Errorf("%s gives %v, want %q", reference, err, want)
		}
	}
}
