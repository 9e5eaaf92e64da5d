package synapse_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/synapse"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/test/postgres"
	"github.com/seed-31b6c987/doorward/test/synapsedb"
)

var _ application.AccountSource = (*synapse.Source)(nil)

func TestMain(m *testing.M) { os.Exit(postgres.Main(m)) }

// A homeserver is the database of a Synapse.
type homeserver struct {
	*testing.T
	db  *synapsedb.DB
	url string
}

// onBoth runs a test with a fresh database of each kind that Synapse knows.
func onBoth(t *testing.T, test func(*homeserver)) {
	for name, url := range map[string]func(*testing.T) string{
		"SQLite":     func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "homeserver.db") },
		"PostgreSQL": func(t *testing.T) string { return postgres.Open(t) },
	} {
		t.Run(name, func(t *testing.T) {
			h := &homeserver{T: t, url: url(t)}
			var err error
			h.db, err = synapsedb.Create(t.Context(), h.url)
			h.must(err)
			t.Cleanup(func() { h.must(h.db.Close()) })
			test(h)
		})
	}
}

func (h *homeserver) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// insert inserts a row.
func (h *homeserver) insert(table string, columns ...any) {
	h.Helper()
	h.must(h.db.Insert(h.Context(), table, columns...))
}

func (h *homeserver) open() *synapse.Source {
	h.Helper()
	source, err := synapse.Open(h.Context(), h.url)
	h.must(err)
	h.Cleanup(func() { h.must(source.Close()) })
	return source
}

// all reads everything.
func (h *homeserver) all() (accounts []domain.ForeignAccount, batches int) {
	h.Helper()
	source := h.open()
	for from := ""; ; {
		batch, err := source.Read(h.Context(), from)
		h.must(err)
		accounts = append(accounts, batch.Accounts...)
		batches++
		if batch.Last {
			return accounts, batches
		}
		if batch.Next == from {
			h.Fatalf("after %q comes %q", from, batch.Next)
		}
		from = batch.Next
	}
}
