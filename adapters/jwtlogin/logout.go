package jwtlogin

import (
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// logoutChecks is what a logout token goes through instead (OpenID Connect
// Back-Channel Logout 1.0, 2.6): whose it is, is found out as for a login; what it
// may say is its own.
var logoutChecks = []func(*attempt) error{
	(*attempt).read,
	(*attempt).checkAlgorithm,
	(*attempt).chooseProvider,
	(*attempt).checkNamed,
	(*attempt).checkAllowed,
	(*attempt).checkCritical,
	(*attempt).checkCompression,
	(*attempt).checkEncoding,
	(*attempt).checkLogoutType,
	(*attempt).chooseKey,
	(*attempt).checkSignature,

	(*attempt).requireIssuer,
	(*attempt).requireAudience,
	(*attempt).checkIssuer,
	(*attempt).checkAudience,
	(*attempt).checkExpiry,
	(*attempt).checkNotBefore,
	(*attempt).checkIssuedAt,
	(*attempt).refuseAudience,
	(*attempt).checkRecent,
	(*attempt).checkLogoutEvent,
	(*attempt).refuseNonce,
	(*attempt).checkWhoLeaves,
	(*attempt).checkLogoutOnce,
}

// logoutEvent is the event that makes a token one of logout, and of nothing else.
const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// logoutAge is how long ago a logout token may have been issued.
const logoutAge = 5 * time.Minute

// logoutTypes are the accepted values of "typ", as in otherPurposes. Many issuers
// write what they write everywhere.
var logoutTypes = []string{"logout+jwt", "jwt"}

// VerifyLogout implements ports.LogoutVerifier. If the provider's keys cannot be
// had, it returns [domain.ErrUnavailable] or the context's error. Its errors, but
// for a provider that there is not, are [domain.Traced].
func (v *Verifier) VerifyLogout(ctx context.Context, provider, token string) (domain.ProviderLogout, error) {
	a := v.attempt(ctx, token)
	a.named = provider
	if a.trusted.byName[provider] == nil {
		return domain.ProviderLogout{}, errNoProvider
	}
	for _, run := range logoutChecks {
		if err := run(a); err != nil {
			return domain.ProviderLogout{}, domain.Trace(err, a.evidence(), "")
		}
	}
	a.logout.Evidence = a.evidence()
	a.logout.Evidence.Subject = a.logout.Link.Subject
	return a.logout, nil
}

// checkNamed refuses the tokens of other providers.
func (a *attempt) checkNamed() error {
	if a.provider.Name != a.named {
		return errUnverified
	}
	return nil
}

func (a *attempt) checkLogoutType() error {
	if !a.header.Has("typ") {
		return nil
	}
	typ, _ := a.header.Get("typ").Text()
	if !slices.Contains(logoutTypes, strings.TrimPrefix(strings.ToLower(typ), "application/")) {
		return badHeader("typ")
	}
	return nil
}

// checkRecent refuses a token that is so old that its use is not remembered.
func (a *attempt) checkRecent() error {
	switch {
	case a.claims.Get("iat").IsNull():
		return missingClaim("iat")
	case a.now-a.iat > (logoutAge + a.provider.Leeway).Seconds():
		return invalidClaim("iat")
	}
	return nil
}

// isLogout says whether the token is one of logout, going by its claims.
func (a *attempt) isLogout() (present, wellFormed bool) {
	events := a.claims.Get("events")
	return events.Has(logoutEvent), events.Get(logoutEvent).IsObject()
}

func (a *attempt) checkLogoutEvent() error {
	if a.claims.Get("events").IsNull() {
		return missingClaim("events")
	}
	if _, wellFormed := a.isLogout(); !wellFormed {
		return invalidClaim("events")
	}
	return nil
}

// refuseLogoutToken keeps tokens of logout from signing anybody in, whatever their
// "typ" says (OpenID Connect Back-Channel Logout 1.0, 4).
func (a *attempt) refuseLogoutToken() error {
	if present, _ := a.isLogout(); present {
		return invalidClaim("events")
	}
	return nil
}

func (a *attempt) refuseNonce() error {
	if a.claims.Has("nonce") {
		return invalidClaim("nonce")
	}
	return nil
}

// checkWhoLeaves takes the user, a session at the provider, or both.
func (a *attempt) checkWhoLeaves() error {
	for _, name := range []string{"sub", "sid"} {
		value := a.claims.Get(name)
		if text, _ := value.Text(); text == "" && !value.IsNull() {
			return invalidClaim(name)
		}
	}
	if !a.claims.Get("sub").IsNull() {
		a.logout.Link = a.link()
	}
	if a.logout.Session = a.session(); a.logout.Link == (domain.Link{}) && a.logout.Session == (domain.TokenHash{}) {
		return missingClaim("sub")
	}
	return nil
}

// session returns the session at the provider that the token names; zero: none.
func (a *attempt) session() domain.TokenHash {
	id, _ := a.claims.Get("sid").Text()
	if id == "" {
		return domain.TokenHash{}
	}
	issuer, _ := a.claims.Get("iss").Text()
	return domain.ProviderSession(a.provider.Name, issuer, id)
}

// checkLogoutOnce names what the token uses up. By the time it is forgotten, the
// token is too old.
func (a *attempt) checkLogoutOnce() error {
	if a.claims.Get("jti").IsNull() {
		return missingClaim("jti")
	}
	id, _ := a.claims.Get("jti").Text()
	if id == "" || len(id) > maxTokenID {
		return invalidClaim("jti")
	}
	a.logout.Once = domain.Once{
		Key:   sha256.Sum256([]byte("logout jti\x00" + a.provider.Name + "\x00" + id)),
		Until: timeOf(a.iat + (logoutAge + a.provider.Leeway).Seconds()).Add(remembered),
		Used:  errUsed,
	}
	return nil
}
