package gormstore

import (
	"context"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// passwords is the ports.PasswordRepository. A password is a column of its user,
// which nothing else reads or writes.
type passwords struct{ calls calls }

func (p passwords) ByUser(ctx context.Context, user domain.UserID) (hash domain.PasswordHash, err error) {
	if err := domain.CheckText(string(user)); err != nil {
		return "", err
	}
	err = p.calls.read(ctx, func(db *gorm.DB) error {
		return scanOne(db.Raw("SELECT password_hash FROM users WHERE id = ? AND password_hash <> ''", string(user)), &hash)
	})
	return hash, err
}

func (p passwords) Put(ctx context.Context, user domain.UserID, hash domain.PasswordHash) error {
	if err := domain.CheckText(string(user), string(hash)); err != nil {
		return err
	}
	return p.calls.write(ctx, func(db *gorm.DB) error {
		result := db.Exec("UPDATE users SET password_hash = ? WHERE id = ?", string(hash), string(user))
		return orIfNone(result, domain.ErrNotFound)
	})
}

// Replace waits for whoever replaces the password; then it looks again.
func (p passwords) Replace(ctx context.Context, user domain.UserID, old, hash domain.PasswordHash) error {
	if err := domain.CheckText(string(user), string(old), string(hash)); err != nil {
		return err
	}
	return p.calls.write(ctx, func(db *gorm.DB) error {
		result := db.Exec("UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ? AND password_hash <> ''",
			string(hash), string(user), string(old))
		return orIfNone(result, domain.ErrNotFound)
	})
}
