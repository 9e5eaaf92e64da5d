package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver
)

// Groups are raw sign-ins on SQLite: one goroutine writes as many with one
// transaction as there are clients, who would all be waiting for it.
type groups struct {
	pool  *sql.DB
	users int
	made  int // users, so far
}

// The tables are those of pgbench, but for what SQLite spells differently.
var leanSQLite = strings.NewReplacer(` COLLATE "C"`, "").Replace(leanTables)

const leanSQLiteUsers = `
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %[1]d)
	INSERT INTO users (id, display_name, created_at) SELECT '@user' || i || ':` + serverName + `', '', 0 FROM n;
INSERT INTO devices (user_id, device_id, display_name, created_at, session_hash, access_hash)
	SELECT id, 'FIRST', '', 0, randomblob(32), randomblob(32) FROM users;`

const (
	leanSQLiteUpsert = `
INSERT INTO devices (user_id, device_id, display_name, created_at, session_hash, access_hash)
SELECT id, ?2, '', ?3, ?4, ?5 FROM users WHERE id = ?1 AND NOT locked AND NOT deactivated
ON CONFLICT (user_id, device_id) DO UPDATE SET session_hash = excluded.session_hash, access_hash = excluded.access_hash`
	leanSQLiteNewUser = `
INSERT INTO users (id, display_name, created_at) VALUES (?, '', ?) ON CONFLICT (id) DO NOTHING`
)

func newGroups(dir string, users int) (*groups, error) {
	file := filepath.Join(dir, "lean.db")
	pool, err := sql.Open("sqlite3", "file:"+file+"?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	if _, err := pool.Exec(leanSQLite + fmt.Sprintf(leanSQLiteUsers, users)); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return &groups{pool: pool, users: users}, nil
}

func (g *groups) close() error { return g.pool.Close() }

// open makes a contender of sign-ins in groups.
func (g *groups) open(what string, size int) (contender, error) {
	upsert, err := g.pool.Prepare(leanSQLiteUpsert)
	if err != nil {
		return contender{}, err
	}
	newUser, err := g.pool.Prepare(leanSQLiteNewUser)
	if err != nil {
		return contender{}, err
	}
	run := func(lasting time.Duration) (s sample, err error) {
		for began := time.Now(); s.took < lasting; s.took = time.Since(began) {
			if err := g.write(what, size, newUser, upsert); err != nil {
				return s, err
			}
			s.requests += size
		}
		return s, nil
	}
	return contender{run: run, close: func() { upsert.Close(); newUser.Close() }}, nil
}

// write writes a group.
func (g *groups) write(what string, size int, newUser, upsert *sql.Stmt) error {
	tx, err := g.pool.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	newUser, upsert = tx.Stmt(newUser), tx.Stmt(upsert)
	for i := range size {
		now := time.Now().UnixMilli()
		user, device := userID(i), "BENCH"
		switch what {
		case leanNew:
			g.made++
			user = userID(g.users + g.made)
			if _, err := newUser.Exec(user, now); err != nil {
				return err
			}
		case leanDevice:
			user, device = userID(rand.IntN(g.users)), fmt.Sprint("D", rand.Uint64())
		case leanOne:
			user = userID(0)
		}
		session, access := randomHash(), randomHash()
		result, err := upsert.Exec(user, device, now, session[:], access[:])
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); n != 1 {
			return fmt.Errorf("a raw sign-in wrote %d rows: %w", n, err)
		}
	}
	return tx.Commit()
}

func randomHash() [32]byte {
	return sha256.Sum256(binary.LittleEndian.AppendUint64(nil, rand.Uint64()))
}
