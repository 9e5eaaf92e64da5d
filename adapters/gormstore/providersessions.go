package gormstore

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

const usersOfProviderSession = `
SELECT DISTINCT user_id FROM devices WHERE provider_session = ? AND (user_id = ? OR ? = '') ORDER BY user_id`

const deleteOfProvider = `
DELETE FROM devices WHERE provider_session = ? AND user_id = ? RETURNING device_id`

// DeleteOfProvider locks the users before their devices, as everybody does, and
// looks at these after that: so it sees who signed in meanwhile.
func (t tokens) DeleteOfProvider(ctx context.Context, session domain.TokenHash, user domain.UserID) (ended []domain.EndedSession, err error) {
	if err := domain.CheckText(string(user)); err != nil {
		return nil, err
	}
	err = t.calls.transact(ctx, func(db *gorm.DB) error {
		ended = nil
		var users []domain.UserID
		if err := db.Raw(usersOfProviderSession, session[:], string(user), string(user)).Scan(&users).Error; err != nil {
			return err
		}
		for _, owner := range users {
			if err := lockUser(db, owner); err != nil {
				return err
			}
		}
		for _, owner := range users {
			var gone []domain.DeviceID
			if err := db.Raw(deleteOfProvider, session[:], string(owner)).Scan(&gone).Error; err != nil {
				return err
			}
			slices.Sort(gone)
			for _, device := range gone {
				ended = append(ended, domain.EndedSession{User: owner, Device: device})
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return ended, nil
}
