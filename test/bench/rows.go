package main

import (
	"net/http"
	"slices"
	"strings"
)

// A row is one kind of request.
type row struct {
	name, title string
	clients     []int // how many are tried; nil: all
	// checkpoint says that there is one before each measurement.
	checkpoint bool
	// sighted says that whoever was seen in the beginning shall be written down before.
	sighted bool
	// ours opens our side of it for so many clients.
	ours func(s *site, clients int) (contender, error)
	// serves says which Doorward is at work; nil: none.
	serves func(*site) *door
	// limits are what ours is held against, the first one first of all.
	limits map[string][]limit
	// reach is what part of the first limit is to be reached, at 64 clients.
	reach map[string]float64
}

var rows = []row{
	{
		name: "login-new", title: "login, new users",
		ours: overHTTP(func(s *site, _ int) traffic {
			return onceEach(http.StatusOK, func() []byte {
				return jwtLogin(mint(localpart(users+int(s.newUsers.Add(1))), secret), onDevice("BENCH"))
			})
		}),
		serves: mainDoor,
		limits: writes(leanNew), reach: map[string]float64{onPostgres: 1.5, onSQLite: 0.6},
	},
	{
		name: "login-device", title: "login, new devices",
		ours: overHTTP(func(*site, int) traffic {
			return anyOf(http.StatusOK, each(users, func(i int) []byte { return jwtLogin(mint(localpart(i), secret), "") }))
		}),
		serves: mainDoor,
		limits: writes(leanDevice), reach: map[string]float64{onPostgres: 1.8, onSQLite: 0.6},
	},
	{
		name: "login-same", title: "login, same user and device",
		ours:   overHTTP(func(_ *site, clients int) traffic { return sameDevices(clients, localpart) }),
		serves: mainDoor,
		limits: writes(leanSame), reach: map[string]float64{onPostgres: 1.8, onSQLite: 0.6},
	},
	{
		name: "login-one", title: "login, all of one user and device", clients: []int{mostClients},
		ours: overHTTP(func(_ *site, clients int) traffic {
			return sameDevices(clients, func(int) string { return localpart(0) })
		}),
		serves: mainDoor,
		limits: writes(leanOne),
	},
	{
		name: "login-limited", title: "login, same device, with rate limits", clients: []int{mostClients},
		ours: byAnother(limitedDoor, settings{limits: true}, func(_ *site, clients int) traffic {
			return sameDevices(clients, localpart)
		}),
		serves: anotherDoor(limitedDoor),
		limits: writes(leanSame), reach: map[string]float64{onPostgres: 1.8, onSQLite: 0.6},
	},
	{
		name: "login-refused", title: "login, bad signature",
		ours: overHTTP(func(*site, int) traffic {
			return anyOf(http.StatusForbidden, each(users, func(i int) []byte {
				return jwtLogin(mint(localpart(i), "another secret with at least 32 bytes"), onDevice("FIRST"))
			}))
		}),
		serves: mainDoor,
		limits: both(limit{name: "bare Echo POST", open: bareLogin}), reach: map[string]float64{onPostgres: 0.6, onSQLite: 0.6},
	},
	{
		name: "login-password", title: "login by password",
		ours: func(s *site, clients int) (contender, error) {
			if err := s.withPasswords(); err != nil {
				return contender{}, err
			}
			return served(s.door.address, clients, ownOf(http.StatusOK, each(clients, func(i int) []byte {
				return passwordLogin(passwordUser(i), localpart(i))
			})))
		},
		serves: mainDoor,
		limits: both(limit{name: "bare argon2id", open: func(_ *site, clients int) (contender, error) { return bareArgon2id(clients), nil }}),
		reach:  map[string]float64{onPostgres: 0.9, onSQLite: 0.9},
	},
	{
		name: "refresh", title: "refresh",
		ours:   func(s *site, clients int) (contender, error) { return s.refreshing(clients) },
		serves: mainDoor,
		limits: writes(leanRefresh),
	},
	{
		name: "whoami", title: "whoami",
		ours:   overHTTP(everybodyAsks),
		serves: mainDoor,
		limits: lookUps, reach: map[string]float64{onPostgres: 0.85, onSQLite: 0.85},
	},
	{
		name: "whoami-uncached", title: "whoami, no cache", clients: []int{mostClients},
		ours:   byAnother(uncachedDoor, settings{more: uncached}, everybodyAsks),
		serves: anotherDoor(uncachedDoor),
		limits: lookUps, reach: map[string]float64{onPostgres: 0.2, onSQLite: 0.4},
	},
	{
		name: "introspect", title: "introspection",
		ours:   func(s *site, clients int) (contender, error) { return s.introspecting(clients) },
		serves: anotherDoor(delegatedDoor),
		limits: both(limit{name: "bare Echo POST", open: bareLogin}), reach: map[string]float64{onPostgres: 0.85, onSQLite: 0.85},
	},
	{
		name: "store", title: "storage adapter alone, new devices", clients: []int{mostClients},
		ours:   func(s *site, clients int) (contender, error) { return s.storing(clients) },
		limits: writes(leanDevice), reach: map[string]float64{onPostgres: 3.5},
	},
}

func mainDoor(s *site) *door { return s.door }

// uncached is the setting with which Doorward asks the database whose a token is, each
// time: what it remembers does not depend on the size of the database.
const uncached = ", token_cache: 0"

// Doorwards beside the main one.
const (
	limitedDoor   = "limited"
	uncachedDoor  = "uncached"
	delegatedDoor = "delegated"
)

func anotherDoor(name string) func(*site) *door {
	return func(s *site) *door { return s.others[name] }
}

// byAnother makes our side of a row out of what clients send to another Doorward.
func byAnother(name string, with settings, t func(s *site, clients int) traffic) func(s *site, clients int) (contender, error) {
	return func(s *site, clients int) (contender, error) {
		d, err := s.another(name, with)
		if err != nil {
			return contender{}, err
		}
		return served(d.address, clients, t(s, clients))
	}
}

func everybodyAsks(s *site, _ int) traffic { return anyOf(http.StatusOK, s.signedIn) }

// overHTTP makes our side of a row out of what clients send to the main Doorward.
func overHTTP(t func(s *site, clients int) traffic) func(s *site, clients int) (contender, error) {
	return func(s *site, clients int) (contender, error) {
		return served(s.door.address, clients, t(s, clients))
	}
}

// sameDevices are logins of each client on a device that stays the same.
func sameDevices(clients int, user func(client int) string) traffic {
	return ownOf(http.StatusOK, each(clients, func(i int) []byte {
		return jwtLogin(mint(user(i), secret), onDevice("BENCH"))
	}))
}

// isMeant says whether a name, or a group of rows such as "login", is asked for.
func isMeant(wanted []string, name string) bool {
	return len(wanted) == 0 || slices.ContainsFunc(wanted, func(w string) bool {
		return w == name || strings.HasPrefix(name, w+"-")
	})
}
