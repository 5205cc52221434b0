package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"stpdash/internal/account"
	"stpdash/internal/act"
	"stpdash/internal/figures"
	"stpdash/internal/pages/wording"
)

func tokenCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "token", Short: "Make tokens for programs, and end them", Args: arguments(cobra.ArbitraryArgs), RunE: subcommand,
		Long: "Make tokens for programs, and end them. A program shows its token in place of signing in, and asks for the person who owns it. People make " +
			"their own on the page /account/tokens.",
	}
	c.AddCommand(tokenAddCommand(), tokenListCommand(), tokenEndCommand())
	return c
}

func tokenAddCommand() *cobra.Command {
	var name, until string
	var may []string
	var asJSON bool
	c := &cobra.Command{
		Use: "add ADDRESS", Short: "Make a token for a program of a person, and print it",
		Long: "Make a token for a program of a person, and print it. It can never do more than its owner can, lasts a year at most, and ends with its owner. " +
			"To start runs its owner has to be an analyst.",
		Example: "  stpd token add ann.other@example.nhs.uk --name 'nightly runs' --may read,run --until 2027-03-31", Args: arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			day, err := time.ParseInLocation(time.DateOnly, until, figures.London)
			if err != nil {
				return usageError{fmt.Errorf("--until: found %q, accepted: the last day, such as 2027-03-31", until)}
			}
			var uses []act.Use
			for _, use := range may {
				uses = append(uses, act.Use(use))
			}
			return withPeople(c, func(p *people) error {
				person, err := p.findPerson(c.Context(), args[0])
				if err != nil {
					return err
				}
				id := act.NewID()
				token, err := p.MakeToken(c.Context(), account.Operator, id, act.TokenBody{Person: person, Name: name, Uses: uses, Until: day.AddDate(0, 0, 1).UTC()})
				var refused *act.RefusalError
				switch {
				case errors.As(err, &refused) && refused.Code == act.UseNotAccepted:
					return fmt.Errorf("--may: found %q, accepted: what its owner may, of %s", may, act.JoinUses(act.Uses))
				case errors.As(err, &refused) && refused.Code == act.DateNotAccepted:
					return fmt.Errorf("--until: found %s, accepted: a day from today on, a year ahead at most", until)
				case errors.As(err, &refused) && refused.Field == "name":
					return fmt.Errorf("--name: found %q, accepted: what the program is called, in at most %d characters", name, act.MaxTokenName)
				case err != nil:
					return err
				}
				if asJSON {
					return json.NewEncoder(c.OutOrStdout()).Encode(map[string]string{"id": id, "token": token})
				}
				_, err = fmt.Fprintf(c.OutOrStdout(), "Token: %s\nThe program sends it in the header Authorization: Bearer. It is not shown again.\n", token)
				return err
			})
		},
	}
	c.Flags().StringVar(&name, "name", "", "what the program is called")
	c.Flags().StringSliceVar(&may, "may", []string{string(act.ToRead)}, "what it may do: read, or read,run to start runs too")
	c.Flags().StringVar(&until, "until", "", "the last day, a year ahead at most")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

// listedToken is a token as it is printed.
type listedToken struct {
	ID      string    `json:"id"`
	Owner   string    `json:"owner"`
	Address string    `json:"address"`
	Name    string    `json:"name"`
	May     []act.Use `json:"may"`
	Made    time.Time `json:"made"`
	Until   time.Time `json:"until"`
}

func tokenListCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "list", Short: "List the tokens in force, with their owners", Example: "  stpd token list", Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return withApp(c, func(a *app) error {
				p, err := a.accounts(c.Context())
				if err != nil {
					return err
				}
				names, err := p.Names(c.Context())
				if err != nil {
					return err
				}
				all := []listedToken{}
				if err := p.log.View(c.Context(), func(s *act.State) {
					for _, owner := range s.People() {
						for _, t := range s.TokensOf(owner.ID, a.clock.Now()) {
							all = append(all, listedToken{t.ID, names[owner.ID].Name, names[owner.ID].Address, t.Name, t.Uses, t.Made, t.Until})
						}
					}
				}); err != nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(c.OutOrStdout()).Encode(all)
				}
				for _, t := range all {
					if _, err := fmt.Fprintf(
						c.OutOrStdout(), "%s\t%s\t%s\t%s\tuntil %s\n", t.ID, t.Address, t.Name, act.JoinUses(t.May), wording.UntilDay(t.Until),
					); err != nil {
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

func tokenEndCommand() *cobra.Command {
	return &cobra.Command{
		Use: "end ID", Short: "End a token, for good", Example: "  stpd token end 5mwqk2c7eo6zkqvn3fj4x5hhaa", Args: arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			return withPeople(c, func(p *people) error {
				err := p.EndToken(c.Context(), account.Operator, args[0])
				var refused *act.RefusalError
				if errors.As(err, &refused) && (refused.Code == act.Unknown || refused.Code == act.Ended) {
					return fmt.Errorf("found no token %q in force, accepted: one of stpd token list", args[0])
				}
				return err
			})
		},
	}
}
