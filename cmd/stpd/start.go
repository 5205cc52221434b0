package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"stpdash/internal/load"
	"stpdash/internal/pages/wording"
)

// starting tells of a start how far the bundled figures are loaded: on a terminal by a bar, else by a line for each file. The log is written
// through it, so that no line of that runs into the bar.
type starting struct {
	out, log io.Writer
	terminal bool // the log is written to one

	mu       sync.Mutex
	bar      *progressbar.ProgressBar // nil where none is shown
	readable bool                     // the page of England was told of
}

func newStarting(c *cobra.Command) *starting {
	return &starting{out: c.OutOrStdout(), log: c.ErrOrStderr(), terminal: isatty.IsTerminal(os.Stderr.Fd())}
}

// Write writes lines of the log.
func (s *starting) Write(lines []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bar == nil {
		return s.log.Write(lines)
	}
	_ = s.bar.Clear()
	n, err := s.log.Write(lines)
	_ = s.bar.RenderBlank()
	return n, err
}

// told is told of each file before it is loaded, and of the end without one.
func (s *starting) told(p load.Progress, file string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.Readable && !p.Whole() && !s.readable {
		s.readable = true
		s.line("The page of England can be read, while the other figures are loaded")
	}
	switch {
	case file == "":
	case !s.terminal:
		s.line(fmt.Sprintf("%s: %s", wording.Loading(p), filepath.Base(file)))
	case s.bar == nil:
		s.bar = progressbar.NewOptions(p.Of, progressbar.OptionSetWriter(s.log), progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true),
			progressbar.OptionThrottle(50*time.Millisecond))
	}
	if s.bar != nil {
		s.bar.Describe("Loading " + file)
		_ = s.bar.Set(p.Done)
	}
}

// end tells that nothing more is loaded by itself, and why nothing was where the warehouse is damaged.
func (s *starting) end(damage error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	words := "All figures are loaded"
	if damage != nil {
		words = "Nothing is loaded: " + damage.Error()
	}
	s.line(words)
	s.bar = nil
}

// line writes a line above the bar.
func (s *starting) line(words string) {
	if s.bar != nil {
		_ = s.bar.Clear()
	}
	fmt.Fprintln(s.out, words)
}
