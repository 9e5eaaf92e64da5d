package ports

import (
	"context"

	"github.com/seed-31b6c987/doorward/domain"
)

// An ImportRepository takes over accounts from elsewhere, many with one call.
// Times are kept to the millisecond. What is added is new: an import changes
// nothing that is there.
type ImportRepository interface {
	// AddUsers adds those users that are not there, with their passwords, and
	// returns the others, as they are there, in the order of the bytes of their ids.
	// No user comes twice.
	AddUsers(ctx context.Context, users []domain.ImportedUser) (there []domain.User, err error)

	// AddDevices adds devices and their sessions. It returns domain.ErrExists if
	// one is there, and another error if a user is not. Then the transaction that it
	// is part of cannot go on.
	AddDevices(ctx context.Context, devices []domain.ImportedDevice) error

	// AddThirdPartyIDs adds those whose addresses are nobody's, the first of those
	// with one address, and returns those whose address is another user's, in their
	// order. If a user is not there it returns an error, as AddDevices.
	AddThirdPartyIDs(ctx context.Context, ids []domain.ThirdPartyID) (taken []domain.ThirdPartyID, err error)

	// Progress returns how far the import from a source came, or
	// domain.ErrNotFound if none is under way.
	Progress(ctx context.Context, source string) (domain.ImportProgress, error)

	// PutProgress remembers how far an import came.
	PutProgress(ctx context.Context, progress domain.ImportProgress) error

	// DeleteProgress forgets it: the import is over.
	DeleteProgress(ctx context.Context, source string) error
}
