package gormstore

import (
	"errors"

	"github.com/seed-31b6c987/doorward/domain"
)

// An owner is the user whom a sign-in on SQLite means.
type owner struct {
	domain.User
	isNew     bool // it is to be created
	isKnown   bool // by the link, or there is none
	hasDevice bool // that of the sign-in
}

const selectOwner = `
SELECT ` + columnsOfU + `, EXISTS (SELECT 1 FROM devices d WHERE d.user_id = u.id AND d.device_id = CAST(? AS TEXT))
FROM users u WHERE u.id = `

const (
	ownerByID = selectOwner + `CAST(? AS TEXT)`
	// ownerByLink finds most: the user of a link.
	ownerByLink = selectOwner + `(SELECT user_id FROM links WHERE key = CAST(? AS BLOB))`
)

// ownerFor finds the user whom the sign-in means, and writes nothing.
func ownerFor(on statements, in domain.SignIn) (owner, error) {
	var user userRow
	o := owner{isKnown: in.Link == domain.Link{}}
	find := func(query written, by any) error {
		err := queryRow(on, query, []any{string(in.Device), by}, append(user.columns(), &o.hasDevice))
		o.User = user.user()
		return err
	}
	if !o.isKnown {
		key := in.Link.Key()
		if err := find(ownerByLink, key[:]); !errors.Is(err, domain.ErrNotFound) {
			o.isKnown = true
			return o, err
		}
	}
	for _, id := range in.Users {
		if err := find(ownerByID, string(id)); errors.Is(err, domain.ErrNotFound) {
			continue
		} else if err != nil || o.isKnown {
			return o, err
		}
		has, err := linksOnSQLite(on, o.ID)
		if err != nil {
			return owner{}, err
		}
		return o, in.Link.MayTake(has, in.LinkExisting)
	}
	if !in.Create {
		return owner{}, domain.ErrNotFound
	}
	o.User, o.isNew = in.NewUser(), true
	return o, nil
}

func linksOnSQLite(on statements, user domain.UserID) (list []domain.Link, err error) {
	var link domain.Link
	err = on.each("SELECT provider, issuer, subject FROM links WHERE user_id = CAST(? AS TEXT)", []any{string(user)},
		[]any{&link.Provider, &link.Issuer, &link.Subject}, func() bool { list = append(list, link); return true })
	return list, err
}

const (
	putUser = `
INSERT INTO users (id, display_name, avatar_url, created_at, admin) VALUES (?, ?, ?, ?, ?)`
	putAddress = `
INSERT INTO third_party_ids (medium, address, user_id, validated_at, added_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (medium, address) DO NOTHING`
	putLinkRow = `
INSERT INTO links (key, provider, issuer, subject, user_id, created_at) VALUES (?, ?, ?, ?, ?, ?)`
)

// put writes what is not there yet of the owner.
func (o owner) put(on statements, in domain.SignIn) error {
	if o.isNew {
		if err := o.create(on, in.NewAddress()); err != nil {
			return err
		}
	}
	if o.isKnown {
		return nil
	}
	key := in.Link.Key()
	return execute(on, putLinkRow, key[:], in.Link.Provider, in.Link.Issuer, in.Link.Subject, string(o.ID), in.At.UnixMilli())
}

// create makes the user, and gives it the address, if that is one and nobody's.
func (o owner) create(on statements, address domain.ThirdPartyID) error {
	user, err := rowOfUser(o.User)
	if err != nil {
		return err
	}
	err = execute(on, putUser, user.ID, user.DisplayName, user.AvatarURL, user.CreatedAt, user.Admin)
	if err != nil || address.Address == "" {
		return err
	}
	row, err := rowOfThirdPartyID(address)
	if err != nil {
		return err
	}
	return execute(on, putAddress, row.Medium, row.Address, row.UserID, row.ValidatedAt, row.AddedAt)
}
