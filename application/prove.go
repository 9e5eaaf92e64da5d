package application

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// prove completes a stage that is a login type, and uses up what the proof of it
// is good for once. A request at the same time that was faster has done both.
func (c Confirm) prove(ctx context.Context, i domain.Interaction, auth Auth, note func(*domain.Interaction) error, now time.Time) (domain.Interaction, error) {
	proof, err := c.verify(ctx, i, auth)
	if err != nil {
		return i, err
	}
	if proof.Once == (domain.Once{}) {
		return c.Storage.Repositories().Interactions.Update(ctx, i.ID, now, note)
	}
	var completed domain.Interaction
	err = c.Storage.InTransaction(ctx, func(r ports.Repositories) (err error) {
		isFirst := false
		completed, err = r.Interactions.Update(ctx, i.ID, now, func(i *domain.Interaction) error {
			isFirst = !slices.Contains(i.Completed, auth.Stage)
			return note(i)
		})
		if err != nil || !isFirst {
			return err
		}
		return useUp(ctx, r, proof.Once, now)
	})
	return completed, err
}

// verify has a login type's verifier decide whether the request is confirmed by
// the user whose it is. It changes nothing.
func (c Confirm) verify(ctx context.Context, i domain.Interaction, auth Auth) (domain.Proof, error) {
	verifier, ok := c.Types.Interactive().Verifier(auth.Stage)
	if !ok {
		return domain.Proof{}, errNotNext
	}
	fields := auth.Fields
	if auth.Stage == passwordStage && fields["identifier"] == nil && fields["user"] == nil && fields["address"] == nil {
		fields = map[string]any{"identifier": map[string]any{"type": "m.id.user", "user": string(i.User)}, "password": fields["password"]}
		if fields["password"] == nil {
			delete(fields, "password")
		}
	}
	claims, err := verifier.Verify(ctx, domain.Credential{
		Type: auth.Stage, Token: auth.Token, Extra: fields, Confirms: i.CreatedAt,
	})
	if err != nil {
		return domain.Proof{}, err
	}
	claims.Evidence.Verified = true
	return claims.Proof, domain.Trace(c.isOf(ctx, i.User, claims), claims.Evidence, i.User)
}

// isOf says whether claims are those of a user.
func (c Confirm) isOf(ctx context.Context, wanted domain.UserID, claims domain.Claims) error {
	who, err := accountOf(claims, c.Server, c.Appservices)
	if err != nil {
		return err
	}
	r := c.Storage.Repositories()
	user, _, err := who.existing(ctx, r.Users, r.Links)
	if errors.Is(err, domain.ErrNotFound) || errors.Is(err, domain.ErrOtherIdentity) || err == nil && user.ID != wanted {
		return errSomebodyElse
	}
	return err
}
