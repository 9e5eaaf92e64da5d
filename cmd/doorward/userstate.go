package main

import (
	"context"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/cmd/doorward/compose"
	"github.com/seed-31b6c987/doorward/domain"
)

type userSetAdminCommand struct {
	userArgument
	Remove bool `help:"Take that away again."`
}

// Run makes the user an administrator, or none.
func (c userSetAdminCommand) Run(s *streams) error {
	done := "is an administrator"
	if c.Remove {
		done = "is no administrator"
	}
	return c.change(s, application.AccountChange{Admin: new(!c.Remove)}, done)
}

type userLockCommand struct{ userArgument }

// Run locks the user.
func (c userLockCommand) Run(s *streams) error {
	return c.change(s, application.AccountChange{Locked: new(true)}, "is locked")
}

type userUnlockCommand struct{ userArgument }

// Run unlocks the user.
func (c userUnlockCommand) Run(s *streams) error {
	return c.change(s, application.AccountChange{Locked: new(false)}, "is not locked")
}

type userSuspendCommand struct{ userArgument }

// Run suspends the user.
func (c userSuspendCommand) Run(s *streams) error {
	return c.change(s, application.AccountChange{Suspended: new(true)}, "is suspended")
}

type userUnsuspendCommand struct{ userArgument }

// Run ends the suspension.
func (c userUnsuspendCommand) Run(s *streams) error {
	return c.change(s, application.AccountChange{Suspended: new(false)}, "is not suspended")
}

type userDeactivateCommand struct {
	userArgument
	Erase bool `help:"Also forget the name and the avatar, and have the homeserver forget what it can."`
}

// Run deactivates the user.
func (c userDeactivateCommand) Run(s *streams) error {
	return c.change(s, application.AccountChange{Deactivated: new(true), Erase: c.Erase}, "is deactivated")
}

type userReactivateCommand struct {
	userArgument
	passwordFlag
}

// Run gives the account back.
func (c userReactivateCommand) Run(s *streams) error {
	password, err := c.passwordFlag.read(s)
	if err != nil {
		return err
	}
	return c.change(s, application.AccountChange{Deactivated: new(false), Password: password}, "is not deactivated")
}

type userLogoutCommand struct{ userArgument }

// Run ends the sessions.
func (c userLogoutCommand) Run(s *streams) error {
	ctx := context.Background()
	return c.of(ctx, s, func(operator compose.Operator, user domain.UserID) error {
		if err := operator.Logout(ctx, user); err != nil {
			return err
		}
		return conclude(ctx, s, operator, domain.AuditLogoutAll, user, domain.AuditRecord{}, "is logged out everywhere")
	})
}
