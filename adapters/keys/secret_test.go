package keys_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/keys"
)

func TestASecretHasAtLeastTheSizeOfTheHash(t *testing.T) {
	for _, c := range []struct {
		algorithms []string
		size       int
		name       string
	}{
		{nil, 32, "HS256"},
		{[]string{"HS256"}, 32, "HS256"},
		{[]string{"HS384"}, 48, "HS384"},
		{[]string{"HS512"}, 64, "HS512"},
		{[]string{"HS256", "HS512", "HS384"}, 64, "HS512"},
	} {
		enough := keys.Source{Secret: good[:c.size], Algorithms: c.algorithms}
		wantWarning(t, enough, "")

		short := keys.Source{Secret: good[:c.size-1], Algorithms: c.algorithms}
		wantFault(t, short, "secret", c.name+" needs at least")
		short.AllowWeakSecret = true
		wantWarning(t, short, c.name+" needs at least")

		short = keys.Source{SecretBase64: base64.StdEncoding.EncodeToString([]byte(good[:c.size-1])), Algorithms: c.algorithms}
		wantFault(t, short, "secret_base64", c.name+" needs at least")

		short = keys.Source{JWKS: set(entry([]byte(good[:c.size-1]), nil)), Algorithms: c.algorithms}
		wantFault(t, short, "jwks_file", c.name+" needs at least")
	}
}

func TestASecretThatIsPublishedIsWeakWhateverItsSize(t *testing.T) {
	rfc7515 := "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
	for _, source := range []keys.Source{
		{Secret: "my-secret-token"},
		{Secret: "your-256-bit-secret"},
		{Secret: "a-string-secret-at-least-256-bits-long"},
		{Secret: " A-String-Secret-At-Least-256-Bits-Long\n"},
		{Secret: rfc7515},
		{SecretBase64: rfc7515},
		{SecretBase64: base64.StdEncoding.EncodeToString([]byte("a-string-secret-at-least-256-bits-long"))},
	} {
		field := "secret"
		if source.Secret == "" {
			field = "secret_base64"
		}
		wantFault(t, source, field, "public documents")
		source.AllowWeakSecret = true
		wantWarning(t, source, "public documents")
	}
}

func TestWhiteSpaceAroundASecretIsWarnedAbout(t *testing.T) {
	const good = "0123456789abcdef0123456789abcdef"
	for _, secret := range []string{good + " ", " " + good, good + "\n", "\t" + good} {
		wantWarning(t, keys.Source{Secret: secret}, "white space")
	}
}

func TestABlankSecretIsNeverAccepted(t *testing.T) {
	for _, allow := range []bool{false, true} {
		wantFault(t, keys.Source{Secret: " \t\n", AllowWeakSecret: allow}, "secret", "blank")
		wantFault(t, keys.Source{SecretBase64: "\n", AllowWeakSecret: allow}, "secret_base64", "blank")
		wantFault(t, keys.Source{SecretBase64: "ICAg", AllowWeakSecret: allow}, "secret_base64", "blank")
		// HMAC takes it for the empty secret.
		wantFault(t, keys.Source{SecretBase64: base64.StdEncoding.EncodeToString(make([]byte, 48)), AllowWeakSecret: allow}, "secret_base64", "blank")
		wantFault(t, keys.Source{JWKS: `{"keys":[{"kty":"oct","k":""}]}`, AllowWeakSecret: allow}, "jwks_file", "blank")
	}
}

func TestAllowWeakSecretIsMentionedEvenWithoutNeed(t *testing.T) {
	wantWarning(t, keys.Source{Secret: good, AllowWeakSecret: true}, "switch it off")
	wantWarning(t, keys.Source{PublicKey: spki(public("ES256")), AllowWeakSecret: true}, "switch it off")
}

func TestAKeyInPEMIsNoSharedSecret(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{spki(public("RS256")), "public_key"},
		{"  " + spki(public("ES256")), "public_key"},
		{certificate(signers()["ES256"]), "public_key"},
		{pkcs8(signers()["EdDSA"]), "private key"},
		{"-----BEGIN RSA PRIVATE KEY-----", "private key"},
	} {
		for _, source := range []struct {
			field string
			keys.Source
		}{
			{"secret", keys.Source{Secret: c.text}},
			{"secret_base64", keys.Source{SecretBase64: c.text}},
			{"secret_base64", keys.Source{SecretBase64: base64.StdEncoding.EncodeToString([]byte(c.text))}},
			{"jwks_file", keys.Source{JWKS: set(entry([]byte(c.text), nil))}},
		} {
			source.AllowWeakSecret = true
			source.Algorithms = []string{"HS256"}
			wantFault(t, source.Source, source.field, c.want)
		}
	}
}

func TestAFaultInBase64SaysWhere(t *testing.T) {
	text := base64.StdEncoding.EncodeToString([]byte(good)) // 86 characters and two of padding
	for _, c := range []struct{ text, want string }{
		{text[:10] + "*" + text[11:], "at character 11;"},
		{text[:64] + "\n" + text[64:70] + " " + text[71:], "at character 72;"},
		{text[:85], "at character"},
		{text + "=", "at character 89;"},
		{strings.TrimRight(text, "=") + "=", "at character"},
		{"hunter2-is-no-base6", "at character"}, // its last bits are not zero
	} {
		wantFault(t, keys.Source{SecretBase64: c.text}, "secret_base64", c.want)
	}
}
