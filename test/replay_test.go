package test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/domain"
)

// single takes each token once.
const single = `
server_name: example.org
jwt:
  providers:
    - {name: corp, secret: "` + secret + `", max_lifetime: 10m, single_use: true, allow_uia: true, leeway: 10s}
`

const usedToken = failed + "invalid_claim: Invalid claim 'jti'"

// ticketOf is a token of a user for one use.
func ticketOf(sub, jti string) string {
	return jwt(claims{"sub": sub, "jti": jti, "iat": in(0), "exp": in(5 * time.Minute)})
}

func TestATokenIsGoodForOneLogin(t *testing.T) {
	onEveryVariant(t, single, func(t *testing.T, d *door) {
		token := ticketOf("alice", "1")
		session := d.mustLogin(t, token, `"device_id":"PHONE"`)
		for name, other := range map[string]string{"the same": token, "another of its name": ticketOf("bob", "1")} {
			forbidden(name, other, usedToken).check(t, d.login(t, other))
		}
		d.wantUsable(t, session, "PHONE")
		d.wantDevices(t, "@alice:example.org", "PHONE")
		d.wantNoUser(t, "@bob:example.org")
		d.mustLogin(t, ticketOf("alice", "2"))
		forbidden("without a name", jwt(claims{"sub": "alice", "iat": in(0), "exp": in(60)}), failed+"missing_claim: Missing 'jti' claim").
			check(t, d.login(t, jwt(claims{"sub": "alice", "iat": in(0), "exp": in(60)})))
	})
}

// Its name is forgotten when the token is good for nothing any more.
func TestUsedTokensAreForgottenInTime(t *testing.T) {
	onEveryVariant(t, single, func(t *testing.T, d *door) {
		now := d.setClock()
		at := func(jti string) string {
			return jwt(claims{"sub": "alice", "jti": jti, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix()})
		}
		first := at("1")
		d.mustLogin(t, first)
		for range 6 {
			forbidden("again", first, usedToken).check(t, d.login(t, first))
			if err := d.Background.CleanUp(t.Context()); err != nil {
				t.Fatal(err)
			}
			*now = now.Add(10 * time.Second)
		}
		*now = now.Add(10 * time.Second)
		forbidden("expired", first, failed+"expired_token: The token is expired").check(t, d.login(t, first))
		*now = now.Add(2 * time.Minute)
		d.mustLogin(t, at("1")) // another token; what is remembered has expired, and lies there still
		if err := d.Background.CleanUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		forbidden("and again", at("1"), usedToken).check(t, d.login(t, at("1")))
	})
}

func TestALoginThatIsRefusedForAnotherReasonUsesNothingUp(t *testing.T) {
	onEveryVariant(t, single+"sessions: {max_devices_per_user: 1}\n", func(t *testing.T, d *door) {
		d.mustLogin(t, ticketOf("alice", "0"), `"device_id":"PHONE"`)
		token := ticketOf("alice", "1")
		lock := func(locked bool) { d.change(t, "@alice:example.org", func(u *domain.User) { u.Locked = locked }) }
		wantAnswer(t, "no device id", d.login(t, token, `"device_id":""`), 400, "M_INVALID_PARAM")
		wantAnswer(t, "too many devices", d.login(t, token, `"device_id":"TABLET"`), 403, "M_USER_LIMIT_EXCEEDED")
		lock(true)
		wantAnswer(t, "locked", d.login(t, token, `"device_id":"PHONE"`), 401, "M_USER_LOCKED")
		lock(false)
		d.mustLogin(t, token, `"device_id":"PHONE"`)
		wantAnswer(t, "then it is used", d.login(t, token, `"device_id":"PHONE"`), 403, "M_FORBIDDEN")
	})
	limited := single + "rate_limits: {login_account: {per_second: 0.01, burst: 1}}\n"
	onEveryVariant(t, limited, func(t *testing.T, d *door) {
		now := d.setClock()
		d.mustLogin(t, ticketOf("alice", "0"))
		token := ticketOf("alice", "1")
		wantAnswer(t, "limited", d.login(t, token), 429, "M_LIMIT_EXCEEDED")
		*now = now.Add(2 * time.Minute)
		d.mustLogin(t, token)
	})
}

// A token is good for one stage or one login, not for one of each.
func TestAStageUsesATokenUp(t *testing.T) {
	onEveryVariant(t, single, func(t *testing.T, d *door) {
		alice := d.mustLogin(t, ticketOf("alice", "phone"), `"device_id":"PHONE"`)
		for _, device := range []string{"TABLET", "LAPTOP"} {
			d.mustLogin(t, ticketOf("alice", device), `"device_id":"`+device+`"`)
		}
		session := d.challenged(t, "DELETE", devicesPath+"TABLET", alice, "")
		wantChallenge(t, "that of a login", d.do(t, "DELETE", devicesPath+"TABLET", alice, withAuth(session, byJWT(ticketOf("alice", "phone")))), "M_FORBIDDEN")
		wantAnswer(t, "another's", d.do(t, "DELETE", devicesPath+"TABLET", alice, withAuth(session, byJWT(ticketOf("bob", "2")))), 403, "M_FORBIDDEN")
		token := ticketOf("alice", "1")
		wantAnswer(t, "a new one", d.do(t, "DELETE", devicesPath+"TABLET", alice, withAuth(session, byJWT(token))), 200, "")
		session = d.challenged(t, "DELETE", devicesPath+"LAPTOP", alice, "")
		wantChallenge(t, "the same again", d.do(t, "DELETE", devicesPath+"LAPTOP", alice, withAuth(session, byJWT(token))), "M_FORBIDDEN")
		forbidden("for a login", token, usedToken).check(t, d.login(t, token))
		d.mustLogin(t, ticketOf("bob", "2")) // that was refused for another reason
		d.wantDevices(t, "@alice:example.org", "LAPTOP", "PHONE")
	})
}

func TestOf20UsesOfATokenAtOnceOneOpensASession(t *testing.T) {
	onTwoInstances(t, single, func(t *testing.T, one, other *door) {
		for round := range 3 {
			user := fmt.Sprintf("user%d", round)
			token := ticketOf(user, user)
			var mu sync.Mutex
			var wg sync.WaitGroup
			answers := map[int]int{}
			for i := range 20 {
				d := []*door{one, other}[i%2]
				wg.Go(func() {
					a := d.login(t, token, fmt.Sprintf(`"device_id":"D%d"`, i))
					mu.Lock()
					defer mu.Unlock()
					if answers[a.status]++; a.status != 200 && a.text("error") != usedToken {
						t.Errorf("got %s", a)
					}
				})
			}
			wg.Wait()
			if answers[200] != 1 || answers[403] != 19 {
				t.Errorf("answers %v", answers)
			}
			id := domain.UserID("@" + user + ":example.org")
			if devices, err := one.Storage.Repositories().Devices.List(t.Context(), id); err != nil || len(devices) != 1 {
				t.Errorf("devices %v, %v", devices, err)
			}
		}
	})
}
