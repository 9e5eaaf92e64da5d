//go:build soak

package soak

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/test/postgres"
	"github.com/seed-31b6c987/doorward/test/synapsedb"
)

// importSizes are how many users of a Synapse are taken over; each has three
// devices.
var importSizes = []int{10_000, 100_000}

// moreMemory is by how much the memory may differ between the sizes, in KiB.
const moreMemory = 16 << 10

// An imported is what an import says that it did.
type imported struct {
	Users, Devices, Sessions int
	ThirdPartyIDs            int `json:"third_party_ids"`
	Seconds                  float64
	LeftOut                  map[string]int `json:"left_out"`
	peak                     int64          // of its memory, in KiB
}

func TestTheMemoryOfAnImportDoesNotGrowWithIt(t *testing.T) {
	onRemovals(t, func(t *testing.T, from, to func() string) {
		var peaks []int64
		for _, users := range importSizes {
			source := from()
			fill(t, source, users)
			did, err := importFrom(t, source, to())
			if err != nil {
				t.Fatal(err)
			}
			wantAll(t, did, users)
			rows := did.Users + did.Devices + did.ThirdPartyIDs + 7*users // and the tokens
			t.Logf("%d users and %d devices in %.1f s: %.0f users and devices, %.0f rows a second, %d MiB at most",
				did.Users, did.Devices, did.Seconds, float64(did.Users+did.Devices)/did.Seconds, float64(rows)/did.Seconds, did.peak>>10)
			peaks = append(peaks, did.peak)
		}
		if peaks[1] > peaks[0]+moreMemory {
			t.Errorf("the peaks of memory are %v KiB", peaks)
		}
	})
}

func TestAnImportThatIsKilledGoesOn(t *testing.T) {
	onRemovals(t, func(t *testing.T, from, to func() string) {
		source, database, users := from(), to(), importSizes[0]
		fill(t, source, users)
		for kills := 0; ; kills++ {
			cmd := importCommand(t, source, database)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			over := make(chan error, 1)
			go func() { over <- cmd.Wait() }()
			select {
			case err := <-over:
				if err != nil || kills < 3 {
					t.Fatalf("after %d kills: %v", kills, err)
				}
				var did imported
				if err := json.Unmarshal([]byte(cmd.Stdout.(*strings.Builder).String()), &did); err != nil {
					t.Fatal(err)
				}
				if did.LeftOut["user_exists"] != users { // otherwise it was done when it was killed, and said nothing
					wantAll(t, did, users)
				}
				return
			case <-time.After(time.Duration(200+40*kills) * time.Millisecond):
				cmd.Process.Kill()
				<-over
			}
		}
	})
}

func onRemovals(t *testing.T, test func(t *testing.T, from, to func() string)) {
	t.Run("SQLite", func(t *testing.T) {
		fresh := func() string { return "sqlite:" + filepath.Join(t.TempDir(), "a.db") }
		test(t, fresh, fresh)
	})
	t.Run("Postgres", func(t *testing.T) {
		server, databases := postgres.StartFor(t, postgres.Durable...), 0
		fresh := func() string {
			databases++
			name := fmt.Sprint("d", databases)
			if err := server.Exec("CREATE DATABASE " + name); err != nil {
				t.Fatal(err)
			}
			return server.URL(name)
		}
		test(t, fresh, fresh)
	})
}

func fill(t *testing.T, url string, users int) {
	t.Helper()
	db, err := synapsedb.Create(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Fill(t.Context(), users, "localhost"); err != nil {
		t.Fatal(err)
	}
}

func wantAll(t *testing.T, did imported, users int) {
	t.Helper()
	if did.Users != users || did.Devices != 3*users || did.Sessions != 3*users || did.ThirdPartyIDs != users || did.LeftOut["user_exists"] != 0 {
		t.Errorf("of %d users: %+v", users, did)
	}
}

func importCommand(t *testing.T, from, to string) *exec.Cmd {
	t.Helper()
	file := filepath.Join(t.TempDir(), "doorward.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, configuration, "127.0.0.1:0", to, secret), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "import", "synapse", "--config", file, "--from", from, "--json")
	cmd.Stdout, cmd.Stderr = &strings.Builder{}, os.Stderr
	return cmd
}

func importFrom(t *testing.T, from, to string) (did imported, err error) {
	t.Helper()
	cmd := importCommand(t, from, to)
	if err := cmd.Run(); err != nil {
		return did, err
	}
	did.peak = cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	return did, json.Unmarshal([]byte(cmd.Stdout.(*strings.Builder).String()), &did)
}
