package proxy_test

import (
	"strings"
	"testing"
)

func TestTheAdminAPIIsNotPublic(t *testing.T) {
	var closed []route
	for _, r := range routes(administration) {
		closed = append(closed, route{r.method, r.path, nobody})
	}
	each(t, asItIs, func(t *testing.T, p *proxy) { p.check(t, closed) })
}

// openAdmin lets a network administer, as the comments of the examples say: the lines
// of the comment take the place of the line that closes it.
func openAdmin(t *testing.T, network string) func(string) string {
	return func(example string) string {
		var kept []string
		inComment := false
		for line := range strings.Lines(example) {
			bare := strings.TrimSpace(line)
			if bare == "location /_synapse/admin { return 404; }" || bare == "@admin vars_regexp {uri} ^/_synapse/admin" {
				continue
			}
			inComment = inComment || bare == "#location /_synapse/admin/ {" || bare == "#@admin {"
			if inComment {
				line = strings.Replace(line, "#", "", 1)
			}
			inComment = inComment && bare != "#}"
			kept = append(kept, line)
		}
		return replace(t, strings.Join(kept, ""), "192.0.2.0/24", 1, network)
	}
}

func TestTheAdminAPICanBeOpened(t *testing.T) {
	each(t, openAdmin(t, "127.0.0.0/8"), func(t *testing.T, p *proxy) {
		p.check(t, routes(administration))
		p.check(t, routes(rules))
		p.check(t, odd)
	})
}

func TestTheAdminAPIIsOpenedToOneNetwork(t *testing.T) {
	each(t, openAdmin(t, "192.0.2.0/24"), func(t *testing.T, p *proxy) {
		for _, r := range routes(administration) {
			answer := p.ask(t, r.method, r.path)
			if got := answer.Header.Get(nameHeader); got != "" || answer.StatusCode < 400 {
				t.Errorf("%s %s: %s (%d)", r.method, r.path, got, answer.StatusCode)
			}
		}
	})
}
