package application

import (
	"context"
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// ThirdPartyIDs lets users look at their addresses elsewhere, and forget them
// (Matrix specification, client-server API, "Adding Account Administrative
// Contact Information").
type ThirdPartyIDs struct {
	IDs ports.ThirdPartyIDRepository
}

// List returns the bearer's, in the order of the bytes of medium and address.
func (t ThirdPartyIDs) List(ctx context.Context, bearer domain.Bearer) ([]domain.ThirdPartyID, error) {
	return t.IDs.List(ctx, bearer.User.ID)
}

// Delete deletes an address, in its canonical form, if it is the bearer's. What is
// not there is as good as deleted.
func (t ThirdPartyIDs) Delete(ctx context.Context, bearer domain.Bearer, medium domain.Medium, address string) error {
	err := t.IDs.Delete(ctx, bearer.User.ID, medium, address)
	if errors.Is(err, domain.ErrNotFound) {
		return nil
	}
	return err
}
