package compose

import (
	"context"
	"net/netip"
	"strings"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/config"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

func repositories(s ports.Storage) ports.Repositories { return s.Repositories() }

func ping(s ports.Storage) func(context.Context) error { return s.Ping }

func settings(cfg *config.Config, check Check) (httpapi.Settings, error) {
	proxies, err := trustedProxies(cfg.HTTP.TrustedProxies)
	return httpapi.Settings{
		ServerName:     check.Server,
		PublicBaseURL:  cfg.PublicBaseURL,
		MaxBodyBytes:   cfg.HTTP.MaxBodyBytes,
		TrustedProxies: proxies,
	}, err
}

func lifetimes(cfg *config.Config) domain.Lifetimes {
	return domain.Lifetimes{
		Access:            cfg.Sessions.AccessTokenLifetime,
		RefreshableAccess: cfg.Sessions.RefreshableAccessTokenLifetime,
		Refresh:           cfg.Sessions.RefreshTokenLifetime,
		Session:           cfg.Sessions.SessionLifetime,
	}
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
