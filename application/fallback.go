package application

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// A Stage is what a page needs to know to let somebody complete a stage (Matrix
// specification, client-server API, "Fallback").
type Stage struct {
	// User is whose request it is; empty: nobody's yet.
	User domain.UserID
	// Policies are what the stage m.login.terms is about.
	Policies []domain.Policy
	// Completed says that nothing is left to do.
	Completed bool
}

var (
	errNoSession = domain.Refuse(domain.ErrInvalidParam, "unknown_uia_session", "This page has expired, or was never there.")
	errNoStage   = domain.Refuse(domain.ErrNotFound, "unknown_stage", "There is no such way to confirm.")
)

// Stage returns what is to be known of a stage of a session. It returns
// [domain.ErrInvalidParam] if there is no such session, or it has come to its
// end, and [domain.ErrNotFound] if the stage is in none of its flows.
func (c Confirm) Stage(ctx context.Context, session, stage string) (Stage, error) {
	i, _, err := c.waiting(ctx, session, stage, c.now())
	if err != nil {
		return Stage{}, err
	}
	shown := Stage{User: i.User, Completed: slices.Contains(i.Completed, stage)}
	if stage == TermsStage {
		shown.Policies = c.Registration.Policies
	}
	return shown, nil
}

// Complete completes a stage of a session apart from the request that waits for
// it. Whoever knows the session may; what proves an identity must prove that of
// the request's user. The errors are those of [Confirm.Stage], and those with
// which the stage is refused.
func (c Confirm) Complete(ctx context.Context, auth Auth, address string) error {
	now := c.now()
	i, flows, err := c.waiting(ctx, auth.Session, auth.Stage, now)
	if err != nil || slices.Contains(i.Completed, auth.Stage) {
		return err
	}
	_, err = c.complete(ctx, i, flows, auth, address, now)
	return err
}

// waiting returns the session of a request that waits, and its flows.
func (c Confirm) waiting(ctx context.Context, session, stage string, now time.Time) (domain.Interaction, []domain.Flow, error) {
	token, err := domain.ParseToken(domain.InteractionToken, session)
	if err != nil {
		return domain.Interaction{}, nil, errNoSession
	}
	i, err := c.Storage.Repositories().Interactions.ByID(ctx, token.Hash(), now)
	if errors.Is(err, domain.ErrNotFound) || err == nil && i.Done {
		err = errNoSession
	}
	if err != nil {
		return domain.Interaction{}, nil, err
	}
	flows, err := c.flows(ctx, i.Operation, i.User)
	if err != nil {
		return domain.Interaction{}, nil, err
	}
	if !slices.ContainsFunc(flows, func(f domain.Flow) bool { return slices.Contains(f, stage) }) {
		return domain.Interaction{}, nil, errNoStage
	}
	return i, flows, nil
}
