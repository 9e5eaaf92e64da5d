package config

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The limits of max_body_bytes. A token has at most 16 KiB.
const (
	minBodyBytes = 1 << 10
	maxBodyBytes = 1 << 20
)

// memoryURL is the database that ends with the process.
const memoryURL = "memory:"

// validate checks what the values mean.
func (r *reading) validate() {
	c := r.config
	if c.ServerName == "" {
		r.invalid("server_name", "is missing; it is the part of user ids after the colon")
	}
	if c.PublicBaseURL != "" && !isBaseURL(c.PublicBaseURL) {
		r.invalid("public_base_url", "is no URL as in https://matrix.example.org/, without user, query and fragment")
	}
	r.validateHTTP()
	r.validateDatabase()
	r.validateProviders()
	r.validateLoginToken()
	r.validateRegistration()
	r.validateAppservices()
	r.validateSessions()
	r.validateRateLimits()
	r.validateHomeserver()
	if token := c.Admin.APIToken.Reveal(); token != "" {
		r.bearer("admin.api_token", token)
	}
	r.span("audit.retention", c.Audit.Retention)
	r.oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	r.oneOf("log.format", c.Log.Format, "text", "json")
}

func isBaseURL(s string) bool { return isWebURL(s) && !strings.ContainsAny(s, "?# ") }

func isWebURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil
}

func (r *reading) validateHTTP() {
	h, metrics := r.config.HTTP, r.config.Metrics.Listen
	if !isAddress(h.Listen) {
		r.invalid("http.listen", "is no host:port, as in 127.0.0.1:8008")
	}
	switch {
	case metrics == "":
	case !isAddress(metrics):
		r.invalid("metrics.listen", "is no host:port, as in 127.0.0.1:9008")
	case metrics == h.Listen && !strings.HasSuffix(metrics, ":0"):
		r.invalid("metrics.listen", "is the address of http.listen; metrics need one of their own")
	}
	for i, proxy := range h.TrustedProxies {
		if !isNetwork(proxy) {
			r.invalid(item("http.trusted_proxies", i), "is no address and no network, as in 192.0.2.1 or 10.0.0.0/8")
		}
	}
	if h.MaxBodyBytes < minBodyBytes || h.MaxBodyBytes > maxBodyBytes {
		r.invalid("http.max_body_bytes", "is not from %d to %d", minBodyBytes, maxBodyBytes)
	}
	if !(h.LogSample >= 0 && h.LogSample <= 1) {
		r.invalid("http.log_sample", "is not from 0 to 1")
	}
}

func isAddress(s string) bool {
	host, port, err := net.SplitHostPort(s)
	if err != nil || strings.ContainsAny(host, " /@") {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

func isNetwork(s string) bool {
	if network, err := netip.ParsePrefix(s); err == nil {
		return !network.Addr().Is4In6() // addresses are compared in their short form
	}
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Zone() == ""
}

// maxTokenCache takes some 8 GB of memory.
const maxTokenCache = 10_000_000

func (r *reading) validateDatabase() {
	db := r.config.Database
	address := db.URL.Reveal()
	file, isFile := strings.CutPrefix(address, "sqlite:")
	switch {
	case address == memoryURL:
	case strings.HasPrefix(file, "//"):
		r.invalid("database.url", "has slashes that do not belong there; write sqlite:doorward.db, or sqlite:/var/lib/doorward.db")
	case isFile && file != "" && file[0] != ':':
	case isFile:
		r.invalid("database.url", "names no file after sqlite:; a database in memory is %s", memoryURL)
	case isPostgres(address):
		if _, err := url.Parse(address); err != nil {
			r.invalid("database.url", "is no URL; special characters in a password are written %%XX")
		}
	default:
		r.invalid("database.url", "begins with none of sqlite:, postgres:// and postgresql://, and is not %s", memoryURL)
	}
	if db.MaxConnections < 0 {
		r.invalid("database.max_connections", "is less than 0")
	}
	if db.TokenCache < 0 || db.TokenCache > maxTokenCache {
		r.invalid("database.token_cache", "is not between 0 and %d", maxTokenCache)
	}
}

func isPostgres(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

func (r *reading) validateSessions() {
	s := r.config.Sessions
	r.span("sessions.access_token_lifetime", s.AccessTokenLifetime)
	r.span("sessions.refreshable_access_token_lifetime", s.RefreshableAccessTokenLifetime)
	r.span("sessions.refresh_token_lifetime", s.RefreshTokenLifetime)
	r.span("sessions.session_lifetime", s.SessionLifetime)
	if s.MaxDevicesPerUser < 0 {
		r.invalid("sessions.max_devices_per_user", "is less than 0")
	}
	if s.RefreshTokenLifetime > 0 && s.RefreshTokenLifetime <= s.RefreshableAccessTokenLifetime {
		r.invalid("sessions.refresh_token_lifetime", "is not longer than refreshable_access_token_lifetime (%v): "+
			"clients refresh when the access token is about to expire", s.RefreshableAccessTokenLifetime)
	}
}

// oneOf checks a value that has a fixed set of possible ones.
func (r *reading) oneOf(path, value string, allowed ...string) {
	if slices.Contains(allowed, value) {
		return
	}
	problem := "is none of " + strings.Join(allowed, ", ")
	if near, ok := nearest(value, allowed); ok {
		problem += "; did you mean " + near + "?"
	}
	r.invalid(path, "%s", problem)
}

// span checks a duration. Less than a second is taken for a mistake: "5ms" for
// five minutes.
func (r *reading) span(path string, d time.Duration) {
	switch {
	case d < 0:
		r.invalid(path, "is less than 0")
	case d > 0 && d < time.Second:
		r.invalid(path, "is less than a second; minutes are written 5m")
	}
}
