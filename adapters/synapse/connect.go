package synapse

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"
)

// connectLimit is how long connecting may take.
const connectLimit = 10 * time.Second

func connect(address string) (*Source, error) {
	switch file, isFile := strings.CutPrefix(address, "sqlite:"); {
	case isFile:
		return connectSQLite(file)
	case strings.HasPrefix(address, "postgres://"), strings.HasPrefix(address, "postgresql://"):
		return connectPostgres(address)
	}
	return nil, errors.New("the Synapse database must be postgres://user@host/name or sqlite:FILE")
}

func connectSQLite(file string) (*Source, error) {
	path, err := filepath.Abs(file)
	if err != nil || file == "" {
		return nil, errors.New("the Synapse database must be named as in sqlite:/data/homeserver.db")
	}
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return nil, fmt.Errorf("there is no SQLite file %q; homeserver.yaml names it at database.args.database", path)
	}
	params := url.Values{"mode": {"ro"}, "_query_only": {"true"}, "_busy_timeout": {"5000"}}
	pool, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+params.Encode())
	if err != nil {
		return nil, err
	}
	return &Source{pool: pool, name: "sqlite:" + path, dialect: dialect{
		columns:   "SELECT name FROM pragma_table_info($1)",
		localpart: "substr(u.name, 2, instr(u.name, ':') - 2)",
		isAmong:   "IN (SELECT value FROM json_each($1))",
		numbers:   func(list []int64) (any, error) { text, err := json.Marshal(list); return string(text), err },
		explain:   func(error) error { return nil },
	}}, nil
}

func connectPostgres(address string) (*Source, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		// The driver's text quotes the address.
		return nil, errors.New("the address of the Synapse database is malformed; special characters in a password are written %XX")
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectLimit
	}
	config.RuntimeParams["default_transaction_read_only"] = "on"
	config.RuntimeParams["application_name"] = "doorward import"
	return &Source{
		pool: stdlib.OpenDB(*config),
		name: fmt.Sprintf("postgres:%s:%d/%s", config.Host, config.Port, config.Database),
		dialect: dialect{
			// The catalogue also knows what the role may not read.
			columns: `SELECT attname::text FROM pg_attribute
				WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`,
			localpart: "substr(split_part(u.name, ':', 1), 2)",
			isAmong:   "= ANY ($1)",
			numbers:   func(list []int64) (any, error) { return list, nil },
			explain:   explainPostgres,
		},
	}, nil
}

// insufficientPrivilege is an SQLSTATE.
const insufficientPrivilege = "42501"

func explainPostgres(err error) error {
	var refused *pgconn.PgError
	var unreached *pgconn.ConnectError
	switch {
	case errors.As(err, &refused) && refused.Code == insufficientPrivilege:
		return fmt.Errorf("the role in the address may not read Synapse's tables (%s); GRANT SELECT ON ALL TABLES IN SCHEMA public TO it", refused.Message)
	case errors.As(err, &unreached):
		return fmt.Errorf("the Synapse database cannot be reached; correct its address, or start it: %w", err)
	}
	return nil
}
