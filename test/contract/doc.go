// Package contract holds what every implementation of a port must do, as tests
// that an implementation runs whole: the adapters here, and backends of others.
// The name of each test is a promise; the comments in ports are where it comes
// from.
//
//	func TestStorage(t *testing.T) {
//		contract.Storage(t, func(t *testing.T) ports.Storage { return memstore.New() })
//	}
//
// [RateLimiter] tests a [ports.RateLimiter] in the same way, on a [Clock] of its
// own, and [TokenVerifier] a [ports.TokenVerifier].
package contract
