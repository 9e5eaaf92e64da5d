package homeserver

import (
	"context"
	"errors"
	"net/http"

	"github.com/seed-31b6c987/doorward/domain"
)

// provision is the body of provision_user.
type provision struct {
	Localpart   string  `json:"localpart"`
	SetName     *string `json:"set_displayname,omitempty"`
	UnsetName   bool    `json:"unset_displayname,omitempty"`
	SetAvatar   *string `json:"set_avatar_url,omitempty"`
	UnsetAvatar bool    `json:"unset_avatar_url,omitempty"`
	Locked      *bool   `json:"locked,omitempty"`
}

func provisionOf(p domain.Provision) provision {
	body := provision{Localpart: p.User.Localpart(), Locked: p.Locked}
	if p.DisplayName != nil {
		name := domain.FirstCharacters(*p.DisplayName, domain.MaxHomeserverName)
		body.SetName, body.UnsetName = setOrUnset(name)
	}
	if p.AvatarURL != nil {
		body.SetAvatar, body.UnsetAvatar = setOrUnset(*p.AvatarURL)
	}
	return body
}

// setOrUnset says what to set, or that there is nothing.
func setOrUnset(text string) (set *string, unset bool) {
	if text == "" {
		return nil, true
	}
	return &text, false
}

// Provision creates the user, or changes the one who is there. It returns
// domain.ErrInvalidUsername if the homeserver has no such names. Display names
// are cut to domain.MaxHomeserverName characters.
func (c *Client) Provision(ctx context.Context, p domain.Provision) error {
	body := provisionOf(p)
	a, err := c.post(ctx, "provision_user", body)
	switch {
	case errcodeOf(err) == "M_INVALID_USERNAME":
		return domain.ErrInvalidUsername
	case errcodeOf(err) == "M_USER_IN_USE":
		// Somebody else created the user at this moment, or it is one of another case.
		if _, missing := c.User(ctx, p.User); errors.Is(missing, domain.ErrNotFound) {
			return err
		} else if missing != nil {
			return missing
		}
	case err != nil:
		return c.unchanged(ctx, p, err)
	case a.status != http.StatusCreated || !body.UnsetName:
		return nil
		// Whoever is created without a name is called by the localpart.
	}
	_, err = c.post(ctx, "provision_user", body)
	return c.unchanged(ctx, p, err)
}

// unchanged says what it means that a user was not changed. Synapse fails for as
// long as it likes to name a user who was erased: nobody need wait for that.
func (c *Client) unchanged(ctx context.Context, p domain.Provision, err error) error {
	f := (*failure)(nil)
	if !errors.As(err, &f) || f.status < http.StatusInternalServerError || p.DisplayName == nil && p.AvatarURL == nil {
		return c.refused(ctx, p.User, err)
	}
	if there, unknown := c.User(ctx, p.User); unknown == nil && there.Deactivated {
		return &failure{kind: domain.ErrHomeserverRefused, status: f.status, errcode: f.errcode, text: f.said + " for a user who is deactivated"}
	}
	return err
}

// errcodeOf returns the error code of an answer; empty: there is none.
func errcodeOf(err error) string {
	if f := (*failure)(nil); errors.As(err, &f) {
		return f.errcode
	}
	return ""
}
