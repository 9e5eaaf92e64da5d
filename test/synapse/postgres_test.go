//go:build synapse

package synapse

import (
	"context"
	"io"
	"net"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/seed-31b6c987/doorward/test/postgres"
)

// inPostgres is an empty database of PostgreSQL for a Synapse. Its server has
// a socket that nobody in a chroot can reach, so a port of this process leads
// to it.
func inPostgres(t *testing.T) map[string]any {
	t.Helper()
	config, err := pgx.ParseConfig(postgres.Open(t))
	if err != nil {
		t.Fatal(err)
	}
	network, socket := pgconn.NetworkAddress(config.Host, config.Port)
	port := forward(t, network, socket)
	return map[string]any{"name": "psycopg2", "args": map[string]any{
		"host": "127.0.0.1", "port": port, "user": config.User, "dbname": config.Database,
		"cp_min": 1, "cp_max": 5,
	}}
}

// forward opens a port on 127.0.0.1 that leads to an address until the test
// ends.
func forward(t *testing.T, network, address string) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			go join(t.Context(), near, network, address)
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

// join copies both ways until one side ends.
func join(ctx context.Context, near net.Conn, network, address string) {
	defer near.Close()
	far, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return
	}
	defer far.Close()
	go func() {
		defer near.Close()
		io.Copy(near, far)
	}()
	io.Copy(far, near)
}
