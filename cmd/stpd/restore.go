package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"stpdash/internal/act"
	"stpdash/internal/atomicfile"
	"stpdash/internal/backup"
	"stpdash/internal/config"
	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/warehouse"
)

func restoreCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "restore FILE", Short: "Make a data directory from a backup",
		Long: "Make a data directory from a file that stpd backup wrote. The directory, STP_DATA_DIR, has to be empty or not there. " +
			"It is put together beside its place, in a folder whose name ends in .restoring, and appears when it is whole. " +
			"A backup that was cut off or changed is refused. Its tables are made by this program, and only filled from the backup. " +
			"A person who can write the file can change figures and seal it again, unless STP_BACKUP_KEY was set when it was made and is set now.",
		Example: "  STP_DATA_DIR=./restored stpd restore stpd.tar", Args: arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, files []string) error { return restore(c, files[0], asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

func restore(c *cobra.Command, file string, asJSON bool) error {
	settings, err := settings(c)
	if err != nil {
		return err
	}
	if err := embedded(settings); err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	archive, err := backup.NewReader(c.Context(), f, info.Size(), backup.Key(settings.BackupKey))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	known, err := warehouse.NewestSchema()
	if err != nil {
		return err
	}
	if found := archive.Manifest.Schema; found < 1 || found > known {
		return fmt.Errorf("%s: found tables of version %d, made by stpd %s; accepted: up to %d, or a newer stpd", file, found, archive.Manifest.Version, known)
	}
	place, mode, err := placeFor(settings.DataDir)
	if err != nil {
		return fmt.Errorf("STP_DATA_DIR: %w", err)
	}
	folder, err := atomicfile.NewFolder(place + ".restoring")
	if err != nil {
		return fmt.Errorf("STP_DATA_DIR: %w", err)
	}
	defer folder.Discard()

	say(c, asJSON, "Unpacking %d files of %s", len(archive.Manifest.Entries), megabytes(archive.Manifest.Size()))
	if err := archive.Unpack(folder.Path, progress(asJSON, archive.Manifest.Size())); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := backup.CheckContents(folder.Path); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	say(c, asJSON, "Restoring the warehouse")
	settings.DataDir = folder.Path
	if err := refill(c.Context(), settings, archive.Manifest); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := os.Chmod(folder.Path, mode); err != nil {
		return err
	}
	if err := folder.Publish(place); err != nil {
		return fmt.Errorf("STP_DATA_DIR: %w", err)
	}
	return report(c, asJSON, "Restored", place, archive.Manifest)
}

// placeFor is the absolute path of a directory that is still to be made, and the mode that it will have.
func placeFor(folder string) (path string, mode fs.FileMode, err error) {
	if path, err = filepath.Abs(folder); err != nil {
		return "", 0, err
	}
	entries, err := os.ReadDir(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return path, 0o750, nil
	case err != nil:
		return "", 0, err
	case len(entries) > 0:
		var names []string
		for _, e := range entries[:min(len(entries), 5)] {
			names = append(names, e.Name())
		}
		return "", 0, fmt.Errorf("found %s in %s, accepted: a directory that is empty or not there", strings.Join(names, ", "), path)
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return "", 0, err
	}
	var here, above unix.Stat_t
	if err := errors.Join(unix.Stat(path, &here), unix.Stat(filepath.Dir(path), &above)); err != nil {
		return "", 0, err
	}
	if here.Dev != above.Dev {
		return "", 0, fmt.Errorf("found the mount point %s, which cannot be replaced, accepted: a directory below it", path)
	}
	return path, fs.FileMode(here.Mode).Perm(), nil
}

// refill makes the warehouse of a data directory into which a backup was unpacked.
func refill(ctx context.Context, c config.Config, m backup.Manifest) (err error) {
	backups := filepath.Join(c.DataDir, "backups")
	if err := os.Mkdir(backups, 0o700); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(c.DataDir, backup.Warehouse), filepath.Join(backups, staging)); err != nil {
		return err
	}
	p := &app{config: c, logger: slog.New(slog.DiscardHandler)}
	defer func() { err = errors.Join(err, p.close(), os.RemoveAll(filepath.Join(backups, staging))) }()
	writer, reader, err := p.connection(ctx, false)
	if err != nil {
		return err
	}
	if err := warehouse.Restore(ctx, writer, staging, m.Schema); err != nil {
		return err
	}
	if p.warehouse, err = warehouse.Open(ctx, writer, reader, nil); err != nil {
		return err
	}
	if err := checkActs(ctx, p.warehouse, m); err != nil {
		return err
	}
	newest, err := p.warehouse.AsOfTime(ctx, figures.Now.At)
	if err == nil && newest.Load != m.NewestLoad {
		err = fmt.Errorf("the newest load is %d, the manifest says %d", newest.Load, m.NewestLoad)
	}
	return errors.Join(err, allKept(ctx, p.warehouse, load.Archive{Folder: filepath.Join(c.DataDir, backup.Files)}))
}

// checkActs refuses a log of acts that is not the one that a backup was made of.
func checkActs(ctx context.Context, store act.Store, m backup.Manifest) error {
	if m.Act == 0 { // nobody had acted, or the backup is older than the log
		return nil
	}
	found, err := act.Verify(ctx, store, m.ActHash)
	switch {
	case err != nil:
		return err
	case found.Broken != nil:
		return found.Broken
	case !*found.Found:
		return fmt.Errorf(
			"the log of acts ends with act %d, %s, and has no act with the hash that the manifest says: %d, %s",
			found.Acts,
			found.Head,
			m.Act,
			m.ActHash,
		)
	}
	named, err := store.Acts(ctx, m.Act-1, 1)
	if err == nil && (len(named) == 0 || named[0].Hash != m.ActHash) {
		err = fmt.Errorf("act %d of the log does not have the hash that the manifest says: %s", m.Act, m.ActHash)
	}
	return err
}
