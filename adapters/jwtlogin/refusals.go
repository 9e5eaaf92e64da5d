package jwtlogin

import "github.com/seed-31b6c987/doorward/domain"

// failed begins the text of every refusal of a token's form, signature or claims.
const failed = "JWT validation failed: "

// The refusals. Their texts are those of Synapse, because tools match them.
// They hold names from the configuration, but never anything of the token. What
// cannot become a localpart is refused in the words of domain.
var (
	errMissingToken = forbid("missing_token", "Token field for JWT is missing")

	errTooLong   = malformed("longer than 16 KiB")
	errSegments  = malformed("not three segments")
	errHeader    = malformed("the header is not the base64url of an acceptable JSON object")
	errPayload   = malformed("the payload is not the base64url of an acceptable JSON object")
	errSignature = malformed("the signature is not base64url")

	errMissingAlgorithm     = forbid("missing_algorithm", failed+"missing_algorithm: ")
	errUnsupportedAlgorithm = forbid("unsupported_algorithm", failed+"unsupported_algorithm: ")
	errUnverified           = forbid("bad_signature", failed+"Signature verification failed")

	errExpired     = forbid("expired_token", failed+"expired_token: The token is expired")
	errNotYetValid = forbid("not_yet_valid", failed+"invalid_token: The token is not valid yet")
	errIssuedLater = forbid("issued_in_future",
		failed+"invalid_token: The token is not valid as it was issued in the future")

	errUsed = forbid("token_used", failed+"invalid_claim: Invalid claim 'jti'")

	errNoProvider = domain.Refuse(domain.ErrNotFound, "unknown_provider", "Unknown provider")

	errNotAllowed = forbid("not_allowed", "Login is not allowed")

	errMayNotConfirm = forbid("uia_not_allowed", "Token cannot confirm this request")
	errNotFresh      = forbid("uia_not_fresh", failed+"invalid_claim: Invalid claim 'iat'")

	errNoSubject = forbid("invalid_subject", "Invalid JWT")
)

// malformed refuses a token that cannot be read.
func malformed(how string) error {
	return forbid("malformed_token", failed+"Invalid token: "+how)
}

// badHeader refuses a header parameter that changes what the token means.
func badHeader(name string) error {
	return forbid("invalid_header",
		failed+"invalid_crit_header_parameter_name: Invalid Header Parameter Name: "+name)
}

// missingClaim refuses a token without a claim that it must have.
func missingClaim(name string) error {
	return forbid("missing_claim", failed+"missing_claim: Missing '"+name+"' claim")
}

// invalidClaim refuses a claim of the wrong type, or with a value that is not
// accepted.
func invalidClaim(name string) error {
	return forbid("invalid_claim", failed+"invalid_claim: Invalid claim '"+name+"'")
}

func forbid(reason, text string) error {
	return domain.Refuse(domain.ErrForbidden, reason, text)
}
