package httpapi_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestMalformedHTTPIsNeverALogin(t *testing.T) {
	d := newDoor()
	_, address := d.serve(t, nil)
	start := "POST " + loginPath + " HTTP/1.1\r\nHost: x\r\n"
	length := fmt.Sprintf("Content-Length: %d\r\n", len(goodLogin))
	end := "\r\n" + goodLogin
	for name, request := range map[string]string{
		"two lengths":          start + length + "Content-Length: 3\r\n" + end,
		"negative length":      start + "Content-Length: -1\r\n" + end,
		"length in hex":        start + "Content-Length: 0x35\r\n" + end,
		"length with a plus":   start + "Content-Length: +53\r\n" + end,
		"unknown encoding":     start + "Transfer-Encoding: xchunked\r\n" + end,
		"two encodings":        start + "Transfer-Encoding: gzip, chunked\r\n" + end,
		"space before colon":   start + "Content-Length : 53\r\n" + end,
		"space in a name":      start + length + "X Y: z\r\n" + end,
		"NUL in a value":       start + length + "X: a\x00b\r\n" + end,
		"CR in a value":        start + length + "X: a\rb\r\n" + end,
		"no colon":             start + length + "X\r\n" + end,
		"fold first":           "POST " + loginPath + " HTTP/1.1\r\n Host: x\r\n" + length + end,
		"no host":              "POST " + loginPath + " HTTP/1.1\r\n" + length + end,
		"two hosts":            start + "Host: y\r\n" + length + end,
		"bad host":             "POST " + loginPath + " HTTP/1.1\r\nHost: x y\r\n" + length + end,
		"version 3":            "POST " + loginPath + " HTTP/3.0\r\nHost: x\r\n" + length + end,
		"no version":           "POST " + loginPath + "\r\nHost: x\r\n" + length + end,
		"bad method":           "PO(ST " + loginPath + " HTTP/1.1\r\nHost: x\r\n" + length + end,
		"two spaces":           "POST  " + loginPath + " HTTP/1.1\r\nHost: x\r\n" + length + end,
		"bad percent":          "POST " + loginPath + "%zz HTTP/1.1\r\nHost: x\r\n" + length + end,
		"control in the path":  "POST " + loginPath + "\x01 HTTP/1.1\r\nHost: x\r\n" + length + end,
		"unknown expectation":  start + "Expect: miracles\r\n" + length + end,
		"20000 headers":        start + strings.Repeat("X-Header: v\r\n", 20000) + length + end,
		"header of 256 KiB":    start + "X: " + strings.Repeat("x", 256<<10) + "\r\n" + length + end,
		"URL of 2 MiB":         "POST " + loginPath + "?" + strings.Repeat("x", 2<<20) + " HTTP/1.1\r\nHost: x\r\n" + length + end,
		"TLS":                  "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
		"HTTP/2 without a TLS": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	} {
		conn := dial(t, address, request)
		_ = conn.CloseWrite()
		// A reset while reading is the other form of a refusal.
		text, _ := io.ReadAll(conn)
		status, _, _ := strings.Cut(string(text), "\r\n")
		if status != "" && !strings.HasPrefix(status, "HTTP/1.1 4") && !strings.HasPrefix(status, "HTTP/1.1 5") {
			t.Errorf("%s: %s", name, status)
		}
	}
	if len(d.saw.logins) != 0 {
		t.Errorf("logins %v", d.saw.logins)
	}
	if a := receive(t, dial(t, address, post(loginPath, goodLogin))); a.status != 200 {
		t.Errorf("afterwards: %d %s", a.status, a.text)
	}
}
