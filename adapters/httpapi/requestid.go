package httpapi

import (
	"encoding/base32"
	"encoding/binary"
	"math/rand/v2"
	"time"
)

var idEncoding = base32.HexEncoding.WithPadding(base32.NoPadding)

// newRequestID returns the id of a request that came at a time: the milliseconds
// since 1970 and 80 random bits. It differs from every other, and comes after those
// of earlier times: a database finds the places of the newest audit records next
// to each other. It is no secret.
func newRequestID(at time.Time) string {
	var id [16]byte
	binary.BigEndian.PutUint64(id[:8], uint64(at.UnixMilli())<<16|rand.Uint64()&0xffff)
	binary.BigEndian.PutUint64(id[8:], rand.Uint64())
	return idEncoding.EncodeToString(id[:])
}
