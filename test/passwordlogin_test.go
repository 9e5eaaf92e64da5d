package test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

const alicesPassword = "Bärlauch, 3 Kilo\u00a0"

// mustHaveAlice makes alice, with a password, an e-mail address and a phone.
func (d *door) mustHaveAlice(t *testing.T) {
	t.Helper()
	r := d.Storage.Repositories()
	if err := r.Users.Create(t.Context(), domain.User{ID: "@alice:example.org", CreatedAt: time.Now()}); err != nil {
		t.Fatal(err)
	}
	d.mustHavePassword(t, "@alice:example.org", alicesPassword)
	for medium, address := range map[domain.Medium]string{domain.Email: "alice@example.org", domain.Phone: "4930123456"} {
		id := domain.ThirdPartyID{User: "@alice:example.org", Medium: medium, Address: address, ValidatedAt: time.Now(), AddedAt: time.Now()}
		if err := r.ThirdPartyIDs.Create(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
}

// loginAs posts a login with a password. who are the members that say whose.
func (d *door) loginAs(t *testing.T, who, password string, more ...string) answer {
	t.Helper()
	members := append([]string{`"type":"m.login.password"`, fmt.Sprintf(`"password":%q`, password)}, more...)
	if who != "" {
		members = append(members, who)
	}
	return d.do(t, "POST", loginPath, "", "{"+strings.Join(members, ",")+"}")
}

const byName = `"identifier":{"type":"m.id.user","user":"alice"}`

// Identifier types; "POST /login": all the ways to say who it is.
func TestALoginWithAPassword(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		d.mustHaveAlice(t)
		for what, who := range map[string]string{
			"localpart":                  byName,
			"user id":                    `"identifier":{"type":"m.id.user","user":"@alice:example.org"}`,
			"another case":               `"identifier":{"type":"m.id.user","user":"@ALICE:example.org"}`,
			"e-mail address":             `"identifier":{"type":"m.id.thirdparty","medium":"email","address":"Alice@EXAMPLE.org"}`,
			"e-mail address, no type":    `"identifier":{"medium":"email","address":"alice@example.org"}`,
			"number":                     `"identifier":{"type":"m.id.thirdparty","medium":"msisdn","address":"4930123456"}`,
			"number as it is dialled":    `"identifier":{"type":"m.id.phone","country":"DE","phone":"030 / 123 456"}`,
			"number from anywhere":       `"identifier":{"type":"m.id.phone","country":"US","phone":"+49 30 123456"}`,
			"user, as before identifier": `"user":"alice"`,
			"user id, as before":         `"user":"@alice:example.org"`,
			"address, as before":         `"medium":"email","address":"alice@example.org"`,
			"identifier before the rest": byName + `,"user":"bob","medium":"email","address":"bob@example.org"`,
			"identifier null":            `"identifier":null,"user":"alice"`,
		} {
			a := d.loginAs(t, who, alicesPassword, `"device_id":"PHONE"`)
			if a.status != 200 || a.text("user_id") != "@alice:example.org" || a.text("device_id") != "PHONE" {
				t.Errorf("%s: got %s", what, a)
				continue
			}
			d.wantUsable(t, a.text("access_token"), "PHONE")
		}
		d.wantDevices(t, "@alice:example.org", "PHONE")
		h := d.mustHold(t, d.loginAs(t, byName, alicesPassword, `"refresh_token":true`))
		d.mustRefresh(t, h.refresh)
	})
}

// "POST /login": faults of the body are told; everything else about the credential
// is one and the same refusal.
func TestRefusalsOfALoginWithAPassword(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		d.mustHaveAlice(t)
		d.mustLogin(t, jwt(claims{"sub": "bob"})) // who has no password
		for what, c := range map[string]struct {
			members string
			errcode string
		}{
			"nobody named":            {`"password":"x"`, "M_MISSING_PARAM"},
			"no password":             {byName, "M_MISSING_PARAM"},
			"password null":           {byName + `,"password":null`, "M_MISSING_PARAM"},
			"password a number":       {byName + `,"password":1`, "M_INVALID_PARAM"},
			"identifier a text":       {`"identifier":"alice","password":"x"`, "M_INVALID_PARAM"},
			"identifier a list":       {`"identifier":["alice"],"password":"x"`, "M_INVALID_PARAM"},
			"identifier of no type":   {`"identifier":{"user":"alice"},"password":"x"`, "M_MISSING_PARAM"},
			"identifier of some type": {`"identifier":{"type":"m.id.unknown","user":"alice"},"password":"x"`, "M_INVALID_PARAM"},
			"identifier of nobody":    {`"identifier":{"type":"m.id.user"},"password":"x"`, "M_MISSING_PARAM"},
			"user a number":           {`"identifier":{"type":"m.id.user","user":1},"password":"x"`, "M_INVALID_PARAM"},
			"a medium alone":          {`"identifier":{"type":"m.id.thirdparty","medium":"email"},"password":"x"`, "M_MISSING_PARAM"},
			"a phone of no country":   {`"identifier":{"type":"m.id.phone","phone":"1"},"password":"x"`, "M_MISSING_PARAM"},
			"NUL in the name":         {`"user":"alice\u0000","password":"x"`, "M_BAD_JSON"},
			"NUL in the password":     {byName + `,"password":"x\u0000"`, "M_BAD_JSON"},
			"lone surrogate":          {byName + `,"password":"\ud800"`, "M_BAD_JSON"},
		} {
			wantAnswer(t, what, d.do(t, "POST", loginPath, "", `{"type":"m.login.password",`+c.members+`}`), 400, c.errcode)
		}
		same := d.loginAs(t, byName, "wrong").raw
		for what, who := range map[string]string{
			"nobody":                   `"user":"nobody"`,
			"nobody by id":             `"user":"@nobody:example.org"`,
			"no password":              `"user":"bob"`,
			"another server":           `"user":"@alice:other.org"`,
			"nothing":                  `"user":""`,
			"no name at all":           `"user":"@:"`,
			"spaces":                   `"user":" alice"`,
			"odd characters":           `"user":"alice'; DROP TABLE users; --"`,
			"100 kB less than allowed": `"user":"` + strings.Repeat("a", 60_000) + `"`,
			"invisible":                `"user":"alice\u200b"`,
			"another alphabet":         `"user":"\u0430lice"`,
			"Kelvin":                   `"user":"ali\u212ae"`,
			"nobody's e-mail":          `"medium":"email","address":"nobody@example.org"`,
			"nobody's phone":           `"identifier":{"type":"m.id.phone","country":"DE","phone":"030 999999"}`,
		} {
			a := d.loginAs(t, who, alicesPassword)
			wantAnswer(t, what, a, 403, "M_FORBIDDEN")
			if a.raw != same {
				t.Errorf("%s: got %s; a wrong password gets %s", what, a, same)
			}
		}
		d.wantDevices(t, "@alice:example.org")
	})
}

// A password is right to the byte.
func TestAPasswordIsComparedWhole(t *testing.T) {
	onEveryVariant(t, plain+"http: {max_body_bytes: 1048576}\n", func(t *testing.T, d *door) {
		d.mustHaveAlice(t)
		long := strings.Repeat("0123456789", 10)
		d.mustLogin(t, jwt(claims{"sub": "bob"}))
		d.mustHavePassword(t, "@bob:example.org", long)
		if a := d.loginAs(t, `"user":"bob"`, long); a.status != 200 {
			t.Errorf("bob: %s", a)
		}
		for what, password := range map[string]string{
			"the first 72 bytes": long[:72], "one too many": long + "0", "one too few": long[:99], "500 kB": strings.Repeat("x", 500_000), "none": "",
		} {
			started := time.Now()
			wantAnswer(t, what, d.loginAs(t, `"user":"bob"`, password), 403, "M_FORBIDDEN")
			if took := time.Since(started); took > 3*time.Second {
				t.Errorf("%s took %v", what, took)
			}
		}
		for what, password := range map[string]string{
			"another case": strings.ToUpper(alicesPassword), "trimmed": strings.TrimSpace(alicesPassword), "a space before": " " + alicesPassword,
			"decomposed": strings.Replace(alicesPassword, "ä", "a\u0308", 1), "an ordinary space": strings.TrimSuffix(alicesPassword, "\u00a0") + " ",
		} {
			wantAnswer(t, what, d.loginAs(t, byName, password), 403, "M_FORBIDDEN")
		}
	})
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		wantAnswer(t, "500 kB where 64 KiB may be", d.loginAs(t, byName, strings.Repeat("x", 500_000)), 413, "M_TOO_LARGE")
	})
}

// "Account locking", "Account deactivation": who knows the password is told.
func TestAPasswordOfALockedOrDeactivatedUser(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		d.mustHaveAlice(t)
		d.change(t, "@alice:example.org", func(u *domain.User) { u.Locked = true })
		a := d.loginAs(t, byName, alicesPassword)
		wantAnswer(t, "locked", a, 401, "M_USER_LOCKED")
		if a.body["soft_logout"] != true {
			t.Errorf("got %s", a)
		}
		wantAnswer(t, "locked, a wrong password", d.loginAs(t, byName, "x"), 403, "M_FORBIDDEN")
		d.change(t, "@alice:example.org", func(u *domain.User) { u.Deactivated = true })
		wantAnswer(t, "deactivated", d.loginAs(t, byName, alicesPassword), 403, "M_USER_DEACTIVATED")
		wantAnswer(t, "deactivated, a wrong password", d.loginAs(t, byName, "x"), 403, "M_FORBIDDEN")
		d.change(t, "@alice:example.org", func(u *domain.User) { u.Locked, u.Deactivated, u.Suspended = false, false, true })
		if a := d.loginAs(t, byName, alicesPassword); a.status != 200 {
			t.Errorf("suspended: %s", a)
		}
	})
}

func TestWithoutPasswordsNobodySignsInWithOne(t *testing.T) {
	onEveryVariant(t, plain+"password: {enabled: false}\n", func(t *testing.T, d *door) {
		d.mustHaveAlice(t)
		wantAnswer(t, "a right password", d.loginAs(t, byName, alicesPassword), 400, "M_UNKNOWN")
		if a := d.do(t, "GET", loginPath, "", ""); strings.Contains(a.raw, "m.login.password") {
			t.Errorf("got %s", a)
		}
	})
}

// To find out that nobody has a name costs as much as that a password is wrong.
// The machine may be busy with something else in between, but not each time.
func TestItTakesAsLongToRefuseNobody(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		d.mustHaveAlice(t)
		var known, unknown time.Duration
		for range 5 {
			known, unknown = d.refusalsTake(t, "alice", "nobody")
			if (known - unknown).Abs() <= max(10*time.Millisecond, known*3/10) {
				return
			}
		}
		t.Errorf("alice takes %v, nobody %v", known, unknown)
	})
}

// refusalsTake returns how long it takes to refuse a wrong password of each of two
// users, in the middle of some times.
func (d *door) refusalsTake(t *testing.T, one, other string) (time.Duration, time.Duration) {
	t.Helper()
	took := map[string][]time.Duration{}
	for range 9 {
		for _, user := range []string{one, other} {
			started := time.Now()
			wantAnswer(t, user, d.loginAs(t, fmt.Sprintf(`"user":%q`, user), "wrong"), 403, "M_FORBIDDEN")
			took[user] = append(took[user], time.Since(started))
		}
	}
	return median(took[one]), median(took[other])
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}
