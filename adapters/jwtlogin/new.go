package jwtlogin

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// New returns a verifier of the providers' tokens that reads the time from now.
// Its errors are those of [Verifier.Trust].
func New(now func() time.Time, providers ...Provider) (*Verifier, error) {
	v := &Verifier{now: now}
	if err := v.Trust(providers...); err != nil {
		return nil, err
	}
	return v, nil
}

// Trust makes the verifier accept the tokens of these providers from now on, and
// no others; a token that is being verified is judged by those of before. It
// refuses, all faults in one error, and changes nothing then: providers without
// keys or algorithms, an unknown algorithm, settings that need others, two
// providers of one name, an issuer that two providers list, two providers without
// issuers.
func (v *Verifier) Trust(trusted ...Provider) error {
	if err := checkProviders(trusted); err != nil {
		return err
	}
	next := &providers{byName: map[string]*Provider{}, byIssuer: map[string]*Provider{}}
	for _, p := range trusted {
		p := p.complete()
		next.byName[p.Name] = p
		for _, issuer := range p.Issuers {
			next.byIssuer[issuer] = p
		}
		if len(p.Issuers) == 0 || len(trusted) == 1 {
			next.fallback = p
		}
	}
	v.trusted.Store(next)
	return nil
}

// complete returns a copy with what follows from the other settings.
func (p Provider) complete() *Provider {
	if p.SubjectClaim == "" {
		p.SubjectClaim = "sub"
	}
	// A check that needs a claim demands it.
	demand := func(needed bool, claims ...string) {
		for _, claim := range claims {
			if needed && !slices.Contains(p.Require, claim) {
				p.Require = append(slices.Clip(p.Require), claim)
			}
		}
	}
	demand(p.MaxLifetime > 0, "exp", "iat")
	demand(p.MaxAge > 0, "iat")
	demand(p.SingleUse, "jti")
	demand(p.SessionEndsWithToken, "exp")
	return &p
}

func checkProviders(providers []Provider) error {
	var faults []error
	for i, p := range providers {
		faults = append(faults, p.check()...)
		for _, other := range providers[:i] {
			faults = append(faults, p.checkBeside(other)...)
		}
	}
	return errors.Join(faults...)
}

// check returns the faults of the provider by itself.
func (p Provider) check() (faults []error) {
	if p.Keys == nil {
		faults = append(faults, fmt.Errorf("provider %q has no keys", p.Name))
	}
	if len(p.Algorithms) == 0 {
		faults = append(faults, fmt.Errorf("provider %q has no algorithms", p.Name))
	}
	if p.SingleUse && p.MaxLifetime <= 0 {
		faults = append(faults, fmt.Errorf("provider %q: tokens for one use need a greatest lifetime", p.Name))
	}
	if p.EmailClaim != "" && p.CanonicalEmail == nil {
		faults = append(faults, fmt.Errorf("provider %q: nothing makes e-mail addresses canonical", p.Name))
	}
	for _, name := range p.Algorithms {
		if methods[name] == nil {
			faults = append(faults, fmt.Errorf("provider %q: unknown algorithm %q", p.Name, name))
		}
	}
	return faults
}

// checkBeside returns the faults of the provider in the company of another.
func (p Provider) checkBeside(other Provider) (faults []error) {
	if p.Name == other.Name {
		faults = append(faults, fmt.Errorf("two providers have the name %q", p.Name))
	}
	if len(p.Issuers) == 0 && len(other.Issuers) == 0 {
		faults = append(faults, fmt.Errorf("providers %q and %q have no issuers: only one may take all that are left",
			other.Name, p.Name))
	}
	for _, issuer := range p.Issuers {
		if slices.Contains(other.Issuers, issuer) {
			faults = append(faults, fmt.Errorf("providers %q and %q have the same issuer %q",
				other.Name, p.Name, issuer))
		}
	}
	return faults
}
