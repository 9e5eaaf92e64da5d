package keys_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/seed-31b6c987/doorward/adapters/keys"
)

// good is a secret that is long enough for HS512.
const good = "Rw4J9zqV7cTn2LxKp8sYb3HfDg6MuQeW1aZtXiOjN5vCkBlPrSyEhUdGmFoA0I4z"

// signers makes one private key of every supported kind, once.
var signers = sync.OnceValue(func() map[string]crypto.Signer {
	must := func(key crypto.Signer, err error) crypto.Signer {
		if err != nil {
			panic(err)
		}
		return key
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	return map[string]crypto.Signer{
		"RS256": must(rsa.GenerateKey(rand.Reader, 2048)),
		"ES256": must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)),
		"ES384": must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)),
		"ES512": must(ecdsa.GenerateKey(elliptic.P521(), rand.Reader)),
		"EdDSA": must(edwards, err),
	}
})

func public(algorithm string) crypto.PublicKey { return signers()[algorithm].Public() }

func block(label string, der []byte, err error) string {
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}

func spki(key crypto.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	return block("PUBLIC KEY", der, err)
}

func pkcs8(key crypto.PrivateKey) string {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return block("PRIVATE KEY", der, err)
}

func certificate(key crypto.Signer) string {
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Unix(2e9, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return block("CERTIFICATE", der, err)
}

// entry is a key as a member of a set, with members changed (nil: removed).
func entry(key any, changes map[string]any) map[string]any {
	text, err := jose.JSONWebKey{Key: key}.MarshalJSON()
	if err != nil {
		panic(err)
	}
	members := map[string]any{}
	if err := json.Unmarshal(text, &members); err != nil {
		panic(err)
	}
	for name, value := range changes {
		members[name] = value
		if value == nil {
			delete(members, name)
		}
	}
	return members
}

func set(entries ...any) string {
	text, err := json.Marshal(map[string]any{"keys": entries})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// faults returns what an error of Load joins.
func faults(t *testing.T, err error) []*keys.Fault {
	t.Helper()
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("%T is not what errors.Join makes: %v", err, err)
	}
	var all []*keys.Fault
	for _, one := range joined.Unwrap() {
		var fault *keys.Fault
		if !errors.As(one, &fault) {
			t.Fatalf("%T is no fault: %v", one, one)
		}
		all = append(all, fault)
	}
	return all
}

// wantFault checks that a source has exactly one fault, in the field, whose
// problem holds the text.
func wantFault(t *testing.T, source keys.Source, field, text string) {
	t.Helper()
	loaded, err := keys.Load(source)
	all := faults(t, err)
	if len(all) != 1 || all[0].Field != field || !strings.Contains(all[0].Problem, text) {
		t.Errorf("got the faults %v; want one of %s with %q", err, field, text)
	}
	if err != nil && loaded != nil {
		t.Error("there are keys, although the source has faults")
	}
}

// wantWarning checks that a source loads with exactly one warning, which holds
// the text (empty: with none), and returns what it loads.
func wantWarning(t *testing.T, source keys.Source, text string) *keys.Static {
	t.Helper()
	loaded, err := keys.Load(source)
	if err != nil {
		t.Fatalf("refused: %v", err)
	}
	switch warnings := loaded.Warnings(); {
	case text == "" && len(warnings) > 0:
		t.Errorf("got the warnings %q; want none", warnings)
	case text != "" && (len(warnings) != 1 || !strings.Contains(warnings[0], text)):
		t.Errorf("got the warnings %q; want one with %q", warnings, text)
	}
	return loaded
}
