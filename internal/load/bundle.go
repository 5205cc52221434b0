package load

import (
	"bytes"
	"cmp"
	"context"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"stpdash/internal/catalog"
)

// Bundle are the files that came with the product, which are loaded while readers are answered: first those that the page of England needs
// to open, then the others in the order in which it names their measures. A file is named for the source that states its figures; one that
// is named for none states what every page needs, as the patients that rates are of.
type Bundle struct {
	loader *Loader
	fsys   fs.FS
	files  []bundled // in the order in which they are loaded

	mu      sync.Mutex
	settled map[string]bool // the paths of those that need not be waited for
}

// bundled is one file of a bundle.
type bundled struct {
	path   string
	source string // the id of the one that states its figures; empty of one that every page needs
	place  int    // of its first measure on the page of England, 0 where the page opens with it; of one that every page needs -1
}

// Progress is how far a bundle is loaded.
type Progress struct {
	Done, Of int
	Readable bool     // the page of England has all it needs to open
	Waiting  []string // the ids of the sources of which a file is not loaded yet
}

// Whole tells that nothing is left to load.
func (p Progress) Whole() bool { return p.Done == p.Of }

// Waits tells whether figures of a measure are not loaded yet.
func (p Progress) Waits(m *catalog.Measure) bool {
	return slices.ContainsFunc(m.Sources, p.WaitsFor)
}

// WaitsFor tells whether figures of a source are not loaded yet.
func (p Progress) WaitsFor(source string) bool { return slices.Contains(p.Waiting, source) }

// Bundle finds the files that some patterns name, and which of them are loaded already.
func (l *Loader) Bundle(ctx context.Context, fsys fs.FS, patterns ...string) (*Bundle, error) {
	b := &Bundle{loader: l, fsys: fsys, settled: map[string]bool{}}
	places := placesOf(l.Catalog)
	for _, pattern := range patterns {
		paths, err := fs.Glob(fsys, pattern)
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			f := bundled{path: path, place: -1}
			name, _, _ := strings.Cut(filepath.Base(path), ".")
			if _, known := l.Catalog.Source(name); known {
				f.source, f.place = name, len(l.Catalog.Measures)
				if place, shown := places[name]; shown {
					f.place = place
				}
			}
			known, err := b.known(ctx, path)
			if err != nil {
				return nil, err
			}
			if known {
				b.settled[path] = true
			}
			b.files = append(b.files, f)
		}
	}
	slices.SortStableFunc(b.files, func(x, y bundled) int {
		return cmp.Or(l.runs.byDeaths(x.path, y.path), cmp.Compare(x.place, y.place))
	})
	return b, nil
}

// placesOf are the places of the sources on the page of England: those of the first measure that each states.
func placesOf(c *catalog.Catalog) map[string]int {
	places := map[string]int{}
	for place, m := range c.Shown(catalog.EnglandPage) {
		for _, source := range m.Sources {
			if _, named := places[source]; !named {
				places[source] = place
			}
		}
	}
	return places
}

func (b *Bundle) known(ctx context.Context, path string) (bool, error) {
	content, err := fs.ReadFile(b.fsys, path)
	if err != nil {
		return false, err
	}
	fingerprint, _, err := Fingerprint(bytes.NewReader(content))
	if err != nil {
		return false, err
	}
	latest, ok, err := b.loader.Store.LatestLoad(ctx, fingerprint)
	return ok && b.loader.known(latest, false), err
}

// Progress tells how far the bundle is loaded. Who asks it before the figures never takes one for missing that is only not loaded yet.
func (b *Bundle) Progress() Progress {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := Progress{Done: len(b.settled), Of: len(b.files), Readable: true}
	for _, f := range b.files {
		if !b.settled[f.path] {
			p.Readable = p.Readable && f.place > 0
			if f.source != "" {
				p.Waiting = append(p.Waiting, f.source)
			}
		}
	}
	return p
}

// Load loads what is not loaded yet, one file after the other, and puts back kept files that are damaged. What was done when it is broken
// off is not done again. Told hears of each file before it is loaded, and of the end without one; nil hears nothing.
func (b *Bundle) Load(ctx context.Context, told func(p Progress, file string)) error {
	if told == nil {
		told = func(Progress, string) {}
	}
	for _, f := range b.files {
		content, err := fs.ReadFile(b.fsys, f.path)
		if err != nil {
			return err
		}
		b.mu.Lock()
		settled := b.settled[f.path]
		b.mu.Unlock()
		if !settled {
			told(b.Progress(), filepath.Base(f.path))
		}
		// Definitions of one's own may not know all bundled measures: the load then fails and says so, and the service goes on.
		file := File{Name: filepath.Base(f.path), Content: bytes.NewReader(content), Bundled: true}
		if _, err := b.loader.Load(ctx, file, bundledTrigger); err != nil {
			return err
		}
		b.mu.Lock()
		b.settled[f.path] = true
		b.mu.Unlock()
	}
	told(b.Progress(), "")
	return nil
}
