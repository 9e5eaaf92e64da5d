package foreign_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/config/foreign"
)

func TestTheFormatsOfKeys(t *testing.T) {
	const b64 = "7xr9QNFEogf/7cwAPQUVpSOoYQBFiw3VmKlJk6kcLBGBHrfyPSxUTouYEPGv2lOb"
	for format, c := range map[string]struct{ algorithm, secret, text, base64, pem string }{
		"":        {"HS256", good, good, "", ""},
		"HMAC":    {"HS512", good, good, "", ""},
		"HMACB64": {"HS384", b64, "", b64, ""},
		"B64HMAC": {"HS256", b64, "", b64, ""},
		"ECDSA":   {"ES256", ecKey, "", "", ecKey + "\n"},
		"EDDSA":   {"EdDSA", ecKey, "", "", ecKey + "\n"}, // whether the key fits is for others to say
	} {
		text := "secret = '''\n" + c.secret + "'''\nalgorithm = '" + c.algorithm + "'\n"
		if format != "" {
			text += "format = '" + format + "'\n"
		}
		for _, kind := range []foreign.Kind{foreign.Palpo, foreign.Tuwunel} {
			p := parse(t, convert(t, kind, whole(kind, "enable = true\n"+text))).JWT.Providers[0]
			if p.Secret.Reveal() != c.text || p.SecretBase64.Reveal() != c.base64 || p.PublicKey != c.pem ||
				!cmp.Equal(p.Algorithms, []string{c.algorithm}) || p.Leeway != time.Minute || p.AllowWeakSecret {
				t.Errorf("%v %s: %+v", kind, format, p)
			}
		}
	}
}

func TestTheSectionOfPalpoAloneSwitchesJWTsOn(t *testing.T) {
	if c := parse(t, convert(t, "", whole(foreign.Palpo, "secret = '"+good+"'"))); len(c.JWT.Providers) != 1 {
		t.Error("Palpo has no provider")
	}
	if c := parse(t, convert(t, "", whole(foreign.Tuwunel, "key = '"+good+"'"))); len(c.JWT.Providers) != 0 {
		t.Error("Tuwunel has a provider")
	}
}

// Only the long switch opens the door to everybody.
func TestRegistrationOfConduitsDescendants(t *testing.T) {
	const open = "yes_i_am_very_very_sure_i_want_an_open_registration_server_prone_to_abuse = true\n"
	for text, want := range map[string]struct{ enabled, tokens bool }{
		"":                            {false, false},
		open:                          {false, false},
		"allow_registration = true\n": {true, true},
		"allow_registration = true\nregistration_token = 'x'\n":             {true, true},
		"allow_registration = true\nregistration_token_file = 'x'\n" + open: {true, true},
		"allow_registration = true\n" + open:                                {true, false},
	} {
		result := convert(t, "", "server_name = 'a'\n"+text)
		if r := parse(t, result).Registration; r.Enabled != want.enabled || r.TokensRequired != want.tokens ||
			strings.Contains(lines(result), "decide: ") != want.enabled {
			t.Errorf("%q: %+v\n%s", text, r, lines(result))
		}
	}
}

func TestTuwunelsSessions(t *testing.T) {
	const global = "[global]\nserver_name = 'a'\nrefresh_token_ttl = 259200\n"
	s := parse(t, convert(t, "", global+"access_token_ttl = 600\n")).Sessions
	if s.RefreshableAccessTokenLifetime != 10*time.Minute || s.RefreshTokenLifetime != 72*time.Hour || s.SessionLifetime != 0 {
		t.Errorf("%+v", s)
	}
	s = parse(t, convert(t, "", global+"refresh_token_idle_only = false\naccess_token_ttl = 0\n")).Sessions
	if s.RefreshableAccessTokenLifetime != 5*time.Minute || s.RefreshTokenLifetime != 0 || s.SessionLifetime != 72*time.Hour {
		t.Errorf("%+v", s)
	}
}

func TestTuwunelsAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"":                    "127.0.0.1:8008",
		"port = 80":           "127.0.0.1:80",
		"address = '0.0.0.0'": ":8008",
		"address = ['::1', '10.0.0.1']\nport = [80, 81]": "10.0.0.1:80",
	} {
		if c := parse(t, convert(t, "", "[global]\nserver_name = 'a'\n"+text+"\n")); c.HTTP.Listen != want {
			t.Errorf("%q: %s", text, c.HTTP.Listen)
		}
	}
}

func TestTOMLThatCannotBeReadIsAnError(t *testing.T) {
	for _, text := range []string{
		"server_name = \n", "server_name = 'a'\nserver_name = 'b'\n", "server_name = 'a\n", "server_name = '\xff'\n",
		"server_name = 'a'\nx = " + strings.Repeat("[", 100_000) + "\n",
	} {
		if result, err := foreign.Convert("", foreign.File{Name: "f", Text: []byte(text)}); err == nil {
			t.Errorf("%.40q: %s", text, result.YAML)
		}
	}
}
