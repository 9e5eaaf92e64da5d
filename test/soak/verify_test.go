//go:build soak

package soak

import "fmt"

// take takes the tokens of an answer for the device's.
func (w *worker) take(answer map[string]any) {
	w.live, _ = answer["access_token"].(string)
	w.refreshToken, _ = answer["refresh_token"].(string)
}

// used: the live token was, so the refresh token before is spent.
func (w *worker) used() {
	w.spend(w.previous)
	w.previous = ""
}

func (w *worker) bury(token string) {
	if token != "" {
		w.dead = append(w.dead, token)
	}
}

// buryAll: the device has none of its access tokens any more.
func (w *worker) buryAll() {
	w.bury(w.live)
	w.bury(w.doubtful)
	w.live, w.doubtful = "", ""
}

// doubt: the token's end may have been written, or not.
func (w *worker) doubt() {
	if w.live != "" {
		w.doubtful, w.live = w.live, ""
	}
}

func (w *worker) spend(tokens ...string) {
	for _, token := range tokens {
		if token != "" {
			w.spent = append(w.spent, token)
		}
	}
}

func (w *worker) forgetRefreshTokens() { w.refreshToken, w.previous = "", "" }

// verify compares what is with what was acknowledged.
func (w *worker) verify() {
	w.t.Helper()
	if w.live != "" {
		if !w.works(w.live) {
			w.t.Errorf("%s: an acknowledged login or refresh is lost", w.device)
		}
		w.used()
	}
	if w.spare != "" && !w.works(w.spare) {
		w.t.Errorf("%s: the acknowledged login of the other device is lost", w.device)
	}
	for _, token := range w.dead {
		if w.works(token) {
			w.t.Errorf("%s: an acknowledged logout, replacement or deletion is undone", w.device)
		}
	}
	if w.doubtful != "" && w.works(w.doubtful) {
		w.live = w.doubtful
	} else {
		w.bury(w.doubtful)
	}
	w.doubtful = ""
	w.verifyRefreshTokens()
	w.verifyLoginTokens()
	w.dead, w.spent, w.spentLogins = newest(w.dead), newest(w.spent), newest(w.spentLogins)
}

// works says whether an access token does.
func (w *worker) works(token string) bool {
	w.t.Helper()
	status, answer := w.do("GET", v3+"/account/whoami", token, "")
	if status != 200 && status != 401 {
		w.t.Errorf("whoami of %s: %d %v", w.device, status, answer)
	}
	return status == 200
}

func (w *worker) verifyRefreshTokens() {
	w.t.Helper()
	ask := func(token string) (int, map[string]any) {
		return w.do("POST", v3+"/refresh", "", fmt.Sprintf(`{"refresh_token":%q}`, token))
	}
	for _, token := range newest(w.spent) {
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

func (w *worker) verifyLoginTokens() {
	w.t.Helper()
	for _, token := range newest(w.spentLogins) {
		body := fmt.Sprintf(`{"type":"m.login.token","token":%q,"device_id":%q}`, token, w.device)
		if status, answer := w.do("POST", v3+"/login", "", body); status != 403 {
			w.t.Errorf("%s: a spent login token is %d %v", w.device, status, answer)
		}
	}
}

// newest are the few that go on being looked at.
func newest(tokens []string) []string { return tokens[max(0, len(tokens)-20):] }
