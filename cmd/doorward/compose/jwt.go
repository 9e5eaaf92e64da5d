package compose

import (
	"errors"
	"fmt"

	"github.com/seed-31b6c987/doorward/adapters/addresses"
	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/adapters/keys"
	"github.com/seed-31b6c987/doorward/config"
	"github.com/seed-31b6c987/doorward/domain"
)

// A Check is what can be said about settings without opening anything.
type Check struct {
	Server      domain.ServerName
	Appservices domain.Appservices
	// Warnings are settings that work and are weak all the same.
	Warnings  []string
	providers []checkedProvider
}

// A checkedProvider is a provider whose keys are there, or are yet to be fetched.
type checkedProvider struct {
	jwtlogin.Provider
	path   string            // of its settings
	remote keys.RemoteSource // zero: Keys are there
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
		checked := checkedProvider{Provider: provider(p), path: fmt.Sprintf("jwt.providers[%d]", i), remote: remoteSource(p)}
		if err := checked.load(p); err != nil {
			faults = append(faults, keyFaults(cfg, checked.path, err)...)
			continue
		}
		if static, ok := checked.Keys.(*keys.Static); ok {
			for _, warning := range static.Warnings() {
				check.Warnings = append(check.Warnings, cfg.Fault(checked.path, "%s", warning).Error())
			}
		}
		allow, wrong := rules(cfg, checked.path, p)
		faults = append(faults, wrong...)
		checked.Allow = allow
		check.providers = append(check.providers, checked)
	}
	if len(faults) > 0 {
		return check, faults
	}
	return check, nil
}

// load reads the keys, or checks where they will come from.
func (p *checkedProvider) load(settings config.Provider) error {
	if !p.remote.IsZero() {
		p.Algorithms = p.remote.Allowed()
		return p.remote.Check()
	}
	static, err := keys.Load(keySource(settings))
	if err != nil {
		return err
	}
	p.Keys, p.Algorithms = static, static.Algorithms()
	return nil
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

func remoteSource(p config.Provider) keys.RemoteSource {
	if p.JWKSURL == "" && p.DiscoveryURL == "" {
		return keys.RemoteSource{}
	}
	return keys.RemoteSource{
		Provider:   p.Name,
		JWKS:       p.JWKSURL,
		Discovery:  p.DiscoveryURL,
		Issuers:    p.Issuers,
		Algorithms: p.Algorithms,
		MaxStale:   p.JWKSMaxStale,
	}
}

// provider is what the settings say of a provider, less its keys and rules.
func provider(p config.Provider) jwtlogin.Provider {
	return jwtlogin.Provider{
		Name:             p.Name,
		Issuers:          p.Issuers,
		Audiences:        p.Audiences,
		Leeway:           p.Leeway,
		Require:          p.Require,
		MaxAge:           p.MaxAge,
		MaxLifetime:      p.MaxLifetime,
		SingleUse:        p.SingleUse,
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
