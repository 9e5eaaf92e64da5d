package config

import (
	"regexp"
	"testing"
)

// FuzzParseRegistration holds the reader of registration files to this: it never
// panics, and what it accepts is whole.
func FuzzParseRegistration(f *testing.F) {
	f.Add([]byte("id: a\nurl: ~\nas_token: b\nhs_token: c\nsender_localpart: d\nnamespaces: {users: [{regex: e, exclusive: true}]}\nx: {}\n"))
	f.Add([]byte(`{"id": "a", "url": "http://a", "as_token": "\u0062", "hs_token": "c", "sender_localpart": "d", "namespaces": {}}`))
	f.Add([]byte("id: a\nid: b\nnamespaces:\n  users:\n  - ~\n  - regex: (\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		service, faults := parseRegistration("irc.yaml", text)
		if len(faults) > 0 {
			return
		}
		if service.ID == "" || service.ASToken == "" || service.HSToken == "" || service.SenderLocalpart == "" {
			t.Errorf("accepted: %+v", service)
		}
		for _, namespace := range service.Users {
			if _, err := regexp.Compile(namespace.Regex); err != nil || namespace.Regex == "" {
				t.Errorf("accepted: %+v", namespace)
			}
		}
	})
}
