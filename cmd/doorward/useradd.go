package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
)

type userAddCommand struct {
	userArgument
	passwordFlag
	DisplayName string `help:"The name that others see."`
	Admin       bool   `help:"Make it an administrator."`
}

// Run creates the user.
func (c userAddCommand) Run(s *streams) error {
	change := application.AccountChange{Admin: &c.Admin}
	if c.DisplayName != "" {
		change.DisplayName = &c.DisplayName
	}
	var err error
	if change.Password, err = c.passwordFlag.read(s); err != nil {
		return err
	}
	ctx := context.Background()
	operator, release, err := c.administration(ctx, s, true)
	if err != nil {
		return err
	}
	defer release()
	name := c.User
	if !strings.HasPrefix(name, "@") {
		name = "@" + name + ":" + string(operator.Server)
	}
	user, err := operator.User(name)
	if err != nil {
		return fmt.Errorf("%q: %w", c.User, err)
	}
	_, err = operator.Create(ctx, domain.Bearer{}, user, change)
	switch {
	case errors.Is(err, domain.ErrExists):
		return fmt.Errorf("%s exists already; doorward user show has more of it", user)
	case err != nil:
		return fmt.Errorf("%s: %w", user, err)
	}
	_, detail := change.Audited()
	return conclude(ctx, s, operator, domain.AuditRegistered, user, domain.AuditRecord{Detail: detail, UserCreated: true}, "was created")
}

type userSetPasswordCommand struct {
	userArgument
	passwordFlag
	KeepSessions bool `help:"Leave the user signed in."`
}

// Run sets the password.
func (c userSetPasswordCommand) Run(s *streams) error {
	if !c.PasswordStdin {
		return misuse{errors.New("the password is read from standard input: give --password-stdin, and the password there")}
	}
	password, err := c.passwordFlag.read(s)
	if err != nil {
		return err
	}
	return c.change(s, application.AccountChange{Password: password, KeepSessions: c.KeepSessions}, "has a new password")
}
