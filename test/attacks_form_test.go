package test

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
)

func TestAttacksOnTheFormOfTheToken(t *testing.T) {
	good := func(name string) string {
		return sealed("HS256", []byte(secret), `{"alg":"HS256"}`, payload(issuer("HS256"), name))
	}
	var attacks []attack
	for what, change := range map[string]func(header, payload, signature string) string{
		"one segment":       func(h, p, s string) string { return h },
		"two segments":      func(h, p, s string) string { return h + "." + p },
		"no signature":      func(h, p, s string) string { return h + "." + p + "." },
		"four segments":     func(h, p, s string) string { return h + "." + p + "." + s + ".x" },
		"a dot before":      func(h, p, s string) string { return "." + h + "." + p + "." + s },
		"a dot after":       func(h, p, s string) string { return h + "." + p + "." + s + "." },
		"dots":              func(h, p, s string) string { return ".." },
		"padding":           func(h, p, s string) string { return h + "." + p + "." + s + "=" },
		"space":             func(h, p, s string) string { return h + "." + p + "." + s + " " },
		"CR LF":             func(h, p, s string) string { return h + "." + p + "." + s[:4] + "\r\n" + s[4:] },
		"CR LF, signed":     func(h, p, _ string) string { return sign(h+"."+p[:4]+"\r\n"+p[4:], secret) },
		"space, signed":     func(h, p, _ string) string { return sign(h+"."+p+" ", secret) },
		"padding, signed":   func(h, p, _ string) string { return sign(h+"==."+p, secret) },
		"standard alphabet": func(h, p, s string) string { return h + "." + p + "." + s[:8] + "+/" + s[10:] },
		"query":             func(h, p, s string) string { return h + "." + p + "." + s + "?" },
		"fragment":          func(h, p, s string) string { return h + "." + p + "." + s + "#" },
		"Bearer":            func(h, p, s string) string { return "Bearer " + h + "." + p + "." + s },
		"percent":           func(h, p, s string) string { return h + "%2E" + p + "%2E" + s },
		"JSON serialisation": func(h, p, s string) string {
			return fmt.Sprintf(`{"protected":%q,"payload":%q,"signature":%q}`, h, p, s)
		},
		"unprotected header": func(h, p, s string) string {
			return fmt.Sprintf(`{"header":{"alg":"none"},"payload":%q,"signature":""}`, p)
		},
		"trailing bits": func(h, p, s string) string { return h + "." + p + "." + s[:len(s)-1] + trailingBit(s[len(s)-1]) },
	} {
		attacks = append(attacks, attack{what, func(name string) string {
			segments := strings.Split(good(name), ".")
			return change(segments[0], segments[1], segments[2])
		}})
	}
	for _, header := range []string{
		`{"alg":"dir","enc":"A128GCM"}`, `{"alg":"RSA-OAEP","enc":"A256GCM"}`, `{"alg":"ECDH-ES","enc":"A128GCM"}`, `{"alg":"A128KW","enc":"A128CBC-HS256"}`,
		`{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":2000000000,"p2s":"AAAAAAAA"}`, `{"alg":"dir","enc":"A128GCM","zip":"DEF"}`,
	} {
		attacks = append(attacks, fixed("JWE "+header, b64([]byte(header))+".QUFB.QUFB.QUFB.QUFB"),
			fixed("JWE with three segments "+header, b64([]byte(header))+".QUFB.QUFB"))
	}
	repelled(t, attacks)
}

// trailingBit sets the bits of a last letter that encode nothing.
func trailingBit(last byte) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	i := strings.IndexByte(alphabet, last)
	return alphabet[i^1 : i^1+1]
}

func TestAttacksOnThePayload(t *testing.T) {
	inner := sealed("HS256", []byte(secret), `{"alg":"HS256"}`, payload(issuer("HS256"), "mallory"))
	var attacks []attack
	for what, change := range map[string]func(string) string{
		"nested JWS": func(string) string { return inner }, "quoted JWS": func(string) string { return text(inner) }, "empty": func(string) string { return "" },
		"list": func(p string) string { return "[" + p + "]" }, "null": func(string) string { return "null" }, "text": func(string) string { return `"mallory"` },
		"trailing data": func(p string) string { return p + "{}" }, "trailing NUL": func(p string) string { return p + "\x00" },
		"byte order mark": func(p string) string { return "\ufeff" + p }, "UTF-16": func(p string) string { return "{\x00" + p },
		"NaN":            func(p string) string { return p[:len(p)-1] + `,"exp":NaN}` },
		"Infinity":       func(p string) string { return p[:len(p)-1] + `,"exp":Infinity}` },
		"invalid UTF-8":  func(p string) string { return p[:len(p)-1] + ",\"x\":\"\xff\"}" },
		"lone surrogate": func(p string) string { return p[:len(p)-1] + `,"x":"\ud800"}` },
		"NUL":            func(p string) string { return p[:len(p)-1] + `,"x":"\u0000"}` },
		"sub twice":      func(p string) string { return p[:len(p)-1] + `,"sub":"mallory"}` },
		"exp twice":      func(p string) string { return p[:len(p)-1] + `,"exp":1,"exp":9999999999}` },
		"twice inside":   func(p string) string { return p[:len(p)-1] + `,"x":{"y":1,"y":1}}` },
		"deep": func(p string) string {
			return p[:len(p)-1] + `,"x":` + strings.Repeat("[", 4000) + strings.Repeat("]", 4000) + "}"
		},
	} {
		attacks = append(attacks, attack{what, func(name string) string {
			return sealed("HS256", []byte(secret), `{"alg":"HS256"}`, change(payload(issuer("HS256"), name)))
		}})
	}
	attacks = append(attacks, attack{"deep header", func(name string) string {
		header := `{"alg":"HS256","x":` + strings.Repeat(`{"a":`, 1500) + "1" + strings.Repeat("}", 1500) + "}"
		return sealed("HS256", []byte(secret), header, payload(issuer("HS256"), name))
	}})
	repelled(t, attacks)
}

// Nothing that is sent costs much time or memory. The limit of the body is the
// greatest that can be configured, so that a megabyte does reach the verifier.
func TestHugeTokens(t *testing.T) {
	signed := func(claims string) string {
		return sealed("HS256", []byte(secret), `{"alg":"HS256"}`, payload(issuer("HS256"), "mallory", claims))
	}
	hashing := "." + b64([]byte(payload(issuer("HS256"), "mallory"))) + "."
	repelledWithin(t, 200<<20, []attack{
		fixed("dots", strings.Repeat(".", 900_000)),
		fixed("segments", strings.Repeat("QUFB.", 100_000)),
		fixed("a huge header", b64([]byte(`{"alg":"HS256","x":"`+strings.Repeat("x", 600_000)+`"}`))+hashing),
		fixed("a huge signature", b64([]byte(`{"alg":"HS256"}`))+hashing+strings.Repeat("A", 900_000)),
		fixed("a signed claim of 170 KiB", signed(`"x":"`+strings.Repeat("x", 128<<10)+`"`)),
		fixed("a signed claim of 700 KiB", signed(`"x":"`+strings.Repeat("x", 500<<10)+`"`)),
		fixed("signed and deep", signed(`"x":`+strings.Repeat("[", 250_000)+strings.Repeat("]", 250_000))),
		fixed("signed and inflatable", sealed("HS256", []byte(secret), `{"alg":"HS256","zip":"DEF"}`, string(bomb(512)))),
	})
}

// bomb is what inflates to so many MiB of zeros.
func bomb(megabytes int) []byte {
	var one bytes.Buffer
	w := must(flate.NewWriter(&one, flate.BestCompression))
	must(w.Write(make([]byte, 1<<20)))
	if err := w.Flush(); err != nil {
		panic(err)
	}
	// What is flushed ends with a byte, so it can be repeated; then comes the end.
	return append(bytes.Repeat(one.Bytes(), megabytes), 3, 0)
}

func TestTheBombInflates(t *testing.T) {
	if n, err := io.Copy(io.Discard, flate.NewReader(bytes.NewReader(bomb(3)))); n != 3<<20 || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
}

// repelledWithin is repelled, for which the process may not grow by more than
// so many bytes.
func repelledWithin(t *testing.T, limit uint64, attacks []attack) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	repelled(t, attacks)
	runtime.ReadMemStats(&after)
	if after.Sys > before.Sys+limit {
		t.Errorf("the process grew by %d MiB", (after.Sys-before.Sys)>>20)
	}
}
