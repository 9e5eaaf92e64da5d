package gormstore

import (
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/seed-31b6c987/doorward/domain"
)

// An owner is the user whom a sign-in on SQLite means.
type owner struct {
	domain.User
	isNew     bool // it is to be created
	isKnown   bool // by the link, or there is none
	hasDevice bool // that of the sign-in
}

const hasDevice = `EXISTS (SELECT 1 FROM devices d WHERE d.user_id = u.id AND d.device_id = ?)`

// findOwner finds most: the user of a link, or else the first one, if there is no
// link.
const findOwner = `
SELECT ` + columnsOfU + `, ` + hasDevice + `
FROM users u WHERE u.id = CASE WHEN ? THEN (SELECT user_id FROM links WHERE key = ?) ELSE ? END`

// ownerFor finds the user whom the sign-in means, and writes nothing.
func ownerFor(db *gorm.DB, in domain.SignIn) (owner, error) {
	ctx, conn := db.Statement.Context, db.Statement.ConnPool // past GORM, as in signInDecided
	key := in.Link.Key()
	o := owner{isKnown: in.Link == domain.Link{}}
	var user userRow
	err := scanRow(conn.QueryRowContext(ctx, findOwner, string(in.Device), !o.isKnown, key[:], string(in.Users[0])),
		append(user.columns(), &o.hasDevice)...)
	if !errors.Is(err, domain.ErrNotFound) {
		return owner{User: user.user(), isKnown: true, hasDevice: o.hasDevice}, err
	}
	for _, id := range in.Users {
		err := scanRow(conn.QueryRowContext(ctx, "SELECT "+columnsOfU+", "+hasDevice+" FROM users u WHERE u.id = ?", string(in.Device), string(id)),
			append(user.columns(), &o.hasDevice)...)
		if errors.Is(err, domain.ErrNotFound) {
			continue
		}
		if err != nil {
			return owner{}, err
		}
		o.User = user.user()
		has, err := linksOf(db, o.ID)
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

// put writes what is not there yet of the owner.
func (o owner) put(db *gorm.DB, in domain.SignIn) error {
	if o.isNew {
		row, err := rowOfUser(o.User)
		if err != nil {
			return err
		}
		if err := db.Create(&row).Error; err != nil {
			return err
		}
		if err := putAddress(db, in.NewAddress()); err != nil {
			return err
		}
	}
	if o.isKnown {
		return nil
	}
	return putLink(db, o.ID, in)
}

// putAddress gives a user an address, if it is one and nobody's.
func putAddress(db *gorm.DB, id domain.ThirdPartyID) error {
	if id.Address == "" {
		return nil
	}
	row, err := rowOfThirdPartyID(id)
	if err != nil {
		return err
	}
	return db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error
}
