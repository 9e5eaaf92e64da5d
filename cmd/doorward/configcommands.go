package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/seed-31b6c987/doorward/cmd/doorward/compose"
	"github.com/seed-31b6c987/doorward/config"
)

type configCommands struct {
	Check   checkCommand   `cmd:"" help:"Report every fault of the configuration at once, and warn of weak settings."`
	Import  importCommand  `cmd:"" help:"Turn the configuration of Synapse, Palpo or Tuwunel into Doorward's."`
	Example exampleCommand `cmd:"" help:"Print the complete configuration with comments."`
}

type exampleCommand struct{}

// Run prints the example.
func (exampleCommand) Run(s *streams) error {
	_, err := s.out.Write(config.Example())
	return err
}

type checkCommand struct {
	configFlag
	Online bool `help:"Also fetch keys, open the database and look at its schema, and ask the homeserver that delegates. Changes nothing."`
	JSON   bool `name:"json" help:"Print JSON."`
}

// A finding is one line of a check.
type finding struct {
	Kind string `json:"kind"` // fault or warning
	Text string `json:"text"` // all of it, as on a terminal
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	Path string `json:"path,omitempty"`
}

// Run checks, prints what it found, and fails if there was a fault.
func (c checkCommand) Run(s *streams) error {
	findings := c.findings(s)
	faulty := false
	for _, f := range findings {
		faulty = faulty || f.Kind == "fault"
	}
	var err error
	if c.JSON {
		err = printJSON(s.out, map[string]any{"ok": !faulty, "findings": findings})
	} else {
		for _, f := range findings {
			fmt.Fprintf(s.out, "%s: %s\n", f.Kind, f.Text)
		}
		if !faulty {
			_, err = fmt.Fprintln(s.out, "the configuration is good")
		}
	}
	if err == nil && faulty {
		err = errRefused
	}
	return err
}

func (c checkCommand) findings(s *streams) []finding {
	cfg, err := c.load(s, false)
	warnings, errs := cfg.check.Warnings, []error{err}
	if err == nil && c.Online {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		fetched := compose.Fetch(ctx, cfg.Config, cfg.check)
		asked, away := compose.AskHomeserver(ctx, cfg.Config)
		warnings = slices.Concat(warnings, fetched.Warnings, asked)
		errs = []error{fetched.Faults, lookAtDatabase(ctx, cfg), away}
	}
	findings := []finding{}
	for _, warning := range warnings {
		findings = append(findings, finding{Kind: "warning", Text: warning})
	}
	for _, err := range errs {
		findings = append(findings, faultsOf(err)...)
	}
	return findings
}

func faultsOf(err error) (findings []finding) {
	var faults config.Faults
	switch {
	case err == nil:
	case errors.As(err, &faults):
		for _, fault := range faults {
			findings = append(findings, finding{"fault", fault.Error(), fault.File, fault.Line, fault.Path})
		}
	default:
		findings = append(findings, finding{Kind: "fault", Text: oneLine(err)})
	}
	return findings
}

func lookAtDatabase(ctx context.Context, cfg settings) error {
	err := compose.Look(ctx, cfg.Config, cfg.check.Server, slog.New(slog.DiscardHandler))
	if errors.Is(err, compose.ErrMemory) {
		return nil
	}
	return err
}
