// Stpd loads published NHS figures for the 44 STP footprints of England and serves dashboards of them.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	_ "time/tzdata" // dates are written as they stand in London, wherever the service runs

	"github.com/spf13/cobra"

	"stpdash/internal/warehouse/engine"
)

// version is set when a release is built, and where the history is not at hand (Dockerfile).
var version = "development"

// The exit codes: a failure, and a command that was not understood.
const (
	exitFailure = 1
	exitUsage   = 2
)

// usageError is a command line that was not understood.
type usageError struct{ error }

func main() {
	if len(os.Args) > 1 && os.Args[1] == engine.ChildCommand {
		os.Exit(engine.RunChild(os.Args[2:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := command().ExecuteContext(ctx)
	stop()
	var usage usageError
	switch {
	case err == nil:
	case errors.As(err, &usage):
		fmt.Fprintf(os.Stderr, "stpd: %v\nRun stpd --help.\n", err)
		os.Exit(exitUsage)
	default:
		fmt.Fprintf(os.Stderr, "stpd: %v\n", err)
		os.Exit(exitFailure)
	}
}

func command() *cobra.Command {
	root := &cobra.Command{
		Use:           "stpd",
		Short:         "The dashboard for the 44 Sustainability and Transformation Plan footprints",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE:          subcommand,
	}
	root.PersistentFlags().String("env-file", ".env", "file with settings; the environment wins over it")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(
		serveCommand(),
		loadCommand(),
		checkCommand(),
		stepsCommand(),
		diffCommand(),
		exportCommand(),
		backupCommand(),
		restoreCommand(),
		rebuildCommand(),
		evidenceCommand(),
		claimCommand(),
		personCommand(),
		tokenCommand(),
		auditCommand(),
		versionCommand(),
		readApartCommand(),
		docsCommand(),
	)
	return root
}

// subcommand is what a command does that only holds others: it explains them.
func subcommand(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("there is no command %q", strings.TrimPrefix(c.CommandPath()+" "+args[0], "stpd "))}
	}
	return c.Help()
}

// arguments turns a wrong number of arguments into a usageError.
func arguments(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return usageError{err}
		}
		return nil
	}
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Example: "  stpd version", Args: arguments(cobra.NoArgs),
		Run: func(c *cobra.Command, _ []string) { fmt.Fprintln(c.OutOrStdout(), versionText()) },
	}
}

// versionText tells builds apart, as verdicts are found again when it changes.
func versionText() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version
	}
	return versionOf(info)
}

// versionOf says from which commit a program was built: "development 2c2e42a41b07, modified". There is no time in it: what is built
// again from the same files has the same version.
func versionOf(info *debug.BuildInfo) string {
	var revision, modified string
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = " " + s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = ", modified"
		}
	}
	return version + revision + modified
}
