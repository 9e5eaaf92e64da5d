package compose

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/adapters/keys"
	"github.com/seed-31b6c987/doorward/config"
)

// Providers are the checked ones. Those whose keys are yet to be fetched have
// none.
func (c Check) Providers() []jwtlogin.Provider {
	all := make([]jwtlogin.Provider, len(c.providers))
	for i, p := range c.providers {
		all[i] = p.Provider
	}
	return all
}

// Only is the check as if there were no other provider.
func (c Check) Only(provider string) Check {
	c.providers = slices.DeleteFunc(slices.Clone(c.providers), func(p checkedProvider) bool { return p.Name != provider })
	return c
}

// Fetched are providers with the keys of one moment, for a command that looks.
type Fetched struct {
	Providers []jwtlogin.Provider
	// Faults are keys that cannot be had, and Warnings those that are ignored.
	Faults   config.Faults
	Warnings []string
}

// Fetch fetches the keys of the checked providers, where they are not there. It
// stores nothing.
func Fetch(ctx context.Context, cfg *config.Config, check Check) Fetched {
	remotes := keys.NewRemotes(nil, time.Now, slog.New(slog.DiscardHandler))
	defer remotes.Close()
	var found Fetched
	found.Providers, _ = check.connected(remotes)
	failures := make([]error, len(found.Providers))
	var fetching sync.WaitGroup
	for i, p := range found.Providers {
		if remote, ok := p.Keys.(*keys.Remote); ok {
			fetching.Go(func() { failures[i] = remote.Fetch(ctx) })
		}
	}
	fetching.Wait()
	for i, p := range check.providers {
		path := p.path + "." + p.remote.Field()
		if failures[i] != nil {
			found.Faults = append(found.Faults, cfg.Fault(path, "%v", failures[i]))
		}
		if remote, ok := found.Providers[i].Keys.(*keys.Remote); ok {
			for _, ignored := range remote.Ignored() {
				found.Warnings = append(found.Warnings, cfg.Fault(path, "%s; it is ignored", ignored).Error())
			}
		}
	}
	return found
}

// Verifier returns the verifier of the providers' tokens, on the machine's clock.
func (f Fetched) Verifier() (*jwtlogin.Verifier, error) {
	return jwtlogin.New(time.Now, f.Providers...)
}
