package test

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

func TestReloadReplacesWhoIsTrusted(t *testing.T) {
	const nobody = "server_name: example.org\n"
	onEveryVariant(t, nobody, func(t *testing.T, d *door) {
		p := publish(t, ec("a"))
		flows := func() string { return d.do(t, "GET", loginPath, "", "").raw }
		mustReload := func(settings string) {
			t.Helper()
			if err := d.Reload(settingsOf(t, settings)); err != nil {
				t.Fatal(err)
			}
		}
		ofCorp := jwt(claims{"sub": "alice"})
		d.wantAnswered(t, "before there is a provider", ofCorp, 400, "M_UNKNOWN")
		if strings.Contains(flows(), "login.jwt") {
			t.Errorf("offered: %s", flows())
		}
		mustReload(plain)
		d.wantAnswered(t, "with a provider", ofCorp, 200, "")
		if !strings.Contains(flows(), `"org.matrix.login.jwt"`) || !strings.Contains(flows(), `"m.login.jwt"`) {
			t.Errorf("not offered: %s", flows())
		}
		mustReload(byURL(p))
		d.wantAnswered(t, "of a provider that is gone", ofCorp, 403, "M_FORBIDDEN")
		d.wantAnswered(t, "of the new one", es256("a"), 200, "")

		bad := settingsOf(t, strings.Replace(byURL(p), "http://", "http://login.", 1))
		if err := d.Reload(bad); err == nil || !strings.Contains(err.Error(), "jwks_url") {
			t.Errorf("a bad configuration: %v", err)
		}
		d.wantAnswered(t, "after a bad one", es256("a"), 200, "")
		fetches := p.fetches.Load()
		mustReload(byURL(p))
		d.wantAnswered(t, "after one that changes nothing", es256("a"), 200, "")
		if n := p.fetches.Load(); n != fetches {
			t.Error("what did not change is fetched again")
		}
		mustReload(nobody)
		d.wantAnswered(t, "when nobody is trusted", es256("a"), 400, "M_UNKNOWN")
	})
}

// Every login is judged by the settings before or by those after.
func TestLoginsDuringReloads(t *testing.T) {
	onEveryVariant(t, plain, func(t *testing.T, d *door) {
		p := publish(t, ec("a"))
		one, other := settingsOf(t, plain), settingsOf(t, plain+fmt.Sprintf("    - {name: new, issuers: [new], jwks_url: %q}\n", p.URL+"/keys"))
		end := inBackground(func(ctx context.Context) {
			for ctx.Err() == nil {
				if d.Reload(other) != nil || d.Reload(one) != nil {
					t.Error("a reload failed")
				}
			}
		})
		for _, a := range all(40, func(i int) answer { return d.login(t, jwt(claims{"sub": fmt.Sprint("user", i)})) }) {
			if a.status != 200 {
				t.Errorf("got %s", a)
			}
		}
		end()
	})
}
