// Package contract holds what every implementation of a port must do, as tests
// that an implementation runs whole: the adapters here, and backends of others.
//
//	func TestStorage(t *testing.T) {
//		contract.Storage(t, func(t *testing.T) ports.Storage { return memstore.New() })
//	}
package contract
