package mapping_test

import (
	"os"
	"path/filepath"
	"testing"

	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/publication"
)

// What the publishers released contradicts itself nowhere: names, codes, footprints and periods of all files say the same. Of a folder with many
// files some are read, and with STPD_TEST_WHOLE all of them are.
func TestPublishedFilesContradictThemselvesNowhere(t *testing.T) {
	t.Parallel()
	const read = 7
	loaded := 0
	for _, folder := range []string{"", "../tidy"} {
		files := mappingtest.Published(t, folder)
		for i, file := range files {
			if os.Getenv("STPD_TEST_WHOLE") == "" && folder == "" && i%read != 0 {
				continue
			}
			content := mappingtest.ReadFile(t, file)
			p, err := publication.Decode(t.Context(), filepath.Base(file), content, publication.Limits{})
			if err != nil {
				continue // refused, as other tests show
			}
			f, err := mappingtest.Map(mappingtest.Mapper(t), p, content)
			if err != nil {
				continue
			}
			loaded++
			for _, d := range f.Doubts {
				t.Errorf(
					"%s (source %s): %s of %s: %q means %s in %d of %d rows",
					filepath.Base(file),
					f.Source.ID,
					d.Against,
					d.Organisation,
					d.Text,
					d.Means,
					d.Times,
					d.Among,
				)
			}
		}
	}
	if loaded < 40 {
		t.Errorf("%d files were read", loaded)
	}
}
