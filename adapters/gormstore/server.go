package gormstore

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// BelongTo makes the database that of a server, if it is nobody's yet. User ids
// hold the name of their server, so under another name they would be another
// server's users: if the database is another's, that is an error that tells an
// operator what to do.
func (s *Store) BelongTo(ctx context.Context, server domain.ServerName) error {
	err := s.write(ctx, func(db *gorm.DB) error {
		return db.Exec("INSERT INTO server (name, only_row) VALUES (?, 1) ON CONFLICT (only_row) DO NOTHING", string(server)).Error
	})
	if err != nil {
		return err
	}
	return s.CheckServer(ctx, server)
}

// CheckServer returns the error of [Store.BelongTo], and changes nothing.
func (s *Store) CheckServer(ctx context.Context, server domain.ServerName) error {
	var names []string
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Raw("SELECT name FROM server").Scan(&names).Error
	})
	if err != nil {
		return err
	}
	if len(names) > 0 && names[0] != string(server) {
		return fmt.Errorf("the database belongs to the server %s, and server_name is %s: restore that name, or choose another database",
			names[0], server)
	}
	return nil
}
