package compose

import (
	"context"
	"net/netip"
	"strings"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/adapters/password"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/config"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

func ping(s ports.Storage) func(context.Context) error { return s.Ping }

func settings(cfg *config.Config, check Check) (httpapi.Settings, error) {
	proxies, err := trustedProxies(cfg.HTTP.TrustedProxies)
	return httpapi.Settings{
		ServerName:     check.Server,
		PublicBaseURL:  cfg.PublicBaseURL,
		MaxBodyBytes:   cfg.HTTP.MaxBodyBytes,
		TrustedProxies: proxies,
		Unlogged:       1 - cfg.HTTP.LogSample,
		Homeserver: httpapi.HomeserverSettings{
			Secret:               domain.Token(cfg.Homeserver.Secret.Reveal()).Hash(),
			Issuer:               cfg.Homeserver.Issuer,
			AccountManagementURI: cfg.Homeserver.AccountManagement(),
		},
	}, err
}

func sessionRules(cfg *config.Config, check Check) domain.SessionRules {
	info := cfg.PublicBaseURL
	if info == "" {
		info = "https://" + string(check.Server) + "/"
	}
	return domain.SessionRules{
		Lifetimes: domain.Lifetimes{
			Access:            cfg.Sessions.AccessTokenLifetime,
			RefreshableAccess: cfg.Sessions.RefreshableAccessTokenLifetime,
			Refresh:           cfg.Sessions.RefreshTokenLifetime,
			Session:           cfg.Sessions.SessionLifetime,
		},
		MaxDevices: cfg.Sessions.MaxDevicesPerUser,
		InfoURI:    info,
	}
}

func registrationStages(cfg *config.Config) application.RegistrationStages {
	stages := application.RegistrationStages{TokensRequired: cfg.Registration.TokensRequired}
	for _, p := range cfg.Registration.Terms {
		stages.Policies = append(stages.Policies, domain.Policy(p))
	}
	return stages
}

func loginTokenRules(cfg *config.Config) application.LoginTokenRules {
	return application.LoginTokenRules{Offered: cfg.LoginToken.Enabled, Lifetime: cfg.LoginToken.Lifetime}
}

func registration(cfg *config.Config) application.Registration {
	return application.Registration{Users: cfg.Registration.Enabled, Guests: cfg.Registration.Guests}
}

func hasher(cfg *config.Config) *password.Hasher {
	return password.NewHasherWithPepper(cfg.Password.Pepper.Reveal())
}

func sharedSecret(cfg *config.Config) application.SharedSecret {
	return application.SharedSecret(cfg.Registration.SharedSecret.Reveal())
}

func administrators(cfg *config.Config) (who application.Administrators) {
	if token := cfg.Admin.APIToken.Reveal(); token != "" {
		who.Program = domain.Token(token).Hash()
	}
	return who
}

func auditRules(cfg *config.Config) application.AuditRules {
	return application.AuditRules{Enabled: cfg.Audit.Enabled, Retention: cfg.Audit.Retention}
}

func trustedProxies(list []string) ([]netip.Prefix, error) {
	var prefixes []netip.Prefix
	for _, s := range list {
		if !strings.Contains(s, "/") {
			addr, err := netip.ParseAddr(s)
			if err != nil {
				return nil, err
			}
			addr = addr.Unmap()
			prefixes = append(prefixes, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, err
		}
		prefixes = append(prefixes, prefix)
	}
	return prefixes, nil
}
