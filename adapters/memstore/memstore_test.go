package memstore_test

import (
	"errors"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/ports"
	"github.com/seed-31b6c987/doorward/test/contract"
)

func TestStorage(t *testing.T) {
	contract.Storage(t, func(*testing.T) ports.Storage { return memstore.New() })
}

var errRefused = errors.New("refused")

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
