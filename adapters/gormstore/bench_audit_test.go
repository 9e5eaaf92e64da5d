package gormstore_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
	"github.com/seed-31b6c987/doorward/domain"
)

// batch is how many audit records or sightings are written down at once, as by
// the application.
const batch = 500

// BenchmarkAuditAdd writes down the audit records of logins; the figure is of a batch.
func BenchmarkAuditAdd(b *testing.B) {
	onEach(b, func(b *testing.B, store *gormstore.Store) {
		records := make([]domain.AuditRecord, batch)
		n := 0
		b.ReportAllocs()
		for b.Loop() {
			for i := range records {
				n++
				records[i] = loginRecord(n)
			}
			if err := store.Repositories().Audit.Add(b.Context(), records); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func loginRecord(n int) domain.AuditRecord {
	user := benchUser(int64(n * 7919))
	return domain.AuditRecord{
		ID: fmt.Sprintf("%010X%016X", n/10, uint64(n)*0x9E3779B97F4A7C15), At: at.Add(time.Duration(n) * 100 * time.Microsecond),
		Event: domain.AuditLogin, Result: domain.AuditOK, LoginType: "org.matrix.login.jwt",
		Evidence: domain.Evidence{Provider: "corp", KeyID: "2026", Subject: fmt.Sprint("user", n), Verified: true},
		User:     user, Device: "ABCDEFGHIJ", Address: "192.0.2.7",
	}
}

// BenchmarkSightings writes down that devices were used; the figure is of a batch.
func BenchmarkSightings(b *testing.B) {
	onEach(b, func(b *testing.B, store *gormstore.Store) {
		sightings := make([]domain.Sighting, batch)
		n := 0
		b.ReportAllocs()
		for b.Loop() {
			for i := range sightings {
				n++
				sightings[i] = domain.Sighting{User: benchUser(int64(n)), Device: "d", Seen: domain.Seen{
					At: at.Add(time.Duration(n) * time.Second), Address: "192.0.2.7", UserAgent: "Element/1.11.80 (Linux; x86_64)",
				}}
			}
			if err := store.Repositories().Sightings.Record(b.Context(), sightings); err != nil {
				b.Fatal(err)
			}
		}
	})
}
