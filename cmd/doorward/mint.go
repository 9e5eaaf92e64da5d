package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/jwtlogin"
	"github.com/seed-31b6c987/doorward/adapters/keys"
	"github.com/seed-31b6c987/doorward/adapters/strictjson"
	"github.com/seed-31b6c987/doorward/cmd/doorward/compose"
	"github.com/seed-31b6c987/doorward/domain"
)

type mintCommand struct {
	configFlag
	Sub      string        `required:"" help:"The subject: whose token it is."`
	Provider string        `placeholder:"NAME" help:"The provider to mint for. Default: the only one."`
	Key      string        `placeholder:"FILE" type:"existingfile" help:"The private key (PEM), for a provider that verifies with a public one."`
	KeyID    string        `name:"kid" help:"The key id to put into the header. Default: the provider's id of the key."`
	Alg      string        `help:"The algorithm. Default: the provider's first that fits the key."`
	TTL      time.Duration `name:"ttl" default:"5m" help:"How long the token is good for; 0: for ever; less: it has expired."`
	Iss      string        `help:"The issuer. Default: the provider's first."`
	Aud      string        `help:"The audience. Default: the provider's first."`
	Claim    []string      `sep:"none" placeholder:"NAME=JSON" help:"A further claim, or one to replace; null takes it out. May be repeated."`
	JSON     bool          `name:"json" help:"Print JSON."`
}

// Run mints a token and prints it.
func (c mintCommand) Run(s *streams) error {
	cfg, err := c.load(s, false)
	if err != nil {
		return err
	}
	provider, err := c.provider(cfg.check.Providers())
	if err != nil {
		return err
	}
	if provider.Keys == nil {
		provider = compose.Fetch(context.Background(), cfg.Config, cfg.check.Only(provider.Name)).Providers[0]
	}
	key, err := c.signingKey(provider)
	if err != nil {
		return err
	}
	claims, err := c.claims(provider)
	if err != nil {
		return err
	}
	token, err := jwtlogin.Sign(key.algorithm, key.material, key.id, claims)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, map[string]any{"token": token, "provider": provider.Name, "algorithm": key.algorithm})
	}
	_, err = fmt.Fprintln(s.out, token)
	return err
}

func (c mintCommand) provider(all []jwtlogin.Provider) (jwtlogin.Provider, error) {
	var names []string
	for _, p := range all {
		if p.Name == c.Provider || c.Provider == "" && len(all) == 1 {
			return p, nil
		}
		names = append(names, p.Name)
	}
	if len(names) == 0 {
		return jwtlogin.Provider{}, errors.New("the configuration has no provider under jwt.providers")
	}
	return jwtlogin.Provider{}, misuse{fmt.Errorf("choose one with --provider: %s", strings.Join(names, ", "))}
}

// A signingKey is what a token is signed with.
type signingKey struct {
	id        string
	algorithm string
	material  any // []byte or crypto.Signer
}

// signingKey takes the private key of --key, or else the provider's secret.
func (c mintCommand) signingKey(p jwtlogin.Provider) (signingKey, error) {
	known, err := p.Keys.Keys(context.Background(), "")
	if err != nil && c.KeyID == "" {
		return signingKey{}, fmt.Errorf("%w; without them, name the key with --kid", err)
	}
	if c.Key != "" {
		return c.privateKey(p, known.Keys)
	}
	for _, key := range known.Keys {
		if secret, ok := key.Material.([]byte); ok {
			algorithm, err := c.algorithm(p, key)
			return signingKey{firstOf(c.KeyID, []string{key.ID}), algorithm, secret}, err
		}
	}
	return signingKey{}, misuse{fmt.Errorf("provider %s verifies with a public key: give the private one with --key FILE", p.Name)}
}

// privateKey reads the key of --key, and finds out what the provider calls it.
func (c mintCommand) privateKey(p jwtlogin.Provider, known []domain.Key) (signingKey, error) {
	text, err := os.ReadFile(c.Key)
	if err != nil {
		return signingKey{}, err
	}
	private, err := keys.ParsePrivate(text)
	if err != nil {
		return signingKey{}, fmt.Errorf("%s: %w", c.Key, err)
	}
	id := c.KeyID
	for _, key := range known {
		public, ok := key.Material.(interface{ Equal(crypto.PublicKey) bool })
		if id == "" && ok && public.Equal(private.Public()) {
			id = key.ID
		}
	}
	algorithm, err := c.algorithm(p, domain.Key{Material: private.Public()})
	return signingKey{id, algorithm, private}, err
}

func (c mintCommand) algorithm(p jwtlogin.Provider, key domain.Key) (string, error) {
	if c.Alg != "" {
		if !key.Fits(c.Alg) {
			return "", misuse{fmt.Errorf("--alg %s does not fit the key, which fits %s", c.Alg, strings.Join(key.Usable(), ", "))}
		}
		return c.Alg, nil
	}
	if i := slices.IndexFunc(p.Algorithms, key.Fits); i >= 0 {
		return p.Algorithms[i], nil
	}
	return "", misuse{fmt.Errorf("the key fits none of the algorithms of provider %s (%s); choose with --alg to mint anyway",
		p.Name, strings.Join(p.Algorithms, ", "))}
}

func (c mintCommand) claims(p jwtlogin.Provider) (map[string]any, error) {
	now := compose.Now().Unix()
	claims := map[string]any{"iat": now, "jti": rand.Text()}
	if c.TTL != 0 {
		claims["exp"] = now + int64(c.TTL/time.Second)
	}
	putNested(claims, p.SubjectClaim, c.Sub)
	if iss := firstOf(c.Iss, p.Issuers); iss != "" {
		claims["iss"] = iss
	}
	if aud := firstOf(c.Aud, p.Audiences); aud != "" {
		claims["aud"] = aud
	}
	for _, claim := range c.Claim {
		name, text, ok := strings.Cut(claim, "=")
		parsed, err := strictjson.ParseObject([]byte(`{"value":` + text + `}`))
		if !ok || err != nil || len(parsed) != 1 {
			return nil, misuse{fmt.Errorf(`--claim %s: write NAME=JSON, a text in quotes: --claim 'name="Alice"'`, name)}
		}
		if claims[name] = parsed["value"]; parsed["value"] == nil {
			delete(claims, name)
		}
	}
	return claims, nil
}

// putNested puts a value where the dotted path of a claim leads.
func putNested(claims map[string]any, path, value string) {
	if path == "" {
		path = "sub"
	}
	for {
		head, rest, nested := strings.Cut(path, ".")
		if !nested {
			claims[head] = value
			return
		}
		inner := map[string]any{}
		claims[head] = inner
		claims, path = inner, rest
	}
}

func firstOf(given string, configured []string) string {
	if given == "" && len(configured) > 0 {
		return configured[0]
	}
	return given
}
