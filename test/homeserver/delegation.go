package homeserver

import (
	"io"
	"net/http"
	"strings"
	"unicode/utf8"
)

// A method is a call under /_synapse/mas, less what all of them have in common.
// It is called with f.mu held. It returns the status, or a refusal.
type method func(f *Fake, r *http.Request) (status int, content object, err *refusal)

var delegationMethods = map[string]method{
	"GET query_user":                  queryUser,
	"GET is_localpart_available":      isAvailable,
	"POST provision_user":             provisionUser,
	"POST delete_user":                deleteUser,
	"POST reactivate_user":            reactivateUser,
	"POST set_displayname":            setName,
	"POST unset_displayname":          unsetName,
	"POST allow_cross_signing_reset":  allowCrossSigning,
	"POST upsert_device":              upsertDevice,
	"POST delete_device":              deleteDevice,
	"POST update_device_display_name": renameDevice,
	"POST sync_devices":               syncDevices,
}

func (f *Fake) serveDelegation(mux *http.ServeMux) {
	mux.HandleFunc(delegationPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, "<html><head><title>404 - No Such Resource</title></head></html>")
	})
	for pattern, do := range delegationMethods {
		verb, name, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(delegationPath+name, func(w http.ResponseWriter, _ *http.Request) {
			refuse(w, http.StatusMethodNotAllowed, "M_UNRECOGNIZED", "Unrecognized request")
		})
		mux.HandleFunc(verb+" "+delegationPath+name, func(w http.ResponseWriter, r *http.Request) {
			if err := f.checkSecret(r); err != nil {
				err.write(w)
				return
			}
			f.mu.Lock()
			status, content, err := do(f, r)
			f.mu.Unlock()
			switch {
			case err != nil:
				err.write(w)
			case status == http.StatusNoContent:
				w.WriteHeader(status)
			default:
				answer(w, status, content)
			}
		})
	}
}

func (f *Fake) checkSecret(r *http.Request) *refusal {
	token, ok := bearer(r)
	switch {
	case !ok:
		return &refusal{status: http.StatusUnauthorized, errcode: "M_MISSING_TOKEN", text: "Missing access token"}
	case token != f.options.Secret && f.options.Kind == Palpo:
		return &refusal{status: http.StatusForbidden, errcode: "M_FORBIDDEN", text: "Invalid MAS secret"}
	case token != f.options.Secret:
		return &refusal{status: http.StatusForbidden, errcode: "M_UNKNOWN", text: "This endpoint must only be called by MAS"}
	}
	return nil
}

// bearer returns the access token of a request.
func bearer(r *http.Request) (string, bool) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return token, ok && token != "" && !strings.Contains(token, " ")
}

func (f *Fake) userID(localpart string) string { return "@" + localpart + ":" + f.options.ServerName }

var noUser = &refusal{status: http.StatusNotFound, errcode: "M_NOT_FOUND", text: "User not found"}

func tooLong(name string, max int) bool { return utf8.RuneCountInString(name) > max }

// bad refuses a parameter.
func bad(errcode, text string) *refusal {
	return &refusal{status: http.StatusBadRequest, errcode: errcode, text: text}
}
