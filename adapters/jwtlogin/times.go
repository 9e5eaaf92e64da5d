package jwtlogin

import "time"

// Times are seconds since 1970 in a float64, as a NumericDate (RFC 7519, 2) may
// have fractions and be of any size: nothing here overflows, and at present a
// float64 is exact to less than a microsecond.

// seconds returns t as seconds since 1970.
func seconds(t time.Time) float64 {
	return float64(t.Unix()) + float64(t.Nanosecond())/1e9
}

// date returns the value of a claim that is a time, and whether it is there.
// Whatever is no finite number, null included, is refused.
func (a *attempt) date(claim string) (at float64, present bool, err error) {
	if !a.claims.Has(claim) {
		return 0, false, nil
	}
	number, isNumber := a.claims.Get(claim).Number()
	if !isNumber {
		return 0, true, invalidClaim(claim)
	}
	if at, err = number.Float64(); err != nil {
		return 0, true, invalidClaim(claim)
	}
	return at, true, nil
}

// checkExpiry refuses the token from the very moment of its expiry on (RFC
// 7519, 4.1.4), give or take the leeway.
func (a *attempt) checkExpiry() error {
	exp, present, err := a.date("exp")
	if err != nil {
		return err
	}
	if present && a.now >= exp+a.provider.Leeway.Seconds() {
		return errExpired
	}
	a.exp = exp
	return nil
}

func (a *attempt) checkNotBefore() error {
	_, err := a.notLater("nbf", errNotYetValid)
	return err
}

func (a *attempt) checkIssuedAt() (err error) {
	a.iat, err = a.notLater("iat", errIssuedLater)
	return err
}

// notLater returns the time in the claim, or refuses with later if it is in the
// future.
func (a *attempt) notLater(claim string, later error) (float64, error) {
	at, present, err := a.date(claim)
	if err != nil {
		return 0, err
	}
	if present && at > a.now+a.provider.Leeway.Seconds() {
		return 0, later
	}
	return at, nil
}

// checkAge relies on the claim being there: whoever limits it requires it.
func (a *attempt) checkAge() error {
	limit := a.provider.MaxAge
	if limit > 0 && a.now-a.iat > limit.Seconds()+a.provider.Leeway.Seconds() {
		return invalidClaim("iat")
	}
	return nil
}

// checkLifetime relies on the claims being there: whoever limits it requires
// them. It compares times of one clock, so there is no leeway.
func (a *attempt) checkLifetime() error {
	limit := a.provider.MaxLifetime
	if limit > 0 && a.exp-a.iat > limit.Seconds() {
		return invalidClaim("exp")
	}
	return nil
}
