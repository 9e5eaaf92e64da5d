package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/seed-31b6c987/doorward/cmd/doorward/compose"
	"github.com/seed-31b6c987/doorward/config"
)

// reloadable are the sections that take effect while the server runs.
var reloadable = []string{"jwt.providers", "log"}

// A reloader reads the configuration again when it is told to.
type reloader struct {
	read    func() (settings, error)
	started *config.Config // what took effect at the start
	app     *compose.App
	logs    logHandler
	log     *slog.Logger
}

// hangups receives the signals to read the configuration again.
func hangups() chan os.Signal {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	return signals
}

// run reads the configuration at each signal until ctx ends.
func (r reloader) run(ctx context.Context, signals <-chan os.Signal) {
	for {
		select {
		case <-signals:
			r.reload()
		case <-ctx.Done():
			return
		}
	}
}

// reload makes of the configuration what can take effect do so. With a fault in
// it, all stays as it is.
func (r reloader) reload() {
	next, err := r.read()
	if err == nil {
		err = r.app.Reload(next.Config)
	}
	if err != nil {
		r.report(err)
		return
	}
	r.logs.change(next.Log)
	for _, path := range config.Changed(r.started, next.Config) {
		if !slices.ContainsFunc(reloadable, func(section string) bool { return config.InSection(path, section) }) {
			r.log.Warn("a setting has changed that takes effect with a restart", slog.String("setting", path))
		}
	}
	r.log.Info("the configuration was read again", slog.Any("took_effect", reloadable))
}

// report says every fault.
func (r reloader) report(err error) {
	faults := []string{oneLine(err)}
	if all := (config.Faults)(nil); errors.As(err, &all) {
		faults = nil
		for _, fault := range all {
			faults = append(faults, fault.Error())
		}
	}
	for _, fault := range faults {
		r.log.Error("the configuration has a fault", slog.String("fault", fault))
	}
	r.log.Error("the configuration was read again and not taken: all stays as it is", slog.Int("faults", len(faults)))
}
