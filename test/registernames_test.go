package test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/seed-31b6c987/doorward/domain"
)

func TestANameThatNobodyMayHaveIsRefusedBeforeTheChallenge(t *testing.T) { // "POST /register"; appendices, "User identifiers"
	onEveryVariant(t, registering, func(t *testing.T, d *door) {
		d.mustRegister(t, newcomer("taken"))
		if err := d.Storage.Repositories().Users.Create(t.Context(), domain.User{ID: "@Old:example.org", Deactivated: true}); err != nil {
			t.Fatal(err)
		}
		rows := map[string]string{
			"taken": "M_USER_IN_USE", "TAKEN": "M_USER_IN_USE", "Taken": "M_USER_IN_USE", "Old": "M_USER_IN_USE",
			"": "M_INVALID_USERNAME", "_irc": "M_INVALID_USERNAME", "12345": "M_INVALID_USERNAME",
			"@alice:example.org": "M_INVALID_USERNAME", "alice:example.org": "M_INVALID_USERNAME",
			strings.Repeat("a", 255-len("@:example.org")+1): "M_INVALID_USERNAME",
			"\u212aelvin": "M_INVALID_USERNAME", "é": "M_INVALID_USERNAME",
		}
		for _, c := range "!\":?\\@[]{|}£\n' %#" {
			rows["a"+string(c)+"b"] = "M_INVALID_USERNAME"
		}
		for name, errcode := range rows {
			wants(t, name, d.register(t, newcomer(name)), 400, errcode)
			wants(t, name+" with a stage", d.register(t, newcomer(name).with(dummy(""))), 400, errcode)
			wants(t, name+": available", d.do(t, "GET", availablePath+"?username="+percent(name), "", ""), 400, errcode)
		}
		for name, id := range map[string]string{
			"user-UPPER": "@user-upper:example.org", "q3._=-/+": "@q3._=-/+:example.org", "1a": "@1a:example.org", "a_": "@a_:example.org",
			strings.Repeat("a", 255-len("@:example.org")): "@" + strings.Repeat("a", 255-len("@:example.org")) + ":example.org",
		} {
			if a := d.do(t, "GET", availablePath+"?username="+percent(name), "", ""); a.status != 200 || a.raw != `{"available":true}` {
				t.Errorf("%s: available: %s", name, a)
			}
			if a := d.mustRegister(t, newcomer(name)); a.text("user_id") != id {
				t.Errorf("%s: got %s", name, a)
			}
		}
		wants(t, "available without a name", d.do(t, "GET", availablePath, "", ""), 400, "M_MISSING_PARAM")
		wants(t, "available by POST", d.do(t, "POST", availablePath, "", "{}"), 405, "M_UNRECOGNIZED")
	})
}

func percent(s string) (escaped string) {
	for i := range len(s) {
		escaped += fmt.Sprintf("%%%02X", s[i])
	}
	return escaped
}

func TestTheNameOfADeactivatedUserStaysInUse(t *testing.T) { // appendices, "User identifiers"
	onEveryVariant(t, registering, func(t *testing.T, d *door) {
		d.mustRegister(t, newcomer("alice"))
		d.change(t, "@alice:example.org", func(u *domain.User) { u.Deactivated = true })
		wants(t, "the name", d.register(t, newcomer("alice")), 400, "M_USER_IN_USE")
	})
}

func TestANameIsMadeUpForThoseWhoChooseNone(t *testing.T) { // "POST /register"
	onEveryVariant(t, registering, func(t *testing.T, d *door) {
		a, b := d.mustRegister(t, form{"password": "a good pass word"}), d.mustRegister(t, form{"password": "a good pass word"})
		for _, a := range []answer{a, b} {
			name := domain.UserID(a.text("user_id")).Localpart()
			if err := errors.Join(domain.CheckLocalpart(name), domain.CheckNewLocalpart(name)); err != nil {
				t.Errorf("%s: %v", a, err)
			}
			if login := d.passwordLogin(t, name, "a good pass word"); login.text("user_id") != a.text("user_id") {
				t.Errorf("login: %s", login)
			}
		}
		if a.text("user_id") == b.text("user_id") {
			t.Errorf("both are %s", a.text("user_id"))
		}
	})
}

// all sends requests at once.
func all(n int, send func(i int) answer) []answer {
	answers := make([]answer, n)
	var requests sync.WaitGroup
	for i := range n {
		requests.Go(func() { answers[i] = send(i) })
	}
	requests.Wait()
	return answers
}

// tally counts answers by status and error code.
func tally(answers []answer) map[string]int {
	n := map[string]int{}
	for _, a := range answers {
		n[strings.TrimSpace(fmt.Sprint(a.status, " ", a.text("errcode")))]++
	}
	return n
}

func TestOfThoseWhoWantOneNameAtOnceOneGetsIt(t *testing.T) { // "POST /register": creation is atomic
	onEveryVariant(t, registering, func(t *testing.T, d *door) {
		const n = 8
		sessions := make([]string, n)
		for i := range sessions {
			sessions[i] = d.began(t, newcomer([]string{"alice", "Alice"}[i%2]))
		}
		got := tally(all(n, func(i int) answer { return d.register(t, dummy(sessions[i])) }))
		if want := map[string]int{"200": 1, "400 M_USER_IN_USE": n - 1}; !maps.Equal(got, want) {
			t.Errorf("got %v; want %v", got, want)
		}
		devices, err := d.Storage.Repositories().Devices.List(t.Context(), "@alice:example.org")
		if err != nil || len(devices) != 1 {
			t.Errorf("devices: %v, %v", devices, err)
		}
	})
}

func TestWhatSomebodyElseWasFasterWithIsRefusedInTheEnd(t *testing.T) { // "POST /register": checked again after the stages
	onEveryVariant(t, registering, func(t *testing.T, d *door) {
		session := d.began(t, newcomer("alice"))
		d.mustRegister(t, newcomer("Alice"))
		wants(t, "the name", d.register(t, dummy(session)), 400, "M_USER_IN_USE")
	})
}
