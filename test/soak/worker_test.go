//go:build soak

package soak

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// A worker signs one user's device in and out, one request after another, and
// remembers what was acknowledged.
type worker struct {
	*doorward
	user, device string
	live         string   // the access token that must work; empty: none
	doubtful     string   // one that may or may not work: its end got no answer
	dead         []string // those that must not work

	refreshToken string   // the refresh token that must work; empty: none is known to
	previous     string   // the one before, which works until live is used
	spent        []string // those that must not work
}

// counts say what happened to the requests.
type counts struct {
	acknowledged, unanswered, unavailable atomic.Int64
	slowest                               atomic.Int64 // nanoseconds
}

func newWorkers(d *doorward, n int) []*worker {
	workers := make([]*worker, n)
	for i := range workers {
		// Two workers share a user, each with a device of its own.
		workers[i] = &worker{doorward: d, user: fmt.Sprintf("user%d", i/2), device: fmt.Sprintf("device%d", i)}
	}
	return workers
}

// storm lets all workers work until stop is closed.
func storm(workers []*worker, seen *counts, stop <-chan struct{}) *sync.WaitGroup {
	var all sync.WaitGroup
	for _, w := range workers {
		all.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					w.step(seen)
				}
			}
		})
	}
	return &all
}

// step sends one request and takes down its outcome.
func (w *worker) step(seen *counts) {
	switch {
	case w.live == "" && w.refreshToken == "" || rand.IntN(4) == 0:
		w.login(seen)
	case w.live == "" || w.refreshToken != "" && rand.IntN(3) == 0:
		w.refresh(seen) // for the first time, or since the answer was lost
	case rand.IntN(3) == 0:
		w.logout(seen)
	default:
		w.whoami(seen)
	}
}

func (w *worker) login(seen *counts) {
	body := fmt.Sprintf(`{"type":"org.matrix.login.jwt","token":%q,"device_id":%q,"refresh_token":true}`, mint(w.user), w.device)
	status, answer := w.timed(seen, "POST", "/_matrix/client/v3/login", "", body)
	if status == 200 {
		// The new token is the device's only one: whatever was before is dead.
		w.bury(w.live)
		w.bury(w.doubtful)
		w.doubtful = ""
		w.spend(w.refreshToken, w.previous)
		w.take(answer)
		return
	}
	w.expectNoVerdict("login", status, answer)
	w.doubt() // it may have replaced the tokens all the same
	w.refreshToken, w.previous = "", ""
}

func (w *worker) refresh(seen *counts) {
	status, answer := w.timed(seen, "POST", "/_matrix/client/v3/refresh", "", fmt.Sprintf(`{"refresh_token":%q}`, w.refreshToken))
	if status == 200 {
		w.bury(w.live)
		w.bury(w.doubtful)
		w.doubtful = ""
		w.spend(w.previous)
		w.previous = w.refreshToken
		w.take(answer)
		return
	}
	w.expectNoVerdict("refresh", status, answer)
	w.doubt()
	w.previous = "" // the refresh token may have been used, or not
}

// take takes the tokens of an answer for the device's.
func (w *worker) take(answer map[string]any) {
	w.live, _ = answer["access_token"].(string)
	w.refreshToken, _ = answer["refresh_token"].(string)
}

func (w *worker) logout(seen *counts) {
	status, answer := w.timed(seen, "POST", "/_matrix/client/v3/logout", w.live, "")
	if status == 200 {
		w.bury(w.live)
		w.live = ""
		w.spend(w.refreshToken, w.previous)
		w.refreshToken, w.previous = "", ""
		return
	}
	w.expectNoVerdict("logout", status, answer)
	w.doubt()
	w.refreshToken, w.previous = "", ""
}

func (w *worker) whoami(seen *counts) {
	status, answer := w.timed(seen, "GET", "/_matrix/client/v3/account/whoami", w.live, "")
	if status == 200 {
		if answer["device_id"] != w.device {
			w.t.Errorf("whoami of %s says %v", w.device, answer)
		}
		w.spend(w.previous)
		w.previous = ""
		return
	}
	w.expectNoVerdict("whoami", status, answer)
}

// timed sends a request and counts it.
func (w *worker) timed(seen *counts, method, path, token, body string) (int, map[string]any) {
	began := time.Now()
	status, answer := w.do(method, path, token, body)
	for took := int64(time.Since(began)); ; {
		slowest := seen.slowest.Load()
		if took <= slowest || seen.slowest.CompareAndSwap(slowest, took) {
			break
		}
	}
	switch {
	case status == noAnswer:
		seen.unanswered.Add(1)
		<-time.After(time.Millisecond) // the server is down; do not spin
	case status >= 500:
		seen.unavailable.Add(1)
	default:
		seen.acknowledged.Add(1)
	}
	return status, answer
}

// expectNoVerdict: a fault is never the fault of whoever asked.
func (w *worker) expectNoVerdict(what string, status int, answer map[string]any) {
	if status != noAnswer && status < 500 {
		w.t.Errorf("%s of %s: %d %v", what, w.device, status, answer)
	}
}

func (w *worker) bury(token string) {
	if token != "" {
		w.dead = append(w.dead, token)
	}
}

func (w *worker) spend(tokens ...string) {
	for _, token := range tokens {
		if token != "" {
			w.spent = append(w.spent, token)
		}
	}
}

// doubt: the token's end may have been written, or not.
func (w *worker) doubt() {
	if w.live != "" {
		w.doubtful, w.live = w.live, ""
	}
}

// verify compares what is with what was acknowledged.
func (w *worker) verify() {
	w.t.Helper()
	ask := func(token string) int {
		status, answer := w.do("GET", "/_matrix/client/v3/account/whoami", token, "")
		if status != 200 && status != 401 {
			w.t.Errorf("whoami of %s: %d %v", w.device, status, answer)
		}
		return status
	}
	if w.live != "" {
		if ask(w.live) != 200 {
			w.t.Errorf("%s: an acknowledged login or refresh is lost", w.device)
		}
		w.spend(w.previous)
		w.previous = ""
	}
	for _, token := range w.dead {
		if ask(token) != 401 {
			w.t.Errorf("%s: an acknowledged logout or replacement is undone", w.device)
		}
	}
	if w.doubtful != "" && ask(w.doubtful) == 200 {
		w.live = w.doubtful
	} else {
		w.bury(w.doubtful)
	}
	w.doubtful = ""
	w.dead = w.dead[max(0, len(w.dead)-20):]
	w.verifyRefreshTokens()
}

func (w *worker) verifyRefreshTokens() {
	w.t.Helper()
	ask := func(token string) (int, map[string]any) {
		return w.do("POST", "/_matrix/client/v3/refresh", "", fmt.Sprintf(`{"refresh_token":%q}`, token))
	}
	w.spent = w.spent[max(0, len(w.spent)-20):]
	for _, token := range w.spent {
		if status, answer := ask(token); status != 401 {
			w.t.Errorf("%s: a spent refresh token is %d %v", w.device, status, answer)
		}
	}
	if w.refreshToken == "" {
		return
	}
	status, answer := ask(w.refreshToken)
	if status != 200 {
		w.t.Errorf("%s: a refresh token that nobody used is lost: %d %v", w.device, status, answer)
		return
	}
	w.bury(w.live)
	w.previous = w.refreshToken
	w.take(answer)
}

func mint(sub string) string {
	encode := base64.RawURLEncoding.EncodeToString
	input := encode([]byte(`{"alg":"HS256"}`)) + "." + encode(fmt.Appendf(nil, `{"sub":%q,"exp":%d}`, sub, time.Now().Add(time.Minute).Unix()))
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(input))
	return input + "." + encode(mac.Sum(nil))
}
