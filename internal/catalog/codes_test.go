package catalog_test

import (
	"os"
	"strings"
	"testing"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
)

func TestPlacesOfClaims(t *testing.T) {
	r, err := footprint.Read(os.DirFS("../../sql/reference"))
	if err != nil {
		t.Fatal(err)
	}
	for place, sound := range map[string]bool{"england": true, "E54000043": true, "QR1": false, "North": false, "E54000099": false} {
		err := catalog.CheckCodes(&catalog.Catalog{Claims: []*catalog.Claim{{ID: "less", Places: []string{place}}}}, r)
		if (err == nil) != sound ||
			err != nil && !strings.Contains(err.Error(), `claim less, places: found "`+place+`", accepted: england or the code of a footprint as of 2017`) {
			t.Errorf("%s: %v", place, err)
		}
		err = catalog.CheckCodes(&catalog.Catalog{LeftOut: []*catalog.Unregistered{{Title: "A gap", Places: []string{place}}}}, r)
		if (err == nil) != sound || err != nil && !strings.Contains(err.Error(), `claim left out "A gap", places: found "`+place+`"`) {
			t.Errorf("left out, %s: %v", place, err)
		}
	}
}
