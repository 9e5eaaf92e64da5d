package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/seed-31b6c987/doorward/cmd/doorward/compose"
	"github.com/seed-31b6c987/doorward/config"
)

// configFlag is the flag of every command that needs the configuration.
type configFlag struct {
	Config string `short:"c" placeholder:"FILE" help:"The configuration. Default: doorward.yaml, if there is one; otherwise the settings for trying out."`
}

const (
	defaultConfig = "doorward.yaml"
	trialSecret   = "doorward.secret"
	trialSettings = `server_name: localhost
database: {url: "sqlite:doorward.db"}
jwt:
  providers:
    - name: trial
      secret_file: ` + trialSecret + "\n"
)

// settings are what a command works with.
type settings struct {
	*config.Config
	check compose.Check
	trial bool // there is no configuration: these are for trying out
}

// load reads the configuration and checks it, as far as that goes without
// opening anything. Beside faults stands what the check found all the same.
// Only commands that may make files make a missing trial secret.
func (f configFlag) load(s *streams, mayMakeFiles bool) (loaded settings, err error) {
	also := func(cfg *config.Config) (faults config.Faults) {
		check, err := compose.Checked(cfg)
		loaded.check = check
		errors.As(err, &faults)
		return faults
	}
	path := f.Config
	if path == "" {
		path = defaultConfig
		// A link that leads nowhere is no missing configuration.
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			loaded.Config, loaded.trial, err = readNoFile(s, mayMakeFiles, also)
			return loaded, err
		}
	}
	loaded.Config, err = config.Load(path, s.environ, also)
	return loaded, err
}

// readNoFile takes the environment for the configuration if that says who
// signs in, and otherwise what is for trying out: never a mixture, in which
// somebody's server trusts the secret of a trial.
func readNoFile(s *streams, mayMakeFiles bool, also func(*config.Config) config.Faults) (cfg *config.Config, trial bool, err error) {
	for _, variable := range s.environ {
		if strings.HasPrefix(variable, "DOORWARD_SERVER_NAME=") || strings.HasPrefix(variable, "DOORWARD_JWT_") {
			cfg, err := config.Parse("the environment", nil, s.environ, also)
			return cfg, false, err
		}
	}
	if _, err := os.Stat("doorward.yml"); err == nil {
		return nil, false, errors.New("there is a doorward.yml in this folder; name it doorward.yaml, or name it with --config")
	}
	if mayMakeFiles {
		if err := makeSecret(trialSecret); err != nil {
			return nil, true, fmt.Errorf("cannot make a secret for trying out: %w", err)
		}
	} else if _, err := os.Stat(trialSecret); err != nil {
		return nil, true, fmt.Errorf("there is no %s in this folder, and nothing was tried out here; name the configuration with --config, or give it in the environment, DOORWARD_SERVER_NAME first", defaultConfig)
	}
	cfg, err = config.Parse("the trial's settings", []byte(trialSettings), s.environ, also)
	return cfg, true, err
}

// makeSecret writes a random secret that nobody else can read into a file,
// unless the file exists. It appears whole or not at all.
func makeSecret(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	draft, err := os.CreateTemp(".", path+".*") // for its owner only
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	random := make([]byte, 32)
	rand.Read(random)
	_, err = fmt.Fprintln(draft, base64.RawURLEncoding.EncodeToString(random))
	if err := errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	// Unlike a rename, a link does not replace what another has made meanwhile.
	if err := os.Link(draft.Name(), path); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
