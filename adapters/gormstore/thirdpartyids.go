package gormstore

import (
	"context"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// A thirdPartyIDRow is a row of the table third_party_ids.
type thirdPartyIDRow struct {
	Medium      string `gorm:"primaryKey"`
	Address     string `gorm:"primaryKey"`
	UserID      string
	ValidatedAt int64
	AddedAt     int64
}

// TableName tells GORM the table.
func (thirdPartyIDRow) TableName() string { return "third_party_ids" }

func (r thirdPartyIDRow) thirdPartyID() domain.ThirdPartyID {
	return domain.ThirdPartyID{
		User:        domain.UserID(r.UserID),
		Medium:      domain.Medium(r.Medium),
		Address:     r.Address,
		ValidatedAt: fromMillis(r.ValidatedAt),
		AddedAt:     fromMillis(r.AddedAt),
	}
}

// rowOfThirdPartyID returns the id's row, or domain.ErrInvalidParam.
func rowOfThirdPartyID(id domain.ThirdPartyID) (thirdPartyIDRow, error) {
	return thirdPartyIDRow{
		Medium: string(id.Medium), Address: id.Address, UserID: string(id.User),
		ValidatedAt: id.ValidatedAt.UnixMilli(), AddedAt: id.AddedAt.UnixMilli(),
	}, domain.CheckText(string(id.Medium), id.Address, string(id.User))
}

// thirdPartyIDs is the ports.ThirdPartyIDRepository.
type thirdPartyIDs struct{ calls calls }

func (r thirdPartyIDs) ByAddress(ctx context.Context, medium domain.Medium, address string) (domain.ThirdPartyID, error) {
	if err := domain.CheckText(string(medium), address); err != nil {
		return domain.ThirdPartyID{}, err
	}
	var row thirdPartyIDRow
	err := r.calls.read(ctx, func(db *gorm.DB) error {
		return take(db.Where("medium = ? AND address = ?", string(medium), address), &row)
	})
	if err != nil {
		return domain.ThirdPartyID{}, err
	}
	return row.thirdPartyID(), nil
}

func (r thirdPartyIDs) List(ctx context.Context, user domain.UserID) ([]domain.ThirdPartyID, error) {
	if err := domain.CheckText(string(user)); err != nil {
		return nil, err
	}
	var rows []thirdPartyIDRow
	err := r.calls.read(ctx, func(db *gorm.DB) error {
		return db.Where("user_id = ?", string(user)).Order("medium, address").Find(&rows).Error
	})
	if err != nil {
		return nil, err
	}
	list := make([]domain.ThirdPartyID, 0, len(rows))
	for _, row := range rows {
		list = append(list, row.thirdPartyID())
	}
	return list, nil
}

func (r thirdPartyIDs) Create(ctx context.Context, id domain.ThirdPartyID) error {
	row, err := rowOfThirdPartyID(id)
	if err != nil {
		return err
	}
	return r.calls.transact(ctx, func(db *gorm.DB) error {
		if err := lockUser(db, id.User); err != nil {
			return err
		}
		return create(db, &row)
	})
}

func (r thirdPartyIDs) Delete(ctx context.Context, user domain.UserID, medium domain.Medium, address string) error {
	if err := domain.CheckText(string(user), string(medium), address); err != nil {
		return err
	}
	return r.calls.write(ctx, func(db *gorm.DB) error {
		result := db.Exec("DELETE FROM third_party_ids WHERE medium = ? AND address = ? AND user_id = ?",
			string(medium), address, string(user))
		return orIfNone(result, domain.ErrNotFound)
	})
}

func (r thirdPartyIDs) DeleteAll(ctx context.Context, user domain.UserID) error {
	if err := domain.CheckText(string(user)); err != nil {
		return err
	}
	return r.calls.write(ctx, func(db *gorm.DB) error {
		return db.Exec("DELETE FROM third_party_ids WHERE user_id = ?", string(user)).Error
	})
}
