package jwtlogin_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
)

func clockAt(seconds int64) func() time.Time {
	return func() time.Time { return time.Unix(seconds, 0) }
}

// At the edges: the leeway of corp is 120 s.
func TestTimesToTheSecond(t *testing.T) {
	for _, c := range []struct{ name, claims, text string }{
		{"exp to come", `"exp":1800000001`, ""},
		{"exp in the last second of the leeway", `"exp":1799999881`, ""},
		{"exp in its last tenth", `"exp":1799999880.1`, ""},
		{"exp and the leeway have passed", `"exp":1799999880`, expired},
		{"exp long ago", `"exp":1799999860`, expired},
		{"nbf passed", `"nbf":1800000000`, ""},
		{"nbf within the leeway", `"nbf":1800000120`, ""},
		{"nbf a tenth later", `"nbf":1800000120.1`, notYetValid},
		{"nbf a second later", `"nbf":1800000121`, notYetValid},
		{"iat within the leeway", `"iat":1800000120`, ""},
		{"iat a second later", `"iat":1800000121`, issuedLater},
	} {
		t.Run(c.name, func(t *testing.T) {
			outcome(t, newVerifier(t, corp()), c.claims, c.text)
		})
	}
}

func TestTimesWithoutLeeway(t *testing.T) {
	v := newVerifier(t, with(func(p *jwtlogin.Provider) { p.Leeway = 0 }))
	outcome(t, v, `"exp":1800000001`, "")
	outcome(t, v, `"exp":1800000000`, expired)
	outcome(t, v, `"nbf":1800000000`, "")
	outcome(t, v, `"nbf":1800000001`, notYetValid)
	outcome(t, v, `"iat":1800000000`, "")
	outcome(t, v, `"iat":1800000001`, issuedLater)
}

func TestMaxAgeAndMaxLifetimeToTheSecond(t *testing.T) {
	v := newVerifier(t, with(func(p *jwtlogin.Provider) { p.MaxAge = time.Hour }))
	outcome(t, v, `"iat":1799996280`, "") // an hour and the leeway
	outcome(t, v, `"iat":1799996279`, invalid("iat"))
	v = newVerifier(t, with(func(p *jwtlogin.Provider) { p.MaxLifetime = time.Hour }))
	outcome(t, v, `"iat":1800000000,"exp":1800003600`, "")
	outcome(t, v, `"iat":1800000000,"exp":1800003601`, invalid("exp")) // the leeway does not count
	outcome(t, v, `"iat":1800000000,"exp":1799999999`, "")             // within the leeway
	v = newVerifier(t, with(func(p *jwtlogin.Provider) { p.MaxAge, p.MaxLifetime = time.Hour, time.Minute }))
	outcome(t, v, `"iat":1799996280,"exp":1799999999`, invalid("exp"))
	outcome(t, v, `"exp":1799999999`, absent("iat"))
}

// Numbers of any size neither overflow nor panic.
func TestNumericDatesOfAnySize(t *testing.T) {
	for number, sign := range map[string]int{ // of the time, as seen from now; 2: no time
		`9223372036854775808`: 1, `18446744073709551616`: 1, `1e19`: 1, `1e308`: 1, `1.8e+09`: 0, `18000000000E-1`: 0,
		`0`: -1, `-0`: -1, `-1`: -1, `-4611686018427387904`: -1, `-1e308`: -1, `1e-400`: -1, `1.5e9`: -1,
		`1e400`: 2, `-1e400`: 2, `"1800000000"`: 2, `null`: 2, `true`: 2, `[1800000000]`: 2, `{}`: 2,
	} {
		t.Run(number, func(t *testing.T) {
			exp := map[int]string{-1: expired, 2: invalid("exp")}[sign]
			nbf := map[int]string{1: notYetValid, 2: invalid("nbf")}[sign]
			iat := map[int]string{1: issuedLater, 2: invalid("iat")}[sign]
			v := newVerifier(t, corp())
			outcome(t, v, `"exp":`+number, exp)
			outcome(t, v, `"nbf":`+number, nbf)
			outcome(t, v, `"iat":`+number, iat)
		})
	}
	for _, claims := range []string{`"iat":-1e308,"exp":1e308`, `"iat":-1e308,"exp":1799999999`, `"iat":0,"exp":1e308`} {
		outcome(t, newVerifier(t, with(brief)), claims, invalid("exp"))
		outcome(t, newVerifier(t, with(young)), claims, invalid("iat"))
	}
}

func TestClockJumps(t *testing.T) {
	for _, now := range []int64{0, -1, epoch - 86400, epoch + 86400, math.MaxInt32, math.MaxInt32 + 1, math.MaxUint32 + 1, 253402300799} {
		v := newVerifierAt(t, time.Unix(now, 0), corp())
		outcome(t, v, fmt.Sprintf(`"iat":%d,"nbf":%d,"exp":%d`, now, now+120, now-119), "")
		outcome(t, v, fmt.Sprintf(`"exp":%d`, now-120), expired)
		outcome(t, v, fmt.Sprintf(`"nbf":%d`, now+121), notYetValid)
	}
}

func TestTheClockIsReadForEveryToken(t *testing.T) {
	now := time.Unix(epoch, 0)
	v, err := jwtlogin.New(func() time.Time { return now }, corp())
	if err != nil {
		t.Fatal(err)
	}
	outcome(t, v, `"exp":1800000000`, "")
	now = now.Add(2 * time.Minute)
	outcome(t, v, `"exp":1800000000`, expired)
	now = now.Add(-time.Second)
	outcome(t, v, `"exp":1800000000`, "")
}

// For whole seconds the rules are those of integers.
func TestTimesAgreeWithIntegers(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seconds := rapid.Int64Range(-1<<40, 1<<40)
		now := seconds.Draw(rt, "now")
		near := rapid.Custom(func(t *rapid.T) int64 { return now + rapid.Int64Range(-130, 130).Draw(t, "near") })
		exp, nbf, iat := near.Draw(rt, "exp"), near.Draw(rt, "nbf"), near.Draw(rt, "iat")
		leeway := rapid.Int64Range(0, 130).Draw(rt, "leeway")
		v, err := jwtlogin.New(clockAt(now), with(func(p *jwtlogin.Provider) { p.Leeway = time.Duration(leeway) * time.Second }))
		if err != nil {
			rt.Fatal(err)
		}
		_, err = verify(v, hs256(fmt.Sprintf(`{"sub":"alice","exp":%d,"nbf":%d,"iat":%d}`, exp, nbf, iat)))
		if want := now < exp+leeway && nbf <= now+leeway && iat <= now+leeway; want != (err == nil) {
			rt.Fatalf("now %d, leeway %d, exp %d, nbf %d, iat %d: %v", now, leeway, exp, nbf, iat, err)
		}
	})
}

// outcome wants a token with the claims to be accepted, or refused with text.
func outcome(t *testing.T, v *jwtlogin.Verifier, claims, text string) {
	t.Helper()
	token := hs256(`{"sub":"alice",` + claims + `}`)
	if text == "" {
		accepted(t, v, token)
	} else {
		refused(t, v, token, text)
	}
}
