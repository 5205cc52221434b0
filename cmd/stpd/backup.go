package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"stpdash/internal/atomicfile"
	"stpdash/internal/backup"
	"stpdash/internal/config"
	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/warehouse"
)

func backupCommand() *cobra.Command {
	var out string
	var asJSON bool
	c := &cobra.Command{
		Use: "backup", Short: "Write the warehouse and the kept files into one file",
		Long: "Write the warehouse and the kept files into one file, from which stpd restore makes a data directory that gives the same answers. " +
			"It works beside a running stpd serve on the same data directory, or without one; loads wait while the warehouse is copied. " +
			"A file of that name is replaced once the new one is whole.",
		Example: "  stpd backup --out stpd.tar", Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if out == "" {
				return usageError{errors.New("--out has to name the file to write")}
			}
			return backUp(c, out, asJSON)
		},
	}
	c.Flags().StringVarP(&out, "out", "o", "", "file to write")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

func backUp(c *cobra.Command, file string, asJSON bool) (err error) {
	settings, err := settings(c)
	if err != nil {
		return err
	}
	if err := embedded(settings); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(settings.DataDir, "clickhouse")); err != nil {
		return fmt.Errorf("STP_DATA_DIR: there is nothing to back up: %w", err)
	}
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("--out: found %s, which is not a file", file)
	}
	part, err := atomicfile.NewFile(file + ".part")
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	defer part.Discard()
	p, err := open(c.Context(), settings, io.Discard, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()

	say(c, asJSON, "Copying the warehouse, as soon as no load is under way")
	copied, manifest, sources, err := p.stage(c.Context())
	if err != nil {
		return err
	}
	defer copied.Discard()
	var size int64
	for _, s := range sources {
		size += s.Size
	}
	say(c, asJSON, "Writing %d files of %s", len(sources), megabytes(size))
	manifest, err = backup.Write(c.Context(), part.File, manifest, sources, backup.Key(settings.BackupKey), progress(asJSON, 2*size)) // it reads them twice
	if err != nil {
		return err
	}
	if err := part.Publish(file); err != nil {
		return err
	}
	return report(c, asJSON, "Wrote", file, manifest)
}

// embedded refuses a server in place of the embedded engine: it would write to a disk of its own.
func embedded(settings config.Config) error {
	if settings.ClickHouseDSN == "" {
		return nil
	}
	return fmt.Errorf("STP_CLICKHOUSE_DSN is set, accepted: the embedded engine; back up a server with its own BACKUP DATABASE, and with it %s",
		filepath.Join(settings.DataDir, "files"))
}

// staging is where, below the engine's backups, ClickHouse writes a backup to and reads it from.
const staging = "staging"

// stage has ClickHouse back up the warehouse into a folder, and finds the kept files, while no load is under way.
func (p *app) stage(ctx context.Context) (folder *atomicfile.Draft, m backup.Manifest, sources []backup.Source, err error) {
	release, err := p.loader.Lock(ctx)
	if err != nil {
		return nil, m, nil, err
	}
	defer release()
	// The one who began the backup that is under way has lost the lock, so it was killed.
	if err := p.warehouse.EndBackups(ctx); err != nil {
		return nil, m, nil, err
	}
	if folder, err = atomicfile.NewFolder(filepath.Join(p.config.DataDir, "backups", staging)); err != nil {
		return nil, m, nil, err
	}
	if m, sources, err = p.copyInto(ctx, folder); err != nil {
		folder.Discard()
		return nil, m, nil, err
	}
	return folder, m, sources, nil
}

func (p *app) copyInto(ctx context.Context, folder *atomicfile.Draft) (m backup.Manifest, sources []backup.Source, err error) {
	const name = "warehouse"
	head, err := p.warehouse.HeadAt(ctx, figures.Now.At) // before the copy, which has it: people may act meanwhile
	if err != nil {
		return m, nil, err
	}
	if err := p.warehouse.Backup(ctx, staging+"/"+name); err != nil {
		return m, nil, err
	}
	copied, err := backup.Sources(backup.Warehouse, filepath.Join(folder.Path, name))
	if err != nil {
		return m, nil, err
	}
	kept, err := p.keptFiles(ctx)
	if err != nil {
		return m, nil, err
	}
	newest, err := p.warehouse.AsOfTime(ctx, figures.Now.At)
	if err != nil {
		return m, nil, err
	}
	schema, err := p.warehouse.Schema(ctx)
	m = backup.Manifest{Act: head.Seq, ActHash: head.Hash, Version: versionText(), Made: p.clock.Now().UTC(), Schema: schema, NewestLoad: newest.Load}
	return m, slices.Concat(kept, copied), err
}

var keptName = regexp.MustCompile(`^[0-9a-f]{64}$`)

// keptFiles are the files that are kept, among them that of every load.
func (p *app) keptFiles(ctx context.Context) ([]backup.Source, error) {
	sources, err := backup.Sources(backup.Files, p.loader.Archive.Folder)
	if err != nil {
		return nil, err
	}
	// A file that is still being received is named otherwise.
	sources = slices.DeleteFunc(sources, func(s backup.Source) bool { return !keptName.MatchString(filepath.Base(s.Path)) })
	return sources, allKept(ctx, p.warehouse, p.loader.Archive)
}

// allKept tells which loads have no kept file any more.
func allKept(ctx context.Context, w *warehouse.Warehouse, archive load.Archive) error {
	files, err := w.LoadFiles(ctx)
	for _, f := range files {
		if _, missing := os.Stat(archive.Path(f.SHA256)); missing != nil {
			err = errors.Join(err, fmt.Errorf("load %d: the kept file of %s has to be put back: %w", f.Load, f.File, missing))
		}
	}
	return err
}

// say tells of a step, beside what is printed in the end.
func say(c *cobra.Command, asJSON bool, format string, values ...any) {
	if !asJSON {
		fmt.Fprintf(c.ErrOrStderr(), format+"\n", values...)
	}
}

// progress is a bar on a terminal, for what is written to it.
func progress(asJSON bool, total int64) io.Writer {
	if asJSON || !isatty.IsTerminal(os.Stderr.Fd()) {
		return io.Discard
	}
	return progressbar.NewOptions64(total, progressbar.OptionSetWriter(os.Stderr), progressbar.OptionShowBytes(true), progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(50*time.Millisecond), progressbar.OptionOnCompletion(func() { fmt.Fprintln(os.Stderr) }))
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// summary is what is said of a backup in the end.
type summary struct {
	Path       string    `json:"path"`
	Files      int       `json:"files"`
	Bytes      int64     `json:"bytes"`
	NewestLoad uint64    `json:"newest_load"`
	Made       time.Time `json:"made"`
	Version    string    `json:"stpd"`
}

func report(c *cobra.Command, asJSON bool, done, path string, m backup.Manifest) (err error) {
	s := summary{path, len(m.Entries), m.Size(), m.NewestLoad, m.Made, m.Version}
	if asJSON {
		return json.NewEncoder(c.OutOrStdout()).Encode(s)
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "%s %s: %d files of %s, newest load %d, made %s by stpd %s\n",
		done, s.Path, s.Files, megabytes(s.Bytes), s.NewestLoad, s.Made.Format(time.RFC3339), s.Version)
	return err
}
