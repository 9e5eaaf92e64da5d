package config

import (
	"io/fs"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"time"
)

// generousLeeway is what clocks can differ by at most, if anybody cares.
const generousLeeway = 10 * time.Minute

// weakASToken is the length below which the token of an application service is a
// guess away. Those programs make longer ones.
const weakASToken = 16

// Warnings say which settings are valid but weak, each with its place as in a
// [Fault]. They hold no secrets.
func (c *Config) Warnings() []string { return slices.Clone(c.warnings) }

func (r *reading) warning(path, format string, args ...any) {
	r.config.warnings = append(r.config.warnings, r.config.Fault(path, format, args...).Error())
}

func (r *reading) warn() {
	c := r.config
	for i, proxy := range c.HTTP.TrustedProxies {
		if network, err := netip.ParsePrefix(proxy); err == nil && network.Bits() == 0 {
			r.warning(item("http.trusted_proxies", i), "believes everybody's X-Forwarded-For")
		}
	}
	if len(c.JWT.Providers) == 0 && !c.Password.Enabled && len(c.AppserviceFiles) == 0 {
		r.warning("jwt.providers", "there is none, and no other way to sign in; nobody can")
	}
	for i, p := range c.JWT.Providers {
		if p.Leeway > generousLeeway {
			r.warning(providerPath(i)+".leeway", "tokens are taken for more than %v after they expired", generousLeeway)
		}
	}
	if c.Registration.Enabled && !c.Registration.TokensRequired {
		r.warning("registration.enabled", "anybody can make accounts; tokens_required keeps strangers out")
	}
	if c.Registration.TokensRequired && !c.Registration.Enabled {
		r.warning("registration.tokens_required", "has no effect without registration.enabled")
	}
	if !c.Password.Enabled && len(c.JWT.Providers) > 0 && !slices.ContainsFunc(c.JWT.Providers, func(p Provider) bool { return p.AllowUIA }) {
		r.warning("password.enabled", "without it, and without a provider with allow_uia, nobody can confirm requests: "+
			"to delete devices, to deactivate an account, or to get a login token")
	}
	for i, service := range c.Appservices {
		if token := service.ASToken; token != "" && len(token) < weakASToken {
			r.warning(item("appservices", i), "the as_token has fewer than %d characters; whoever guesses it is all users of the application service", weakASToken)
		}
	}
	if !c.RateLimits.Enabled {
		r.warning("rate_limits.enabled", "nothing slows down who guesses passwords and tokens")
	}
	r.warnOfDelegation()
}

// warnOfConfigFile warns of a configuration file that holds a secret and is
// open to others.
func (r *reading) warnOfConfigFile(mode fs.FileMode) {
	if mode&othersMask == 0 {
		return
	}
	for path, setting := range leaves(reflect.ValueOf(r.config).Elem(), "") {
		at := r.config.origins[path]
		if inline := at.path == path && at.file == r.file; inline && isSecret(path, setting) {
			r.warning(path, "others than its owner may use the file (mode %04o); chmod 600 it, or keep the secret in a file of its own", mode.Perm())
		}
	}
}

// isSecret says whether a setting's value must not be known.
func isSecret(path string, setting reflect.Value) bool {
	secret, ok := setting.Interface().(Secret)
	if path == "database.url" || path == "rate_limits.store" {
		return holdsPassword(secret)
	}
	return ok && secret != ""
}

func holdsPassword(address Secret) bool {
	u, err := url.Parse(address.Reveal())
	if err != nil {
		return false
	}
	_, inline := u.User.Password()
	return inline || u.Query().Has("password")
}
