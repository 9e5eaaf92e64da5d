package main

import (
	"net/http"
	"slices"
)

// A limit is what cannot be done faster.
type limit struct {
	name    string
	open    func(s *site, clients int) (contender, error)
	clients []int // beside how many it is measured; nil: all
}

// writes are the limits of a write: the lean statement as text, which what is to be
// reached refers to, and the same prepared; or raw groups.
func writes(what string) map[string][]limit {
	text := lean("pgbench", what, asText)
	text.clients = []int{mostClients}
	return map[string][]limit{
		onPostgres: {text, lean("pgbench prepared", what, prepared)},
		onSQLite: {{name: "raw groups", open: func(s *site, clients int) (contender, error) {
			groups, err := s.rawGroups()
			if err != nil {
				return contender{}, err
			}
			return groups.open(what, clients)
		}}},
	}
}

func lean(name, statement, mode string) limit {
	return limit{name: name, open: func(s *site, clients int) (contender, error) {
		return s.pgbench.open(statement, mode, users, clients), nil
	}}
}

// lookUps are the limits of asking whose a token is.
var lookUps = map[string][]limit{
	onPostgres: {{name: "bare Echo GET", open: bareWhoami}, lean("pgbench prepared", leanLookUp, prepared)},
	onSQLite:   {{name: "bare Echo GET", open: bareWhoami}},
}

func both(l limit) map[string][]limit {
	return map[string][]limit{onPostgres: {l}, onSQLite: {l}}
}

func bareWhoami(s *site, clients int) (contender, error) {
	return served(s.echo.address, clients, everybodyAsks(s, clients))
}

func bareLogin(s *site, clients int) (contender, error) {
	return served(s.echo.address, clients, anyOf(http.StatusOK, [][]byte{jwtLogin(mint(localpart(0), secret), onDevice("FIRST"))}))
}

// limitsFor are the limits that are measured beside so many clients.
func (r row) limitsFor(store string, clients int) (found []limit) {
	for _, l := range r.limits[store] {
		if len(l.clients) == 0 || slices.Contains(l.clients, clients) {
			found = append(found, l)
		}
	}
	return found
}
