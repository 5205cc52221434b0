package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"stpdash/internal/account"
	"stpdash/internal/act"
	"stpdash/internal/pages/wording"
)

// people are those who may act, with the log of what they did.
type people struct {
	*account.Accounts
	log *act.Log
}

// accounts are those of the warehouse. The log is read once, so that a page that is made before anybody acts knows whether anybody may.
func (p *app) accounts(ctx context.Context) (*people, error) {
	key, err := account.NewKey(p.config.AccountsKey), error(nil)
	if p.config.AccountsKey == "" {
		if key, err = account.FolderKey(p.config.DataDir); err != nil {
			return nil, fmt.Errorf("the data directory (STP_DATA_DIR): %w", err)
		}
	}
	log := act.NewLog(p.warehouse, places(p.reference), p.clock.Now)
	if p.warehouse.Damage() == nil {
		if err := log.View(ctx, func(*act.State) {}); err != nil {
			p.logger.Error("nobody can act", "error", err)
		}
	}
	return &people{account.New(log, p.warehouse, key, p.clock.Now), log}, nil
}

func withPeople(c *cobra.Command, do func(p *people) error) error {
	return withApp(c, func(p *app) error {
		people, err := p.accounts(c.Context())
		if err != nil {
			return err
		}
		return do(people)
	})
}

func personCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "person", Short: "Add people who may act, and remove them", Args: arguments(cobra.ArbitraryArgs), RunE: subcommand,
		Long: "Add people who may act, and remove them. The first administrator is added here; an administrator adds others on the page /people.",
	}
	c.AddCommand(personAddCommand(), personListCommand(), personCodeCommand(), personRemoveCommand())
	return c
}

// given is a code that was given to somebody.
type given struct {
	Person string `json:"person"`
	Code   string `json:"code"`
}

func (g given) write(out io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(g)
	}
	_, err := fmt.Fprintf(out, "Code: %s\nWith it they set a password at /set-password, once and within three days. It is not shown again.\n", g.Code)
	return err
}

func personAddCommand() *cobra.Command {
	var name, address string
	var admin, analyst, asJSON bool
	c := &cobra.Command{
		Use: "add", Short: "Add a person, and print the code with which they set a password",
		Long: "Add a person, and print the code with which they set a password. With --admin they can add others and give roles on the page /people. " +
			"It works beside a running stpd serve on the same data directory, or without one.",
		Example: "  stpd person add --admin --name 'Ann Other' --address ann.other@example.nhs.uk", Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if name == "" || address == "" {
				return usageError{errors.New("--name and --address have to say who it is")}
			}
			return withPeople(c, func(p *people) error {
				person, code, err := p.Add(c.Context(), account.Operator, name, address)
				var wrong *account.InputError
				if errors.As(err, &wrong) {
					return fmt.Errorf("--%s: %s", wrong.Field, wording.LowerFirst(wording.InputRefusal(wrong.Code)))
				}
				for role, wanted := range map[act.Role]bool{act.Administrator: admin, act.Analyst: analyst} {
					if err == nil && wanted {
						_, err = p.log.Do(c.Context(), act.Deed{
							Via: act.ByCommand, Kind: act.GrantGiven, Scope: act.All, Subject: act.NewID(), Body: act.GrantBody{Person: person, Role: role},
						})
					}
				}
				if err != nil {
					return err
				}
				return given{person, code}.write(c.OutOrStdout(), asJSON)
			})
		},
	}
	c.Flags().StringVar(&name, "name", "", "name, as others see it")
	c.Flags().StringVar(&address, "address", "", "email address, with which they sign in")
	c.Flags().BoolVar(&admin, "admin", false, "make them an administrator")
	c.Flags().BoolVar(&analyst, "analyst", false, "make them an analyst, whose programs may start runs")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

// listedPerson is somebody as they are printed.
type listedPerson struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	Address      string   `json:"address"`
	Roles        []string `json:"roles"`
	Password     bool     `json:"password"`
	SecondFactor bool     `json:"second_factor"`
}

func personListCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "list", Short: "List the people who may act, with their roles", Example: "  stpd person list", Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return withPeople(c, func(p *people) error {
				names, err := p.Names(c.Context())
				if err != nil {
					return err
				}
				all := []listedPerson{}
				if err := p.log.View(c.Context(), func(s *act.State) {
					for _, there := range s.People() {
						one := listedPerson{there.ID, names[there.ID].Name, names[there.ID].Address, []string{}, there.Password != "", there.SecondFactor != ""}
						for _, g := range s.GrantsOf(there.ID) {
							if g.Ended == 0 {
								one.Roles = append(one.Roles, fmt.Sprintf("%s %s %s", g.Role, g.Scope.Kind, g.Scope.Code))
							}
						}
						all = append(all, one)
					}
				}); err != nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(c.OutOrStdout()).Encode(all)
				}
				for _, one := range all {
					if _, err := fmt.Fprintf(c.OutOrStdout(), "%s\t%s\t%s\t%s\n", one.ID, one.Name, one.Address, wording.List(one.Roles)); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON list")
	return c
}

// findPerson finds somebody by address.
func (p *people) findPerson(ctx context.Context, address string) (string, error) {
	person, ok, err := p.FindID(ctx, address)
	if err == nil && !ok {
		err = fmt.Errorf("found nobody with the address %q, accepted: one of stpd person list", address)
	}
	return person, err
}

func personCodeCommand() *cobra.Command {
	var asJSON, factor bool
	c := &cobra.Command{
		Use: "code ADDRESS", Short: "Print a new code with which a person sets a password",
		Long:    "Print a new code with which a person sets a password. With --second-factor theirs is removed too, as when the phone was lost.",
		Example: "  stpd person code ann.other@example.nhs.uk", Args: arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			return withPeople(c, func(p *people) error {
				person, err := p.findPerson(c.Context(), args[0])
				if err != nil {
					return err
				}
				if factor {
					if err := p.RemoveSecondFactor(c.Context(), account.Operator, person, "", ""); err != nil {
						return err
					}
				}
				code, err := p.GiveCode(c.Context(), account.Operator, person)
				if err != nil {
					return err
				}
				return given{person, code}.write(c.OutOrStdout(), asJSON)
			})
		},
	}
	c.Flags().BoolVar(&factor, "second-factor", false, "remove the second factor, too")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

func personRemoveCommand() *cobra.Command {
	var erase bool
	c := &cobra.Command{
		Use: "remove ADDRESS", Short: "Remove a person, who can do nothing more",
		Long: "Remove a person: they are signed out and can do nothing more. What they did stays, with their name. With --erase name, address and what they " +
			"signed in with are erased from the warehouse; backups that were made before still have them.",
		Example: "  stpd person remove ann.other@example.nhs.uk --erase", Args: arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			return withPeople(c, func(p *people) error {
				person, err := p.findPerson(c.Context(), args[0])
				if err == nil {
					err = p.Remove(c.Context(), account.Operator, person)
				}
				if err == nil && erase {
					err = p.Erase(c.Context(), account.Operator, person)
				}
				return err
			})
		},
	}
	c.Flags().BoolVar(&erase, "erase", false, "erase their name and address, too")
	return c
}
