package compose

import (
	"log/slog"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/adapters/keys"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/ports"
)

// Trust is whose tokens are believed at present.
type Trust struct {
	// Verifier verifies and explains their tokens.
	Verifier *jwtlogin.Verifier
	// Remotes are those of their keys that are fetched.
	Remotes *keys.Remotes
	log     *slog.Logger
}

// newTrust warns of what is weak, at every start. The returned function ends what
// is being fetched.
func newTrust(check Check, storage ports.Storage, now application.Clock, log *slog.Logger) (*Trust, func(), error) {
	verifier, err := jwtlogin.New(now)
	if err != nil {
		return nil, nil, err
	}
	trust := &Trust{Verifier: verifier, Remotes: keys.NewRemotes(storage.Repositories().KeySets, now, log), log: log}
	if err := trust.change(check); err != nil {
		return nil, nil, err
	}
	return trust, trust.Remotes.Close, nil
}

// change believes the checked providers from now on, and no others. After an
// error it believes those of before.
func (t *Trust) change(check Check) error {
	providers, polled := check.connected(t.Remotes)
	if err := t.Verifier.Trust(providers...); err != nil {
		return err
	}
	t.Remotes.Keep(polled)
	for _, warning := range check.Warnings {
		t.log.Warn(warning)
	}
	return nil
}

// connected returns the providers, each with its keys, and those of the keys that
// are fetched.
func (c Check) connected(remotes *keys.Remotes) (all []jwtlogin.Provider, fetched []*keys.Remote) {
	for _, p := range c.providers {
		if !p.remote.IsZero() {
			remote := remotes.Remote(p.remote)
			p.Keys, fetched = remote, append(fetched, remote)
		}
		all = append(all, p.Provider)
	}
	return all, fetched
}
