package keys

import (
	"errors"
	"fmt"

	"github.com/seed-31b6c987/doorward/adapters/strictjson"
)

// readDiscovery takes from a discovery document what verifying needs (OpenID
// Connect Discovery 1.0, section 3). Its issuer is not held against the address
// it was fetched from: that is often one inside the operator's network.
func readDiscovery(text []byte) (issuer, jwksURI string, err error) {
	document, err := strictjson.ParseObject(text)
	if err != nil {
		return "", "", fmt.Errorf("it is no discovery document: %w", err)
	}
	issuer, _ = document["issuer"].(string)
	jwksURI, _ = document["jwks_uri"].(string)
	if issuer == "" || jwksURI == "" {
		return "", "", errors.New("it is no discovery document: issuer or jwks_uri is missing")
	}
	return issuer, jwksURI, nil
}
