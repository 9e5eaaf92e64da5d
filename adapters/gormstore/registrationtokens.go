package gormstore

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// A registrationTokenRow is a row of the table registration_tokens.
type registrationTokenRow struct {
	Token       string `gorm:"primaryKey"`
	UsesAllowed *int   // NULL: any number
	Completed   int
	ExpiresAt   sql.NullInt64
}

// TableName tells GORM the table.
func (registrationTokenRow) TableName() string { return "registration_tokens" }

func (r registrationTokenRow) registrationToken(pending int) domain.RegistrationToken {
	return domain.RegistrationToken{
		Token: r.Token, UsesAllowed: r.UsesAllowed, Pending: pending, Completed: r.Completed, Expires: timeOf(r.ExpiresAt),
	}
}

func rowOfRegistrationToken(t domain.RegistrationToken) registrationTokenRow {
	row := registrationTokenRow{Token: t.Token, Completed: t.Completed, ExpiresAt: millis(t.Expires)}
	if t.UsesAllowed != nil {
		row.UsesAllowed = new(*t.UsesAllowed)
	}
	return row
}

// A countedToken is a row and what is pending.
type countedToken struct {
	Row     registrationTokenRow `gorm:"embedded"`
	Pending int
}

const countedTokens = `
SELECT t.token, t.uses_allowed, t.completed, t.expires_at, (
	SELECT count(*) FROM interactions i
	WHERE i.registration_token = t.token AND NOT i.done AND (i.expires_at IS NULL OR i.expires_at > ?)
) AS pending
FROM registration_tokens t `

// registrationTokens is the ports.RegistrationTokenRepository.
type registrationTokens struct{ calls calls }

func (r registrationTokens) ByToken(ctx context.Context, token string, now time.Time) (t domain.RegistrationToken, err error) {
	if err := domain.CheckText(token); err != nil {
		return domain.RegistrationToken{}, err
	}
	err = r.calls.read(ctx, func(db *gorm.DB) error {
		t, err = takeRegistrationToken(db, token, now)
		return err
	})
	return t, err
}

func (r registrationTokens) List(ctx context.Context, now time.Time) ([]domain.RegistrationToken, error) {
	var rows []countedToken
	err := r.calls.read(ctx, func(db *gorm.DB) error {
		rows = nil
		return db.Raw(countedTokens+"ORDER BY t.token", now.UnixMilli()).Scan(&rows).Error
	})
	if err != nil {
		return nil, err
	}
	list := make([]domain.RegistrationToken, 0, len(rows))
	for _, counted := range rows {
		list = append(list, counted.Row.registrationToken(counted.Pending))
	}
	return list, nil
}

func (r registrationTokens) Create(ctx context.Context, token domain.RegistrationToken) error {
	if err := domain.CheckText(token.Token); err != nil {
		return err
	}
	row := rowOfRegistrationToken(token)
	return r.calls.write(ctx, func(db *gorm.DB) error { return create(db, &row) })
}

// Update locks the token and counts what is pending in a statement after that:
// one that had to wait would not see what it waited for.
func (r registrationTokens) Update(
	ctx context.Context, token string, now time.Time, change func(*domain.RegistrationToken) error,
) (domain.RegistrationToken, error) {
	if err := domain.CheckText(token); err != nil {
		return domain.RegistrationToken{}, err
	}
	return update(ctx, r.calls, change,
		func(db *gorm.DB) (domain.RegistrationToken, error) {
			if err := take(db.Clauses(forUpdate).Where("token = ?", token), &registrationTokenRow{}); err != nil {
				return domain.RegistrationToken{}, err
			}
			return takeRegistrationToken(db, token, now)
		},
		func(db *gorm.DB, before, t domain.RegistrationToken) (domain.RegistrationToken, error) {
			t.Token = token
			row := rowOfRegistrationToken(t)
			return row.registrationToken(before.Pending), overwrite(db, &row)
		})
}

func (r registrationTokens) Delete(ctx context.Context, token string) error {
	if err := domain.CheckText(token); err != nil {
		return err
	}
	return r.calls.write(ctx, func(db *gorm.DB) error {
		return orIfNone(db.Exec("DELETE FROM registration_tokens WHERE token = ?", token), domain.ErrNotFound)
	})
}

func takeRegistrationToken(db *gorm.DB, token string, now time.Time) (domain.RegistrationToken, error) {
	var found []countedToken
	if err := db.Raw(countedTokens+"WHERE t.token = ?", now.UnixMilli(), token).Scan(&found).Error; err != nil {
		return domain.RegistrationToken{}, err
	}
	if len(found) == 0 {
		return domain.RegistrationToken{}, domain.ErrNotFound
	}
	return found[0].Row.registrationToken(found[0].Pending), nil
}
