package foreign

import (
	"math"
	"time"
)

// synapseRegistration writes who may make an account. Where Synapse demands more
// of people than Doorward can, it stays closed.
func synapseRegistration(top *section, d *draft) {
	enabled := top.flag("enable_registration", false)
	tokens := top.flag("registration_requires_token", false)
	open := top.flag("enable_registration_without_verification", false)
	addresses := top.texts("registrations_require_3pid")
	captcha := top.flag("enable_registration_captcha", false)
	if enabled {
		const closed = "Doorward cannot ask for it, so registration.enabled is false; "
		switch {
		case len(addresses) > 0:
			enabled = false
			top.decide("registrations_require_3pid", closed+"open it with tokens_required, or let the provider create accounts")
		case captcha:
			enabled = false
			top.decide("enable_registration_captcha", closed+"open it with tokens_required, or let the provider create accounts")
		case !tokens && !open:
			enabled = false
			top.decide("enable_registration", "nothing says what people are asked for, with which Synapse does not start; registration.enabled is false")
		case !tokens:
			top.decide("enable_registration_without_verification", "anybody can make accounts; registration.tokens_required keeps strangers out")
		}
	}
	d.set("registration", "enabled", yamlFlag(enabled), top.origin("enable_registration"))
	d.set("registration", "tokens_required", yamlFlag(tokens), top.origin("registration_requires_token"))
	if enabled && tokens {
		top.decide("registration_requires_token", "the tokens themselves are in Synapse's database; make new ones with the admin API")
	}
	d.set("registration", "guests", yamlFlag(top.flag("allow_guest_access", false)), top.origin("allow_guest_access"))
	sharedSecretOf(top, d, "registration_shared_secret", "registration_shared_secret_path")
	if files := top.texts("app_service_config_files"); len(files) > 0 {
		d.set("", "appservices", yamlTexts(files), "app_service_config_files")
		relative(top, "app_service_config_files", files...)
	}
}

// sharedSecretOf writes the secret with which programs make accounts, or its
// file.
func sharedSecretOf(s *section, d *draft, name, fileName string) {
	if !secretOf(s, d, "registration", "shared_secret", name, fileName) && s.has(name) {
		s.ignore(name, "is empty, so that no program makes accounts")
	}
}

// secretOf writes a secret as a setting, or its file as the setting's twin. It
// returns false if there is neither.
func secretOf(s *section, d *draft, to, setting, name, fileName string) bool {
	secret, file := s.text(name), s.text(fileName)
	switch {
	case secret != "" && file != "":
		s.refuse(fileName, "%s is there too; leave one of them out", s.at(name))
	case secret != "":
		d.set(to, setting, yamlText(secret), s.at(name))
	case file != "":
		d.set(to, setting+"_file", yamlText(file), s.at(fileName))
		relative(s, fileName, file)
	}
	return secret != "" || file != ""
}

// relative says what becomes of names of files that depend on a folder.
func relative(s *section, name string, files ...string) {
	for _, file := range files {
		if file != "" && file[0] != '/' {
			s.decide(name, "a relative name is looked for in the folder of doorward.yaml, and no longer where the server was started")
			return
		}
	}
}

// synapseSessions writes how long people stay signed in.
func synapseSessions(top *section, d *draft) {
	for _, lifetime := range []struct{ from, to string }{
		{"session_lifetime", "session_lifetime"},
		{"refreshable_access_token_lifetime", "refreshable_access_token_lifetime"},
		{"refresh_token_lifetime", "refresh_token_lifetime"},
		{"nonrefreshable_access_token_lifetime", "access_token_lifetime"},
	} {
		if span, ok := top.span(lifetime.from, time.Millisecond); ok {
			setLifetime(top, d, lifetime.to, lifetime.from, span)
		}
	}
}

// setLifetime writes a lifetime; less than a second would be taken for a mistake.
func setLifetime(s *section, d *draft, to, from string, span time.Duration) {
	if span < time.Second {
		s.refuse(from, "is less than a second; a number counts milliseconds")
		return
	}
	d.set("sessions", to, yamlSpan(span), s.at(from))
}

// synapseLimits writes how often somebody may try. A bucket that is not there
// has Doorward's own default.
func synapseLimits(top *section, d *draft) {
	login := top.sub("rc_login")
	setLimit(login.sub("failed_attempts"), d, "login_failed", "burst_count", 0.17, 3)
	setLimit(login.sub("address"), d, "login_address", "burst_count", 0.003, 5)
	setLimit(login.sub("account"), d, "login_account", "burst_count", 0.003, 5)
	login.rest(Decide, "is no limit that is known here")
	setLimit(top.sub("rc_registration"), d, "registration", "burst_count", 0.17, 3)
}

// setLimit writes a bucket of attempts, if there is one. What it leaves out has
// the other program's default.
func setLimit(s *section, d *draft, name, burstName string, perSecond, burst float64) {
	if len(s.values) == 0 {
		return
	}
	perSecond, burst = s.number("per_second", perSecond), s.number(burstName, burst)
	s.rest(Decide, "is no part of a limit that is known here")
	const most = 1 << 30 // burst is a whole number here
	if perSecond < 1e-9 || burst < 1 || burst > most {
		s.report.add(Decide, s.path, "Doorward has no limit of 0; rate_limits.%s has its default", name)
		return
	}
	d.set("rate_limits", name, yamlLimit(perSecond, math.Trunc(burst)), s.path)
}
