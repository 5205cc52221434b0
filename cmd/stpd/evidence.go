package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

func evidenceCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "evidence", Short: "Compute statistics of a csv file, without starting anything",
		Example: "  stpd evidence spc --data waits.csv --value y --direction decrease",
		Args:    cobra.ArbitraryArgs, RunE: subcommand,
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			if err := errors.Join(c.ValidateRequiredFlags(), c.ValidateFlagGroups()); err != nil {
				return usageError{err}
			}
			return nil
		},
	}
	c.PersistentFlags().Bool("json", false, "print JSON")
	c.AddCommand(evidenceSPCCommand())
	c.AddCommand(evidenceRatesCommand())
	c.AddCommand(evidenceFunnelCommand())
	c.AddCommand(evidenceDiDCommand())
	c.AddCommand(evidenceSynthCommand())
	c.AddCommand(evidenceITSCommand())
	c.AddCommand(evidenceEffectCommand())
	c.AddCommand(evidenceStudyCommand())
	c.AddCommand(evidenceHolmCommand())
	for _, sub := range c.Commands() {
		sub.RunE = stopping(sub.RunE)
	}
	return c
}

// stopPatience is how long a stopped command is given to end by itself.
const stopPatience = 500 * time.Millisecond

// stopping is a command that ends when it is told to, whatever step it is in: the estimators look up between their steps, of which a single
// one, such as the factors of a large matrix, may take longer than one should have to wait.
func stopping(run func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		done := make(chan error, 1)
		go func() { done <- run(c, args) }()
		select {
		case err := <-done:
			if errors.Is(err, context.Canceled) {
				return fmt.Errorf("stopped before the end, and nothing was estimated: %w", err)
			}
			return err
		case <-c.Context().Done():
		}
		select {
		case err := <-done:
			if errors.Is(err, context.Canceled) {
				return fmt.Errorf("stopped before the end, and nothing was estimated: %w", err)
			}
			return err
		case <-time.After(stopPatience):
			return fmt.Errorf("stopped before the end: %w", context.Cause(c.Context()))
		}
	}
}

// evidenceData declares --data, the file that each of the commands reads.
func evidenceData(c *cobra.Command, path *string) {
	c.Flags().StringVar(path, "data", "", "csv file with a line of column names")
	_ = c.MarkFlagRequired("data")
}

// printEvidence prints a result as JSON when --json is given, else by its table.
func printEvidence(c *cobra.Command, result any, table func(io.Writer)) error {
	asJSON, err := c.Flags().GetBool("json")
	if err != nil {
		return err
	}
	if !asJSON {
		table(c.OutOrStdout())
		return nil
	}
	e := json.NewEncoder(c.OutOrStdout())
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(result)
}

// figure is a number that JSON shows as null, and a table as a dash, where there is none.
type figure float64

// MarshalJSON implements json.Marshaler.
func (f figure) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(f)) || math.IsInf(float64(f), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(f))
}

// String has six digits, and all those before the point.
func (f figure) String() string {
	x := float64(f)
	switch size := math.Abs(x); {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return "-"
	case size >= 1e5 && size < 1e15:
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
	return strconv.FormatFloat(x, 'g', 6, 64)
}

// writeTable prints rows beneath their header: columns of figures to the right, others to the left.
func writeTable(w io.Writer, header []string, rows [][]any) {
	width := make([]int, len(header))
	right := make([]bool, len(header))
	for i, name := range header {
		width[i] = utf8.RuneCountInString(name)
	}
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(fmt.Sprint(cell)))
			switch cell.(type) {
			case figure, int, uint32:
				right[i] = true
			}
		}
	}
	line := func(cells func(int) any) {
		var b strings.Builder
		for i := range header {
			text := fmt.Sprint(cells(i))
			space := strings.Repeat(" ", width[i]-utf8.RuneCountInString(text))
			if right[i] {
				b.WriteString(space + text + "  ")
			} else {
				b.WriteString(text + space + "  ")
			}
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
	line(func(i int) any { return header[i] })
	for _, row := range rows {
		line(func(i int) any { return row[i] })
	}
}
