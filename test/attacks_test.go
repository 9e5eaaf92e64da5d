package test

import (
	"errors"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

// An attack is a token that must not sign anyone in. It is made for a name:
// that of a victim, who exists, or of a stranger, who does not.
type attack struct {
	name  string
	token func(name string) string
}

// fixed is an attack with a token that names nobody in particular.
func fixed(name, token string) attack { return attack{name, func(string) string { return token }} }

// repelled runs the attacks on every variant, all against the device of a
// victim, and looks afterwards: nobody came in, nobody was made, nobody lost
// anything.
func repelled(t *testing.T, attacks []attack) {
	t.Helper()
	onEveryVariant(t, many(t), func(t *testing.T, d *door) {
		victim := d.mustLogin(t, sealed("HS256", []byte(secret), `{"alg":"HS256"}`, payload(issuer("HS256"), "alice")), `"device_id":"PHONE"`)
		for _, a := range attacks {
			t.Run(a.name, func(t *testing.T) {
				for _, name := range []string{"alice", "mallory"} {
					refuses(t, d, a.token(name))
				}
			})
		}
		untouched(t, d, victim, "mallory")
	})
}

// refuses posts a token to the victim's device.
func refuses(t *testing.T, d *door, token string) {
	t.Helper()
	a := d.do(t, "POST", loginPath, "", `{"type":"org.matrix.login.jwt","device_id":"PHONE","token":`+text(token)+`}`)
	if a.status != 403 || a.text("errcode") != "M_FORBIDDEN" || len(a.body) != 2 || len(a.text("error")) > 200 {
		t.Errorf("got %.300s for %.300s", a, token)
	}
	for _, segment := range strings.Split(token, ".") {
		if len(segment) > 8 && strings.Contains(a.raw, segment) {
			t.Errorf("the answer repeats the token: %.300s", a)
		}
	}
}

// untouched looks at what attacks may have left behind.
func untouched(t *testing.T, d *door, token string, strangers ...string) {
	t.Helper()
	if a := d.whoami(t, token); a.status != 200 || a.text("user_id") != "@alice:example.org" || a.text("device_id") != "PHONE" {
		t.Errorf("the victim's token: %s", a)
	}
	stored := d.Storage.Repositories()
	if devices, err := stored.Devices.List(t.Context(), "@alice:example.org"); err != nil || len(devices) != 1 {
		t.Errorf("the victim's devices: %v, %v", devices, err)
	}
	for _, name := range strangers {
		id := domain.UserID("@" + name + ":example.org")
		if _, err := stored.Users.ByID(t.Context(), id); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestEveryAlgorithmSignsIn(t *testing.T) {
	onEveryVariant(t, many(t), func(t *testing.T, d *door) {
		good := map[string]string{
			"open": sealed("HS256", []byte(openSecret), `{"alg":"HS256"}`, payload("https://anyone.example/", "open")),
		}
		for _, alg := range algorithms {
			good[alg] = sealed(alg, keyOf(alg), `{"alg":"`+alg+`"}`, payload(issuer(alg), strings.ToLower(alg)))
		}
		for alg, kid := range map[string]string{"RS256": "1", "ES256": "2", "EdDSA": "3"} {
			good["set, "+alg] = sealed(alg, keyOf(alg), `{"alg":"`+alg+`","kid":"`+kid+`"}`, payload(issuer("set"), "set"))
			good["set, without kid, "+alg] = sealed(alg, keyOf(alg), `{"alg":"`+alg+`"}`, payload(issuer("set"), "set"))
		}
		for name, token := range good {
			t.Run(name, func(t *testing.T) {
				user, _, _ := strings.Cut(strings.ToLower(name), ",") // each provider has its own
				if a := d.login(t, token); a.status != 200 || a.text("user_id") != "@"+user+":example.org" {
					t.Errorf("got %s", a)
				}
			})
		}
	})
}

func TestAttacksOnTheAlgorithm(t *testing.T) {
	var attacks []attack
	// Whatever the header says, under the right secret and without a signature.
	for _, alg := range []string{
		`"none"`, `"None"`, `"NONE"`, `"nOnE"`, `""`, `"none\u0000"`, `"hs256"`, `"HS256 "`, `"HS256\u0000"`, `"H\u017f256"`,
		`null`, `256`, `true`, `["HS256"]`, `{"HS256":1}`, `"HS384"`, `"HS512"`, `"RS256"`, `"ES256"`, `"EdDSA"`, `"dir"`,
	} {
		header := `{"alg":` + alg + `}`
		attacks = append(attacks,
			attack{"alg " + alg + " unsigned", func(name string) string {
				return b64([]byte(header)) + "." + b64([]byte(payload(issuer("HS256"), name))) + "."
			}},
			attack{"alg " + alg + " signed", func(name string) string {
				return sealed("HS256", []byte(secret), header, payload(issuer("HS256"), name))
			}})
	}
	for _, header := range []string{`{}`, `{"Alg":"HS256"}`, `"HS256"`, `["HS256"]`, `null`, `{"alg":"none","alg":"HS256"}`, `{"alg":"HS256","alg":"HS256"}`} {
		attacks = append(attacks, attack{"header " + header, func(name string) string {
			return sealed("HS256", []byte(secret), header, payload(issuer("HS256"), name))
		}})
	}
	// The provider's own key, by another algorithm.
	for _, c := range []struct{ allowed, used string }{
		{"HS256", "HS384"}, {"HS256", "HS512"}, {"HS512", "HS256"}, {"RS256", "RS384"}, {"RS256", "RS512"}, {"RS256", "PS256"},
		{"PS256", "RS256"}, {"PS256", "PS384"},
	} {
		for _, said := range []string{c.used, c.allowed} {
			attacks = append(attacks, attack{c.used + " for " + c.allowed + ", called " + said, func(name string) string {
				return sealed(c.used, keyOf(c.allowed), `{"alg":"`+said+`"}`, payload(issuer(c.allowed), name))
			}})
		}
	}
	attacks = append(attacks, attack{"ES384 under the kid of an ES256 key", func(name string) string {
		return sealed("ES384", p384Key(), `{"alg":"ES384","kid":"2"}`, payload(issuer("set"), name))
	}})
	repelled(t, attacks)
}
