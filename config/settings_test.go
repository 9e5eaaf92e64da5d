package config

import (
	"reflect"
	"testing"
)

func TestNoTwoSettingsShareAVariable(t *testing.T) {
	c := Config{JWT: JWT{Providers: make([]Provider, 12)}, Registration: Registration{Terms: make([]Policy, 12)}}
	paths := map[string]string{}
	for path := range leaves(reflect.ValueOf(c), "") {
		if other, twice := paths[envName(path)]; twice {
			t.Errorf("%s is %s and %s", envName(path), other, path)
		}
		paths[envName(path)] = path
	}
	if len(paths) < 12*(20+5) {
		t.Errorf("got only %v", paths)
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "a", 0}, {"", "abc", 3}, {"abc", "", 3},
		{"secrt", "secret", 1}, {"sercet", "secret", 1}, {"secrets", "secret", 1},
		{"ab", "ba", 1}, {"kitten", "sitting", 3},
	} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("from %q to %q: got %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
