package gormstore

import (
	"database/sql"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// millis is a time as a column, in which NULL means never.
func millis(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}

func timeOf(column sql.NullInt64) time.Time {
	if !column.Valid {
		return time.Time{}
	}
	return fromMillis(column.Int64)
}

// hash is a hash as a column, in which NULL means none.
func hash(h domain.TokenHash) []byte {
	if h == (domain.TokenHash{}) {
		return nil
	}
	return h[:]
}

func hashOf(column []byte) (h domain.TokenHash) {
	copy(h[:], column)
	return h
}

// text is a text as a column, in which NULL means none.
func text[T ~string](t T) sql.NullString {
	return sql.NullString{String: string(t), Valid: t != ""}
}

// plain are texts as the databases' drivers know them.
func plain[T ~string](texts []T) []string {
	list := make([]string, len(texts))
	for i, t := range texts {
		list[i] = string(t)
	}
	return list
}
