package load

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"stpdash/internal/mapping"
	"stpdash/internal/publication"
)

// A file may end the process that loads it: by the memory that it takes, or by a fault that nobody foresaw. It would do so again at
// every start. One that was being loaded when the service died is not to blame for that alone, as whatever ended the service may have;
// so after two such deaths in a row the file is first read in a process of its own. Where that dies too the file is set aside, and is
// loaded again by hand only. One that can be read apart is tried once more, as it may be what follows the reading that ends the service.
const minDeaths, maxDeaths = 2, 3

// deaths are the latest loads of a content during which the service died, one after the other.
func (r recorder) deaths(ctx context.Context, fingerprint string) ([]Load, error) {
	loads, err := r.warehouse.LoadsOf(ctx, fingerprint, 10*maxDeaths)
	if err != nil {
		return nil, err
	}
	var died []Load
	for _, load := range loads {
		switch {
		case load.State == Interrupted && load.Rule == ruleSurvives:
			died = append(died, load)
		case load.State != Interrupted: // a stop in order says nothing of the file
			return died, nil
		}
	}
	return died, nil
}

// blame tells why a content is set aside; nil where it may be loaded.
func (l *Loader) blame(ctx context.Context, f File, fingerprint string) error {
	died, err := l.states.deaths(ctx, fingerprint)
	if err != nil || len(died) < minDeaths {
		return err
	}
	were := fmt.Sprintf("the service died %d times in a row while it loaded the file, last in load %d", len(died), died[0].ID)
	reason := ""
	switch {
	case len(died) >= maxDeaths:
		reason = "though it could be read in a process of its own"
	case l.Apart == nil:
		reason = "and there is no process to try it in"
	default:
		// Twice, as something else may have ended that process too.
		err := l.Apart(ctx, l.Archive.Path(fingerprint), f.Name, f.Source)
		if err != nil && ctx.Err() == nil {
			err = l.Apart(ctx, l.Archive.Path(fingerprint), f.Name, f.Source)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			l.Logger.Warn("read apart", "file", f.Name, "deaths", len(died))
			return nil
		}
		reason = "and a process of its own could not read it either: " + err.Error()
	}
	return &mapping.FileError{
		Rule: ruleSurvives,
		Err:  fmt.Errorf("%s is set aside: %s, %s; it is tried again when it is loaded by hand (stpd load)", f.Name, were, reason),
	}
}

// suspect remembers which files of past loads were being loaded when the service died.
func (r *runner) suspect(history []Load) {
	died := map[string]int{}
	for _, load := range history {
		if load.State == Interrupted && load.Rule == ruleSurvives {
			died[load.File]++
		}
	}
	for file, times := range died {
		r.died.Store(file, times)
	}
}

// byDeaths orders files so that one that may end the service keeps no other from being loaded, and is not blamed for deaths of another
// cause that follow soon on each other.
func (r *runner) byDeaths(a, b string) int {
	died := func(path string) int {
		times, _ := r.died.Load(filepath.Base(path))
		n, _ := times.(int)
		return n
	}
	return cmp.Compare(died(a), died(b))
}

// setAside records a load that is not tried.
func (l *Loader) setAside(ctx context.Context, load Load, why error) (Load, error) {
	load, err := l.states.begin(ctx, load)
	if err != nil {
		return load, err
	}
	load.Definition = definitionOf(l.Catalog, load.Source)
	return l.states.recordOutcome(ctx, load, why)
}

// IsSetAside tells whether a load is one that was not tried, as its file was being loaded when the service died.
func (load Load) IsSetAside() bool { return load.State == Failed && load.Rule == ruleSurvives }

// ReadApart reads a file as a load does, and keeps nothing of it. Its process is expected to die where the file is at fault; a
// file that is refused has not ended it.
func ReadApart(ctx context.Context, m *mapping.Mapper, path, name, source string, at time.Time) (err error) {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	decoded, err := publication.Read(ctx, name, file, info.Size(), publication.Limits{})
	if err == nil {
		var reading *mapping.Reading
		if reading, err = m.Open(decoded, strings.Repeat("0", 64), source); err == nil {
			_, err = reading.Read(nowhere{}, at)
		}
	}
	if mapping.IsFileError(fileFault(name, err)) {
		return nil
	}
	return err
}

// nowhere is a Sink that keeps nothing.
type nowhere struct{}

func (nowhere) Take([]mapping.Observation, []mapping.Rejection) error { return nil }
func (nowhere) Restart() error                                        { return nil }
