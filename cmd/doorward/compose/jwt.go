package compose

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/addresses"
	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/adapters/keys"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/config"
	"github.com/seed-31b6c987/doorward/domain"
)

// A Check is what can be said about settings without opening anything.
type Check struct {
	Server      domain.ServerName
	Providers   []jwtlogin.Provider
	Appservices domain.Appservices
	// Warnings are settings that work and are weak all the same.
	Warnings []string
}

// Checked checks what config.Load cannot: the server name, the keys, and the
// users that application services are. It returns all faults at once, as
// config.Faults, beside what it could make of the rest.
func Checked(cfg *config.Config) (Check, error) {
	var faults config.Faults
	check := Check{Warnings: cfg.Warnings()}
	server, err := domain.ParseServerName(cfg.ServerName)
	if err != nil {
		faults = append(faults, cfg.Fault("server_name", "%v", err))
	}
	check.Server = server
	if err == nil {
		services, wrong := appservices(cfg, server)
		check.Appservices = services
		faults = append(faults, wrong...)
	}
	for i, p := range cfg.JWT.Providers {
		path := fmt.Sprintf("jwt.providers[%d]", i)
		static, err := keys.Load(keySource(p))
		if err != nil {
			faults = append(faults, keyFaults(cfg, path, err)...)
			continue
		}
		for _, warning := range static.Warnings() {
			check.Warnings = append(check.Warnings, cfg.Fault(path, "%s", warning).Error())
		}
		rules, wrong := rules(cfg, path, p)
		faults = append(faults, wrong...)
		check.Providers = append(check.Providers, provider(p, static, rules))
	}
	if len(faults) > 0 {
		return check, faults
	}
	return check, nil
}

func keySource(p config.Provider) keys.Source {
	return keys.Source{
		Secret:          p.Secret.Reveal(),
		SecretBase64:    p.SecretBase64.Reveal(),
		PublicKey:       p.PublicKey,
		JWKS:            p.JWKS.Reveal(),
		Algorithms:      p.Algorithms,
		AllowWeakSecret: p.AllowWeakSecret,
	}
}

func provider(p config.Provider, static *keys.Static, allow []jwtlogin.Rule) jwtlogin.Provider {
	return jwtlogin.Provider{
		Name:             p.Name,
		Keys:             static,
		Algorithms:       static.Algorithms(),
		Issuers:          p.Issuers,
		Audiences:        p.Audiences,
		Leeway:           p.Leeway,
		Require:          p.Require,
		MaxAge:           p.MaxAge,
		MaxLifetime:      p.MaxLifetime,
		SingleUse:        p.SingleUse,
		Allow:            allow,
		SubjectClaim:     p.SubjectClaim,
		DisplayNameClaim: p.DisplayNameClaim,
		EmailClaim:       p.EmailClaim,
		AvatarClaim:      p.AvatarClaim,
		AdminClaim:       p.AdminClaim,
		CanonicalEmail:   canonicalEmail,
		Always: domain.ProfileFields{
			DisplayName: p.DisplayNameClaim != "" && p.DisplayNamePolicy == config.Always,
			Email:       p.EmailClaim != "" && p.EmailPolicy == config.Always,
			AvatarURL:   p.AvatarClaim != "" && p.AvatarPolicy == config.Always,
			Admin:       p.AdminClaim != "" && p.AdminPolicy == config.Always,
		},
		SessionEndsWithToken: p.SessionEndsWithToken,
		LinkExisting:         *p.LinkExisting,
		EscapeLocalpart:      p.Localpart == "escape",
		RegisterUser:         p.RegisterUser,
		AllowUIA:             p.AllowUIA,
	}
}

// rules reads the rules that admit a provider's bearers.
func rules(cfg *config.Config, path string, p config.Provider) (allow []jwtlogin.Rule, faults config.Faults) {
	for i, text := range p.Allow {
		rule, err := config.ParseRule(text)
		if err != nil {
			faults = append(faults, cfg.Fault(fmt.Sprintf("%s.allow[%d]", path, i), "%v", err))
		}
		allow = append(allow, jwtlogin.Rule{Claim: rule.Claim, Comparison: jwtlogin.Comparison(rule.Comparison), Value: rule.Value})
	}
	return allow, faults
}

func canonicalEmail(address string) (string, error) {
	return addresses.Canonical(domain.Email, address)
}

// keyFaults gives each fault of a provider's keys its place in the file.
func keyFaults(cfg *config.Config, path string, err error) config.Faults {
	all := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all = joined.Unwrap()
	}
	var faults config.Faults
	for _, err := range all {
		where := path
		if fault := new(keys.Fault); errors.As(err, &fault) {
			where, err = path+"."+fault.Field, errors.New(fault.Problem)
		}
		faults = append(faults, cfg.Fault(where, "%v", err))
	}
	return faults
}

// Verifier returns the verifier of the checked providers' tokens, on the
// machine's clock.
func (c Check) Verifier() (*jwtlogin.Verifier, error) {
	return jwtlogin.New(time.Now, c.Providers...)
}

// newVerifier warns of what is weak, at every start.
func newVerifier(check Check, now application.Clock, log *slog.Logger) (*jwtlogin.Verifier, error) {
	for _, warning := range check.Warnings {
		log.Warn(warning)
	}
	return jwtlogin.New(now, check.Providers...)
}
