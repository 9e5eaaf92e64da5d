package gormstore

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// An interactionRow is a row of the table interactions.
type interactionRow struct {
	ID                []byte `gorm:"primaryKey"`
	Operation         string
	UserID            sql.NullString
	Params            string
	PasswordHash      string
	Completed         []string `gorm:"serializer:json"`
	RegistrationToken sql.NullString
	Accepted          []string `gorm:"serializer:json"`
	CreatedAt         int64    `gorm:"autoCreateTime:false"`
	ExpiresAt         sql.NullInt64
	Done              bool
	Result            sql.NullString
}

// TableName tells GORM the table.
func (interactionRow) TableName() string { return "interactions" }

func (r interactionRow) interaction() domain.Interaction {
	return domain.Interaction{
		ID:                hashOf(r.ID),
		Operation:         r.Operation,
		User:              domain.UserID(r.UserID.String),
		Params:            r.Params,
		Password:          domain.PasswordHash(r.PasswordHash),
		Completed:         r.Completed,
		RegistrationToken: r.RegistrationToken.String,
		Accepted:          r.Accepted,
		CreatedAt:         fromMillis(r.CreatedAt),
		Expires:           timeOf(r.ExpiresAt),
		Done:              r.Done,
		Result:            domain.UserID(r.Result.String),
	}
}

// rowOfInteraction returns the row of one, or domain.ErrInvalidParam.
func rowOfInteraction(i domain.Interaction) (interactionRow, error) {
	texts := []string{i.Operation, string(i.User), i.Params, string(i.Password), i.RegistrationToken, string(i.Result)}
	return interactionRow{
		ID:                i.ID[:],
		Operation:         i.Operation,
		UserID:            text(i.User),
		Params:            i.Params,
		PasswordHash:      string(i.Password),
		Completed:         i.Completed,
		RegistrationToken: text(i.RegistrationToken),
		Accepted:          i.Accepted,
		CreatedAt:         i.CreatedAt.UnixMilli(),
		ExpiresAt:         millis(i.Expires),
		Done:              i.Done,
		Result:            text(i.Result),
	}, domain.CheckText(slices.Concat(texts, i.Completed, i.Accepted)...)
}

// interactions is the ports.InteractionRepository.
type interactions struct{ calls calls }

func (r interactions) Create(ctx context.Context, i domain.Interaction) error {
	row, err := rowOfInteraction(i)
	if err != nil {
		return err
	}
	return r.calls.write(ctx, func(db *gorm.DB) error { return create(db, &row) })
}

func (r interactions) ByID(ctx context.Context, id domain.TokenHash, now time.Time) (i domain.Interaction, err error) {
	err = r.calls.read(ctx, func(db *gorm.DB) error {
		i, err = takeInteraction(db, id, now)
		return err
	})
	return i, err
}

func (r interactions) Update(
	ctx context.Context, id domain.TokenHash, now time.Time, change func(*domain.Interaction) error,
) (domain.Interaction, error) {
	return update(ctx, r.calls, change,
		func(db *gorm.DB) (domain.Interaction, error) { return takeInteraction(db.Clauses(forUpdate), id, now) },
		func(db *gorm.DB, _, i domain.Interaction) (domain.Interaction, error) {
			i.ID = id
			row, err := rowOfInteraction(i)
			if err != nil {
				return domain.Interaction{}, err
			}
			return row.interaction(), overwrite(db, &row)
		})
}

func (r interactions) DeleteAll(ctx context.Context, user domain.UserID) error {
	if err := domain.CheckText(string(user)); err != nil || user == "" {
		return err
	}
	return r.calls.write(ctx, func(db *gorm.DB) error {
		return db.Exec("DELETE FROM interactions WHERE user_id = ? OR result = ?", string(user), string(user)).Error
	})
}

func (r interactions) DeleteExpired(ctx context.Context, now time.Time) (int, error) {
	return deleteExpired(ctx, r.calls, oldestInteractionsExpire, now.UnixMilli())
}

func takeInteraction(db *gorm.DB, id domain.TokenHash, now time.Time) (domain.Interaction, error) {
	var row interactionRow
	err := take(db.Where("id = ? AND (expires_at IS NULL OR expires_at > ?)", id[:], now.UnixMilli()), &row)
	if err != nil {
		return domain.Interaction{}, err
	}
	return row.interaction(), nil
}
