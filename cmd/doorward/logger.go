package main

import (
	"context"
	"log/slog"
	"sync/atomic"

	"github.com/seed-31b6c987/doorward/config"
)

// newLogger logs as the configuration says.
func newLogger(cfg config.Log, s *streams) *slog.Logger { return slog.New(newLogHandler(cfg, s)) }

// A logHandler writes text or JSON from a level on. Both can be changed, for all
// loggers that were made from it.
type logHandler struct {
	text, json slog.Handler
	settings   *logSettings
}

type logSettings struct {
	level  slog.LevelVar
	asJSON atomic.Bool
}

func newLogHandler(cfg config.Log, s *streams) logHandler {
	settings := &logSettings{}
	options := &slog.HandlerOptions{Level: &settings.level}
	h := logHandler{slog.NewTextHandler(s.err, options), slog.NewJSONHandler(s.err, options), settings}
	h.change(cfg)
	return h
}

// change makes it log as the configuration says from now on.
func (h logHandler) change(cfg config.Log) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Level)); err != nil {
		level = slog.LevelInfo // unreachable: the configuration was validated
	}
	h.settings.level.Set(level)
	h.settings.asJSON.Store(cfg.Format == "json")
}

func (h logHandler) chosen() slog.Handler {
	if h.settings.asJSON.Load() {
		return h.json
	}
	return h.text
}

// Enabled implements slog.Handler.
func (h logHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.chosen().Enabled(ctx, level)
}

// Handle implements slog.Handler.
func (h logHandler) Handle(ctx context.Context, record slog.Record) error {
	return h.chosen().Handle(ctx, record)
}

// WithAttrs implements slog.Handler.
func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return logHandler{h.text.WithAttrs(attrs), h.json.WithAttrs(attrs), h.settings}
}

// WithGroup implements slog.Handler.
func (h logHandler) WithGroup(name string) slog.Handler {
	return logHandler{h.text.WithGroup(name), h.json.WithGroup(name), h.settings}
}
