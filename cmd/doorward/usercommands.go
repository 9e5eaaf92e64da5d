package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/cmd/doorward/compose"
	"github.com/seed-31b6c987/doorward/domain"
)

type userCommands struct {
	Add         userAddCommand         `cmd:"" help:"Create a user, who signs in with a JSON Web Token, or with a password if it is given one."`
	List        userListCommand        `cmd:"" help:"List the users."`
	Show        userShowCommand        `cmd:"" help:"Show a user, with its addresses and devices."`
	SetPassword userSetPasswordCommand `cmd:"" help:"Give a user another password, and end its sessions."`
	SetAdmin    userSetAdminCommand    `cmd:"" help:"Make a user an administrator, or take that away again."`
	Lock        userLockCommand        `cmd:"" help:"Let a user do nothing but log out, until it is unlocked. Its sessions stay."`
	Unlock      userUnlockCommand      `cmd:"" help:"Let a user who was locked go on."`
	Suspend     userSuspendCommand     `cmd:"" help:"Let a user sign in and read, and little else."`
	Unsuspend   userUnsuspendCommand   `cmd:"" help:"End a suspension."`
	Deactivate  userDeactivateCommand  `cmd:"" help:"Bring an account to its end: sessions, password and addresses are gone."`
	Reactivate  userReactivateCommand  `cmd:"" help:"Give back an account that was deactivated, without the sessions, password, addresses and administrator's rights that it had."`
	Logout      userLogoutCommand      `cmd:"" help:"End all sessions of a user."`

	AllowCrossSigningReset userCrossSigningCommand `cmd:"" help:"Let a user replace its encryption keys at the homeserver, once, in the next ten minutes."`
}

// userArgument is the argument of every command about one user.
type userArgument struct {
	configFlag
	User string `arg:"" help:"A localpart, or a full user id."`
}

// administration opens the database for a command, which may be one that creates
// users.
func (c configFlag) administration(ctx context.Context, s *streams, creates bool) (compose.Operator, func(), error) {
	operator, release, err := c.operator(ctx, s, creates)
	if errors.Is(err, compose.ErrMemory) {
		err = misuse{fmt.Errorf("%w; ask the server itself, at /_synapse/admin, with admin.api_token", err)}
	}
	return operator, release, err
}

// operator is administration for what only this command can do.
func (c configFlag) operator(ctx context.Context, s *streams, creates bool) (compose.Operator, func(), error) {
	cfg, err := c.load(s, false)
	if err != nil {
		return compose.Operator{}, nil, err
	}
	return compose.Administration(ctx, cfg.Config, cfg.check, creates, newLogger(cfg.Log, s))
}

// of opens the database, and finds the user, who must exist.
func (c userArgument) of(ctx context.Context, s *streams, do func(compose.Operator, domain.UserID) error) error {
	operator, release, err := c.administration(ctx, s, false)
	if err != nil {
		return err
	}
	defer release()
	user, err := existing(ctx, operator, c.User)
	if err != nil {
		return err
	}
	return do(operator, user)
}

// change changes the user, and says that this is done.
func (c userArgument) change(s *streams, change application.AccountChange, done string) error {
	ctx := context.Background()
	return c.of(ctx, s, func(operator compose.Operator, user domain.UserID) error {
		if _, err := operator.Change(ctx, domain.Bearer{}, user, change); err != nil {
			return fmt.Errorf("%s: %w", user, err)
		}
		event, detail := change.Audited()
		return conclude(ctx, s, operator, event, user, domain.AuditRecord{Detail: detail}, done)
	})
}

// conclude accounts for what was done to the user, and says that it is, and what a
// homeserver that delegates does not know of it.
func conclude(ctx context.Context, s *streams, operator compose.Operator, event domain.AuditEvent, user domain.UserID, more domain.AuditRecord, done string) error {
	if err := say(s, user, done); err != nil {
		return err
	}
	return errors.Join(operator.Record(ctx, event, user, more), hint(ctx, s, operator, event, user))
}

func say(s *streams, user domain.UserID, done string) error {
	_, err := fmt.Fprintf(s.out, "%s %s\n", user, done)
	return err
}

// passwordFlag is for commands that may be given a password. It is never an
// argument: those end up in the shell's history and in lists of processes.
type passwordFlag struct {
	PasswordStdin bool `help:"Read the password from standard input, which holds that one line and nothing else."`
}

// read returns the password; nil if there is none.
func (p passwordFlag) read(s *streams) (*string, error) {
	if !p.PasswordStdin {
		return nil, nil
	}
	const most = 64 << 10
	text, err := io.ReadAll(io.LimitReader(s.in, most))
	if err != nil {
		return nil, err
	}
	password, rest, _ := strings.Cut(string(text), "\n")
	password = strings.TrimSuffix(password, "\r")
	if password == "" || rest != "" {
		return nil, misuse{errors.New("--password-stdin: standard input must hold the password, and nothing after it")}
	}
	return &password, nil
}
