package httpapi_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
	"github.com/seed-31b6c987/doorward/adapters/ratelimit"
	"github.com/seed-31b6c987/doorward/application"
	"github.com/seed-31b6c987/doorward/domain"
	"github.com/seed-31b6c987/doorward/ports"
)

const (
	introspectPath    = "/oauth2/introspect"
	revokePath        = "/oauth2/revoke"
	metadataPath      = "/.well-known/openid-configuration"
	homeserversSecret = "the-secret-of-the-homeserver-and-the-door"
	nothing           = `{"active":false}`
)

// delegatedDoor is a door to which a homeserver delegates that knows the users. Of
// logins it does not hear.
func delegatedDoor(change ...func(*httpapi.API)) door {
	delegate := func(a *httpapi.API) {
		a.Delegation = &application.Delegation{Homeserver: knows{"@alice:example.org"}, Storage: a.Login.Storage, Now: time.Now}
		a.Revoke.Delegation = a.Delegation
		a.Settings.Homeserver = httpapi.HomeserverSettings{
			Secret: domain.Token(homeserversSecret).Hash(),
			Issuer: "https://auth.example.org/", AccountManagementURI: "https://auth.example.org/account",
		}
	}
	return newDoor(append([]func(*httpapi.API){delegate}, change...)...)
}

// knows is a homeserver that is told of what it knows already.
type knows []domain.UserID

func (k knows) User(context.Context, domain.UserID) (domain.HomeserverUser, error) {
	return domain.HomeserverUser{}, nil
}

func (k knows) Provision(context.Context, domain.Provision) error { return nil }

func (k knows) Tell(_ context.Context, n domain.Notice) error {
	switch {
	case n.User == "@away:example.org":
		return domain.ErrHomeserverAway
	case n.User != k[0] || n.Kind != domain.CrossSigningAllowed:
		return domain.ErrNotFound
	}
	return nil
}

func (k knows) SyncDevices(context.Context, domain.UserID, []domain.DeviceID) error { return nil }

// ask sends a token with the homeserver's secret.
func (d door) ask(t testing.TB, path, token string) answered {
	t.Helper()
	return d.askAs(t, path, homeserversSecret, url.Values{"token": {token}, "token_type_hint": {"access_token"}}.Encode())
}

func (d door) askAs(t testing.TB, path, secret, body string) answered {
	t.Helper()
	return d.do(t, "POST", path, body, "Content-Type: application/x-www-form-urlencoded", "Authorization: Bearer "+secret)
}

func (d door) wantSaid(t *testing.T, what, token, want string) {
	t.Helper()
	if a := d.ask(t, introspectPath, token); a.status != 200 || a.text != want {
		t.Errorf("%s: %d %s, want %s", what, a.status, a.text, want)
	}
}

// RFC 7662, 2.2.
func TestWhatTheHomeserverLearnsOfAToken(t *testing.T) {
	d := delegatedDoor()
	alice := d.login(t, "alice", "PHONE")
	d.wantSaid(t, "alice's", alice, `{"active":true,"scope":"urn:matrix:client:api:* urn:matrix:client:device:PHONE",`+
		`"username":"alice","device_id":"PHONE","sub":"@alice:example.org"}`)
	d.update(t, "@alice:example.org", func(u *domain.User) { u.Admin, u.Suspended = true, true })
	d.wantSaid(t, "an administrator's", alice, `{"active":true,`+
		`"scope":"urn:matrix:client:api:* urn:matrix:client:device:PHONE urn:synapse:admin:*",`+
		`"username":"alice","device_id":"PHONE","sub":"@alice:example.org"}`)
	acting := domain.NewToken(domain.AdminToken, domain.NewSessionID())
	ticket := domain.Ticket{Hash: acting.Hash(), User: "@alice:example.org"}
	if err := d.store.Repositories().Tickets.Create(t.Context(), ticket, time.Now()); err != nil {
		t.Fatal(err)
	}
	d.wantSaid(t, "who acts as an administrator", string(acting),
		`{"active":true,"scope":"urn:matrix:client:api:*","username":"alice","sub":"@alice:example.org"}`)
}

// A device id that is pasted into a scope would ask for more (RFC 6749, 3.3).
func TestADeviceIDIsNoPartOfTheScopeUnlessItFits(t *testing.T) {
	d := delegatedDoor()
	d.wantSaid(t, "hostile", d.login(t, "alice", "X urn:synapse:admin:*"), `{"active":true,"scope":"urn:matrix:client:api:*",`+
		`"username":"alice","device_id":"X urn:synapse:admin:*","sub":"@alice:example.org"}`)
}

func TestATokenThatIsNoGoodIsNotActiveAndNoMore(t *testing.T) {
	d := delegatedDoor(func(a *httpapi.API) {
		a.Introspect.Authenticate.Appservices = domain.Appservices{{ID: "irc", Token: domain.Token("as of irc").Hash(), Sender: "@irc:example.org"}}
	})
	_, refresh := d.loginRefreshable(t)
	locked, gone, guest := d.login(t, "bob", "B"), d.login(t, "carol", "C"), d.login(t, "dora", "D")
	d.update(t, "@bob:example.org", func(u *domain.User) { u.Locked = true })
	d.update(t, "@carol:example.org", func(u *domain.User) { u.Deactivated = true })
	d.update(t, "@dora:example.org", func(u *domain.User) { u.Guest = true })
	for what, token := range map[string]string{
		"rubbish": "rubbish", "none": "", "NUL": "dwa_\x00", "no UTF-8": "\xff\xfe", "spaces": " ", "long": strings.Repeat("x", 30_000),
		"one of the right form": string(domain.NewToken(domain.AccessToken, domain.NewSessionID())),
		"a refresh token":       refresh, "a locked user's": locked, "a deactivated user's": gone, "a guest's": guest,
		"an application service's": "as of irc", "the secret": homeserversSecret,
	} {
		d.wantSaid(t, what, token, nothing)
	}
}

func TestTheLifeThatATokenHasLeftIsInWholeSeconds(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_000)
	clock := func() time.Time { return now }
	d := delegatedDoor(func(a *httpapi.API) {
		a.Login.Now, a.Introspect.Authenticate.Now = clock, clock
		a.Login.Rules.Lifetimes.Access = time.Minute
	})
	token, login := d.login(t, "alice", "D"), now
	for _, c := range []struct {
		after time.Duration
		want  any
	}{
		{0, 60.0}, {time.Millisecond, 59.0}, {58 * time.Second, 2.0}, {58*time.Second + 1, 1.0},
		{time.Minute - time.Second/2, 1.0}, {time.Minute - 1, 1.0}, {time.Minute, nil}, {time.Hour, nil},
	} {
		now = login.Add(c.after)
		a := d.ask(t, introspectPath, token)
		if a.status != 200 || a.body["expires_in"] != c.want || a.body["active"] != (c.want != nil) {
			t.Errorf("after %v: %d %s, want %v", c.after, a.status, a.text, c.want)
		}
	}
}

// outOfOrder is a repository that answers nothing.
type outOfOrder struct{ ports.SessionRepository }

func (outOfOrder) ByAccessToken(context.Context, domain.TokenKey, time.Time) (domain.Bearer, error) {
	return domain.Bearer{}, domain.ErrUnavailable
}

// broken is a storage that makes no transactions.
type broken struct{ ports.Storage }

func (broken) InTransaction(context.Context, func(ports.Repositories) error) error {
	return domain.ErrUnavailable
}

// What cannot be found out is no verdict: the homeserver would keep it for minutes.
func TestAFaultOfTheStoreIsNotSaidOfTheToken(t *testing.T) {
	d := delegatedDoor(func(a *httpapi.API) {
		a.Introspect.Authenticate.Sessions = outOfOrder{}
		a.Delegation.Storage = broken{a.Delegation.Storage}
	})
	token := d.login(t, "alice", "D")
	for _, path := range []string{introspectPath, revokePath} {
		if a := d.ask(t, path, token); a.status != 503 || a.errcode() != "M_UNKNOWN" || a.body["active"] != nil {
			t.Errorf("%s: %d %s", path, a.status, a.text)
		}
	}
}

func TestOnlyWhoKnowsTheSecretAsks(t *testing.T) {
	d := delegatedDoor()
	token := d.login(t, "alice", "D")
	const form = "Content-Type: application/x-www-form-urlencoded"
	for _, path := range []string{introspectPath, revokePath} {
		for name, c := range map[string]struct {
			query, description string
			headers            []string
		}{
			"none":                      {"", "Missing secret", nil},
			"an empty one":              {"", "Missing secret", []string{"Authorization: Bearer "}},
			"by the query":              {"?access_token=" + homeserversSecret, "Missing secret", nil},
			"Basic":                     {"", "Missing secret", []string{"Authorization: Basic " + homeserversSecret}},
			"twice":                     {"", "Missing secret", []string{"Authorization: Bearer " + homeserversSecret, "Authorization: Bearer x"}},
			"another":                   {"", "Wrong secret", []string{"Authorization: Bearer " + homeserversSecret + "x"}},
			"the token":                 {"", "Wrong secret", []string{"Authorization: Bearer " + token}},
			"another, and by the query": {"?access_token=" + homeserversSecret, "Wrong secret", []string{"Authorization: Bearer x"}},
		} {
			a := d.do(t, "POST", path+c.query, "token="+token, append(c.headers, form)...)
			if want := `{"error":"invalid_token","error_description":"` + c.description + `"}`; a.status != 401 || a.text != want || a.header.Get("WWW-Authenticate") != "Bearer" {
				t.Errorf("%s, %s: %d %s %v", path, name, a.status, a.text, a.header)
			}
		}
	}
	if a := d.do(t, "GET", whoamiPath, "", "Authorization: Bearer "+token); a.status != 200 {
		t.Errorf("afterwards: %d %s", a.status, a.text)
	}
}

// A homeserver with another secret lets nobody in, of which its own log says little.
func TestAWrongSecretIsWarnedAbout(t *testing.T) {
	d := delegatedDoor()
	for secret, want := range map[string]string{"x": "WARN", homeserversSecret: "INFO"} {
		d.askAs(t, introspectPath, secret, "token=x")
		lines := d.log.entries(t, "request")
		if last := lines[len(lines)-1]; last["level"] != want || (last["reason"] == "wrong_secret") != (want == "WARN") {
			t.Errorf("%q: %v", secret, last)
		}
	}
}

func TestADoorWithoutTheSecretIsAskedInVain(t *testing.T) {
	d := delegatedDoor(func(a *httpapi.API) { a.Settings.Homeserver = httpapi.HomeserverSettings{} })
	for _, secret := range []string{"", "x", homeserversSecret, strings.Repeat("\x00", 32)} {
		if a := d.askAs(t, introspectPath, secret, "token=x"); a.status != 401 {
			t.Errorf("%q: %d %s", secret, a.status, a.text)
		}
	}
}

// The homeserver may share its address with clients, and with whoever guesses.
func TestWrongSecretsAreRefusedLoginsAndTheRightOneIsNone(t *testing.T) {
	d := delegatedDoor(func(a *httpapi.API) {
		limits := map[domain.Limit]ratelimit.Rate{}
		for _, limit := range []domain.Limit{
			domain.LimitAddress, domain.LimitAccount, domain.LimitRegistration, domain.LimitRefresh, domain.LimitLoginToken,
		} {
			limits[limit] = ratelimit.Rate{PerSecond: 1, Burst: 100}
		}
		limits[domain.LimitFailed] = ratelimit.Rate{PerSecond: 0.01, Burst: 3}
		limiter := ratelimit.NewMemory(limits, func() time.Time { return time.Unix(1e9, 0) })
		a.Login.Limiter, a.Refresh.Limiter = limiter, limiter
	})
	for i, want := range []int{401, 401, 401, 429, 429} {
		if a := d.askAs(t, introspectPath, "x", "token=x"); a.status != want || (a.header.Get("Retry-After") != "") != (want == 429) {
			t.Errorf("the wrong one, time %d: %d %s", i+1, a.status, a.text)
		}
	}
	if a := d.refresh(t, "x"); a.status != 429 {
		t.Errorf("a refresh from there: %d %s", a.status, a.text)
	}
	d.wantSaid(t, "the right one", "x", nothing)
}

// RFC 7662, 2.1, and RFC 7009, 2.1.
func TestWhatTheHomeserverSends(t *testing.T) {
	d := delegatedDoor(func(a *httpapi.API) { a.Settings.MaxBodyBytes = 1000 })
	const form, missing = "application/x-www-form-urlencoded", "Missing parameter: token"
	for _, path := range []string{introspectPath, revokePath} {
		for _, c := range []struct {
			name, contentType, body string
			status                  int
			description             string
		}{
			{"no more than it must", form, "token=x", 200, ""},
			{"another hint", form + "; charset=utf-8", "token_type_hint=x&token=x&client_id=y&token_type_hint=z", 200, ""},
			{"nothing", form, "", 400, missing},
			{"no token", form, "token_type_hint=access_token", 400, missing},
			{"two tokens", form, "token=x&token=x", 400, missing},
			{"no form", form, "%zz", 400, "What was sent is no form."},
			{"no content type", "", "token=x", 400, "What was sent is no form."},
			{"JSON", "application/json", `{"token":"x"}`, 400, "What was sent is no form."},
			{"a form of files", "multipart/form-data; boundary=x", "token=x", 400, "What was sent is no form."},
			{"too much", form, "token=" + strings.Repeat("x", 1000), 413, "Request body is too large"},
		} {
			a := d.do(t, "POST", path, c.body, "Content-Type: "+c.contentType, "Authorization: Bearer "+homeserversSecret)
			if a.status != c.status {
				t.Errorf("%s, %s: %d %s", path, c.name, a.status, a.text)
			}
			if want := `{"error":"invalid_request","error_description":"` + c.description + `"}`; c.status != 200 && a.text != want {
				t.Errorf("%s, %s: %s", path, c.name, a.text)
			}
		}
	}
}
