package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/config"
)

func TestAFileIsRead(t *testing.T) {
	path := write(t, t.TempDir(), "doorward.yaml", minimal, 0o600)
	c, err := config.Load(path, []string{"DOORWARD_SERVER_NAME=other.org"})
	if err != nil {
		t.Fatal(err)
	}
	if c.ServerName != "other.org" || c.JWT.Providers[0].Secret.Reveal() != "correct horse" {
		t.Errorf("got %+v", c)
	}
}

func TestAFileThatCannotBeReadIsAFault(t *testing.T) {
	folder := t.TempDir()
	missing := filepath.Join(folder, "missing.yaml")
	large := write(t, folder, "large.yaml", strings.Repeat("#", 1<<20+1), 0o600)
	for path, want := range map[string]string{
		missing: missing + ": cannot be read: no such file or directory",
		folder:  folder + ": cannot be read: is a directory",
		large:   large + ": is larger than 1024 KiB",
	} {
		if _, err := config.Load(path, nil); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
