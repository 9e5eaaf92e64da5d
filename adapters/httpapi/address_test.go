package httpapi_test

import (
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/seed-31b6c987/doorward/adapters/httpapi"
)

func TestWhereARequestComesFrom(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct {
		name, remote string
		forwarded    []string
		want         string
	}{
		{"directly", "192.0.2.1:5", nil, "192.0.2.1"},
		{"directly, in IPv6", "[2001:db8::1]:5", nil, "2001:db8::1"},
		{"directly, with a zone", "[fe80::1%eth0]:5", nil, "fe80::1"},
		{"a stranger who forges", "192.0.2.1:5", []string{"203.0.113.9"}, "192.0.2.1"},
		{"by a proxy", "10.0.0.1:5", []string{"203.0.113.9"}, "203.0.113.9"},
		{"by a proxy, as IPv4 in IPv6", "[::ffff:10.0.0.1]:5", []string{"203.0.113.9"}, "203.0.113.9"},
		{"by a proxy in IPv6", "[fd00::1]:5", []string{"2001:db8::9"}, "2001:db8::9"},
		{"by two proxies", "10.0.0.1:5", []string{"203.0.113.9, 10.0.0.2"}, "203.0.113.9"},
		{"by two proxies, a line each", "10.0.0.1:5", []string{"203.0.113.9", "10.0.0.2"}, "203.0.113.9"},
		{"forged before the proxy", "10.0.0.1:5", []string{"198.51.100.1, 203.0.113.9"}, "203.0.113.9"},
		{"forged as a proxy", "10.0.0.1:5", []string{"10.0.0.9, 203.0.113.9"}, "203.0.113.9"},
		{"from a proxy itself", "10.0.0.1:5", []string{"10.0.0.3"}, "10.0.0.3"},
		{"with a port", "10.0.0.1:5", []string{"203.0.113.9:99"}, "203.0.113.9"},
		{"with brackets and a port", "10.0.0.1:5", []string{"[2001:db8::9]:99"}, "2001:db8::9"},
		{"rubbish", "10.0.0.1:5", []string{"unknown"}, "10.0.0.1"},
		{"rubbish behind a proxy", "10.0.0.1:5", []string{"203.0.113.9, \r\n, 10.0.0.2"}, "10.0.0.2"},
		{"an empty list", "10.0.0.1:5", []string{""}, "10.0.0.1"},
		{"no address", "@", []string{"203.0.113.9"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDoor(func(a *httpapi.API) { a.Settings.TrustedProxies = proxies })
			r := httptest.NewRequest("GET", whoamiPath, nil)
			r.RemoteAddr = c.remote
			r.Header["X-Forwarded-For"] = c.forwarded
			r.Header.Set("X-Real-Ip", "198.51.100.7")
			r.Header.Set("Forwarded", "for=198.51.100.7")
			d.send(t, r)
			if got := d.log.entries(t, "request")[0]["address"]; got != c.want {
				t.Errorf("address %v, want %q", got, c.want)
			}
		})
	}
}

func TestForwardingByStrangersIsWarnedAboutOnce(t *testing.T) {
	d := newDoor()
	for range 3 {
		d.do(t, "GET", whoamiPath, "", "X-Forwarded-For: 203.0.113.9")
	}
	const warning = "X-Forwarded-For is ignored, because it comes from an address that is not in http.trusted_proxies"
	if got := d.log.entries(t, warning); len(got) != 1 {
		t.Errorf("warned %d times", len(got))
	}
}
