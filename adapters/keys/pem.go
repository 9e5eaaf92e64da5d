package keys

import (
	"crypto/x509"
	"encoding/pem"
	"strings"

	"github.com/seed-31b6c987/doorward/domain"
)

const (
	pemStart   = "-----BEGIN"
	privateKey = "PRIVATE KEY" // ends the label of every PEM block that holds one
)

// keepPrivate says what to do about a private key where a public one belongs.
const keepPrivate = "keep it where the tokens are minted, and put its public half into public_key: openssl pkey -in FILE -pubout"

func (l *loader) readPublicKey() {
	block, problem := onlyBlock(l.PublicKey)
	if problem != "" {
		l.fault("it %s", problem)
		return
	}
	material, problem := publicKey(block)
	if problem == "" {
		problem = flaw(material)
	}
	if problem != "" {
		l.fault("it %s", problem)
		return
	}
	l.keys = append(l.keys, namedKey{domain.Key{Material: material}, "it"})
}

// onlyBlock finds the one PEM block of a text. Explanations around it, as some
// tools write, are skipped; parameters of an EC key, which come before it in
// old files, too.
func onlyBlock(text string) (block *pem.Block, problem string) {
	rest := []byte(text)
	count := strings.Count(text, pemStart)
	for {
		block, rest = pem.Decode(rest)
		if block == nil || block.Type != "EC PARAMETERS" {
			break
		}
		count--
	}
	switch {
	case count < 1:
		return nil, "holds no PEM block, which would begin with -----BEGIN …-----"
	case count > 1:
		return nil, "holds several PEM blocks; leave only that of the key (of a chain of certificates, the first)"
	case block == nil:
		return nil, "holds a damaged PEM block; check its line breaks, its first line and its last"
	}
	return block, ""
}

// publicKey reads a public key from a block.
func publicKey(block *pem.Block) (key any, problem string) {
	var err error
	switch label := block.Type; {
	case label == "PUBLIC KEY":
		key, err = x509.ParsePKIXPublicKey(block.Bytes)
	case label == "RSA PUBLIC KEY":
		key, err = x509.ParsePKCS1PublicKey(block.Bytes)
	case label == "CERTIFICATE":
		var certificate *x509.Certificate
		if certificate, err = x509.ParseCertificate(block.Bytes); err == nil {
			key = certificate.PublicKey
		}
	case strings.HasSuffix(label, privateKey):
		return nil, "is a private key; " + keepPrivate
	default:
		return nil, "is neither a PUBLIC KEY nor a CERTIFICATE; " + supportedKeys
	}
	if err != nil {
		return nil, "is damaged, or a key of an unknown kind; " + supportedKeys
	}
	return key, ""
}
