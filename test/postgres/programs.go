package postgres

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// ErrNotInstalled means that PostgreSQL's programs were not found, or may not
// be run.
var ErrNotInstalled = errors.New("PostgreSQL is not installed: no initdb and postgres in PATH or /usr/lib/postgresql")

// programs are the programs of PostgreSQL and who has to run them.
type programs struct {
	dir        string
	credential *syscall.Credential // nil: this process's own
}

func findPrograms() (programs, error) {
	dir, ok := programsDir()
	if !ok {
		return programs{}, ErrNotInstalled
	}
	if os.Geteuid() != 0 {
		return programs{dir: dir}, nil
	}
	// PostgreSQL refuses to run as root.
	account, err := user.Lookup("postgres")
	if err != nil {
		return programs{}, fmt.Errorf("%w (and root needs a user named postgres)", ErrNotInstalled)
	}
	uid, errUID := strconv.ParseUint(account.Uid, 10, 32)
	gid, errGID := strconv.ParseUint(account.Gid, 10, 32)
	if err := errors.Join(errUID, errGID); err != nil {
		return programs{}, err
	}
	return programs{dir: dir, credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

// programsDir returns where initdb and postgres are, the newest if there are
// several.
func programsDir() (string, bool) {
	var dirs []string
	if path, err := exec.LookPath("initdb"); err == nil {
		dirs = append(dirs, filepath.Dir(path))
	}
	newest := 0
	installed, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	for _, dir := range installed {
		version, err := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
		if err == nil && version > newest {
			newest = version
			dirs = append([]string{dir}, dirs...)
		}
	}
	for _, dir := range dirs {
		_, errInit := os.Stat(filepath.Join(dir, "initdb"))
		_, errServe := os.Stat(filepath.Join(dir, "postgres"))
		if errInit == nil && errServe == nil {
			return dir, true
		}
	}
	return "", false
}

// own gives the directory to whoever runs the programs.
func (p programs) own(dir string) error {
	if p.credential == nil {
		return nil
	}
	return os.Chown(dir, int(p.credential.Uid), int(p.credential.Gid))
}
