package httpapi

import (
	"log/slog"
	"net/http"
	"time"
)

// NewServer returns a server for the handler with the limits that net/http
// lacks by default: a client has 10 seconds for the headers of a request and 15
// for all of it, an answer is out 60 seconds after the headers came, an idle
// connection is closed after 120 seconds, and headers have 128 KiB. What
// net/http has to complain about goes to the log as warnings.
func NewServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    128 << 10,
		// "OPTIONS *" gets the same headers as every other path.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}
