package application

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

const (
	// interactionLifetime is how long a request waits to be confirmed.
	interactionLifetime = time.Hour
	// repeatable is how long a client to whom the answer was lost may ask again. A
	// session is in the URL of a page, and so perhaps in the logs of a proxy: what it
	// is good for after the request must not last.
	repeatable = 5 * time.Minute
)

// RegisterOperation is the operation whose user does not exist yet.
const RegisterOperation = "POST /register"

// Confirm has requests confirmed by their users (Matrix specification,
// client-server API, "User-Interactive Authentication API"). Whatever has to be
// confirmed goes through it, and then, inside the transaction that carries the
// request out, through [Confirmed.finish].
type Confirm struct {
	Server      domain.ServerName
	Types       LoginTypes
	Appservices domain.Appservices
	Storage     ports.Storage
	Hasher      ports.PasswordHasher
	Limiter     ports.RateLimiter
	// Registration says how new users confirm that they are wanted.
	Registration RegistrationStages
	Now          Clock
}

// A Confirmation is a request that is to be confirmed.
type Confirmation struct {
	// Operation is what is to be done: the method and the path, in one spelling.
	Operation string
	// User is whose request it is; empty: nobody's yet.
	User domain.UserID
	// Params are the parameters of the request, but for a password, as JSON has
	// them. Nil: the client sent none, and means those that it sent first.
	Params map[string]any
	// Password is that of the parameters; nil: there is none, or none was sent.
	Password *string
	// Auth is what the client shows; nil: nothing.
	Auth *Auth
	// Address is where the request comes from, as in [LoginRequest].
	Address string
}

// Auth is what a client shows to confirm a request.
type Auth struct {
	// Session is the one that the client was given; empty: it has none yet.
	Session string
	// Stage is the stage to be completed; empty: the client has done with stages.
	Stage string
	// Token is the stage's "token"; nil: there is none.
	Token *string
	// Fields are the other members of the stage, as in [domain.Credential].
	Fields map[string]any
}

// Confirmed is a request that was confirmed. The zero Confirmed is one that
// needs no confirmation.
type Confirmed struct {
	id domain.TokenHash
	// Params and Password are those that the client sent first.
	Params   map[string]any
	Password domain.PasswordHash
	// Done says that the request was carried out before, and Result for whom.
	Done   bool
	Result domain.UserID
	token  string // the registration token that was shown
}

// Do returns the request once all stages of a flow are completed, or a
// [*domain.Challenge]. Some failures are none of authentication:
// [domain.ErrForbidden] for the session of another request, other parameters, or
// somebody else's proof, and [domain.ErrLimited]: stages can be guessed, and each
// user may begin only so often.
func (c Confirm) Do(ctx context.Context, req Confirmation) (Confirmed, error) {
	now := c.now()
	flows, err := c.flows(ctx, req.Operation, req.User)
	if err != nil {
		return Confirmed{}, err
	}
	if req.Auth == nil || req.Auth.Session == "" {
		token, i, err := c.begin(ctx, req, now)
		if err != nil {
			return Confirmed{}, err
		}
		return c.proceed(ctx, token, i, flows, req, now)
	}
	token, i, err := c.resume(ctx, req, now)
	if err == nil && i.Done && req.Operation != RegisterOperation {
		err = domain.ErrNotFound
	}
	if err == nil {
		var confirmed Confirmed
		confirmed, err = c.proceed(ctx, token, i, flows, req, now)
		if !errors.Is(err, domain.ErrNotFound) {
			return confirmed, err
		}
	}
	if !errors.Is(err, domain.ErrNotFound) {
		return Confirmed{}, err
	}
	// What the client has is of no use, or not any more: it begins anew.
	req.Auth = nil
	if token, i, err = c.begin(ctx, req, now); err != nil {
		return Confirmed{}, err
	}
	return c.proceed(ctx, token, i, flows, req, now)
}

func (c Confirm) now() time.Time { return c.Now().Truncate(time.Millisecond) }

// proceed completes the stage that the client shows, if it shows one, and says
// whether that was the last.
func (c Confirm) proceed(ctx context.Context, token domain.Token, i domain.Interaction, flows []domain.Flow, req Confirmation, now time.Time) (Confirmed, error) {
	if i.Done {
		return Confirmed{id: i.ID, Done: true, Result: i.Result}, nil
	}
	var cause error
	if req.Auth != nil && req.Auth.Stage != "" && !slices.Contains(i.Completed, req.Auth.Stage) {
		var err error
		i, err = c.complete(ctx, i, flows, *req.Auth, req.Address, now)
		if cause = retriable(err); cause == nil && err != nil {
			return Confirmed{}, err
		}
	}
	if cause == nil && slices.ContainsFunc(flows, func(f domain.Flow) bool { return slices.Equal(f, i.Completed) }) {
		params, err := decodeParams(i.Params)
		return Confirmed{id: i.ID, Params: params, Password: i.Password, token: i.RegistrationToken}, err
	}
	return Confirmed{}, &domain.Challenge{
		Session: token, Flows: flows, Params: c.stageParams(flows), Completed: i.Completed, Cause: cause,
	}
}

// finish notes, in the transaction that carries the request out, that it was
// carried out. It returns [domain.ErrForbidden] if it was before: of two at once
// one comes too late.
func (c Confirmed) finish(ctx context.Context, r ports.Repositories, result domain.UserID, now time.Time) error {
	if c.id == (domain.TokenHash{}) {
		return nil
	}
	_, err := r.Interactions.Update(ctx, c.id, now, func(i *domain.Interaction) error {
		if i.Done {
			return domain.ErrNotFound
		}
		i.Done, i.Result, i.Password = true, result, ""
		if end := now.Add(repeatable); end.Before(i.Expires) {
			i.Expires = end
		}
		return nil
	})
	if errors.Is(err, domain.ErrNotFound) {
		return domain.Refuse(domain.ErrForbidden, "confirmation_used", "This confirmation was used already")
	}
	return err
}

// retriable returns an error after which the client may show the stage again.
func retriable(err error) error {
	if errors.Is(err, errSomebodyElse) {
		return nil
	}
	for _, kind := range []error{domain.ErrForbidden, domain.ErrMissingParam, domain.ErrInvalidParam,
		domain.ErrInvalidUsername, domain.ErrUserNotFound, domain.ErrUserDeactivated} {
		if errors.Is(err, kind) {
			return err
		}
	}
	return nil
}
