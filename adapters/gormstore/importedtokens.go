package gormstore

import (
	"context"

	"gorm.io/gorm"

	"github.com/seed-31b6c987/doorward/domain"
)

// An importedTokenRow is a row of the table imported_tokens.
type importedTokenRow struct {
	Hash        []byte `gorm:"primaryKey"`
	SessionHash []byte
	Sealed      []byte
}

// TableName tells GORM the table.
func (importedTokenRow) TableName() string { return "imported_tokens" }

// importedTokens is the ports.ImportedTokenRepository.
type importedTokens struct{ calls calls }

func (r importedTokens) Add(ctx context.Context, tokens []domain.ImportedToken) error {
	rows := make([]importedTokenRow, len(tokens))
	for i, t := range tokens {
		rows[i] = importedTokenRow{Hash: t.Hash[:], SessionHash: t.Session[:], Sealed: t.Sealed[:]}
	}
	return r.calls.transact(ctx, func(db *gorm.DB) error {
		_, err := insert(db, rows)
		return err
	})
}

func (r importedTokens) ByHash(ctx context.Context, hash domain.TokenHash) (domain.ImportedToken, error) {
	var session, sealed []byte
	err := r.calls.read(ctx, func(db *gorm.DB) error {
		return scanOne(db.Raw("SELECT session_hash, sealed FROM imported_tokens WHERE hash = ?", hash[:]), &session, &sealed)
	})
	if err != nil {
		return domain.ImportedToken{}, err
	}
	found := domain.ImportedToken{Hash: hash, Session: hashOf(session)}
	copy(found.Sealed[:], sealed)
	return found, nil
}

func (r importedTokens) Any(ctx context.Context) (any bool, err error) {
	err = r.calls.read(ctx, func(db *gorm.DB) error {
		return scanOne(db.Raw("SELECT EXISTS (SELECT 1 FROM imported_tokens)"), &any)
	})
	return any, err
}

const endedTokens = `
SELECT hash FROM imported_tokens i
WHERE NOT EXISTS (SELECT 1 FROM devices d WHERE d.session_hash = i.session_hash)
LIMIT 1000`

// DeleteEnded looks for them apart from deleting them: nobody who writes waits
// meanwhile, and a session that has ended does not come back. What it deleted is
// deleted if the time is up.
func (r importedTokens) DeleteEnded(ctx context.Context) (deleted int, err error) {
	err = r.calls.readAndWrite(ctx, func(reader, writer *gorm.DB) error {
		for {
			var ended [][]byte
			if err := reader.Raw(endedTokens).Scan(&ended).Error; err != nil || len(ended) == 0 {
				return err
			}
			result := writer.Where("hash IN ?", ended).Delete(&importedTokenRow{})
			if result.Error != nil {
				return result.Error
			}
			deleted += int(result.RowsAffected)
		}
	})
	return deleted, err
}
