package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"stpdash/internal/act"
	"stpdash/internal/footprint"
)

func auditCommand() *cobra.Command {
	var verify, asJSON bool
	var noted string
	c := &cobra.Command{
		Use:   "audit",
		Short: "List what people did, or check that the log of it is as it was written",
		Long: "List the log of acts, oldest first: what people did and what was refused to them. With --verify the whole log is read, and every act is compared with " +
			"its hash, which also holds that of the act before: the first act that was changed, left out or added is named, and the command fails. " +
			"Somebody who can write to the warehouse could write the log anew from some act to its end. Only a hash that was noted before, elsewhere, finds that: --noted looks for it.",
		Example: "  stpd audit --json\n  stpd audit --verify\n  stpd audit --verify --noted 6a5a4d4d470ccb37bf7fdfe48819d5446766a955ea785523fb685fcd8db49784",
		Args:    arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			switch {
			case noted != "" && !verify:
				return usageError{errors.New("--noted goes with --verify")}
			case noted != "" && !actHash.MatchString(noted):
				return usageError{fmt.Errorf("--noted: found %q, accepted: the hash of an act, 64 characters from 0 to 9 and a to f", noted)}
			case verify:
				return withApp(c, func(p *app) error { return verifyActs(c, p.warehouse, noted, asJSON) })
			}
			return withApp(c, func(p *app) error { return listActs(c, p.warehouse, asJSON) })
		},
	}
	c.Flags().BoolVar(&verify, "verify", false, "check every act against its hash, and fail where one differs")
	c.Flags().StringVar(&noted, "noted", "", "hash that was noted before, to look for")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON: one object a line, or with --verify one object")
	return c
}

var actHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

// places are the footprints with their regions, as roles are given in them.
func places(r *footprint.Reference) act.Places {
	all := act.Places{}
	for _, f := range r.Footprints() {
		all[f.Code] = f.Region.Slug()
	}
	return all
}

func verifyActs(c *cobra.Command, store act.Store, noted string, asJSON bool) error {
	report, err := act.Verify(c.Context(), store, noted)
	if err != nil {
		return err
	}
	switch {
	case asJSON:
		err = json.NewEncoder(c.OutOrStdout()).Encode(report)
	case report.Acts == 0:
		fmt.Fprintln(c.OutOrStdout(), "No act is as it was written, or there is none")
	default:
		fmt.Fprintf(c.OutOrStdout(), "%d acts are as they were written. The hash of the last is %s\n", report.Acts, report.Head)
	}
	switch {
	case err != nil:
		return err
	case report.Broken != nil:
		return report.Broken
	case report.Found != nil && !*report.Found:
		return fmt.Errorf("no act has the hash %s: the log is not the one that it was noted from, or was written anew", noted)
	}
	return nil
}

// listedAct is an act as it is printed.
type listedAct struct {
	Seq       uint64          `json:"seq"`
	ID        string          `json:"id"`
	At        time.Time       `json:"at"`
	Actor     string          `json:"actor"`
	Via       act.Via         `json:"via"`
	Kind      act.Kind        `json:"kind"`
	ScopeKind act.ScopeKind   `json:"scope_kind"`
	Scope     string          `json:"scope"`
	Subject   string          `json:"subject"`
	Body      json.RawMessage `json:"body"`
	PrevHash  string          `json:"prev_hash"`
	Hash      string          `json:"hash"`
}

func listActs(c *cobra.Command, store act.Store, asJSON bool) error {
	const atOnce = 1000
	out := json.NewEncoder(c.OutOrStdout())
	for after := uint64(0); ; {
		acts, err := store.Acts(c.Context(), after, atOnce)
		if err != nil {
			return err
		}
		for _, a := range acts {
			after = a.Seq
			if asJSON {
				body := json.RawMessage(a.Body)
				if !json.Valid(body) { // it was changed: --verify says so
					body, _ = json.Marshal(a.Body)
				}
				err = out.Encode(listedAct{a.Seq, a.ID, a.At, a.Actor, a.Via, a.Kind, a.Scope.Kind, a.Scope.Code, a.Subject, body, a.PrevHash, a.Hash})
			} else {
				_, err = fmt.Fprintf(
					c.OutOrStdout(),
					"%d\t%s\t%s\t%s\t%s %s\t%s\t%s\n",
					a.Seq,
					a.At.Format(time.RFC3339),
					a.Actor,
					a.Kind,
					a.Scope.Kind,
					a.Scope.Code,
					a.Subject,
					a.Body,
				)
			}
			if err != nil {
				return err
			}
		}
		if len(acts) < atOnce {
			return nil
		}
	}
}
