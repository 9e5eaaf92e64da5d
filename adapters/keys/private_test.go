package keys_test

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/keys"
	"github.com/seed-31b6c987/doorward/domain"
)

func TestEveryFormOfEveryPrivateKeyIsRead(t *testing.T) {
	forms := map[string]string{"RS256 PKCS #1": pkcs1Private()}
	for usual, key := range signers() {
		forms[usual+" PKCS #8"] = pkcs8(key)
		if key, ok := key.(*ecdsa.PrivateKey); ok {
			der, err := x509.MarshalECPrivateKey(key)
			forms[usual+" SEC 1"] = block("EC PRIVATE KEY", der, err)
			forms[usual+" SEC 1 after its parameters"] = block("EC PARAMETERS", []byte{6, 0}, nil) + forms[usual+" SEC 1"]
		}
	}
	for name, text := range forms {
		t.Run(name, func(t *testing.T) {
			usual, _, _ := strings.Cut(name, " ")
			got, err := keys.ParsePrivate([]byte(text))
			if err != nil || !equal(got.Public(), public(usual)) {
				t.Fatalf("got %T, %v; want the key of %s", got, err, usual)
			}
			if usable := (domain.Key{Material: got.Public()}).Usable(); len(usable) == 0 || usable[0] != usual {
				t.Errorf("it is usable for %v; want %s first", usable, usual)
			}
		})
	}
}

func TestWhatIsNoPrivateKeyIsRefused(t *testing.T) {
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	x25519, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	encrypted := strings.Replace(pkcs1Private(), "KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n", 1)
	key := pkcs8(signers()["EdDSA"])
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "no PEM block"},
		{"a secret", good, "no PEM block"},
		{"truncated", key[:len(key)-20], "damaged"},
		{"rubbish in a block", block("PRIVATE KEY", []byte("rubbish"), nil), "damaged"},
		{"two keys", key + key, "several"},
		{"public key", spki(public("ES256")), "no private key"},
		{"certificate", certificate(signers()["ES256"]), "no private key"},
		{"encrypted", block("ENCRYPTED PRIVATE KEY", []byte{1}, nil), "encrypted; decrypt it"},
		{"encrypted the old way", encrypted, "encrypted; decrypt it"},
		{"OpenSSH", block("OPENSSH PRIVATE KEY", []byte{1}, nil), "ssh-keygen"},
		{"weak", pkcs8(weak), "1024 bits"},
		{"X25519", pkcs8(x25519), "cannot sign"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := keys.ParsePrivate([]byte(c.text))
			if got != nil || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %T, %v; want %q", got, err, c.want)
			}
		})
	}
}
