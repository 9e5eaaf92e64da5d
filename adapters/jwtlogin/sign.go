package jwtlogin

import (
	"crypto"
	"fmt"
	"maps"

	"github.com/golang-jwt/jwt/v5"

	"github.com/seed-31b6c987/doorward/domain"
)

// Sign makes a token of the claims, for trials and tests. key is a []byte (a
// shared secret), *rsa.PrivateKey, *ecdsa.PrivateKey or ed25519.PrivateKey; a
// key that does not fit the algorithm, or an empty secret, is refused. The
// header names the key by keyID, unless that is empty.
func Sign(alg string, key any, keyID string, claims map[string]any) (string, error) {
	method := methods[alg]
	if method == nil {
		return "", fmt.Errorf("unknown algorithm %q", alg)
	}
	if !isUsable(domain.Key{Material: public(key)}, alg) {
		return "", fmt.Errorf("a key of type %T cannot sign %s", key, alg)
	}
	payload := jwt.MapClaims{} // nil would be written as null
	maps.Copy(payload, claims)
	token := jwt.NewWithClaims(method, payload)
	if keyID != "" {
		token.Header["kid"] = keyID
	}
	return token.SignedString(key)
}

// public returns what verifies the signatures of a key.
func public(key any) any {
	if signer, ok := key.(crypto.Signer); ok {
		return signer.Public()
	}
	return key
}
