package memstore_test

import (
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/memstore"
	"github.com/seed-31b6c987/doorward/ports"
	"github.com/seed-31b6c987/doorward/test/contract"
)

func TestStorage(t *testing.T) {
	contract.Storage(t, func(*testing.T) ports.Storage { return memstore.New() })
}
