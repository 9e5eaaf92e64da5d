package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/identifier"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/cmd/doorward/compose"
	"github.com/seed-31b6c987/doorward/domain"
)

type homeserverCommands struct {
	Sync homeserverSyncCommand `cmd:"" help:"Compare the homeserver's users and devices with ours, and make them agree."`
}

type homeserverSyncCommand struct {
	configFlag
	User string `arg:"" optional:"" help:"A localpart, or a full user id. Without it: everybody."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Help implements kong's detailed help.
func (homeserverSyncCommand) Help() string {
	return `First what waits to be told is told. Then the homeserver gets whom it does not
know, deactivations, locks, and exactly the devices that are here; devices that
only the homeserver knows are deleted there. Display names and avatars are left
to the homeserver, and so are users whom only it knows.

What the homeserver has failed at for some minutes keeps its user from logging
in. If the homeserver takes all else, that is forgotten.

It may run beside the server, be stopped, and be run again.`
}

var errNoHomeserver = misuse{errors.New("no homeserver has handed authentication over; set homeserver.kind")}

// delegation opens the database for a command about the homeserver.
func (c configFlag) delegation(ctx context.Context, s *streams) (compose.Operator, func(), error) {
	operator, release, err := c.administration(ctx, s, false)
	if err == nil && operator.Delegation == nil {
		release()
		return compose.Operator{}, nil, errNoHomeserver
	}
	return operator, release, err
}

// A syncedUser is what was found about a user.
type syncedUser struct {
	UserID      domain.UserID `json:"user_id"`
	Created     bool          `json:"created,omitempty"`
	Deactivated bool          `json:"deactivated,omitempty"`
	Reactivated bool          `json:"reactivated,omitempty"`
	Devices     int           `json:"devices"`
	Error       string        `json:"error,omitempty"`
}

func synced(user domain.UserID, r application.SyncResult, err error) syncedUser {
	found := syncedUser{UserID: user, Created: r.Created, Deactivated: r.Deactivated, Reactivated: r.Reactivated, Devices: r.Devices}
	if err != nil {
		found.Error = oneLine(err)
	}
	return found
}

// differed says in words how the homeserver differed; empty: not at all, as far as
// it can be asked.
func (u syncedUser) differed() string {
	var words []string
	for _, w := range []struct {
		is   bool
		word string
	}{
		{u.Created, "was unknown there, is created"},
		{u.Deactivated, "is deactivated there now"},
		{u.Reactivated, "was deactivated there, is reactivated"},
		{u.Error != "", "failed: " + u.Error},
	} {
		if w.is {
			words = append(words, w.word)
		}
	}
	return strings.Join(words, "; ")
}

// Run syncs until all is done or a signal comes.
func (c homeserverSyncCommand) Run(s *streams) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	operator, release, err := c.delegation(ctx, s)
	if err != nil {
		return err
	}
	defer release()
	users, err := c.users(ctx, operator)
	if err != nil {
		return err
	}
	all := []syncedUser{}
	var away error
	failed, shown := 0, newBar(s.err)
	for i, user := range users {
		if ctx.Err() != nil {
			shown.end()
			return fmt.Errorf("stopped after %d of %s", i, counted(len(users), "user"))
		}
		result, err := operator.Delegation.Sync(ctx, user)
		if err != nil {
			if away = unreachable(ctx, operator, user); away != nil {
				break // nor does it answer for the others
			}
			failed++
		}
		found := synced(user, result, err)
		if all = append(all, found); !c.JSON && found.differed() != "" {
			fmt.Fprintf(s.out, "%s %s\n", user, found.differed())
		}
		shown.show(i+1, len(users))
	}
	shown.end()
	if err := c.report(s, all); err != nil {
		return err
	}
	if away != nil {
		return fmt.Errorf("stopped after %d of %s, to be run again when the homeserver answers: %w", len(all), counted(len(users), "user"), away)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %s could not be synced; run it again when the homeserver answers", failed, counted(len(users), "user"))
	}
	return nil
}

// unreachable says why the homeserver does not even answer who the user is; nil if
// it does.
func unreachable(ctx context.Context, operator compose.Operator, user domain.UserID) error {
	const longest = 5 * time.Second
	limited, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	if _, err := operator.Delegation.Homeserver.User(limited, user); ctx.Err() == nil && errors.Is(err, domain.ErrHomeserverAway) {
		return err
	}
	return nil
}

func (c homeserverSyncCommand) report(s *streams, all []syncedUser) error {
	if c.JSON {
		return printJSON(s.out, all)
	}
	devices := 0
	for _, u := range all {
		devices += u.Devices
	}
	_, err := fmt.Fprintf(s.out, "%s and %s compared\n", counted(len(all), "user"), counted(devices, "device"))
	return err
}

// users returns whom to sync.
func (c homeserverSyncCommand) users(ctx context.Context, operator compose.Operator) (ids []domain.UserID, err error) {
	if c.User != "" {
		user, err := existing(ctx, operator, c.User)
		return []domain.UserID{user}, err
	}
	for {
		page, _, err := operator.List(ctx, domain.UserQuery{Offset: len(ids), Limit: atOnce})
		if err != nil {
			return nil, err
		}
		for _, u := range page {
			ids = append(ids, u.ID)
		}
		if len(page) < atOnce {
			return ids, nil
		}
	}
}

// hint says, beside the output, what a homeserver that delegates does not know of
// what happened to the user.
func hint(ctx context.Context, s *streams, operator compose.Operator, event domain.AuditEvent, user domain.UserID) error {
	if operator.Delegation == nil {
		return nil
	}
	if event == domain.AuditSuspended || event == domain.AuditUnsuspended {
		_, err := fmt.Fprintln(s.err, "the homeserver is not told of it; do the same there, by its own admin API")
		return err
	}
	waiting, err := operator.Delegation.Storage.Repositories().Outbox.List(ctx, user, 1)
	if err == nil && len(waiting) > 0 {
		_, err = fmt.Fprintln(s.err, "the homeserver has not heard of it yet; a running doorward serve tells it as soon as it answers")
	}
	return err
}

// existing returns the id of a user who must exist.
func existing(ctx context.Context, operator compose.Operator, name string) (domain.UserID, error) {
	user, exists, err := identifier.FindUser(ctx, operator.Storage.Repositories().Users, name, operator.Server)
	if err == nil && !exists {
		err = fmt.Errorf("there is no user %s; doorward user list shows those that there are", printable(string(user)))
	}
	return user, err
}

type userCrossSigningCommand struct{ userArgument }

// Run asks the homeserver to let the user.
func (c userCrossSigningCommand) Run(s *streams) error {
	ctx := context.Background()
	operator, release, err := c.delegation(ctx, s)
	if err != nil {
		return err
	}
	defer release()
	user, err := existing(ctx, operator, c.User)
	if err != nil {
		return err
	}
	err = operator.Delegation.AllowCrossSigningReset(ctx, user)
	if errors.Is(err, domain.ErrNotFound) {
		return fmt.Errorf("the homeserver does not know %s; doorward homeserver sync makes it known", user)
	}
	if err != nil {
		return err
	}
	return conclude(ctx, s, operator, domain.AuditCrossSigning, user, domain.AuditRecord{},
		"may replace its encryption keys in the next ten minutes")
}
