package application

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

var (
	errOtherRequest = domain.Refuse(domain.ErrForbidden, "other_request", "This session is for another request")
	errAmended      = errors.New("another request changed the session")
)

// begin remembers a request, and gives it a session.
func (c Confirm) begin(ctx context.Context, req Confirmation, now time.Time) (domain.Token, domain.Interaction, error) {
	if err := c.charge(ctx, req.User); err != nil {
		return "", domain.Interaction{}, err
	}
	token := domain.NewToken(domain.InteractionToken, domain.NewSessionID())
	i := domain.Interaction{
		ID: token.Hash(), Operation: req.Operation, User: req.User,
		CreatedAt: now, Expires: now.Add(interactionLifetime),
	}
	if _, err := c.remember(ctx, &i, req); err != nil {
		return "", domain.Interaction{}, err
	}
	return token, i, c.Storage.Repositories().Interactions.Create(ctx, i)
}

// charge takes one of what a user may cost from time to time: a session is
// stored, and a password hashed, as for an attempt to log in. What is nobody's yet
// is paid for by its address, where it is asked for.
func (c Confirm) charge(ctx context.Context, user domain.UserID) error {
	if user == "" {
		return nil
	}
	return c.Limiter.Take(ctx, domain.Bucket{Limit: domain.LimitAddress, Key: "user:" + string(user)})
}

// resume finds the session of a request, or [domain.ErrNotFound].
func (c Confirm) resume(ctx context.Context, req Confirmation, now time.Time) (domain.Token, domain.Interaction, error) {
	token, err := domain.ParseToken(domain.InteractionToken, req.Auth.Session)
	if err != nil {
		return "", domain.Interaction{}, domain.ErrNotFound
	}
	for {
		i, err := c.Storage.Repositories().Interactions.ByID(ctx, token.Hash(), now)
		if err != nil {
			return "", domain.Interaction{}, err
		}
		if i.Operation != req.Operation || i.User != req.User {
			return "", domain.Interaction{}, errOtherRequest
		}
		if i.Done {
			return token, i, nil
		}
		if req.Password != nil {
			if err := c.charge(ctx, req.User); err != nil {
				return "", domain.Interaction{}, err
			}
		}
		i, err = c.amend(ctx, i, req, now)
		if !errors.Is(err, errAmended) {
			return token, i, err
		}
	}
}

// amend adds the parameters of a request to those that are known. It returns
// errAmended if somebody else was faster: what that made of them is to be looked
// at first.
func (c Confirm) amend(ctx context.Context, known domain.Interaction, req Confirmation, now time.Time) (domain.Interaction, error) {
	more := known
	added, err := c.remember(ctx, &more, req)
	if err != nil || !added {
		return known, err
	}
	// Only those who register may say later what they did not say at first:
	// anybody else would have confirmed what was not there.
	if len(known.Completed) > 0 && req.Operation != RegisterOperation {
		return known, errOtherRequest
	}
	return c.Storage.Repositories().Interactions.Update(ctx, known.ID, now, func(i *domain.Interaction) error {
		if i.Done || i.Params != known.Params || i.Password != known.Password || len(i.Completed) != len(known.Completed) {
			return errAmended
		}
		i.Params, i.Password = more.Params, more.Password
		return nil
	})
}

// remember adds the parameters of a request to those that are known, of which
// none may change: what the user confirms is what is done. It says whether there
// are more.
func (c Confirm) remember(ctx context.Context, i *domain.Interaction, req Confirmation) (added bool, err error) {
	known, err := decodeParams(i.Params)
	if err != nil {
		return false, err
	}
	given, err := normalised(req.Params)
	if err != nil {
		return false, err
	}
	for name, value := range given {
		before, ok := known[name]
		if ok && !reflect.DeepEqual(before, value) {
			return false, errOtherRequest
		}
		known[name] = value
		added = added || !ok
	}
	if added || i.Params == "" {
		text, err := json.Marshal(known)
		if err != nil {
			return false, err
		}
		i.Params = string(text)
	}
	if req.Password == nil {
		return added, nil
	}
	if i.Password == "" {
		i.Password, err = c.Hasher.Hash(ctx, *req.Password)
		return true, err
	}
	same, _, err := c.Hasher.Verify(ctx, *req.Password, i.Password)
	if err == nil && !same {
		err = errOtherRequest
	}
	return added, err
}

// normalised returns parameters as they come back from where they are kept.
func normalised(params map[string]any) (map[string]any, error) {
	text, err := json.Marshal(params)
	if err != nil {
		return nil, fmt.Errorf("parameters: %w", err)
	}
	return decodeParams(string(text))
}

func decodeParams(text string) (map[string]any, error) {
	params := map[string]any{}
	if text == "" || text == "null" {
		return params, nil
	}
	if err := json.Unmarshal([]byte(text), &params); err != nil {
		return nil, fmt.Errorf("parameters that were kept: %w", err)
	}
	return params, nil
}
