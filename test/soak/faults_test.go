//go:build soak

package soak

import (
	"database/sql"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"github.com/seed-31b6c987/doorward/test/postgres"
)

const (
	rounds       = 50
	workerCount  = 16
	answerWithin = 5500 * time.Millisecond // 5 s, and what two busy cores add
	recoverIn    = 15 * time.Second
)

func TestKilledInAStormNothingAcknowledgedIsLost(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) {
		killInStorms(t, "sqlite:"+filepath.Join(t.TempDir(), "doorward.db"), nil)
	})
	t.Run("Postgres", func(t *testing.T) {
		server := postgres.StartFor(t, postgres.Durable...)
		killInStorms(t, server.URL("postgres"), func(round int) {
			if round%4 != 3 {
				return
			}
			if err := server.Kill(); err != nil {
				t.Fatal(err)
			}
			if err := server.Restart(); err != nil {
				t.Fatal(err)
			}
		})
	})
}

// killInStorms kills Doorward in the middle of the work, every round, and with
// it what killMore kills.
func killInStorms(t *testing.T, database string, killMore func(round int)) {
	d := newDoorward(t, database)
	workers := newWorkers(d, workerCount)
	seen := &counts{}
	for round := range rounds {
		stop := make(chan struct{})
		all := storm(workers, seen, stop)
		<-time.After(300*time.Millisecond + rand.N(700*time.Millisecond))
		d.kill()
		close(stop)
		all.Wait()
		if killMore != nil {
			killMore(round)
		}
		d.start()
		for _, w := range workers {
			w.verify()
		}
	}
	t.Logf("%d rounds: %d requests acknowledged, %d without an answer; acknowledged: %s",
		rounds, seen.acknowledged.Load(), seen.unanswered.Load(), seen)
	if seen.acknowledged.Load() < rounds*100 {
		t.Errorf("only %d requests: that was no storm", seen.acknowledged.Load())
	}
	for what := range kinds {
		if seen.kinds[what].Load() == 0 {
			t.Errorf("no %s was acknowledged", kinds[what])
		}
	}
	if err := d.stop(); err != nil {
		t.Errorf("SIGTERM: %v\n%s", err, d.log.String())
	}
}

// faultUnderLoad breaks the database under load and mends it again: nobody may
// be told that a token is bad, every answer comes in time, and all is well
// soon afterwards, without a restart.
func faultUnderLoad(t *testing.T, d *doorward, breakIt, mendIt func() error) {
	t.Helper()
	workers := newWorkers(d, workerCount)
	seen := &counts{}
	stop := make(chan struct{})
	all := storm(workers, seen, stop)
	<-time.After(time.Second)
	if err := breakIt(); err != nil {
		t.Fatal(err)
	}
	<-time.After(8 * time.Second)
	if err := mendIt(); err != nil {
		t.Fatal(err)
	}
	mended := time.Now()
	if !d.healthy(mended.Add(recoverIn)) {
		t.Errorf("not healthy within %s\n%s", recoverIn, d.log.String())
	}
	recovered := time.Since(mended)
	<-time.After(time.Second)
	close(stop)
	all.Wait()
	for _, w := range workers {
		w.verify()
	}
	t.Logf("%d acknowledged, %d unavailable, %d without an answer; slowest %s; recovered in %s",
		seen.acknowledged.Load(), seen.unavailable.Load(), seen.unanswered.Load(),
		time.Duration(seen.slowest.Load()).Round(time.Millisecond), recovered.Round(time.Millisecond))
	if slowest := time.Duration(seen.slowest.Load()); slowest > answerWithin {
		t.Errorf("an answer took %s", slowest)
	}
	if seen.unavailable.Load() == 0 {
		t.Error("nothing was unavailable: the fault was not felt")
	}
	if seen.unanswered.Load() > 0 {
		t.Errorf("%d requests got no answer", seen.unanswered.Load())
	}
}

func TestPostgresStoppedUnderLoad(t *testing.T) {
	server := postgres.StartFor(t, postgres.Durable...)
	faultUnderLoad(t, newDoorward(t, server.URL("postgres")), server.Halt, server.Restart)
}

func TestPostgresKilledUnderLoad(t *testing.T) {
	server := postgres.StartFor(t, postgres.Durable...)
	faultUnderLoad(t, newDoorward(t, server.URL("postgres")), server.Kill, server.Restart)
}

func TestPostgresFrozenUnderLoad(t *testing.T) {
	server := postgres.StartFor(t, postgres.Durable...)
	faultUnderLoad(t, newDoorward(t, server.URL("postgres")), server.Freeze, server.Thaw)
}

// Another process that holds SQLite's lock is the same fault.
func TestSQLiteLockedUnderLoad(t *testing.T) {
	file := filepath.Join(t.TempDir(), "doorward.db")
	d := newDoorward(t, "sqlite:"+file)
	other, err := sql.Open("sqlite3", "file:"+file+"?_txlock=exclusive&_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	var tx *sql.Tx
	faultUnderLoad(t, d,
		func() (err error) { tx, err = other.BeginTx(t.Context(), nil); return err },
		func() error { return tx.Rollback() })
}
