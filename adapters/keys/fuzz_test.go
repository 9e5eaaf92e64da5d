package keys_test

import (
	"crypto/rsa"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/keys"
	"github.com/seed-31b6c987/doorward/domain"
)

func FuzzJWKS(f *testing.F) {
	f.Add(set(entry(public("RS256"), m{"kid": "a", "alg": "PS256"}), entry(public("EdDSA"), m{"kid": "b", "use": "enc"})))
	f.Add(set(entry([]byte(good), nil)))
	f.Fuzz(func(t *testing.T, text string) {
		if loaded, err := keys.Load(keys.Source{JWKS: text}); err == nil {
			sound(t, loaded)
		} else if len(faults(t, err)) == 0 {
			t.Error("refused without a fault")
		}
	})
}

func FuzzPEM(f *testing.F) {
	f.Add(spki(public("ES256")))
	f.Add(pkcs1Private())
	f.Fuzz(func(t *testing.T, text string) {
		loaded, err := keys.Load(keys.Source{PublicKey: text})
		if err == nil {
			sound(t, loaded)
		} else if len(faults(t, err)) != 1 {
			t.Errorf("a text has one fault at most; got %v", err)
		}
		signer, privateErr := keys.ParsePrivate([]byte(text))
		if err == nil && privateErr == nil {
			t.Error("it is a public key and a private one")
		}
		if privateErr == nil && len(domain.Key{Material: signer.Public()}.Usable()) == 0 {
			t.Errorf("a %T signs for nothing", signer)
		}
	})
}

// sound checks what holds for all keys that were loaded without leave to be
// weak.
func sound(t *testing.T, loaded *keys.Static) {
	t.Helper()
	all, err := keysOf(loaded)
	if err != nil || len(all) == 0 || len(loaded.Algorithms()) == 0 {
		t.Fatalf("got %v, %v, for %v", all, err, loaded.Algorithms())
	}
	ids := map[string]bool{}
	for _, key := range all {
		if len(key.Usable()) == 0 {
			t.Errorf("a %T fits nothing", key.Material)
		}
		if key.ID != "" && ids[key.ID] {
			t.Errorf("the id %q is there twice", key.ID)
		}
		ids[key.ID] = true
		switch material := key.Material.(type) {
		case []byte:
			if len(material) < 32 {
				t.Errorf("a secret has %d bytes", len(material))
			}
		case *rsa.PublicKey:
			if material.N.BitLen() < 2048 || material.E < 3 {
				t.Errorf("an RSA key has %d bits and the exponent %d", material.N.BitLen(), material.E)
			}
		}
	}
}

// Whatever is published, no key comes of it that everyone can sign for.
func FuzzRemoteSet(f *testing.F) {
	f.Add(set(entry(public("RS256"), m{"kid": "a", "alg": "PS256"}), entry(public("EdDSA"), m{"kid": "b", "use": "enc"})))
	f.Add(set(m{"kty": "oct", "k": "AAAA"}, entry(public("ES256"), nil), entry(public("ES256"), m{"kid": 1})))
	f.Fuzz(func(t *testing.T, text string) {
		read, _, err := keys.ReadRemote([]byte(text), nil)
		if err != nil && len(read) > 0 {
			t.Error("an error, and keys")
		}
		ids := map[string]bool{}
		for _, key := range read {
			if _, secret := key.Material.([]byte); secret || len(key.Usable()) != 1 || key.ID != "" && ids[key.ID] {
				t.Errorf("got %+v", key)
			}
			if material, ok := key.Material.(*rsa.PublicKey); ok && (material.N.BitLen() < 2048 || material.E < 3) {
				t.Error("a weak RSA key")
			}
			ids[key.ID] = true
		}
	})
}
