package test

import (
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/cmd/doorward/compose"
	"github.com/seed-31b6c987/doorward/config"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/test/postgres"
	"github.com/seed-31b6c987/doorward/test/synapsedb"
)

// A removal is a Doorward, and the Synapse whose accounts move there.
type removal struct {
	*door
	*testing.T
	from     *synapsedb.DB
	url      string // of from
	settings string
	database string // of the door
}

// onRemovals runs a scenario on each variant to which accounts can move.
func onRemovals(t *testing.T, settings string, scenario func(*removal)) {
	t.Helper()
	for _, v := range variants[1:] {
		t.Run(v.name, func(t *testing.T) {
			r := &removal{T: t, settings: settings, database: v.url(t), url: "sqlite:" + filepath.Join(t.TempDir(), "homeserver.db")}
			if v.name == "Postgres" {
				r.url = postgres.Open(t)
			}
			var err error
			if r.from, err = synapsedb.Create(t.Context(), r.url); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { r.from.Close() })
			r.door = open(t, settings, r.database)
			scenario(r)
		})
	}
}

func (r *removal) insert(table string, columns ...any) {
	r.Helper()
	if err := r.from.Insert(r.Context(), table, columns...); err != nil {
		r.Fatal(err)
	}
}

// takeOver is the import, beside the server that is running.
func (r *removal) takeOver(dryRun bool) application.Import {
	r.Helper()
	cfg, err := config.Parse("test", []byte(r.settings), []string{"DOORWARD_DATABASE_URL=" + r.database})
	if err != nil {
		r.Fatal(err)
	}
	check, err := compose.Checked(cfg)
	if err != nil {
		r.Fatal(err)
	}
	i, release, err := compose.ImportSynapse(r.Context(), cfg, check, r.url, dryRun, slog.New(slog.DiscardHandler))
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(release)
	return i
}

func (r *removal) mustTakeOver() domain.ImportCounts {
	r.Helper()
	counts, err := r.takeOver(false).Do(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	return counts
}

// rows returns all that Doorward stores of accounts.
func (r *removal) rows() (all []string) {
	r.Helper()
	driver, address := "pgx", r.database
	if file, ok := strings.CutPrefix(r.database, "sqlite:"); ok {
		driver, address = "sqlite3", file
	}
	pool, err := sql.Open(driver, address)
	if err != nil {
		r.Fatal(err)
	}
	defer pool.Close()
	for _, table := range []string{"users", "devices", "third_party_ids", "imported_tokens", "imports"} {
		rows, err := pool.QueryContext(r.Context(), "SELECT * FROM "+table+" ORDER BY 1, 2")
		if err != nil {
			r.Fatal(err)
		}
		columns, _ := rows.Columns()
		for rows.Next() {
			values, places := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				places[i] = &values[i]
			}
			if err := rows.Scan(places...); err != nil {
				r.Fatal(err)
			}
			all = append(all, fmt.Sprint(table, values))
		}
		if err := rows.Err(); err != nil {
			r.Fatal(err)
		}
	}
	return all
}

// addAlice gives Synapse an alice with a password, an address, and three devices:
// one that never refreshes, one that does, and one that did, and lost the answer.
func (r *removal) addAlice() {
	r.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(normal+"Salz & Pfeffer"), bcrypt.MinCost)
	if err != nil {
		r.Fatal(err)
	}
	const alice = "@alice:example.org"
	future := time.Now().Add(time.Hour).UnixMilli()
	r.insert("users", "name", alice, "password_hash", string(hash), "creation_ts", 1500000000, "admin", 1)
	r.insert("profiles", "user_id", "alice", "displayname", "Alice")
	r.insert("user_threepids", "user_id", alice, "medium", "email", "address", "Alice@Mail.example", "validated_at", 1, "added_at", 2)
	for _, id := range []string{"WEB", "PHONE", "TABLET"} {
		r.insert("devices", "user_id", alice, "device_id", id, "display_name", "the "+id, "last_seen", 1600000000000, "ip", "192.0.2.1", "user_agent", "Client")
	}
	r.insert("refresh_tokens", "id", 1, "user_id", alice, "device_id", "PHONE", "token", "syr_phone")
	r.insert("refresh_tokens", "id", 3, "user_id", alice, "device_id", "TABLET", "token", "syr_lost")
	r.insert("refresh_tokens", "id", 2, "user_id", alice, "device_id", "TABLET", "token", "syr_tablet", "next_token_id", 3)
	r.insert("access_tokens", "id", 1, "user_id", alice, "device_id", "WEB", "token", "syt_web", "used", true)
	r.insert("access_tokens", "id", 2, "user_id", alice, "device_id", "PHONE", "token", "syt_phone", "valid_until_ms", future, "refresh_token_id", 1, "used", true)
	r.insert("access_tokens", "id", 3, "user_id", alice, "device_id", "TABLET", "token", "syt_tablet", "valid_until_ms", 1600000000000, "refresh_token_id", 2, "used", true)
	r.insert("access_tokens", "id", 4, "user_id", alice, "device_id", "TABLET", "token", "syt_lost", "valid_until_ms", future, "refresh_token_id", 3, "used", false)
}
