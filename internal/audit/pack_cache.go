package audit

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"stpdash/internal/archivecache"
	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/register"
)

// PackCache keeps packs as zip archives in a folder.
type PackCache struct{ kept *archivecache.Cache }

// NewPackCache keeps packs that a program makes in a folder of at most so many bytes.
func NewPackCache(folder string, most int64, program string, now func() time.Time) *PackCache {
	return &PackCache{archivecache.New(folder, ".zip", most, program, now)}
}

// longestMaking bounds the making of a pack.
const longestMaking = 2 * time.Minute

// Open opens the archive of a claim's pack, which is made where it is not there. Enter waits until a pack may be made.
func (s *PackCache) Open(
	ctx context.Context,
	f *figures.Figures,
	r *register.Register,
	asOf figures.Moment,
	tested *catalog.Claim,
	enter func(context.Context) (leave func(), err error),
) (*archivecache.Kept, error) {
	return s.kept.Open(
		ctx,
		restsOn(f, r, asOf, tested),
		archivecache.Making{Longest: longestMaking, Enter: enter, Write: func(ctx context.Context, w io.Writer) error {
			pack, err := New(ctx, f, r, asOf, tested)
			if err != nil {
				return err
			}
			return pack.WriteZip(w)
		}},
	)
}

// restsOn names all that a pack rests on.
func restsOn(f *figures.Figures, r *register.Register, asOf figures.Moment, tested *catalog.Claim) string {
	var rests strings.Builder
	fmt.Fprintln(&rests, r.Version(), tested.ID, asOf.Figures(), asOf.Text == "", f.Directory().Catalog.Hash()) // now the definitions are those of now
	return rests.String()
}
