//go:build soak

package soak

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"time"
)

const (
	v3       = "/_matrix/client/v3"
	password = "what all of them chose"
)

// A worker signs one user's device in and out, one request after another, and
// remembers what was acknowledged.
type worker struct {
	*doorward
	seen         *counts
	user, device string
	live         string   // the access token that must work; empty: none
	doubtful     string   // one that may or may not work: its end got no answer
	dead         []string // those that must not work

	refreshToken string   // the refresh token that must work; empty: none is known to
	previous     string   // the one before, which works until live is used
	spent        []string // those that must not work

	spare       string   // the access token of another device, which must work; empty: none
	spentLogins []string // the login tokens that must not work
}

// newWorkers makes workers, and registers their users. Two of them share a user,
// each with a device of its own.
func newWorkers(d *doorward, n int) []*worker {
	d.t.Helper()
	workers := make([]*worker, n)
	for i := range workers {
		workers[i] = &worker{doorward: d, user: fmt.Sprintf("user%d", i/2), device: fmt.Sprintf("device%d", i)}
		if i%2 > 0 {
			continue
		}
		body := fmt.Sprintf(`{"username":%q,"password":%q,"inhibit_login":true,"auth":{"type":"m.login.dummy"}}`, workers[i].user, password)
		if status, answer := d.do("POST", v3+"/register", "", body); status != 200 {
			d.t.Fatalf("registration: %d %v", status, answer)
		}
	}
	return workers
}

// step sends one request, or two, and takes down the outcome.
func (w *worker) step() {
	switch {
	case w.live == "" && w.refreshToken == "" || rand.IntN(4) == 0:
		w.login()
	case w.live == "" || w.refreshToken != "" && rand.IntN(3) == 0:
		w.refresh() // for the first time, or since the answer was lost
	case rand.IntN(3) == 0:
		w.logout()
	case rand.IntN(3) == 0:
		w.useSpare()
	default:
		w.whoami()
	}
}

// login signs in, mostly with a JWT; hashing passwords is slow.
func (w *worker) login() {
	switch n := rand.IntN(20); {
	case n == 0:
		w.signIn(loginByPassword, fmt.Sprintf(`"type":"m.login.password","user":%q,"password":%q`, w.user, password))
	case n < 4 && w.live != "":
		w.loginByToken()
	default:
		w.signIn(loginByJWT, w.jwt())
	}
}

// signIn logs in with the members of a credential, and says whether that was
// acknowledged.
func (w *worker) signIn(what kind, credential string) bool {
	answer, ok := w.try(what, "POST", v3+"/login", "", fmt.Sprintf(`{%s,"device_id":%q,"refresh_token":true}`, credential, w.device))
	if !ok {
		w.doubt() // it may have replaced the tokens all the same
		w.forgetRefreshTokens()
		return false
	}
	// The new token is the device's only one: whatever was before is dead.
	w.buryAll()
	w.spend(w.refreshToken, w.previous)
	w.previous = ""
	w.take(answer)
	return true
}

func (w *worker) loginByToken() {
	answer, ok := w.try(askForToken, "POST", "/_matrix/client/v1/login/get_token", w.live, w.confirmed())
	if !ok {
		return
	}
	w.used()
	token, _ := answer["login_token"].(string)
	if w.signIn(loginByToken, fmt.Sprintf(`"type":"m.login.token","token":%q`, token)) {
		w.spentLogins = append(w.spentLogins, token)
	}
}

func (w *worker) refresh() {
	answer, ok := w.try(refresh, "POST", v3+"/refresh", "", fmt.Sprintf(`{"refresh_token":%q}`, w.refreshToken))
	if !ok {
		w.doubt()
		w.previous = "" // the refresh token may have been used, or not
		return
	}
	w.buryAll()
	w.spend(w.previous)
	w.previous = w.refreshToken
	w.take(answer)
}

func (w *worker) logout() {
	if _, ok := w.try(logout, "POST", v3+"/logout", w.live, ""); !ok {
		w.doubt()
		w.forgetRefreshTokens()
		return
	}
	w.buryAll()
	w.spend(w.refreshToken, w.previous)
	w.forgetRefreshTokens()
}

func (w *worker) whoami() {
	answer, ok := w.try(whoami, "GET", v3+"/account/whoami", w.live, "")
	if !ok {
		return
	}
	if answer["device_id"] != w.device {
		w.t.Errorf("whoami of %s says %v", w.device, answer)
	}
	w.used()
}

// useSpare signs another device in; if it is, it deletes it.
func (w *worker) useSpare() {
	const spare = "spare-"
	if w.spare == "" {
		answer, _ := w.try(loginByJWT, "POST", v3+"/login", "", fmt.Sprintf(`{%s,"device_id":%q}`, w.jwt(), spare+w.device))
		w.spare, _ = answer["access_token"].(string)
		return
	}
	if _, ok := w.try(deleteDevice, "DELETE", v3+"/devices/"+spare+w.device, w.live, w.confirmed()); ok {
		w.bury(w.spare)
		w.used()
	}
	w.spare = "" // without an answer it may be deleted, or not
}

// jwt is a credential, and confirmed a body that confirms a request with one.
func (w *worker) jwt() string {
	return fmt.Sprintf(`"type":"org.matrix.login.jwt","token":%q`, mint(w.user))
}

func (w *worker) confirmed() string { return fmt.Sprintf(`{"auth":{%s}}`, w.jwt()) }

func mint(sub string) string {
	encode := base64.RawURLEncoding.EncodeToString
	now := time.Now()
	claims := fmt.Appendf(nil, `{"sub":%q,"iat":%d,"exp":%d}`, sub, now.Unix(), now.Add(time.Minute).Unix())
	input := encode([]byte(`{"alg":"HS256"}`)) + "." + encode(claims)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(input))
	return input + "." + encode(mac.Sum(nil))
}
