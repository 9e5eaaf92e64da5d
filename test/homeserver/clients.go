package homeserver

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const clientPath = "/_matrix/client/v3/"

// An endpoint serves a request of somebody who is signed in.
type endpoint func(f *Fake, w http.ResponseWriter, r *http.Request, who requester)

func (f *Fake) serveClients(mux *http.ServeMux) {
	for pattern, serve := range map[string]endpoint{
		"GET " + clientPath + "account/whoami":                         whoami,
		"GET " + clientPath + "account/3pid":                           listEmails,
		"GET " + clientPath + "devices":                                listDevices,
		"GET " + clientPath + "devices/{device}":                       oneDevice,
		"PUT " + clientPath + "devices/{device}":                       putDevice,
		"GET " + clientPath + "sync":                                   syncEvents,
		"POST " + clientPath + "createRoom":                            createRoom,
		"PUT " + clientPath + "rooms/{room}/send/{type}/{transaction}": sendEvent,
		"GET /_synapse/admin/v2/users":                                 administer,
	} {
		mux.HandleFunc(pattern, f.signedIn(serve))
	}
	if f.options.Kind == Palpo {
		mux.HandleFunc("POST "+clientPath+"logout", f.signedIn(logout))
	} else {
		mux.HandleFunc("POST "+clientPath+"register", func(w http.ResponseWriter, _ *http.Request) {
			refuse(w, http.StatusForbidden, "M_FORBIDDEN",
				"Registration has been disabled. Only m.login.application_service registrations are allowed.")
		})
	}
}

func (f *Fake) signedIn(serve endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, err := f.whose(r)
		if err != nil {
			err.write(w)
			return
		}
		serve(f, w, r, who)
	}
}

func whoami(f *Fake, w http.ResponseWriter, _ *http.Request, who requester) {
	content := object{"user_id": f.userID(who.localpart), "is_guest": false}
	if who.device != nil {
		content["device_id"] = *who.device
	}
	answer(w, http.StatusOK, content)
}

func listDevices(f *Fake, w http.ResponseWriter, _ *http.Request, who requester) {
	u, _ := f.User(who.localpart)
	devices := []object{}
	for _, id := range f.Devices(who.localpart) {
		devices = append(devices, object{"device_id": id, "display_name": u.Devices[id]})
	}
	answer(w, http.StatusOK, object{"devices": devices})
}

// listEmails lists what set_emails set.
func listEmails(f *Fake, w http.ResponseWriter, _ *http.Request, who requester) {
	u, _ := f.User(who.localpart)
	threepids := []object{}
	for _, email := range u.Emails {
		threepids = append(threepids, object{"medium": "email", "address": email})
	}
	answer(w, http.StatusOK, object{"threepids": threepids})
}

func oneDevice(f *Fake, w http.ResponseWriter, r *http.Request, who requester) {
	u, _ := f.User(who.localpart)
	id := r.PathValue("device")
	name, there := u.Devices[id]
	if !there {
		noDevice.write(w)
		return
	}
	answer(w, http.StatusOK, object{"device_id": id, "display_name": name})
}

func putDevice(f *Fake, w http.ResponseWriter, r *http.Request, who requester) {
	b := readBody(r)
	name, id := b.maybeText("display_name"), r.PathValue("device")
	err := b.fault()
	f.mu.Lock()
	switch {
	case err != nil:
	case !f.has(who.localpart, id):
		err = noDevice
	case name != nil && tooLong(*name, maxDeviceName):
		err = nameTooLong
	case name != nil:
		f.users[who.localpart].Devices[id] = *name
	}
	f.mu.Unlock()
	if err != nil {
		err.write(w)
		return
	}
	answer(w, http.StatusOK, object{})
}

// syncEvents has nothing to tell: with since and a timeout, in milliseconds, it
// waits until that is over or the device is gone, which it tells like the loss of
// any other device. The next request finds out.
func syncEvents(f *Fake, w http.ResponseWriter, r *http.Request, who requester) {
	wait, _ := strconv.Atoi(r.URL.Query().Get("timeout"))
	if !r.URL.Query().Has("since") {
		wait = 0
	}
	over := time.After(time.Duration(wait) * time.Millisecond)
	for {
		f.mu.Lock()
		changed, there := f.changed, who.device == nil || f.has(who.localpart, *who.device)
		f.mu.Unlock()
		if !there {
			answer(w, http.StatusOK, object{"next_batch": "s2", "device_lists": object{"changed": []string{f.userID(who.localpart)}}})
			return
		}
		select {
		case f.syncing <- struct{}{}:
		default: // nobody took the last
		}
		select {
		case <-changed:
		case <-over:
			answer(w, http.StatusOK, object{"next_batch": "s1"})
			return
		case <-r.Context().Done():
			return
		}
	}
}

// Syncing returns a channel that receives when a sync has looked and begins to
// wait.
func (f *Fake) Syncing() <-chan struct{} { return f.syncing }

func createRoom(f *Fake, w http.ResponseWriter, _ *http.Request, _ requester) {
	answer(w, http.StatusOK, object{"room_id": fmt.Sprintf("!room%d:%s", f.number(), f.options.ServerName)})
}

func sendEvent(f *Fake, w http.ResponseWriter, _ *http.Request, _ requester) {
	answer(w, http.StatusOK, object{"event_id": fmt.Sprintf("$event%d", f.number())})
}

func (f *Fake) number() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent++
	return f.sent
}

// administer is for administrators of the server only. It lists users, if it is
// asked with guests=false.
func administer(f *Fake, w http.ResponseWriter, r *http.Request, who requester) {
	if !who.admin {
		refuse(w, http.StatusForbidden, "M_FORBIDDEN", "You are not a server admin")
		return
	}
	if r.URL.Query().Get("guests") != "false" && f.options.Kind == Synapse {
		bad("M_INVALID_PARAM", "The guests parameter is not supported when delegating to MAS.").write(w)
		return
	}
	users := []object{}
	for _, localpart := range f.Users() {
		users = append(users, object{"name": f.userID(localpart)})
	}
	answer(w, http.StatusOK, object{"users": users, "total": len(users)})
}

// logout is Palpo's: it revokes the token at the door, however that goes, and
// deletes the device, if the door did not do that meanwhile.
func logout(f *Fake, w http.ResponseWriter, r *http.Request, who requester) {
	token, _ := bearer(r)
	f.mu.Lock()
	door := f.door
	f.mu.Unlock()
	resp, err := f.send(door, "/oauth2/revoke", url.Values{"token": {token}, "token_type_hint": {"access_token"}})
	if err == nil {
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	f.mu.Lock()
	gone := f.removeAtPalpo(who.localpart, *who.device)
	f.mu.Unlock()
	if gone != nil {
		gone.write(w)
		return
	}
	answer(w, http.StatusOK, object{})
}
