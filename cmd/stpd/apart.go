package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"stpdash/internal/load"
	"stpdash/internal/mapping"
)

// A process that reads a file apart may take so much address space, which is more than the memory it needs, and so much time.
const (
	apartMemory   = 2 << 30
	apartTime     = time.Minute
	apartPerBytes = 4 << 20 // a second more for each
)

const readApart = "read-apart"

// readApartCommand is what the service runs to read a file in a process of its own; it is of no use to people.
func readApartCommand() *cobra.Command {
	return &cobra.Command{
		Use: readApart + " FILE NAME SOURCE", Hidden: true, Args: arguments(cobra.ExactArgs(3)),
		RunE: func(c *cobra.Command, args []string) error {
			// The service holds the other end of the input, so that its death is this one's too.
			go func() {
				_, _ = io.Copy(io.Discard, os.Stdin)
				os.Exit(exitFailure)
			}()
			if err := syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: apartMemory, Max: apartMemory}); err != nil {
				return fmt.Errorf("limit the memory: %w", err)
			}
			settings, err := settings(c)
			if err != nil {
				return err
			}
			definitions, err := definitions(settings.Dashboards)
			if err != nil {
				return err
			}
			organisations, err := reference()
			if err != nil {
				return err
			}
			return load.ReadApart(c.Context(), mapping.NewMapper(definitions, organisations), args[0], args[1], args[2], clock(settings.Clock).Now())
		},
	}
}

// apart reads a file in a process of its own.
func apart(ctx context.Context, path, name, source string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, apartTime+time.Duration(info.Size()/apartPerBytes)*time.Second)
	defer cancel()
	executable, err := os.Executable()
	if err != nil {
		return err
	}
	c := exec.CommandContext(ctx, executable, readApart, "--", path, name, source)
	said := &beginning{}
	c.Stderr = said
	held, err := c.StdinPipe()
	if err != nil {
		return err
	}
	defer held.Close()
	if err := c.Start(); err != nil {
		return err
	}
	// Where memory is short the system is to end that process, not the service.
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/oom_score_adj", c.Process.Pid), []byte("1000"), 0o600)
	err = c.Wait()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("it took longer than %v: %w", apartTime, ctx.Err())
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(said.text)), "\n")
	return fmt.Errorf("%w: %s", err, first)
}

// beginning keeps the beginning of what is written.
type beginning struct{ text []byte }

func (b *beginning) Write(p []byte) (int, error) {
	const most = 2000
	b.text = append(b.text, p[:min(len(p), most-len(b.text))]...)
	return len(p), nil
}
