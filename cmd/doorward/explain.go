package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/cmd/doorward/compose"
)

type explainCommand struct {
	configFlag
	Token string `arg:"" optional:"" default:"-" help:"The token, or - to read it from standard input, where it does not end up in the shell's history."`
	JSON  bool   `name:"json" help:"Print JSON."`
}

// An explanation is what is printed.
type explanation struct {
	Provider  string          `json:"provider,omitempty"`
	KeyID     string          `json:"key_id,omitempty"`
	Algorithm string          `json:"algorithm,omitempty"`
	Steps     []jwtlogin.Step `json:"steps"`
	UserID    string          `json:"user_id,omitempty"`
	Exists    bool            `json:"user_exists"`
	Linked    bool            `json:"user_linked"` // the identity decides, whatever its name
	Note      string          `json:"note,omitempty"`
	Status    int             `json:"status"`
	Answer    *httpapi.Error  `json:"answer,omitempty"` // nil: the session
}

// Run explains, and fails if the token would be refused.
func (c explainCommand) Run(s *streams) error {
	token, err := c.token(s)
	if err != nil {
		return err
	}
	cfg, err := c.load(s, false)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	// Keys that cannot be had are part of the explanation.
	verifier, err := compose.Fetch(ctx, cfg.Config, cfg.check).Verifier()
	if err != nil {
		return err
	}

	found := verifier.Explain(ctx, token)
	e := explanation{Provider: found.Provider, KeyID: found.KeyID, Algorithm: found.Algorithm, Steps: found.Steps}
	err = found.Err
	if err == nil {
		err = e.lookUp(ctx, cfg, found)
	}
	e.Status = http.StatusOK
	if err != nil {
		status, answer := httpapi.ErrorOf(err)
		e.Status, e.Answer = status, &answer
	}
	if c.JSON {
		err = printJSON(s.out, e)
	} else {
		err = e.print(s.out)
	}
	if err == nil && e.Status != http.StatusOK {
		err = errRefused
	}
	return err
}

func (c explainCommand) token(s *streams) (string, error) {
	if c.Token != "-" {
		return c.Token, nil
	}
	// One byte more than a token may have, so that a longer one is seen to be.
	text, err := io.ReadAll(io.LimitReader(s.in, jwtlogin.MaxToken+3))
	token := strings.TrimRight(string(text), "\r\n")
	if err == nil && token == "" {
		err = misuse{errors.New("there is no token, neither as an argument nor on standard input")}
	}
	return token, err
}

// lookUp says which user it would be.
func (e *explanation) lookUp(ctx context.Context, cfg settings, found jwtlogin.Explanation) error {
	stored, note, release, err := compose.Stored(ctx, cfg.Config, cfg.check.Server, slog.New(slog.DiscardHandler))
	if err != nil {
		e.Note = "cannot look up the user: " + oneLine(err)
		return err
	}
	defer release()
	preview := application.Preview{
		Server: cfg.check.Server, Appservices: cfg.check.Appservices,
		Users: stored.Users, Links: stored.Links, Tickets: stored.Tickets, Now: compose.Now,
	}
	outlook, err := preview.Do(ctx, found.Claims)
	e.UserID, e.Exists, e.Linked, e.Note = string(outlook.User.ID), outlook.Exists, outlook.Linked, note
	return err
}

func (e *explanation) print(to io.Writer) error {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	for _, step := range e.Steps {
		verdict := "ok"
		if !step.OK {
			verdict = "REFUSED"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", verdict, step.Check, step.Value, step.Limit)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if e.UserID != "" {
		state := "does not exist"
		switch {
		case e.Linked:
			state = "belongs to this identity, whatever name it has"
		case e.Exists && e.Answer == nil:
			state = "exists, and belongs to this identity from the login on"
		case e.Exists:
			state = "exists"
		}
		fmt.Fprintf(to, "\nuser    %s, which %s\n", e.UserID, state)
	}
	if e.Note != "" {
		fmt.Fprintf(to, "note    %s\n", e.Note)
	}
	if e.Answer == nil {
		_, err := fmt.Fprintf(to, "answer  200 and a session\n")
		return err
	}
	_, err := fmt.Fprintf(to, "answer  %d %s: %s\n", e.Status, e.Answer.Errcode, e.Answer.Error)
	return err
}
