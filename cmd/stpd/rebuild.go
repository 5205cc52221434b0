package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"stpdash/internal/atomicfile"
	"stpdash/internal/config"
	"stpdash/internal/load"
	"stpdash/internal/warehouse"
	"stpdash/internal/warehouse/engine"
)

func rebuildCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "rebuild", Short: "Make the warehouse anew from the kept files, after its own files were damaged",
		Long: "Make the warehouse anew from the kept files, after its own files were damaged. The service has to be stopped. " +
			"Every load is made again under its number and at its time, by the present definitions, so that every as-of shows the same loads as before. " +
			"Runs, past verdicts and past definitions are copied where they can still be read. " +
			"The damaged files stay in the data directory, in a folder whose name begins with clickhouse.damaged.",
		Example: "  stpd rebuild", Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return rebuild(c, asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

// The names in the data directory that a rebuild replaces.
const (
	warehouseFolder = "clickhouse"
	journalName     = "loads.jsonl"
)

// rebuilt is what is said in the end.
type rebuilt struct {
	Loads   int      `json:"loads"`
	Missing []string `json:"missing"` // what could not be made again or copied, and why
	Damaged string   `json:"damaged"` // where the damaged files are
}

func rebuild(c *cobra.Command, asJSON bool) (err error) {
	settings, err := settings(c)
	if err != nil {
		return err
	}
	if err := embedded(settings); err != nil {
		return err
	}
	ctx := c.Context()
	release, err := load.FileLock(filepath.Join(settings.DataDir, "load.lock"))(ctx)
	if err != nil {
		return fmt.Errorf("STP_DATA_DIR: %w", err)
	}
	defer release()
	folder, err := atomicfile.NewFolder(filepath.Join(settings.DataDir, "rebuilding"))
	if err != nil {
		return fmt.Errorf("STP_DATA_DIR: %w", err)
	}
	defer folder.Discard()
	result := rebuilt{Missing: []string{}}
	if err := result.fill(c, settings, folder.Path, asJSON); err != nil {
		return err
	}
	if result.Damaged, err = swap(settings.DataDir, folder.Path); err != nil {
		return fmt.Errorf("STP_DATA_DIR: %w; run stpd rebuild again", err)
	}
	if asJSON {
		err = json.NewEncoder(c.OutOrStdout()).Encode(result)
	} else {
		for _, missing := range result.Missing {
			fmt.Fprintln(c.OutOrStdout(), "not whole:", missing)
		}
		_, err = fmt.Fprintf(
			c.OutOrStdout(),
			"Rebuilt %d loads; the damaged files are in %s\n",
			result.Loads,
			cmp.Or(result.Damaged, "no folder, as there were none"),
		)
	}
	if err == nil && len(result.Missing) > 0 {
		err = fmt.Errorf("%d loads or tables could not be made again whole", len(result.Missing))
	}
	return err
}

// fill makes the new warehouse in a folder.
func (r *rebuilt) fill(c *cobra.Command, settings config.Config, folder string, asJSON bool) (err error) {
	ctx := c.Context()
	journal := load.Journal{Path: filepath.Join(settings.DataDir, journalName)}
	history, err := journal.Read()
	if err != nil {
		return err
	}
	say(c, asJSON, "Reading what is left of the warehouse")
	damaged, err := open(ctx, settings, io.Discard, false)
	var used *engine.InUseError
	switch {
	case errors.As(err, &used):
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		r.Missing = append(r.Missing, fmt.Sprintf("the damaged warehouse could not be opened for its runs, verdicts and past definitions: %v", err))
	default:
		defer func() { err = errors.Join(err, damaged.close()) }()
		if kept, failed := damaged.warehouse.History(ctx); failed == nil {
			history = load.Join(history, kept)
		}
	}
	if len(history) == 0 {
		return fmt.Errorf("%s: found no loads in it, nor in the warehouse; accepted: a data directory with loads", journal.Path)
	}
	archive := filepath.Join(settings.DataDir, "files")
	settings.DataDir = folder
	p, err := open(ctx, settings, io.Discard, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	if damaged != nil {
		r.salvage(ctx, p.warehouse, damaged.warehouse)
	}
	say(c, asJSON, "Making %d states of loads again", len(history))
	bar := states(asJSON, len(history))
	loader := p.loader.With(func(s *load.Settings) { s.Archive.Folder, s.Lock = archive, nil })
	lost, err := loader.Rebuild(ctx, history, func(done, _ int, _ load.Load) { _ = bar.Set(done) })
	if err != nil {
		return err
	}
	loads := map[uint64]bool{}
	for _, l := range history {
		loads[l.ID] = true
	}
	r.Loads = len(loads)
	for _, l := range lost {
		r.Missing = append(r.Missing, fmt.Sprintf("load %d, %s: %v", l.Load.ID, l.Load.File, l.Err))
	}
	return nil
}

// salvage copies what no kept file holds.
func (r *rebuilt) salvage(ctx context.Context, to, from *warehouse.Warehouse) {
	for _, table := range warehouse.Salvaged {
		if err := to.Salvage(ctx, from, table); err != nil {
			r.Missing = append(r.Missing, err.Error())
		}
	}
}

// states is a bar on a terminal.
func states(asJSON bool, total int) *progressbar.ProgressBar {
	var out io.Writer = os.Stderr
	if asJSON || !isatty.IsTerminal(os.Stderr.Fd()) {
		out = io.Discard
	}
	return progressbar.NewOptions(total, progressbar.OptionSetWriter(out), progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true))
}

// swap puts the new warehouse in the place of the damaged one, and tells where that is now. A crash between leaves no warehouse but the
// journal, with which nothing starts before it was rebuilt.
func swap(data, folder string) (aside string, err error) {
	place := filepath.Join(data, warehouseFolder)
	if _, err := os.Lstat(place); !errors.Is(err, fs.ErrNotExist) {
		for i := 1; ; i++ {
			aside = fmt.Sprintf("%s.damaged-%d", place, i)
			if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
				break
			}
		}
		if err := os.Rename(place, aside); err != nil {
			return "", err
		}
	}
	if err := os.Rename(filepath.Join(folder, warehouseFolder), place); err != nil {
		return aside, err
	}
	return aside, os.Rename(filepath.Join(folder, journalName), filepath.Join(data, journalName))
}
