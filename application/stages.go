package application

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// The stages that prove nothing of an identity (Matrix specification,
// client-server API, "User-Interactive Authentication API"). The others are the
// login types that are interactive.
const (
	DummyStage             = "m.login.dummy"
	TermsStage             = "m.login.terms"
	RegistrationTokenStage = "m.login.registration_token"
	passwordStage          = "m.login.password"
)

// RegistrationStages say how new users confirm that they are wanted.
type RegistrationStages struct {
	// TokensRequired says that they need a registration token.
	TokensRequired bool
	// Policies are what they must accept.
	Policies []domain.Policy
}

var (
	errSomebodyElse = domain.Refuse(domain.ErrForbidden, "somebody_else", "This proves to be another user")
	errNotNext      = domain.Refuse(domain.ErrForbidden, "stage_not_next", "This stage is not one of those that come next")
	errNoFlow       = domain.Refuse(domain.ErrForbidden, "no_flow", "This server offers no way to confirm this request")
	errInvalidToken = domain.Refuse(domain.ErrForbidden, "invalid_registration_token", "Invalid registration token")
)

// flows are the ways to confirm an operation. A user who has no password is not
// asked for it, if there is another way.
func (c Confirm) flows(ctx context.Context, operation string, user domain.UserID) ([]domain.Flow, error) {
	if operation == RegisterOperation {
		return []domain.Flow{c.Registration.flow()}, nil
	}
	_, err := c.Storage.Repositories().Passwords.ByUser(ctx, user)
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return nil, err
	}
	var flows []domain.Flow
	stages := c.Types.Interactive()
	for _, stage := range stages {
		if stage.Name != passwordStage || err == nil || len(stages) == 1 {
			flows = append(flows, domain.Flow{stage.Name})
		}
	}
	if len(flows) == 0 {
		return nil, errNoFlow
	}
	return flows, nil
}

func (s RegistrationStages) flow() (flow domain.Flow) {
	if s.TokensRequired {
		flow = append(flow, RegistrationTokenStage)
	}
	if len(s.Policies) > 0 {
		flow = append(flow, TermsStage)
	}
	if len(flow) == 0 {
		flow = domain.Flow{DummyStage}
	}
	return flow
}

// stageParams are what a client must know of the stages.
func (c Confirm) stageParams(flows []domain.Flow) map[string]any {
	params := map[string]any{}
	for _, flow := range flows {
		if slices.Contains(flow, TermsStage) {
			params[TermsStage] = map[string]any{"policies": c.Registration.policies()}
		}
	}
	return params
}

func (s RegistrationStages) policies() map[string]any {
	policies := map[string]any{}
	for _, p := range s.Policies {
		policy, ok := policies[p.ID].(map[string]any)
		if !ok {
			policy = map[string]any{"version": p.Version}
			policies[p.ID] = policy
		}
		policy[p.Language] = map[string]string{"name": p.Name, "url": p.URL}
	}
	return policies
}

// complete completes a stage, if it is one of those that come next. If not, it
// returns the interaction as it was, and why.
func (c Confirm) complete(ctx context.Context, i domain.Interaction, flows []domain.Flow, auth Auth, address string, now time.Time) (domain.Interaction, error) {
	if !isNext(flows, i.Completed, auth.Stage) {
		return i, errNotNext
	}
	update := func(change func(*domain.Interaction) error) (domain.Interaction, error) {
		return c.Storage.Repositories().Interactions.Update(ctx, i.ID, now, change)
	}
	note := noting(flows, auth.Stage)
	var completed domain.Interaction
	var err error
	switch auth.Stage {
	case DummyStage:
		completed, err = update(note)
	case TermsStage:
		completed, err = update(func(i *domain.Interaction) error {
			i.Accepted = c.Registration.versions()
			return note(i)
		})
	default:
		// These can be guessed.
		err = guess(ctx, c.Limiter, address, func() (err error) {
			if auth.Stage == RegistrationTokenStage {
				completed, err = c.reserve(ctx, i, auth, note, now)
			} else {
				completed, err = c.prove(ctx, i, auth, note, now)
			}
			return err
		})
	}
	if err != nil {
		return i, err
	}
	return completed, nil
}

// noting returns what notes that a stage is completed, whatever happened to the
// interaction meanwhile.
func noting(flows []domain.Flow, stage string) func(*domain.Interaction) error {
	return func(i *domain.Interaction) error {
		switch {
		case !i.Done && slices.Contains(i.Completed, stage):
			return nil
		case i.Done || !isNext(flows, i.Completed, stage):
			return errNotNext
		}
		i.Completed = append(i.Completed, stage)
		return nil
	}
}

// isNext says whether a stage is the one after those that are completed.
func isNext(flows []domain.Flow, completed []string, stage string) bool {
	return slices.ContainsFunc(flows, func(f domain.Flow) bool {
		return len(f) > len(completed) && slices.Equal(f[:len(completed)], completed) && f[len(completed)] == stage
	})
}

func (s RegistrationStages) versions() []string {
	var versions []string
	for _, p := range s.Policies {
		if v := p.ID + " " + p.Version; !slices.Contains(versions, v) {
			versions = append(versions, v)
		}
	}
	return versions
}

// reserve keeps one use of a registration token for the session, until that
// ends.
func (c Confirm) reserve(ctx context.Context, i domain.Interaction, auth Auth, note func(*domain.Interaction) error, now time.Time) (domain.Interaction, error) {
	if auth.Token == nil {
		return i, domain.Missing("token")
	}
	if domain.CheckRegistrationToken(*auth.Token) != nil {
		return i, errInvalidToken
	}
	var reserved domain.Interaction
	err := c.Storage.InTransaction(ctx, func(r ports.Repositories) error {
		// The token is locked first, so that nobody else reserves its last use.
		token, err := r.RegistrationTokens.Update(ctx, *auth.Token, now, func(*domain.RegistrationToken) error { return nil })
		if errors.Is(err, domain.ErrNotFound) {
			return errInvalidToken
		}
		if err != nil {
			return err
		}
		reserved, err = r.Interactions.Update(ctx, i.ID, now, func(i *domain.Interaction) error {
			if slices.Contains(i.Completed, RegistrationTokenStage) {
				return note(i) // a request at the same time was faster, and what is pending may be its use
			}
			if !token.Valid(now) {
				return errInvalidToken
			}
			i.RegistrationToken = *auth.Token
			return note(i)
		})
		return err
	})
	return reserved, err
}
