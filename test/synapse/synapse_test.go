//go:build synapse

// Package synapse runs Doorward, the program itself, and a real Synapse that
// delegates authentication to it. `make test-synapse` installs one and runs this.
package synapse

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/seed-31b6c987/doorward/test/postgres"
)

// binary is the program under test.
var binary string

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "synapse")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "doorward")
	if out, err := exec.Command("go", "build", "-o", binary, "../../cmd/doorward").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		return 1
	}
	return postgres.Main(m)
}

// What holds while all is well. The scenarios of a pair follow one another.
func TestAClientOfBoth(t *testing.T) {
	onEachDatabase(t, func(p *pair) {
		p.scenario("a user who is locked", aUserWhoIsLocked)
		p.scenario("given back on a young database", givenBack)
		p.scenario("a session", aSession)
		p.scenario("a session that is refreshed", aRefreshedSession)
		p.scenario("ten first logins at once", tenAtOnce)
		p.scenario("logout of all", logoutOfAll)
		p.scenario("a new password", aNewPassword)
		p.scenario("deleted devices", deletedDevices)
		p.scenario("ended by command", endedByCommand)
		p.scenario("an account that ends", anAccountThatEnds)
		p.scenario("a user of Synapse's", aUserOfSynapses)
		p.scenario("names", names)
		p.scenario("an administrator", anAdministrator)
		p.scenario("new encryption keys", newEncryptionKeys)
		p.scenario("what went apart", whatWentApart)
	})
}

// What holds when something ends or hangs.
func TestOutages(t *testing.T) {
	onEachDatabase(t, func(p *pair) {
		p.scenario("Synapse is stopped", synapseIsStopped)
		p.scenario("Synapse is frozen", synapseIsFrozen)
		p.scenario("Doorward is killed after a logout", doorwardIsKilled)
	})
}
