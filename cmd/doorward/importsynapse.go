package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/cmd/doorward/compose"
)

type importCommands struct {
	Synapse importSynapseCommand `cmd:"" help:"Take over users, devices, third-party ids and tokens from the database of a Synapse."`
}

type importSynapseCommand struct {
	configFlag
	From   string `required:"" placeholder:"URL" help:"Synapse's database: postgres://user@host/name or sqlite:FILE. It is only read."`
	DryRun bool   `help:"Only count: what would be taken over, and what would be left out."`
	JSON   bool   `name:"json" help:"Print JSON."`
}

// Help implements kong's detailed help.
func (importSynapseCommand) Help() string {
	return `Stop Synapse first: what changes there meanwhile may be missed. Nobody has to
log in again: access and refresh tokens and passwords go on working; the
password_config.pepper of homeserver.yaml belongs into password.pepper.

It may be stopped at any time, and the same command goes on from there. Users
who are here already are left alone, with all that they have, so running it
again changes nothing.

A password for PostgreSQL is better given in PGPASSWORD or ~/.pgpass than in
the URL, where everybody on the machine can read it.`
}

// Run imports until all is done or a signal comes.
func (c importSynapseCommand) Run(s *streams) error {
	cfg, err := c.load(s, false)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	takeOver, release, err := compose.ImportSynapse(ctx, cfg.Config, cfg.check, c.From, c.DryRun, newLogger(cfg.Log, s))
	switch {
	case errors.Is(err, application.ErrOtherServer):
		return fmt.Errorf("--from: %w; correct server_name, or name another database", err)
	case err != nil:
		return misuseOf(err)
	}
	defer release()

	begun := compose.Now()
	shown := newBar(s.err)
	takeOver.Seen = shown.show
	counts, err := takeOver.Do(ctx)
	shown.end()
	switch {
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("stopped after %d users; run the same command again to go on from there", counts.Seen)
	case err != nil:
		return fmt.Errorf("after %d users: %w; the same command goes on from there", counts.Seen, err)
	}
	report := reportOf(counts, c.DryRun, compose.Now().Sub(begun))
	if c.JSON {
		return printJSON(s.out, report)
	}
	return report.print(s.out)
}
