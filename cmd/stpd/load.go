package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/pages/wording"
	"stpdash/internal/web"
)

func loadCommand() *cobra.Command {
	var asJSON bool
	var accept string
	c := &cobra.Command{
		Use:   "load PATH|SOURCE...",
		Short: "Load files, the files of folders, or what a source has to bring",
		Long: "Load files, the files of folders, or the files of a declared source: the id of one whose declaration says where its files are. " +
			"Where a path and a source have the same name, the path is loaded. Content that is already loaded is not loaded again. " +
			"It works beside a running stpd serve on the same data directory, or without one. " +
			"A file whose figures raise questions is held: nothing of it is shown until stpd load accept, or --accept, gives a reason.",
		Example: "  stpd load ./downloads\n  stpd load April-2017-AE-by-provider.xls --json\n  stpd load returns\n  stpd load return.csv --accept \"half of the practices left\"",
		Args:    arguments(somePath),
		RunE:    func(c *cobra.Command, named []string) error { return loadNamed(c, named, accept, asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a file, and one for each run")
	c.Flags().StringVar(&accept, "accept", "", "publish the files whatever their figures ask, for this reason, which readers will see")
	c.AddCommand(loadShowCommand(), loadAcceptCommand(), loadReplayCommand(), loadWithdrawCommand())
	return c
}

func somePath(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("name at least one file, folder or source")
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
	return printable(text)
}

// printable keeps the name of a file, or a reason, from steering the terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}

func loadNamed(c *cobra.Command, named []string, accept string, asJSON bool) (err error) {
	settings, err := settings(c)
	if err != nil {
		return err
	}
	paths, sources, err := tellApart(settings.Dashboards, named)
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	if accept = strings.TrimSpace(accept); c.Flags().Changed("accept") && (accept == "" || len(sources) > 0) {
		return usageError{errors.New("--accept: accepted is a reason, which readers will see, with files or folders")}
	}
	p, err := open(c.Context(), settings, io.Discard, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	if err := p.loadBundled(c.Context()); err != nil {
		return err
	}
	var terminal io.Writer
	if isatty.IsTerminal(os.Stderr.Fd()) {
		terminal = os.Stderr
	}
	var failed error
	if len(paths) > 0 {
		r := &reporter{out: c.OutOrStdout(), terminal: terminal, json: asJSON}
		if err := r.measure(paths); err != nil {
			return err
		}
		loader := p.loader.With(func(s *load.Settings) { s.Progress = r.progress })
		var run load.Run
		if accept == "" {
			run, err = loader.Paths(c.Context(), paths, "hand", true, r.told)
		} else {
			run, err = loader.PathsAccepted(c.Context(), paths, "hand", accept, r.told)
		}
		if err != nil {
			return err
		}
		p.warn(c, r.published, asJSON)
		failed = r.sum(run)
	}
	for _, id := range sources {
		r := &reporter{out: c.OutOrStdout(), terminal: terminal, json: asJSON}
		source, _ := p.catalog.Source(id)
		run, err := p.collector.Run(c.Context(), source, "hand", r.told)
		if err != nil {
			return err
		}
		p.warn(c, r.published, asJSON)
		failed = errors.Join(failed, r.sum(run))
	}
	p.tellRetest(c, asJSON)
	return failed
}

// tellApart tells paths from ids of sources.
func tellApart(dashboards string, named []string) (paths, sources []string, err error) {
	var c *catalog.Catalog
	for _, name := range named {
		_, missing := os.Stat(name)
		if missing == nil {
			paths = append(paths, name)
			continue
		}
		if c == nil {
			if c, err = definitions(dashboards); err != nil {
				return nil, nil, err
			}
		}
		var runnable []string
		for _, s := range c.Sources {
			if len(s.Where) > 0 {
				runnable = append(runnable, s.ID)
			}
		}
		if !slices.Contains(runnable, name) {
			return nil, nil, fmt.Errorf(
				"%w; accepted: a path, or a source that says where its files are: %s",
				missing,
				cmp.Or(strings.Join(runnable, ", "), "none does"),
			)
		}
		sources = append(sources, name)
	}
	return paths, sources, nil
}

// reporter tells of a run: on a terminal a bar, with lines for what was not loaded whole; else a line each file.
type reporter struct {
	out      io.Writer
	terminal io.Writer // nil: none
	json     bool

	bar   *progressbar.ProgressBar // of the bytes of the files where they are known before, else of the files
	files []string                 // those that are known before and not done
	sizes []int64
	done  int64 // bytes of the files that are done
	read  int64 // bytes read of the one under way

	published []uint64 // the loads that the run has published
	waiting   []uint64 // those that are held, now or since before
}

// measure finds out how many bytes there are to load.
func (r *reporter) measure(paths []string) error {
	if r.json || r.terminal == nil {
		return nil
	}
	files, _, err := load.Discover(paths)
	if err != nil {
		return err
	}
	var total int64
	for _, file := range files {
		var size int64
		if info, err := os.Stat(file); err == nil { // otherwise the run says what is wrong with it
			size = info.Size()
		}
		r.files, r.sizes, total = append(r.files, file), append(r.sizes, size), total+size
	}
	r.bar = r.newBar(total, progressbar.OptionShowBytes(true), progressbar.OptionShowTotalBytes(true))
	return nil
}

func (r *reporter) newBar(most int64, options ...progressbar.Option) *progressbar.ProgressBar {
	return progressbar.NewOptions64(
		most,
		append(options, progressbar.OptionSetWriter(r.terminal), progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true),
			progressbar.OptionThrottle(50*time.Millisecond), progressbar.OptionOnCompletion(func() { fmt.Fprintln(r.terminal) }))...)
}

// progress is told of bytes as they are read.
func (r *reporter) progress(bytes int) {
	if len(r.files) == 0 {
		return
	}
	r.read += int64(bytes)
	read := r.read
	if strings.Contains(strings.ToLower(filepath.Base(r.files[0])), ".csv") {
		read /= 2 // a csv is read twice
	}
	_ = r.bar.Set64(r.done + min(read, r.sizes[0]))
}

func (r *reporter) told(_, of int, file string, o load.Outcome, err error) {
	if o.Load.State == load.Published && !o.Known {
		r.published = append(r.published, o.Load.ID)
	}
	if o.Load.State == load.Held && err == nil {
		r.waiting = append(r.waiting, o.Load.ID)
	}
	l := describe(file, o, err)
	switch {
	case r.json:
		_ = json.NewEncoder(r.out).Encode(l)
		return
	case r.terminal == nil:
		fmt.Fprintln(r.out, l)
		return
	}
	if r.bar == nil {
		r.bar = r.newBar(int64(of), progressbar.OptionShowIts(), progressbar.OptionSetItsString("files"))
	}
	if o.Load.State == load.Failed || o.Load.State == load.Held || l.Rejections > 0 || err != nil {
		_ = r.bar.Clear()
		fmt.Fprintln(r.out, l)
	}
	if len(r.files) == 0 {
		_ = r.bar.Add(1)
		return
	}
	r.done, r.read = r.done+r.sizes[0], 0
	r.files, r.sizes = r.files[1:], r.sizes[1:]
	_ = r.bar.Set64(r.done)
}

// sum tells what a run came to; what could not be loaded is an error.
func (r *reporter) sum(run load.Run) error {
	if r.json {
		_ = json.NewEncoder(r.out).Encode(struct {
			Source    string `json:"source,omitempty"`
			Found     uint32 `json:"found"`
			Published uint32 `json:"published"`
			Failed    uint32 `json:"failed"`
			Known     uint32 `json:"known"`
			Held      uint32 `json:"held,omitempty"`
			Message   string `json:"message,omitempty"`
		}{run.Source, run.Found, run.Published, run.Failed, run.Known, run.Held, run.Message})
	} else {
		text := fmt.Sprintf("%d files: %d published, %d failed, %d known before or left alone", run.Found, run.Published, run.Failed, run.Known)
		if run.Held > 0 {
			text += fmt.Sprintf(", %d waiting for acceptance", run.Held)
		}
		if run.Source != "" {
			text = run.Source + ": " + text
		}
		if run.Message != "" {
			text += ": " + run.Message
		}
		fmt.Fprintln(r.out, text)
	}
	switch {
	case run.Failed == 0 && len(r.waiting) > 0:
		return fmt.Errorf("%d of %d files wait for acceptance: see stpd load show %d", len(r.waiting), run.Found, r.waiting[0])
	case run.Failed == 0:
		return nil
	case run.Source != "":
		return fmt.Errorf("%s: %d files or places could not be loaded", run.Source, run.Failed)
	default:
		return fmt.Errorf("%d of %d files could not be loaded", run.Failed, run.Found)
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

// maxWarned is how many warnings are told after loading; stpd load show has those of each load.
const maxWarned = 20

// warn tells what there is to check about the figures of the loads. What is loaded stays loaded if it cannot.
func (p *app) warn(c *cobra.Command, loads []uint64, asJSON bool) {
	warnings, err := p.warnings(c.Context(), loads)
	out := c.OutOrStdout()
	switch {
	case err != nil:
		fmt.Fprintf(c.ErrOrStderr(), "warning: figures to check could not be looked for: %v\n", err)
		return
	case len(warnings) == 0:
		return
	case asJSON:
		_ = json.NewEncoder(out).Encode(map[string]any{"warnings": warnings})
		return
	}
	for _, w := range warnings[:min(maxWarned, len(warnings))] {
		fmt.Fprintf(out, "warning, load %d: %s\n", w.Load, w.Message)
	}
	if more := len(warnings) - maxWarned; more > 0 {
		fmt.Fprintf(out, "and %d more warnings: see stpd load show\n", more)
	}
}

// shownWarning is a warning as a command prints it.
type shownWarning struct {
	figures.Warning
	Period  catalog.Period
	Message string
}

func (p *app) warnings(ctx context.Context, loads []uint64) ([]shownWarning, error) {
	if len(loads) == 0 {
		return nil, nil
	}
	known := p.facts(commandMemory, nil)
	found, err := known.loads.Warnings(ctx, figures.Moment{Bound: figures.Now}, loads, maxShown)
	var shown []shownWarning
	for _, w := range found {
		shown = append(shown, shownWarning{w.Warning, w.At, wording.Warning(w, known.directory.OrganisationName)})
	}
	return shown, err
}

// tellRetest tests the claims that what is loaded touches, and tells which verdicts changed. What is loaded stays loaded if it cannot.
func (p *app) tellRetest(c *cobra.Command, asJSON bool) {
	calibration, err := storedCalibration()
	if err != nil {
		fmt.Fprintf(c.ErrOrStderr(), "warning: the claims could not be tested again: %v\n", err)
		return
	}
	known := p.facts(commandMemory, calibration)
	r, err := p.retest(c.Context(), known)
	out := c.OutOrStdout()
	switch {
	case err != nil:
		fmt.Fprintf(c.ErrOrStderr(), "warning: the claims could not be tested again: %v\n", err)
	case r.Tested == 0:
	case asJSON:
		_ = json.NewEncoder(out).Encode(map[string]any{"claims_tested": r.Tested, "verdicts": web.NewVerdictRows(r.Changed, wording.ClaimsBy(known.directory))})
	default:
		fmt.Fprintf(out, "%d claims tested: %s\n", r.Tested, wording.Retested(r))
	}
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
