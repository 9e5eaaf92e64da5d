package application

import (
	"context"
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
)

// Capabilities says what a user can do here (Matrix specification, client-server
// API, "Capabilities negotiation").
type Capabilities struct {
	Confirm Confirm
}

// Capable is what a user can do.
type Capable struct {
	ChangePassword bool
	GetLoginToken  bool
	// Moderate says that the user may lock and suspend others.
	Moderate bool
}

// Do returns what the bearer can do. What has to be confirmed can be done only by
// users who have a way to confirm.
func (c Capabilities) Do(ctx context.Context, bearer domain.Bearer) (Capable, error) {
	capable := Capable{Moderate: Administrators{}.Check(bearer) == nil}
	if bearer.Appservice != "" {
		return capable, nil
	}
	_, err := c.Confirm.flows(ctx, "", bearer.User.ID)
	switch {
	case errors.Is(err, errNoFlow):
		return capable, nil
	case err != nil:
		return Capable{}, err
	}
	capable.ChangePassword = mayChangePassword(c.Confirm.Types, bearer)
	capable.GetLoginToken = c.Confirm.Types.givesLoginTokens()
	return capable, nil
}

// givesLoginTokens says whether one of the types tells clients that they can ask
// for a login token.
func (t LoginTypes) givesLoginTokens() bool {
	for _, lt := range t {
		if lt.Flow["get_login_token"] == true {
			return true
		}
	}
	return false
}
