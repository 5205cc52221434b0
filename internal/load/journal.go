package load

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"
)

// Journal is a file that keeps every state of every load outside the warehouse, one a line. With the kept files it is what a damaged
// warehouse is made anew from, and it tells when a warehouse has lost loads. One without a path keeps nothing.
type Journal struct{ Path string }

// journaled is a state of a load as it stands in the file.
type journaled struct {
	ID           uint64    `json:"load"`
	State        State     `json:"state"`
	At           time.Time `json:"at"`
	Source       string    `json:"source,omitempty"`
	File         string    `json:"file,omitempty"`
	SHA256       string    `json:"sha256,omitempty"`
	Size         uint64    `json:"size,omitempty"`
	Definition   string    `json:"definition,omitempty"`
	Released     string    `json:"released,omitempty"`
	Trigger      string    `json:"trigger,omitempty"`
	Observations uint64    `json:"observations,omitempty"`
	Rejections   uint64    `json:"rejections,omitempty"`
	Compared     uint32    `json:"compared,omitempty"`
	Differing    uint32    `json:"differing,omitempty"`
	Message      string    `json:"message,omitempty"`
	Rule         string    `json:"rule,omitempty"`
	Accepted     string    `json:"accepted,omitempty"`
	Withdraws    uint64    `json:"withdraws,omitempty"`
}

// Append adds states, which are on the disk when it returns.
func (j Journal) Append(loads ...Load) (err error) {
	if j.Path == "" || len(loads) == 0 {
		return nil
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("the journal of loads: %w", err)
		}
	}()
	file, err := os.OpenFile(j.Path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	var text bytes.Buffer
	if info, err := file.Stat(); err != nil {
		return err
	} else if size := info.Size(); size > 0 {
		var last [1]byte
		if _, err := file.ReadAt(last[:], size-1); err != nil {
			return err
		}
		if last[0] != '\n' { // a crash cut its last line off
			text.WriteByte('\n')
		}
	}
	lines := json.NewEncoder(&text)
	for _, l := range loads {
		l.At = l.At.UTC()
		if err := lines.Encode(journaled(l)); err != nil {
			return err
		}
	}
	if _, err := file.Write(text.Bytes()); err != nil {
		return err
	}
	return file.Sync()
}

// Read lists the states in the order in which they came. A line that a crash cut off is left out.
func (j Journal) Read() ([]Load, error) {
	text, err := os.ReadFile(j.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the journal of loads: %w", err)
	}
	var all []Load
	for line := range bytes.Lines(text) {
		var l journaled
		if json.Unmarshal(line, &l) == nil && l.ID != 0 {
			all = append(all, Load(l))
		}
	}
	return all, nil
}

// stateOf tells a state of a load from all others.
type stateOf struct {
	load  uint64
	state State
	at    int64 // microseconds, as the warehouse keeps it
}

func states(loads []Load) map[stateOf]bool {
	all := map[stateOf]bool{}
	for _, l := range loads {
		all[stateOf{l.ID, l.State, l.At.UnixMicro()}] = true
	}
	return all
}

// except are the states of some loads that others do not have.
func except(loads, others []Load) []Load {
	known := states(others)
	var missing []Load
	for _, l := range loads {
		if !known[stateOf{l.ID, l.State, l.At.UnixMicro()}] {
			missing = append(missing, l)
		}
	}
	return missing
}

// ErrLost tells that the warehouse no longer has loads that it had.
var ErrLost = errors.New("the warehouse has lost loads")

// reconcile brings the journal up to the warehouse, of which a crash may have kept it; loads that only the journal has are lost.
func (j Journal) reconcile(history []Load) error {
	if j.Path == "" {
		return nil
	}
	noted, err := j.Read()
	if err != nil {
		return err
	}
	if lost := except(noted, history); len(lost) > 0 {
		return fmt.Errorf("%w: load %d, %s, was %s at %s, which only its journal knows: run stpd rebuild", ErrLost,
			lost[0].ID, lost[0].File, lost[0].State, lost[0].At.Format(time.RFC3339))
	}
	return j.Append(except(history, noted)...)
}

// Join are the states that one or the other has, each once.
func Join(some, others []Load) []Load { return append(slices.Clone(some), except(others, some)...) }
