package homeserver

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/seed-31b6c987/doorward/domain"
)

// User returns what the homeserver knows of a user, or domain.ErrNotFound.
func (c *Client) User(ctx context.Context, user domain.UserID) (domain.HomeserverUser, error) {
	a, err := c.get(ctx, "query_user", url.Values{"localpart": {user.Localpart()}})
	if err != nil {
		return domain.HomeserverUser{}, err
	}
	id, isText := a.object["user_id"].(string)
	suspended, tellsSuspended := a.object["is_suspended"].(bool)
	deactivated, tellsDeactivated := a.object["is_deactivated"].(bool)
	switch {
	case !isText || !tellsSuspended || !tellsDeactivated:
		return domain.HomeserverUser{}, away(a.status, "it answered something else than what it knows of a user; "+adviceURL)
	case id != string(user):
		return domain.HomeserverUser{}, away(a.status, fmt.Sprintf("it has other users than those of %q: "+
			"server_name must be that of the homeserver, and homeserver.url lead to it", user.Server()))
	}
	name, _ := a.object["display_name"].(string)
	avatar, _ := a.object["avatar_url"].(string)
	return domain.HomeserverUser{DisplayName: name, AvatarURL: avatar, Suspended: suspended, Deactivated: deactivated}, nil
}

// Check asks the homeserver a question that changes nothing. The error says what
// an operator may look at, if the homeserver cannot be reached, does not take the
// secret or did not delegate authentication.
func (c *Client) Check(ctx context.Context) error {
	_, err := c.get(ctx, "query_user", url.Values{"localpart": {"doorward"}})
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	return err
}

// CheckAsking has the homeserver ask whose a token is that nobody has, as it does
// for each request of a client. The error says what an operator may look at, if
// the homeserver gets no answer.
func (c *Client) CheckAsking(ctx context.Context) error {
	_, err := c.do(ctx, http.MethodGet, c.base.JoinPath("_matrix/client/v3/account/whoami"), rand.Text(), nil)
	if f := (*failure)(nil); errors.As(err, &f) && f.status == http.StatusUnauthorized && f.errcode == "M_UNKNOWN_TOKEN" {
		return nil
	} else if errors.As(err, &f) && f.said != "" {
		return fmt.Errorf("the homeserver cannot ask whose a token is: %s; %s", f.said, adviceAsking)
	}
	return err
}

// refused tells the two meanings of status 403 apart, that of the secret and that
// of the call, by a call that only the secret can fail.
func (c *Client) refused(ctx context.Context, user domain.UserID, err error) error {
	f := (*failure)(nil)
	if !errors.As(err, &f) || f.status != http.StatusForbidden || f.errcode == "" {
		return err
	}
	if _, known := c.User(ctx, user); known != nil && !errors.Is(known, domain.ErrNotFound) {
		return known
	}
	return &failure{kind: domain.ErrHomeserverRefused, status: f.status, errcode: f.errcode, text: f.said}
}
