package keys

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/seed-31b6c987/doorward/domain"
)

// published are secrets that stand in documents: in the JWT documentation of
// Matrix homeservers, on pages and in the manuals of libraries that explain
// JWTs, and (in base64url) in RFC 7515, appendix A.1, and RFC 7520, section
// 3.5. Short ones are refused anyway; here they get the right explanation.
var published = []string{
	"my-secret-token",
	"provided-by-your-issuer",
	"secret", "secretkey", "secret-key", "mysecret", "my-secret", "my-secret-key", "supersecret", "super-secret",
	"changeme", "change-me", "password", "test",
	"your-secret", "your-secret-key", "your_jwt_secret", "your-jwt-secret", "jwt_secret", "jwt-secret",
	"your-256-bit-secret", "your-384-bit-secret", "your-512-bit-secret",
	"a-string-secret-at-least-256-bits-long",
	"a-valid-string-secret-that-is-at-least-384-bits-long",
	"a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
	"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
	"hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg",
}

// makeSecret says what to do about a secret that is not accepted.
const makeSecret = "make a new one with: openssl rand -base64 48"

func (l *loader) readSecret() { l.addSecret([]byte(l.Secret)) }

func (l *loader) readSecretBase64() {
	if l.refusePEM("it", l.SecretBase64) {
		return
	}
	secret, err := decodeBase64(l.SecretBase64)
	if err != nil {
		var corrupt base64.CorruptInputError
		errors.As(err, &corrupt)
		l.fault("it is no base64 at character %d; a secret that is plain text belongs in secret", int64(corrupt)+1)
		return
	}
	l.addSecret(secret)
}

func (l *loader) addSecret(secret []byte) {
	if !l.refuseSecret("it", secret) {
		l.keys = append(l.keys, namedKey{domain.Key{Material: secret}, "it"})
	}
}

// refuseSecret finds what is no shared secret at all, whatever is allowed.
func (l *loader) refuseSecret(name string, secret []byte) bool {
	if len(bytes.TrimSpace(effective(secret))) == 0 {
		l.fault("%s is blank, which is never accepted; %s", name, makeSecret)
		return true
	}
	return l.refusePEM(name, string(secret))
}

// refusePEM prevents a public key from being taken for a shared secret: anyone
// who knows the public key could sign with it (RFC 8725, section 2.1).
func (l *loader) refusePEM(name, text string) bool {
	switch {
	case !strings.Contains(text, pemStart):
		return false
	case strings.Contains(text, privateKey):
		l.fault("%s is a private key and no shared secret; %s", name, keepPrivate)
	default:
		l.fault("%s is a public key and no shared secret; it belongs in public_key", name)
	}
	return true
}

// effective returns the part of a secret that makes a difference: HMAC fills up
// short ones with NUL (RFC 2104), so those at the end are as good as none.
func effective(secret []byte) []byte { return bytes.TrimRight(secret, "\x00") }

// decodeBase64 reads either alphabet. Its errors count from the start of text.
func decodeBase64(text string) ([]byte, error) {
	encoding := base64.RawStdEncoding
	if strings.Contains(text, "=") {
		encoding = base64.StdEncoding
	}
	text = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(text), " \t\r\n")
	return encoding.Strict().DecodeString(text)
}

// checkSecrets finds shared secrets that can be guessed.
func (l *loader) checkSecrets() {
	weak := false
	for _, key := range l.keys {
		secret, ok := key.Material.([]byte)
		if !ok {
			continue
		}
		name, size := l.mostDemanding(key)
		switch {
		case isPublished(secret):
			l.weakness("%s stands in public documents", key.name)
		case len(effective(secret)) < size:
			l.weakness("%s has %d bytes, and %s needs at least %d", key.name, len(effective(secret)), name, size)
		default:
			l.noteSpace(key.name, secret)
			continue
		}
		weak = true
	}
	if l.AllowWeakSecret && !weak {
		l.warn("allow_weak_secret is on, but nothing here is weak; switch it off")
	}
}

// noteSpace warns of white space that nobody sees.
func (l *loader) noteSpace(name string, secret []byte) {
	if len(bytes.TrimSpace(secret)) != len(secret) {
		l.warn("%s begins or ends with white space, which counts; is that meant?", name)
	}
}

// weakness notes that a secret is weak: a fault, unless that is allowed.
func (l *loader) weakness(format string, args ...any) {
	what := fmt.Sprintf(format, args...) + "; whoever guesses it can sign in as anyone"
	if l.AllowWeakSecret {
		l.warn("%s (allow_weak_secret lets it pass)", what)
		return
	}
	l.fault("%s; %s, or, for trying out, set allow_weak_secret: true", what, makeSecret)
}

// mostDemanding returns the allowed algorithm that demands the most bytes of the
// key (RFC 7518, section 3.2), or the key's usual one if none is allowed.
func (l *loader) mostDemanding(key namedKey) (name string, size int) {
	sizes := map[string]int{}
	for _, a := range domain.Algorithms() {
		sizes[a.Name] = a.SecretSize
	}
	for _, allowed := range l.allowed {
		if key.Fits(allowed) && sizes[allowed] > size {
			name, size = allowed, sizes[allowed]
		}
	}
	if size == 0 {
		name = key.Usable()[0]
		size = sizes[name]
	}
	return name, size
}

func isPublished(secret []byte) bool {
	text := strings.TrimSpace(string(secret))
	encoded := base64.RawURLEncoding.EncodeToString(secret)
	for _, known := range published {
		if strings.EqualFold(text, known) || encoded == known {
			return true
		}
	}
	return false
}
