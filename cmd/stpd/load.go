package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"stpdash/internal/dashboard"
	"stpdash/internal/load"
	"stpdash/internal/warehouse"
)

func loadCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "load PATH...", Short: "Load files, or the files of folders",
		Long: "Load files, or the files of folders. Content that is already loaded is not loaded again. " +
			"It works beside a running stpd serve on the same data directory, or without one.",
		Example: "  stpd load ./downloads\n  stpd load April-2017-AE-by-provider.xls --json", Args: arguments(somePath),
		RunE: func(c *cobra.Command, paths []string) error { return loadPaths(c, paths, asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a file, and one for the run")
	c.AddCommand(loadShowCommand(), loadReplayCommand(), loadWithdrawCommand())
	return c
}

func somePath(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("name at least one file or folder")
	}
	return nil
}

// line is what is said of one file.
type line struct {
	File         string `json:"file"`
	Load         uint64 `json:"load_id,omitempty"`
	State        string `json:"state"`
	Observations uint64 `json:"observations,omitempty"`
	Rejections   uint64 `json:"rejections,omitempty"`
	Message      string `json:"message,omitempty"`
}

func (l line) String() string {
	text := l.File + ": " + l.State
	if l.Load != 0 {
		text += fmt.Sprintf(" (load %d)", l.Load)
	}
	if l.Observations != 0 {
		text += fmt.Sprintf(", %d observations", l.Observations)
	}
	if l.Rejections != 0 {
		text += fmt.Sprintf(", %d rejections", l.Rejections)
	}
	if l.Message != "" {
		text += ": " + l.Message
	}
	return text
}

func loadPaths(c *cobra.Command, paths []string, asJSON bool) (err error) {
	settings, err := settings(c)
	if err != nil {
		return err
	}
	for _, path := range paths {
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("load: %w", err)
		}
	}
	p, err := open(c.Context(), settings, io.Discard, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	if err := p.prepare(c.Context()); err != nil {
		return err
	}
	var published []uint64
	report := reporter(c, asJSON)
	run, err := p.loader.Paths(c.Context(), paths, "hand", true, func(done, of int, file string, o load.Outcome, err error) {
		if report(done, of, file, o, err); o.Load.State == load.Published && !o.Known {
			published = append(published, o.Load.ID)
		}
	})
	if err != nil {
		return err
	}
	if err := p.warn(c, published, asJSON); err != nil {
		return err
	}
	if asJSON {
		err = json.NewEncoder(c.OutOrStdout()).Encode(map[string]uint32{"found": run.Found, "published": run.Published, "failed": run.Failed, "known": run.Known})
	} else {
		_, err = fmt.Fprintf(c.OutOrStdout(), "%d files: %d published, %d failed, %d known before or left alone\n", run.Found, run.Published, run.Failed, run.Known)
	}
	if err == nil && run.Failed > 0 {
		err = fmt.Errorf("%d of %d files could not be loaded", run.Failed, run.Found)
	}
	return err
}

// reporter tells of each file: a bar on a terminal with lines for what failed, else a line each.
func reporter(c *cobra.Command, asJSON bool) load.Told {
	out := c.OutOrStdout()
	var bar *progressbar.ProgressBar
	return func(_, of int, file string, o load.Outcome, err error) {
		l := describe(file, o, err)
		switch {
		case asJSON:
			_ = json.NewEncoder(out).Encode(l)
			return
		case !isatty.IsTerminal(os.Stderr.Fd()):
			fmt.Fprintln(out, l)
			return
		}
		if bar == nil {
			bar = progressbar.NewOptions(of, progressbar.OptionSetWriter(os.Stderr), progressbar.OptionShowCount(), progressbar.OptionShowIts(),
				progressbar.OptionSetItsString("files"), progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(50*time.Millisecond),
				progressbar.OptionOnCompletion(func() { fmt.Fprintln(os.Stderr) }))
		}
		if o.Load.State == load.Failed || l.Rejections > 0 || err != nil {
			_ = bar.Clear()
			fmt.Fprintln(out, l)
		}
		_ = bar.Add(1)
	}
}

// tell tells of one file.
func tell(c *cobra.Command, l line, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(c.OutOrStdout()).Encode(l)
	}
	_, err := fmt.Fprintln(c.OutOrStdout(), l)
	return err
}

// mostWarned is how many warnings are told after loading; stpd load show has those of each load.
const mostWarned = 20

// warn tells what is remarkable about the figures of the loads.
func (p *product) warn(c *cobra.Command, loads []uint64, asJSON bool) error {
	warnings, err := p.warnings(c.Context(), loads)
	if err != nil || len(warnings) == 0 {
		return err
	}
	out := c.OutOrStdout()
	if asJSON {
		return json.NewEncoder(out).Encode(map[string]any{"warnings": warnings})
	}
	for _, w := range warnings[:min(mostWarned, len(warnings))] {
		fmt.Fprintf(out, "warning, load %d: %s\n", w.Load, w.Message)
	}
	if more := len(warnings) - mostWarned; more > 0 {
		fmt.Fprintf(out, "and %d more warnings: see stpd load show\n", more)
	}
	return nil
}

func (p *product) warnings(ctx context.Context, loads []uint64) ([]dashboard.Warning, error) {
	if len(loads) == 0 {
		return nil, nil
	}
	c := dashboard.Composer{Figures: p.warehouse, Catalog: p.catalog, Reference: p.reference}
	return c.Warnings(ctx, dashboard.AsOf{Bound: warehouse.Now}, loads, mostShown)
}

func describe(file string, o load.Outcome, err error) line {
	l := line{File: file, Load: o.Load.ID, State: string(o.Load.State), Observations: o.Load.Observations, Rejections: o.Load.Rejections, Message: o.Load.Message}
	switch {
	case err != nil:
		l.State, l.Message = "not loaded", err.Error()
	case o.Skipped != "":
		l.State, l.Message = "left alone", o.Skipped
	case o.Known:
		l.State = "known, " + l.State + " before"
	}
	return l
}
