package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/seed-31b6c987/doorward/cmd/doorward/compose"
	"github.com/seed-31b6c987/doorward/domain"
)

type auditCommands struct {
	List auditListCommand `cmd:"" help:"List who did what, the newest first."`
}

type auditListCommand struct {
	configFlag
	User  string            `help:"Only what is about this user: a localpart, or a full user id."`
	Event domain.AuditEvent `help:"Only this event, as in login, logout, device_deleted or locked."`
	Since time.Duration     `placeholder:"24h" help:"Only what is not older."`
	Limit int               `default:"100" help:"How many records at most."`
	JSON  bool              `name:"json" help:"Print JSON."`
}

// A shownRecord is an audit record for programs to read. Its texts are one line
// each, whatever clients sent.
type shownRecord struct {
	ID          string             `json:"id"`
	At          time.Time          `json:"at"`
	Event       domain.AuditEvent  `json:"event"`
	Result      domain.AuditResult `json:"result"`
	Reason      string             `json:"reason,omitempty"`
	Detail      string             `json:"detail,omitempty"`
	LoginType   string             `json:"login_type,omitempty"`
	Provider    string             `json:"provider,omitempty"`
	KeyID       string             `json:"key_id,omitempty"`
	Subject     string             `json:"subject,omitempty"`
	User        domain.UserID      `json:"user,omitempty"`
	UserCreated bool               `json:"user_created,omitempty"`
	Device      string             `json:"device,omitempty"`
	Actor       string             `json:"actor,omitempty"`
	Address     string             `json:"address,omitempty"`
}

func shown(r domain.AuditRecord) shownRecord {
	return shownRecord{
		ID: r.ID, At: r.At, Event: r.Event, Result: r.Result, Reason: r.Reason, Detail: r.Detail,
		LoginType: r.LoginType, Provider: r.Provider, KeyID: r.KeyID, Subject: r.Subject,
		User: r.User, UserCreated: r.UserCreated, Device: r.Device, Actor: r.Actor, Address: r.Address,
	}
}

// Run lists the records.
func (c auditListCommand) Run(s *streams) error {
	if err := c.check(); err != nil {
		return err
	}
	ctx := context.Background()
	operator, release, err := c.operator(ctx, s, false)
	if err != nil {
		return misuseOf(err)
	}
	defer release()
	found, err := operator.Records.List(ctx, c.query(operator))
	if err != nil {
		return err
	}
	records := make([]shownRecord, len(found))
	for i, r := range found {
		records[i] = shown(r)
	}
	if c.JSON {
		return printJSON(s.out, records)
	}
	table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, r := range records {
		fmt.Fprintln(table, r.line())
	}
	return table.Flush()
}

func (c auditListCommand) check() error {
	switch {
	case c.Event != "" && !slices.Contains(domain.AuditEvents(), c.Event):
		var names []string
		for _, event := range domain.AuditEvents() {
			names = append(names, string(event))
		}
		return misuse{fmt.Errorf("--event: there is no %q; there are %s", string(c.Event), strings.Join(names, ", "))}
	case c.Since < 0:
		return misuse{errors.New("--since: is less than 0")}
	case c.Limit < 1:
		return misuse{errors.New("--limit: is less than 1")}
	}
	return nil
}

// query is what is asked for. The user need not exist.
func (c auditListCommand) query(operator compose.Operator) domain.AuditQuery {
	query := domain.AuditQuery{User: domain.UserID(c.User), Event: c.Event, Limit: c.Limit}
	if c.User != "" && !strings.HasPrefix(c.User, "@") {
		query.User = domain.UserID("@" + c.User + ":" + string(operator.Server))
	}
	if c.Since > 0 {
		query.Since = operator.Now().Add(-c.Since)
	}
	return query.Escaped()
}

// line says all of it in one line of a table.
func (r shownRecord) line() string {
	orNone := func(text string) string {
		if text == "" {
			return "-"
		}
		return text
	}
	result := string(r.Result)
	if r.Reason != "" {
		result += ": " + r.Reason
	}
	return strings.Join([]string{
		r.At.Format(time.RFC3339), string(r.Event), result,
		orNone(string(r.User)), orNone(r.Device), orNone(r.Address), r.rest(),
	}, "\t")
}

// rest is what not every record has.
func (r shownRecord) rest() string {
	var parts []string
	for _, part := range []struct{ name, value string }{
		{"by ", r.Actor}, {"", r.Detail}, {"", r.LoginType}, {"provider ", r.Provider}, {"key ", r.KeyID}, {"subject ", r.Subject},
	} {
		if part.value != "" {
			parts = append(parts, part.name+part.value)
		}
	}
	if r.UserCreated {
		parts = append(parts, "new user")
	}
	return strings.Join(append(parts, "id "+r.ID), ", ")
}
