package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

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

// load reads the configuration. trial says that there is none, and that the
// settings are those for trying out, whose secret is made if it is missing.
func (f configFlag) load(s *streams) (cfg *config.Config, trial bool, err error) {
	path := f.Config
	if path == "" {
		if _, err := os.Stat(defaultConfig); errors.Is(err, fs.ErrNotExist) {
			return loadTrial(s)
		}
		path = defaultConfig
	}
	cfg, err = config.Load(path, s.environ)
	return cfg, false, err
}

func loadTrial(s *streams) (*config.Config, bool, error) {
	if err := makeSecret(trialSecret); err != nil {
		return nil, true, fmt.Errorf("cannot make a secret for trying out: %w", err)
	}
	cfg, err := config.Parse("trial settings", []byte(trialSettings), s.environ)
	return cfg, true, err
}

// makeSecret writes a random secret that nobody else can read into a file,
// unless the file exists.
func makeSecret(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	random := make([]byte, 32)
	rand.Read(random)
	_, err = fmt.Fprintln(file, base64.RawURLEncoding.EncodeToString(random))
	return errors.Join(err, file.Sync(), file.Close())
}

// newLogger logs as the configuration says.
func newLogger(cfg config.Log, s *streams) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Level)); err != nil {
		level = slog.LevelInfo // unreachable: the configuration was validated
	}
	options := &slog.HandlerOptions{Level: level}
	if cfg.Format == "json" {
		return slog.New(slog.NewJSONHandler(s.err, options))
	}
	return slog.New(slog.NewTextHandler(s.err, options))
}
