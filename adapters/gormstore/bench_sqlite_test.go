package gormstore_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// BenchmarkSignInsOnSQLite signs in users who come with an identity, 64 at a time:
// new ones, those who are there on a new device, and those on one that they have. What
// follows some time later, the audit record and the sighting, is measured apart. It says how much of the processors' time one takes, which other work on the machine
// touches less than how long it takes.
func BenchmarkSignInsOnSQLite(b *testing.B) {
	const users = 5000
	r := migrated(b, openSQLite(b, newFile(b))).Repositories()
	var made, newest atomic.Int64
	newest.Store(users)
	written := 0
	signIn := func(user int64, device string) {
		in := login(domain.UserID(fmt.Sprintf("@user%d:example.org", user)), domain.DeviceID(device), fmt.Sprint("one ", made.Add(1)))
		in.Link = domain.Link{Provider: "corp", Subject: fmt.Sprint(user)}
		if _, err := r.Sessions.SignIn(b.Context(), in); err != nil {
			b.Error(err)
		}
	}
	many(users, func(i int64) { signIn(i, "FIRST") })
	for _, row := range []struct {
		name string
		one  func(i int64)
	}{
		{"new user", func(int64) { signIn(newest.Add(1), "FIRST") }},
		{"new device", func(i int64) { signIn(i*7919%users, fmt.Sprint("D", made.Load(), " ", i)) }},
		{"same device", func(i int64) { signIn(i*7919%users, "FIRST") }},
	} {
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			before := processorTime()
			many(int64(b.N), row.one)
			b.ReportMetric(float64((processorTime()-before).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
	for _, row := range []struct {
		name  string
		write func(first, n int) error
	}{
		{"audit record", func(first, n int) error { return r.Audit.Add(b.Context(), loginRecords(first, n)) }},
		{"sighting", func(first, n int) error { return r.Sightings.Record(b.Context(), sightingsOf(users, first, n)) }},
	} {
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			before := processorTime()
			for i := 0; i < b.N; i += batch {
				written += batch
				if err := row.write(written, batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((processorTime()-before).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}

func loginRecords(first, n int) []domain.AuditRecord {
	records := make([]domain.AuditRecord, n)
	for i := range records {
		records[i] = loginRecord(first + i)
	}
	return records
}

func sightingsOf(users, first, n int) []domain.Sighting {
	sightings := make([]domain.Sighting, n)
	for i := range sightings {
		sightings[i] = domain.Sighting{
			User: domain.UserID(fmt.Sprintf("@user%d:example.org", (first+i)*7919%users)), Device: "FIRST",
			Seen: domain.Seen{At: at.Add(time.Duration(first+i) * time.Second), Address: "192.0.2.7", UserAgent: "Element/1.11.80 (Linux; x86_64)"},
		}
	}
	return sightings
}

// many calls do for each number from 0 on, by 64 goroutines.
func many(n int64, do func(i int64)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < n; i = next.Add(1) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}

// processorTime is what this process has used.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
