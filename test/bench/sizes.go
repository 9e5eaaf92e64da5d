package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"
)

// A size is how much of the disk something in a database takes.
type size struct {
	name  string
	bytes int64
}

const tableSizes = `
SELECT c.relname, pg_relation_size(c.oid) FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'i') AND pg_relation_size(c.oid) > 1000000
ORDER BY c.relkind DESC, 2 DESC`

// sizes are those of the tables and then of the indexes; of SQLite, of the file.
func (s *site) sizes() (found []size, err error) {
	if s.store == onSQLite {
		info, err := os.Stat(strings.TrimPrefix(s.database, "sqlite:"))
		if err != nil {
			return nil, err
		}
		return []size{{"the file", info.Size()}}, nil
	}
	err = s.onPostgres(func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, tableSizes)
		if err != nil {
			return err
		}
		found, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (f size, err error) {
			return f, row.Scan(&f.name, &f.bytes)
		})
		return err
	})
	return found, err
}

// sizeLines write the sizes for each of so many users.
func sizeLines(store string, found []size, users int) (lines [][]string) {
	sum := size{name: "all"}
	for _, f := range append(found, sum) {
		if f == sum && len(found) > 1 {
			for _, f := range found {
				sum.bytes += f.bytes
			}
			f = sum
		}
		if f.bytes > 0 {
			lines = append(lines, []string{store, f.name, rate(float64(f.bytes >> 20)), fmt.Sprintf("%.0f", float64(f.bytes)/float64(users))})
		}
	}
	return lines
}
