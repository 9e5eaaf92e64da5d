package jwtlogin_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
)

func TestSignWritesHeaderAndClaims(t *testing.T) {
	for keyID, want := range map[string]map[string]any{
		"":   {"alg": "HS256", "typ": "JWT"},
		"k1": {"alg": "HS256", "typ": "JWT", "kid": "k1"},
	} {
		token, err := jwtlogin.Sign("HS256", secret, keyID, map[string]any{"sub": "alice", "exp": 1800000060})
		if err != nil {
			t.Fatal(err)
		}
		segments := strings.Split(token, ".")
		if diff := cmp.Diff(want, object(t, segments[0])); diff != "" {
			t.Errorf("header: %s", diff)
		}
		if diff := cmp.Diff(map[string]any{"sub": "alice", "exp": 1800000060.0}, object(t, segments[1])); diff != "" {
			t.Errorf("claims: %s", diff)
		}
	}
	token, err := jwtlogin.Sign("HS256", secret, "", nil)
	if got := object(t, strings.Split(token, ".")[1]); err != nil || len(got) != 0 {
		t.Errorf("without claims: %v, %v", got, err)
	}
}

func object(t *testing.T, segment string) (o map[string]any) {
	t.Helper()
	if err := json.Unmarshal(unb64(segment), &o); err != nil || o == nil {
		t.Fatal(o, err)
	}
	return o
}

func TestSignRefuses(t *testing.T) {
	for _, c := range []struct {
		name, alg string
		key       any
		claims    map[string]any
	}{
		{"an unknown algorithm", "none", secret, nil},
		{"an empty secret", "HS256", []byte{}, nil},
		{"a secret that is a string", "HS256", "secret", nil},
		{"a secret for an asymmetric algorithm", "RS256", secret, nil},
		{"an RSA key for ES256", "ES256", rsaKey(), nil},
		{"a private key as a secret", "HS256", rsaKey(), nil},
		{"the wrong curve", "ES384", p256Key(), nil},
		{"a public key", "RS256", rsaKey().Public(), nil},
		{"no key", "HS256", nil, nil},
		{"claims that cannot be written", "HS256", secret, map[string]any{"sub": func() {}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			token, err := jwtlogin.Sign(c.alg, c.key, "", c.claims)
			if err == nil || token != "" {
				t.Errorf("got %q, %v", token, err)
			}
			if err != nil && strings.Contains(err.Error(), string(secret)) {
				t.Errorf("the error tells the secret: %v", err)
			}
		})
	}
}
