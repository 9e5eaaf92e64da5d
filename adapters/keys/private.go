package keys

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
)

// ParsePrivate reads the private key of a minter of tokens from one PEM block
// (PKCS #8, PKCS #1 or SEC 1). What it returns can sign for a key that [Load]
// accepts; its Public is the Material of a [domain.Key], which knows the usual
// algorithm. Errors are sentences about "it" that say what to do.
func ParsePrivate(text []byte) (crypto.Signer, error) {
	block, problem := onlyBlock(string(text))
	if problem != "" {
		return nil, errors.New("it " + problem)
	}
	key, problem := signingKey(block)
	if problem == "" {
		problem = flaw(key.Public())
	}
	if problem != "" {
		return nil, errors.New("it " + problem)
	}
	return key, nil
}

func signingKey(block *pem.Block) (key crypto.Signer, problem string) {
	var parsed any
	var err error
	switch label := block.Type; {
	case label == "ENCRYPTED PRIVATE KEY" || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED"):
		return nil, "is encrypted; decrypt it with: openssl pkey -in FILE -out NEWFILE"
	case label == "PRIVATE KEY":
		parsed, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case label == "RSA PRIVATE KEY":
		parsed, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case label == "EC PRIVATE KEY":
		parsed, err = x509.ParseECPrivateKey(block.Bytes)
	case label == "OPENSSH PRIVATE KEY":
		return nil, "is in the format of OpenSSH; convert a copy with: ssh-keygen -p -m pkcs8 -f COPY"
	default:
		return nil, "is no private key; signing takes one"
	}
	if err != nil {
		return nil, "is damaged, or a key of an unknown kind; " + supportedKeys
	}
	key, ok := parsed.(crypto.Signer)
	if !ok {
		return nil, "is a key that cannot sign; " + supportedKeys
	}
	return key, ""
}
