package gormstore

import (
	"context"
	"sync"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// cachedSessions answer for tokens from the cache, if that knows them.
type cachedSessions struct {
	ports.SessionRepository
	cache *tokenCache
}

// ByAccessToken keeps tokens that are not stale. Those have been used, so that the
// next use of one writes nothing.
func (s cachedSessions) ByAccessToken(ctx context.Context, access domain.TokenKey, now time.Time) (domain.Bearer, error) {
	if err := ctx.Err(); err != nil {
		return domain.Bearer{}, err
	}
	if bearer, ok := s.cache.find(access, now); ok {
		return bearer, nil
	}
	number := s.cache.lookUp()
	bearer, err := s.SessionRepository.ByAccessToken(ctx, access, now)
	if err == nil && !bearer.Stale {
		s.cache.keep(access, bearer, number)
	}
	return bearer, err
}

// A forgetter is told of users once it was committed that a token of theirs is good
// for something else than before.
type forgetter interface {
	forget(users ...domain.UserID)
}

// watched returns repositories of which f hears. What failed and took effect all the
// same is heard of from the database, like what others write.
func watched(r ports.Repositories, f forgetter) ports.Repositories {
	r.Sessions = watchedSessions{r.Sessions, f}
	r.Devices = watchedDevices{r.Devices, f}
	r.Users = watchedUsers{r.Users, f}
	return r
}

// noted is where a transaction notes users, to be forgotten when it has ended.
type noted struct {
	mu    sync.Mutex
	users []domain.UserID
}

func (n *noted) forget(users ...domain.UserID) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.users = append(n.users, users...)
}

type watchedSessions struct {
	ports.SessionRepository
	forgetter
}

func (s watchedSessions) SignIn(ctx context.Context, in domain.SignIn) (domain.SignedIn, error) {
	out, err := s.SessionRepository.SignIn(ctx, in)
	if err == nil && !out.NewDevice {
		s.forget(out.User.ID)
	}
	return out, err
}

func (s watchedSessions) Refresh(ctx context.Context, r domain.Renewal) (domain.Renewed, error) {
	out, err := s.SessionRepository.Refresh(ctx, r)
	if err == nil {
		s.forget(out.Bearer.User.ID)
	}
	return out, err
}

func (s watchedSessions) Delete(ctx context.Context, session domain.TokenHash) (domain.Bearer, error) {
	bearer, err := s.SessionRepository.Delete(ctx, session)
	if err == nil {
		s.forget(bearer.User.ID)
	}
	return bearer, err
}

func (s watchedSessions) DeleteAll(ctx context.Context, session domain.TokenHash) (domain.Bearer, error) {
	bearer, err := s.SessionRepository.DeleteAll(ctx, session)
	if err == nil {
		s.forget(bearer.User.ID)
	}
	return bearer, err
}

func (s watchedSessions) DeleteOfProvider(ctx context.Context, session domain.TokenHash, user domain.UserID) ([]domain.EndedSession, error) {
	ended, err := s.SessionRepository.DeleteOfProvider(ctx, session, user)
	for _, one := range ended {
		s.forget(one.User)
	}
	return ended, err
}

type watchedDevices struct {
	ports.DeviceRepository
	forgetter
}

func (d watchedDevices) Delete(ctx context.Context, user domain.UserID, ids ...domain.DeviceID) ([]domain.DeviceID, error) {
	gone, err := d.DeviceRepository.Delete(ctx, user, ids...)
	if len(gone) > 0 {
		d.forget(user)
	}
	return gone, err
}

func (d watchedDevices) DeleteAll(ctx context.Context, user domain.UserID, but ...domain.DeviceID) ([]domain.DeviceID, error) {
	gone, err := d.DeviceRepository.DeleteAll(ctx, user, but...)
	if len(gone) > 0 {
		d.forget(user)
	}
	return gone, err
}

type watchedUsers struct {
	ports.UserRepository
	forgetter
}

func (u watchedUsers) Update(ctx context.Context, id domain.UserID, change func(*domain.User) error) (domain.User, error) {
	saved, err := u.UserRepository.Update(ctx, id, change)
	if err == nil {
		u.forget(id)
	}
	return saved, err
}
