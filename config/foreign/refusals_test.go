package foreign_test

import (
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/config/foreign"
)

const (
	ecKey = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAETMQEz/i2qsvuw2UzNkxUdiIlBUWk
v2RebIPYlTFS62d5/aB/C2+ymv6KN31VsnUzlcFGd/C7NqH+x5SYgNiiEA==
-----END PUBLIC KEY-----`
	good = "0123456789abcdef0123456789abcdef"
)

// Nothing is written that would let in whom the other server kept out, or
// whose meaning would be a guess.
func TestWhatIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		kind     foreign.Kind
		settings string // of the JWT section, or of the top level after a line break
		path     string // of the only refusal
	}{
		"empty secret":                        {foreign.Synapse, `algorithm: HS256, secret: ""`, "jwt_config.secret"},
		"no secret":                           {foreign.Synapse, `algorithm: HS256`, "jwt_config.secret"},
		"null secret":                         {foreign.Synapse, `algorithm: HS256, secret: ~`, "jwt_config.secret"},
		"blank secret":                        {foreign.Synapse, `algorithm: HS256, secret: "  "`, "jwt_config.secret"},
		"secret of NULs":                      {foreign.Synapse, `algorithm: HS256, secret: "\0\0"`, "jwt_config.secret"},
		"secret that is a number":             {foreign.Synapse, `algorithm: HS256, secret: 12345`, "jwt_config.secret"},
		"no algorithm":                        {foreign.Synapse, `secret: x`, "jwt_config.algorithm"},
		"algorithm none":                      {foreign.Synapse, `secret: x, algorithm: none`, "jwt_config.algorithm"},
		"algorithm None":                      {foreign.Synapse, `secret: x, algorithm: " nOnE"`, "jwt_config.algorithm"},
		"unknown algorithm":                   {foreign.Synapse, `secret: x, algorithm: HS257`, "jwt_config.algorithm"},
		"algorithm in small letters":          {foreign.Synapse, `secret: x, algorithm: hs256`, "jwt_config.algorithm"},
		"list of algorithms":                  {foreign.Synapse, `secret: x, algorithm: [HS256]`, "jwt_config.algorithm"},
		"public key as a secret":              {foreign.Synapse, `algorithm: HS256, secret: "` + oneLine(ecKey) + `"`, "jwt_config.algorithm"},
		"secret as a public key":              {foreign.Synapse, `algorithm: RS256, secret: x`, "jwt_config.algorithm"},
		"empty issuer":                        {foreign.Synapse, `algorithm: HS256, secret: x, issuer: ""`, "jwt_config.issuer"},
		"list of issuers":                     {foreign.Synapse, `algorithm: HS256, secret: x, issuer: [a]`, "jwt_config.issuer"},
		"no audiences":                        {foreign.Synapse, `algorithm: HS256, secret: x, audiences: []`, "jwt_config.audiences"},
		"audience that is no list":            {foreign.Synapse, `algorithm: HS256, secret: x, audiences: a`, "jwt_config.audiences"},
		"empty audience":                      {foreign.Synapse, `algorithm: HS256, secret: x, audiences: [a, ""]`, "jwt_config.audiences"},
		"audience that is a number":           {foreign.Synapse, `algorithm: HS256, secret: x, audiences: [1]`, "jwt_config.audiences"},
		"switch in quotes":                    {foreign.Synapse, "\npassword_config: {enabled: \"false\"}", "password_config.enabled"},
		"secret from the environment":         {foreign.Synapse, `algorithm: HS256, secret: "${JWT_SECRET}"`, "jwt_config.secret"},
		"secret from a template":              {foreign.Synapse, `algorithm: HS256, secret: "{{ jwt_secret }}"`, "jwt_config.secret"},
		"issuer from a template":              {foreign.Synapse, `algorithm: HS256, secret: x, issuer: $ISSUER`, "jwt_config.issuer"},
		"secret with a tag":                   {foreign.Synapse, `algorithm: HS256, secret: !vault abc`, "jwt_config.secret"},
		"section with a tag":                  {foreign.Synapse, "\njwt_config: !include jwt.yaml", "jwt_config"},
		"section that is a text":              {foreign.Synapse, "\njwt_config: yes please", "jwt_config"},
		"lifetime of a wrong unit":            {foreign.Synapse, "\nsession_lifetime: 5 minutes", "session_lifetime"},
		"lifetime in milliseconds":            {foreign.Synapse, "\nsession_lifetime: 30", "session_lifetime"},
		"lifetime below 0":                    {foreign.Synapse, "\nsession_lifetime: -1", "session_lifetime"},
		"lifetime beyond all measure":         {foreign.Synapse, "\nsession_lifetime: 999999999y", "session_lifetime"},
		"limit that is no number":             {foreign.Synapse, "\nrc_registration: {per_second: fast}", "rc_registration.per_second"},
		"limit below 0":                       {foreign.Synapse, "\nrc_login: {address: {per_second: -1}}", "rc_login.address.per_second"},
		"two shared secrets":                  {foreign.Synapse, "\nregistration_shared_secret: a\nregistration_shared_secret_path: b", "registration_shared_secret_path"},
		"port that is none":                   {foreign.Synapse, "\nlisteners: [{port: 0, type: http, resources: [{names: [client]}]}]", "listeners[0].port"},
		"unknown database":                    {foreign.Synapse, "\ndatabase: {name: oracle}", "database.name"},
		"two secrets of delegation":           {foreign.Synapse, "\nmatrix_authentication_service: {enabled: true, secret: a, secret_path: /b}", "matrix_authentication_service.secret_path"},
		"two ways of delegation":              {foreign.Synapse, "\nmatrix_authentication_service: {enabled: true}\nexperimental_features: {msc3861: {enabled: true}}", "experimental_features.msc3861.enabled"},
		"a secret of delegation, templated":   {foreign.Synapse, "\nmatrix_authentication_service: {enabled: true, secret: $SECRET}", "matrix_authentication_service.secret"},
		"Palpo, templated mas_secret":         {foreign.Palpo, "secret = 'x'\n[delegated_auth]\nenable = true\n[admin]\nmas_secret = '$SECRET'", "admin.mas_secret"},
		"Palpo, empty secret":                 {foreign.Palpo, ``, "jwt.secret"},
		"Palpo, secret under another name":    {foreign.Palpo, `key = "x"`, "jwt.secret"},
		"Palpo, unchecked signature":          {foreign.Palpo, "secret = 'x'\nvalidate_signature = false", "jwt.validate_signature"},
		"Palpo, unchecked exp":                {foreign.Palpo, "secret = 'x'\nvalidate_exp = false", "jwt.validate_exp"},
		"Palpo, unchecked nbf":                {foreign.Palpo, "secret = 'x'\nvalidate_nbf = false", "jwt.validate_nbf"},
		"Palpo, algorithm none":               {foreign.Palpo, "secret = 'x'\nalgorithm = 'none'", "jwt.algorithm"},
		"Palpo, unknown format":               {foreign.Palpo, "secret = 'x'\nformat = 'RSA'", "jwt.format"},
		"Palpo, format and algorithm":         {foreign.Palpo, "secret = '''" + ecKey + "'''\nformat = 'ECDSA'\nalgorithm = 'EdDSA'", "jwt.algorithm"},
		"Palpo, format of another key":        {foreign.Palpo, "secret = '''" + ecKey + "'''", "jwt.secret"},
		"Palpo, ECDSA without a key":          {foreign.Palpo, "secret = 'x'\nformat = 'ECDSA'\nalgorithm = 'ES256'", "jwt.secret"},
		"Palpo, HMAC with ES256":              {foreign.Palpo, "secret = 'x'\nalgorithm = 'ES256'", "jwt.algorithm"},
		"Palpo, ECDSA with the default":       {foreign.Palpo, "secret = '''" + ecKey + "'''\nformat = 'ECDSA'", "jwt.algorithm"},
		"Palpo, issuer that is no list":       {foreign.Palpo, "secret = 'x'\nissuer = 'a'", "jwt.issuer"},
		"Palpo, empty audience":               {foreign.Palpo, "secret = 'x'\naudience = ['']", "jwt.audience"},
		"Palpo, require_exp that is a text":   {foreign.Palpo, "secret = 'x'\nrequire_exp = 'true'", "jwt.require_exp"},
		"Palpo, address without a port":       {foreign.Palpo, "secret = 'x'\n[[listeners]]\naddress = 'localhost'", "listeners[0].address"},
		"Tuwunel, empty key":                  {foreign.Tuwunel, "enable = true\nkey = ''", "global.jwt.key"},
		"Tuwunel, two keys":                   {foreign.Tuwunel, "enable = true\nkey = 'x'\nsecret = 'y'", "global.jwt.secret"},
		"Tuwunel, unchecked exp":              {foreign.Tuwunel, "enable = true\nkey = 'x'\nvalidate_exp = false", "global.jwt.validate_exp"},
		"Tuwunel, registration with a secret": {foreign.Tuwunel, "[global]\nregistration_shared_secret_file = '${FILE}'", "global.registration_shared_secret_file"},
	} {
		t.Run(name, func(t *testing.T) {
			result := convert(t, c.kind, whole(c.kind, c.settings))
			var refused []string
			for _, finding := range result.Findings {
				if finding.Verdict == foreign.Refused {
					refused = append(refused, finding.Path)
				}
			}
			if len(refused) != 1 || refused[0] != c.path || !result.Refused() || result.YAML != nil {
				t.Errorf("%s%s", lines(result), result.YAML)
			}
		})
	}
}

// whole returns a configuration with the settings.
func whole(kind foreign.Kind, settings string) string {
	switch {
	case strings.HasPrefix(settings, "\n"):
		return "server_name: example.org" + settings + "\n"
	case kind == foreign.Synapse:
		return "server_name: example.org\njwt_config: {enabled: true, " + settings + "}\n"
	case kind == foreign.Palpo:
		return "server_name = 'example.org'\n[jwt]\n" + settings + "\n"
	case strings.HasPrefix(settings, "[global]"):
		return "[global]\nserver_name = 'example.org'\n" + strings.TrimPrefix(settings, "[global]\n") + "\n"
	}
	return "[global]\nserver_name = 'example.org'\n[global.jwt]\n" + settings + "\n"
}

// oneLine writes a text as it stands in double quotes.
func oneLine(text string) string { return strings.ReplaceAll(text, "\n", `\n`) }

func TestAllRefusalsAreSaidAtOnce(t *testing.T) {
	result := convert(t, "", "server_name = 'a'\n[jwt]\nalgorithm = 'none'\nvalidate_exp = false\nvalidate_nbf = false\nvalidate_signature = false\n")
	if n := strings.Count(lines(result), "refused: "); n != 5 {
		t.Errorf("%d: %s", n, lines(result))
	}
}

func TestASectionThatIsOffRefusesNothing(t *testing.T) {
	for _, text := range []string{
		"server_name: a\njwt_config: {secret: '', algorithm: none}\n",
		"server_name: a\njwt_config: {enabled: no, secret: '', algorithm: none}\n",
		"server_name: a\njwt_config:\n",
		"server_name = 'a'\n[jwt]\nenable = false\nvalidate_signature = false\n",
		"[global]\nserver_name = 'a'\n[global.jwt]\nvalidate_signature = false\n",
	} {
		if c := parse(t, convert(t, "", text)); len(c.JWT.Providers) != 0 {
			t.Errorf("%q has a provider", text)
		}
	}
}

func TestNothingThatIsPrintedHoldsASecretOrALineBreak(t *testing.T) {
	const secret = "hush-hush"
	for _, text := range []string{
		"server_name: a\njwt_config: {enabled: true, secret: " + secret + ", algorithm: RS256}\n",
		"server_name: a\njwt_config: {enabled: true, secret: [" + secret + "], algorithm: HS256}\n",
		"server_name: a\njwt_config: {enabled: true, secret: ${" + secret + "}, algorithm: HS256}\n",
		"server_name: a\nregistration_shared_secret: {" + secret + ": x}\n",
		"server_name: a\ndatabase: {name: psycopg2, args: {password: " + secret + ", host: \"a\\nb\"}}\n",
		"server_name: a\n\"x\\ny\\e[31m\": 1\n",
		"server_name = 'a'\n[jwt]\nsecret = '" + secret + "'\nformat = 'ECDSA'\n",
		"server_name = 'a'\nregistration_token = '" + secret + "'\nallow_registration = true\n",
		"server_name: a\njwt_config: {secret: \"" + secret + "\n",
		"server_name = 'a'\nsecret = '" + secret + "\n",
		"server_name: a\nmatrix_authentication_service: {enabled: true, secret: " + secret + "}\n",
		"server_name: a\nmatrix_authentication_service: {enabled: false, secret: " + secret + "}\n",
		"server_name: a\nexperimental_features: {msc3861: {enabled: true, admin_token: " + secret + ", client_secret: " + secret + "}}\n",
		"server_name = 'a'\n[delegated_auth]\nenable = true\n[admin]\nmas_secret = '" + secret + "'\n",
	} {
		result, err := foreign.Convert("", foreign.File{Name: "f\ng", Text: []byte(text)})
		said := lines(result)
		if err != nil {
			said += err.Error() + "\n"
		}
		if strings.Contains(said, secret) || strings.Contains(said, "\x1b") || strings.Count(said, "\n") != len(result.Findings)+min(1, len(said)-len(lines(result))) {
			t.Errorf("%q", said)
		}
		if said == "" {
			t.Errorf("%q says nothing", text)
		}
	}
}
