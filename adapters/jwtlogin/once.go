package jwtlogin

import (
	"crypto/sha256"
	"math"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// maxTokenID is the greatest length of a "jti" that is remembered, in bytes.
const maxTokenID = 255

// remembered is for how long a "jti" is remembered beyond the token's end: the
// clocks of several instances differ a little.
const remembered = time.Minute

// checkOnce names what a login with the token uses up. Whether it was used before
// is seen when the login takes effect. It relies on the claims being there: they
// are required.
func (a *attempt) checkOnce() error {
	if !a.provider.SingleUse {
		return nil
	}
	id, _ := a.claims.Get("jti").Text()
	if id == "" || len(id) > maxTokenID {
		return invalidClaim("jti")
	}
	a.result.Proof.Once = domain.Once{
		Key:   sha256.Sum256([]byte("jti\x00" + a.provider.Name + "\x00" + id)),
		Until: timeOf(a.exp + a.provider.Leeway.Seconds()).Add(remembered),
		Used:  errUsed,
	}
	return nil
}

// checkSessionEnd refuses a token whose session would be over when it begins: the
// leeway is for clocks, and no lifetime. It relies on "exp" being there.
func (a *attempt) checkSessionEnd() error {
	if !a.provider.SessionEndsWithToken {
		return nil
	}
	if a.exp-a.now < 1 {
		return errExpired
	}
	a.result.SessionEnds = timeOf(a.exp)
	return nil
}

// timeOf returns the time of a number of seconds since 1970, to the millisecond.
// Those that are beyond all calendars are the end of the year 9999.
func timeOf(at float64) time.Time {
	const year10000 = 253402300800
	if at >= year10000 {
		return time.Unix(year10000-1, 0).UTC()
	}
	return time.UnixMilli(int64(math.Floor(at * 1000))).UTC()
}
