package docs_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// crates is where Debian's librust-…-dev packages put their sources.
const crates = "/usr/share/cargo/registry"

// fromDebian lets cargo take them instead of crates.io, without a network.
const fromDebian = `[source.crates-io]
replace-with = "debian"

[source.debian]
directory = "` + crates + `"

[net]
offline = true
`

// prepareRust copies the Rust example to a directory and provides its crates.
func prepareRust(t *testing.T, dir string) {
	t.Helper()
	if testing.Short() {
		t.Skip("compiling Rust takes some seconds; without -short it is done")
	}
	const install = "apt-get update && apt-get install -y --no-install-recommends librust-jsonwebtoken-dev librust-serde-json-dev librust-uuid-dev"
	if found, err := filepath.Glob(crates + "/jsonwebtoken-*"); err != nil || len(found) == 0 {
		if os.Getenv("CI") == "" || os.Geteuid() != 0 {
			t.Skipf("the crates are not installed, so the Rust example was not run; as root: %s", install)
		}
		cmd := exec.CommandContext(t.Context(), "sh", "-c", install)
		cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
		if err := cmd.Run(); err != nil {
			t.Skipf("the crates could not be installed, so the Rust example was not run: %v", err)
		}
	}
	if err := os.CopyFS(dir, os.DirFS("mint/rust")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, ".cargo"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".cargo", "config.toml"), []byte(fromDebian), 0o600); err != nil {
		t.Fatal(err)
	}
}
