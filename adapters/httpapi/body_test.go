package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
)

const goodLogin = `{"type":"org.example.badge","token":"badge of alice"}`

// endless is a body without an end; it counts what is read of it.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	e.read += len(p)
	return len(p), nil
}

func TestABodyMayHaveTheLimitAndNotAByteMore(t *testing.T) {
	const limit = 1000
	d := newDoor(func(a *httpapi.API) { a.Settings.MaxBodyBytes = limit })
	for size, status := range map[int]int{limit: 200, limit + 1: 413} {
		body := goodLogin + strings.Repeat(" ", size-len(goodLogin))
		declared := httptest.NewRequest("POST", loginPath, strings.NewReader(body))
		chunked := httptest.NewRequest("POST", loginPath, io.MultiReader(strings.NewReader(body)))
		if declared.ContentLength != int64(size) || chunked.ContentLength != -1 {
			t.Fatal("the requests are not what they should be")
		}
		for name, a := range map[string]answered{"declared": d.send(t, declared), "chunked": d.send(t, chunked)} {
			if a.status != status || status == 413 && a.errcode() != "M_TOO_LARGE" {
				t.Errorf("%d bytes, %s: %d %s", size, name, a.status, a.text)
			}
		}
	}
}

func TestReadingStopsAtTheLimit(t *testing.T) {
	d := newDoor()
	for declared, most := range map[int64]int{-1: httpapi.DefaultMaxBodyBytes + 4096, 1 << 30: 0} {
		body := &endless{}
		r := httptest.NewRequest("POST", loginPath, body)
		r.ContentLength = declared
		a := d.send(t, r)
		if a.status != 413 || a.header.Get("Connection") != "close" {
			t.Errorf("declared %d: %d %s %v", declared, a.status, a.text, a.header)
		}
		if body.read > most {
			t.Errorf("declared %d: %d bytes were read", declared, body.read)
		}
	}
}

func TestNothingIsInflated(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	if _, err := io.CopyN(z, &endless{}, 16<<20); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	d := newDoor()
	for _, c := range []struct {
		encoding, body string
		status         int
	}{
		{"gzip", bomb.String(), 415},
		{"gzip", goodLogin, 415},
		{"GZIP", goodLogin, 415},
		{"br", goodLogin, 415},
		{"deflate", goodLogin, 415},
		{"zstd", goodLogin, 415},
		{"identity, gzip", goodLogin, 415},
		{"identity", goodLogin, 200},
		{"Identity", goodLogin, 200},
		{"", goodLogin, 200},
	} {
		a := d.do(t, "POST", loginPath, c.body, "Content-Encoding: "+c.encoding)
		if a.status != c.status || c.status == 415 && a.errcode() != "M_UNKNOWN" {
			t.Errorf("%q: %d %s", c.encoding, a.status, a.text)
		}
	}
	twice := []string{"Content-Encoding: identity", "Content-Encoding: gzip"}
	if a := d.do(t, "POST", loginPath, goodLogin, twice...); a.status != 415 {
		t.Errorf("%v: %d %s", twice, a.status, a.text)
	}
}

func TestTheContentTypeDoesNotMatter(t *testing.T) {
	d := newDoor()
	for _, contentType := range []string{"", "text/plain", "application/json; charset=latin1", "multipart/form-data; boundary=x", "rubbish;;"} {
		if a := d.do(t, "POST", loginPath, goodLogin, "Content-Type: "+contentType); a.status != 200 {
			t.Errorf("%q: %d %s", contentType, a.status, a.text)
		}
	}
}
