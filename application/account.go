package application

import (
	"context"
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

// An account is the user that claims mean.
type account struct {
	ids    []domain.UserID // as in domain.SignIn
	absent error           // why the user may not be created, if it may not
	claims domain.Claims
}

// id is the one spelling of the account's name.
func (a account) id() domain.UserID { return a.ids[len(a.ids)-1] }

// existing returns the user that a sign-in would find, and whether by a link that
// is known; or [domain.ErrNotFound]. It returns [domain.ErrOtherIdentity] beside a
// user whom the identity may not have.
func (a account) existing(ctx context.Context, users ports.UserRepository, links ports.LinkRepository) (user domain.User, linked bool, err error) {
	link := a.claims.Link
	if link != (domain.Link{}) {
		owner, err := links.Owner(ctx, link)
		if err == nil {
			user, err = users.ByID(ctx, owner)
			return user, true, err
		}
		if !errors.Is(err, domain.ErrNotFound) {
			return domain.User{}, false, err
		}
	}
	for _, id := range a.ids {
		user, err := users.ByID(ctx, id)
		if errors.Is(err, domain.ErrNotFound) {
			continue
		}
		if err != nil || link == (domain.Link{}) {
			return user, false, err
		}
		has, err := links.List(ctx, id)
		if err != nil {
			return domain.User{}, false, err
		}
		return user, false, link.MayTake(has, a.claims.LinkExisting)
	}
	return domain.User{}, false, domain.ErrNotFound
}

// accountOf returns the account that claims mean. A name from elsewhere must
// not be an application service's, unless that vouches for it.
func accountOf(claims domain.Claims, server domain.ServerName, services domain.Appservices) (account, error) {
	if claims.User != "" {
		return account{ids: []domain.UserID{claims.User}, absent: domain.ErrForbidden, claims: claims}, nil
	}
	id, err := domain.NewUserID(claims.Localpart, server)
	if err != nil {
		return account{}, err
	}
	who := account{ids: []domain.UserID{id}, absent: domain.CheckNewLocalpart(claims.Localpart), claims: claims}
	if claims.Exact != claims.Localpart && domain.FoldLocalpart(claims.Exact) == claims.Localpart {
		who.ids = []domain.UserID{domain.UserID("@" + claims.Exact + ":" + string(server)), id}
	}
	for _, id := range who.ids {
		if err := services.Reserved(id, claims.Appservice); err != nil {
			return account{}, err
		}
	}
	if who.absent == nil && !claims.Register {
		who.absent = domain.ErrUserNotFound
	}
	return who, nil
}

// deviceOf returns the device that a client names, or a new one.
func deviceOf(id *string, name string) (domain.DeviceID, error) {
	if err := domain.CheckDeviceName(name); err != nil {
		return "", err
	}
	if id == nil {
		return domain.NewDeviceID(), nil
	}
	return domain.ParseDeviceID(*id)
}
