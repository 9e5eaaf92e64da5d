package application

import (
	"context"
	"slices"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// Noting returns a storage whose every change that the homeserver has to hear of is
// written to the outbox in the same transaction, whoever makes it, and delivered
// at once if that is quick. Without a homeserver it is the storage itself.
func (d *Delegation) Noting(storage ports.Storage) ports.Storage {
	if d == nil {
		return storage
	}
	return notingStorage{Storage: storage, delegation: d}
}

type notingStorage struct {
	ports.Storage
	delegation *Delegation
}

// Repositories makes a transaction of every change.
func (n notingStorage) Repositories() ports.Repositories {
	return notingRepositories(n.Storage.Repositories(), func(ctx context.Context, change func(ports.Repositories) error) error {
		users, err := n.delegation.withOutbox(ctx, false, change)
		n.delegation.deliverAtOnce(ctx, users)
		return err
	})
}

func (n notingStorage) InTransaction(ctx context.Context, do func(ports.Repositories) error) error {
	users, err := n.delegation.inTransaction(ctx, false, do)
	n.delegation.deliverAtOnce(ctx, users)
	return err
}

// inTransaction runs do in a transaction of which the homeserver has to hear, and
// returns of whom. Of users whom it was told of already it does not hear that they
// were created.
func (d *Delegation) inTransaction(ctx context.Context, introduced bool, do func(ports.Repositories) error) (users []domain.UserID, err error) {
	return d.withOutbox(ctx, introduced, func(r ports.Repositories) error {
		return do(notingRepositories(r, func(_ context.Context, change func(ports.Repositories) error) error { return change(r) }))
	})
}

// withOutbox is inTransaction for what notes its changes itself.
func (d *Delegation) withOutbox(ctx context.Context, introduced bool, do func(ports.Repositories) error) (users []domain.UserID, err error) {
	err = d.Storage.InTransaction(ctx, func(r ports.Repositories) error {
		users = nil
		r.Outbox = notingOutbox{OutboxRepository: r.Outbox, noted: func(n domain.Notice) bool {
			if introduced && n.Kind == domain.UserCreated {
				return false
			}
			if !slices.Contains(users, n.User) {
				users = append(users, n.User)
			}
			return true
		}, now: d.Now}
		return do(r)
	})
	if err != nil {
		return nil, err
	}
	return users, nil
}

// A notingOutbox sets the time of what is added, and asks whether it is wanted.
type notingOutbox struct {
	ports.OutboxRepository
	noted func(domain.Notice) bool
	now   Clock
}

func (o notingOutbox) Add(ctx context.Context, notices ...domain.Notice) ([]int64, error) {
	notices = slices.DeleteFunc(slices.Clone(notices), func(n domain.Notice) bool { return !o.noted(n) })
	if len(notices) == 0 {
		return nil, nil
	}
	for i := range notices {
		notices[i].At = o.now()
	}
	return o.OutboxRepository.Add(ctx, notices...)
}

// A within runs a change and the notices of it in one transaction. Notices are
// added when the user is locked, so that their order is that of the changes.
type within func(ctx context.Context, change func(ports.Repositories) error) error

// notingRepositories returns repositories that note what they change.
func notingRepositories(r ports.Repositories, within within) ports.Repositories {
	r.Users = notingUsers{UserRepository: r.Users, within: within}
	r.Devices = notingDevices{DeviceRepository: r.Devices, within: within}
	r.Sessions = notingSessions{SessionRepository: r.Sessions, within: within}
	return r
}

type notingUsers struct {
	ports.UserRepository
	within within
}

func (u notingUsers) Create(ctx context.Context, user domain.User) error {
	return u.within(ctx, func(r ports.Repositories) error {
		if err := r.Users.Create(ctx, user); err != nil {
			return err
		}
		created := domain.Notice{User: user.ID, Kind: domain.UserCreated}
		// The homeserver hears of the profile as it creates the user, and of nothing else.
		asCreated := domain.User{DisplayName: user.DisplayName, AvatarURL: user.AvatarURL}
		return addNotices(ctx, r, append([]domain.Notice{created}, asCreated.ChangesTo(user)...)...)
	})
}

func (u notingUsers) Update(ctx context.Context, id domain.UserID, change func(*domain.User) error) (after domain.User, err error) {
	err = u.within(ctx, func(r ports.Repositories) error {
		var before domain.User
		after, err = r.Users.Update(ctx, id, func(user *domain.User) error {
			before = *user
			return change(user)
		})
		if err != nil {
			return err
		}
		return addNotices(ctx, r, before.ChangesTo(after)...)
	})
	return after, err
}

func addNotices(ctx context.Context, r ports.Repositories, notices ...domain.Notice) error {
	if len(notices) == 0 {
		return nil
	}
	_, err := r.Outbox.Add(ctx, notices...)
	return err
}
