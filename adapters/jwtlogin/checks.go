package jwtlogin

import (
	"context"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/seed-31b6c987/doorward/adapters/strictjson"
	"github.com/seed-31b6c987/doorward/domain"
)

// A check is one step from a token to claims.
type check struct {
	name string
	// run returns a refusal, or leaves in the attempt what later checks need.
	run func(*attempt) error
	// show says, for an explanation, what the token has and what is accepted; no
	// limit means that the provider sets none.
	show func(*attempt) (value, limit string)
	// quiet checks are explained only if they fail: they seldom matter.
	quiet bool
}

// checks is what every token of a login goes through, in this order. Each check may rely
// on those above it; nothing above "signature" trusts what the token says.
var checks = []check{
	{name: "token", run: (*attempt).read, show: showToken},
	{name: "alg", run: (*attempt).checkAlgorithm, show: showAlgorithm, quiet: true},
	{name: "provider", run: (*attempt).chooseProvider, show: showProvider},
	{name: "alg", run: (*attempt).checkAllowed, show: showAllowed},
	{name: "crit", run: (*attempt).checkCritical, show: showHeader("crit", "none"), quiet: true},
	{name: "zip", run: (*attempt).checkCompression, show: showHeader("zip", "none"), quiet: true},
	{name: "b64", run: (*attempt).checkEncoding, show: showHeader("b64", "true or none"), quiet: true},
	{name: "typ", run: (*attempt).checkType, show: showHeader("typ", "a string, and no other purpose"), quiet: true},
	{name: "kid", run: (*attempt).chooseKey, show: showKey},
	{name: "signature", run: (*attempt).checkSignature, show: showSignature},

	{name: "iss", run: (*attempt).requireIssuer, show: showIssuer, quiet: true},
	{name: "aud", run: (*attempt).requireAudience, show: showAudience, quiet: true},
	{name: "iss", run: (*attempt).checkIssuer, show: showIssuer},
	{name: "aud", run: (*attempt).checkAudience, show: showAudience},
	{name: "exp", run: (*attempt).checkExpiry, show: showExpiry},
	{name: "nbf", run: (*attempt).checkNotBefore, show: showNotLater("nbf")},
	{name: "iat", run: (*attempt).checkIssuedAt, show: showNotLater("iat")},
	{name: "aud", run: (*attempt).refuseAudience, show: showAudience, quiet: true},
	{name: "events", run: (*attempt).refuseLogoutToken, show: showEvents, quiet: true},
	{name: "require", run: (*attempt).checkRequired, show: showRequired},
	{name: "max_age", run: (*attempt).checkAge, show: showAge},
	{name: "max_lifetime", run: (*attempt).checkLifetime, show: showLifetime},
	{name: "jti", run: (*attempt).checkOnce, show: showOnce},
	{name: "session_end", run: (*attempt).checkSessionEnd, show: showSessionEnd},
	{name: "uia", run: (*attempt).checkMayConfirm, show: showNothing},
	{name: "iat", run: (*attempt).checkFresh, show: showNothing},
	{name: "allow", run: (*attempt).checkRules, show: showRules},
	{name: "subject", run: (*attempt).checkSubject, show: showSubject},
	{name: "localpart", run: (*attempt).checkLocalpart, show: showLocalpart},
	{name: "display_name", run: (*attempt).checkDisplayName, show: showDisplayName},
	{name: "email", run: (*attempt).checkEmail, show: showEmail},
	{name: "avatar", run: (*attempt).checkAvatar, show: showAvatar},
	{name: "admin", run: (*attempt).checkAdmin, show: showAdmin},
}

// An attempt is one token on its way through the checks.
type attempt struct {
	ctx      context.Context // an attempt lives no longer than the call it serves
	trusted  *providers
	token    string
	now      float64   // in seconds since 1970
	confirms time.Time // as in domain.Credential

	// From reading. Nothing of it is trusted before the signature is verified.
	header, claims strictjson.Value
	signed         string // header and payload, as they stand in the token
	signature      []byte
	flaw           error // what is wrong with the token's form, in detail

	method   jwt.SigningMethod
	provider *Provider
	keys     domain.KeySet
	noKeys   error // why there are none to choose from
	key      domain.Key
	verified bool    // that the key made the signature
	exp, iat float64 // in seconds since 1970; 0 if the token has none
	unmet    *Rule   // the first rule that does not hold
	subject  string
	result   domain.Claims
	// Of a logout token.
	named  string // the provider that is asked
	logout domain.ProviderLogout
}

func (v *Verifier) attempt(ctx context.Context, token string) *attempt {
	return &attempt{ctx: ctx, trusted: v.trusted.Load(), token: token, now: seconds(v.now())}
}

// walk runs the checks of a login up to the first that fails, and returns its error with what
// is known by then. Each outcome is reported to record, unless that is nil.
func (a *attempt) walk(record func(*check, error)) error {
	for i := range checks {
		err := checks[i].run(a)
		if record != nil {
			record(&checks[i], err)
		}
		if err != nil {
			return domain.Trace(err, a.evidence(), "")
		}
	}
	a.result.Evidence = a.evidence()
	return nil
}
