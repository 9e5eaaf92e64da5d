package gormstore

import (
	"context"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// A deviceRow is a row of the table devices, less the tokens.
type deviceRow struct {
	UserID      string `gorm:"primaryKey"`
	DeviceID    string `gorm:"primaryKey"`
	DisplayName string
	CreatedAt   int64 `gorm:"autoCreateTime:false"`
}

// TableName tells GORM the table.
func (deviceRow) TableName() string { return "devices" }

func (r deviceRow) device() domain.Device {
	return domain.Device{
		UserID:      domain.UserID(r.UserID),
		ID:          domain.DeviceID(r.DeviceID),
		DisplayName: r.DisplayName,
		CreatedAt:   fromMillis(r.CreatedAt),
	}
}

// devices is the ports.DeviceRepository.
type devices struct{ calls calls }

func (d devices) ByID(ctx context.Context, user domain.UserID, id domain.DeviceID) (domain.Device, error) {
	if err := domain.CheckText(string(user), string(id)); err != nil {
		return domain.Device{}, err
	}
	var row deviceRow
	err := d.calls.read(ctx, func(db *gorm.DB) error {
		return notFound(db.Where("user_id = ? AND device_id = ?", string(user), string(id)).Take(&row).Error)
	})
	if err != nil {
		return domain.Device{}, err
	}
	return row.device(), nil
}

func (d devices) List(ctx context.Context, user domain.UserID) ([]domain.Device, error) {
	if err := domain.CheckText(string(user)); err != nil {
		return nil, err
	}
	var rows []deviceRow
	err := d.calls.read(ctx, func(db *gorm.DB) error {
		return db.Where("user_id = ?", string(user)).Order("device_id").Find(&rows).Error
	})
	if err != nil {
		return nil, err
	}
	list := make([]domain.Device, 0, len(rows))
	for _, row := range rows {
		list = append(list, row.device())
	}
	return list, nil
}
