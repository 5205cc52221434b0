package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"stpdash/internal/atomicfile"
	"stpdash/internal/claim"
	"stpdash/internal/evidence"
	"stpdash/internal/figures"
	"stpdash/sql"
)

// calibrationFile is the calibration that the pages show.
const calibrationFile = "reference/calibration.jsonl.gz"

// storedCalibration reads the calibration in the binary.
func storedCalibration() (*claim.Calibration, error) {
	f, err := sql.Reference.Open(calibrationFile)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return claim.ReadCalibration(f)
}

type calibrationOptions struct {
	draws     int
	seed      uint64
	asOf, out string
	json      bool
}

func claimCalibrateCommand() *cobra.Command {
	var o calibrationOptions
	c := &cobra.Command{
		Use: "calibrate", Short: "Try the test of claims on claims that are known to be true or false",
		Long: "Try the test of claims on the real figures: on claims about places where nothing began, and on falls put into their figures. " +
			"It tells how often each verdict is given. The same seed gives the same table on the same figures. " +
			"It works beside a running stpd serve on the same data directory, or without one.",
		Example: "  stpd claim calibrate\n  stpd claim calibrate --draws 80 --seed 7 --json\n  stpd claim calibrate --out sql/" + calibrationFile,
		Args:    arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if o.draws < 1 || o.draws > maxDraws {
				return usageError{fmt.Errorf("--draws: found %d, accepted: 1 to %d", o.draws, maxDraws)}
			}
			return withClaims(c, o.asOf, func(known *facts, asOf figures.Moment) error { return calibrate(c, known, asOf, o) })
		},
	}
	c.Flags().IntVar(&o.draws, "draws", 352, "how many times a measure, a footprint and a start are drawn")
	c.Flags().Uint64Var(&o.seed, "seed", 1, "of the random numbers")
	c.Flags().StringVar(&o.asOf, "as-of", "", asOfUsage)
	c.Flags().StringVar(&o.out, "out", "", "write every draw into this file: JSON, a line each, compressed by gzip")
	c.Flags().BoolVar(&o.json, "json", false, "print JSON")
	return c
}

// maxDraws keeps the draws within memory; they take hours.
const maxDraws = 1_000_000

func calibrate(c *cobra.Command, known *facts, asOf figures.Moment, o calibrationOptions) error {
	told := func() {}
	if isatty.IsTerminal(os.Stderr.Fd()) && !o.json {
		bar := progressbar.NewOptions(o.draws, progressbar.OptionSetWriter(os.Stderr), progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true),
			progressbar.OptionThrottle(50*time.Millisecond), progressbar.OptionOnCompletion(func() { fmt.Fprintln(os.Stderr) }))
		told = func() { _ = bar.Add(1) }
	}
	found, err := known.register.Calibrate(c.Context(), asOf, o.seed, o.draws, told)
	if err != nil {
		return err
	}
	if o.out != "" {
		if err := storeCalibration(o.out, found); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
	}
	if o.json {
		return json.NewEncoder(c.OutOrStdout()).Encode(struct {
			*claim.Calibration
			Summaries []claim.Summary `json:"tallies"`
		}{found, found.Summaries()})
	}
	return writeCalibration(c.OutOrStdout(), found)
}

// storeCalibration writes a calibration into a file, whole or not at all.
func storeCalibration(file string, found *claim.Calibration) error {
	part, err := atomicfile.NewFile(file + ".part")
	if err != nil {
		return err
	}
	defer part.Discard()
	if err := errors.Join(found.Write(part.File), part.File.Chmod(0o644)); err != nil {
		return err
	}
	return part.Publish(file)
}

func writeCalibration(out io.Writer, found *claim.Calibration) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(
		table,
		"MEASURE\tFALL\tCLAIMED\tCLAIMS\tEVIDENCED\tPARTLY\tSMALLER\tOPEN\tCONTRADICTED\tUNTESTED\tEVIDENCED %\tINTERVAL\tSEEN %\tBIAS\tCOVERAGE %\tDETECTABLE\t",
	)
	for _, t := range found.Summaries() {
		measure, claimed := t.Measure, fmt.Sprintf("%g%%", t.Claimed)
		if measure == "" {
			measure = "all"
		}
		if t.Claimed == 0 {
			claimed = "register"
		}
		fmt.Fprintf(table, "%s\t%g%%\t%s\t%d\t", measure, t.Fall, claimed, t.Trials)
		for _, v := range claim.EffectVerdicts {
			fmt.Fprintf(table, "%d\t", t.Verdicts[v])
		}
		percent := func(share float64) string { return rounded("%.1f", evidence.Number(share*100)) }
		fmt.Fprintf(
			table,
			"%s\t%s to %s\t%s\t%s\t%s\t%s\t\n",
			percent(t.Evidenced.Share),
			percent(t.Evidenced.Lower),
			percent(t.Evidenced.Upper),
			percent(t.Seen.Share),
			rounded("%+.1f", t.Bias),
			rounded("%.0f", t.Coverage*100),
			rounded("%.1f%%", t.Detectable),
		)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if err := writeDomains(out, found.Domains); err != nil {
		return err
	}
	_, err := fmt.Fprintf(
		out,
		"\nSeed %d, %d draws, figures as of %s, rules %s, %.0f s on %d cores.\nFall: put into the figures, 0%% for a false claim. Seen: evidenced or partly evidenced. "+
			"Bias in percentage points; detectable: median smallest fall seen in 80 of 100 cases.\n",
		found.Seed,
		found.Draws,
		found.AsOf.Format(time.RFC3339),
		found.Rules,
		found.Seconds,
		found.Cores,
	)
	return err
}

// writeDomains writes a line for each domain of small places.
func writeDomains(out io.Writer, domains []*claim.DomainStudy) error {
	if len(domains) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "\nIN\tMEASURE\tBEFORE\tAFTER\tPLACES\tTRIED\tSIZE %\tUP TO\tCOVERAGE %")
	for _, fall := range claim.Falls {
		fmt.Fprintf(table, "\t-%g%%", fall)
	}
	fmt.Fprintln(table, "\tSMALLEST SEEN %\tFALSELY EVIDENCED %\tUP TO\t")
	for _, d := range domains {
		worst := d.Worst()
		fmt.Fprintf(
			table,
			"%s\t%s\t%d\t%d\t%d\t%d\t%s\t%s\t%s",
			d.At,
			d.Measure,
			d.Before,
			d.After,
			d.Units,
			d.Tried,
			rounded("%.1f", 100*d.Size),
			rounded("%.1f", 100*d.SizeUpTo),
			rounded("%.0f", 100*d.Coverage),
		)
		for _, power := range d.Power {
			fmt.Fprintf(table, "\t%s", rounded("%.0f", 100*power))
		}
		fmt.Fprintf(table, "\t%s\t%.1f\t%.1f\t\n", rounded("%.1f", 100*d.Detectable), 100*worst.Share, 100*worst.Upper)
	}
	return table.Flush()
}

// rounded writes a computed figure, or a dash for one that is missing.
func rounded(format string, n evidence.Number) string {
	if n.Missing() {
		return "–"
	}
	return fmt.Sprintf(format, float64(n))
}
