package homeserver

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/seed-31b6c987/doorward/adapters/strictjson"
)

// How long answers are kept, negative ones too.
const (
	synapseKeeps = 2 * time.Minute
	palpoKeeps   = 5 * time.Minute
)

// An introspection is an answer of the door, or one that is under way.
type introspection struct {
	done chan struct{} // closed when the rest is there
	err  error         // there is no answer
	at   time.Time

	active           bool
	scope            []string
	username, device *string        // nil: not there
	expiresIn        *time.Duration // nil: not there
}

// introspect returns what the door says of a token, or said not long ago. Who asks
// while an answer is under way gets that.
func (f *Fake) introspect(token string) *introspection {
	keeps := synapseKeeps
	if f.options.Kind == Palpo {
		keeps = palpoKeeps
	}
	f.mu.Lock()
	i := f.asked[token]
	if i != nil {
		select {
		case <-i.done:
			if f.options.Now().Sub(i.at) >= keeps {
				i = nil
			}
		default:
		}
	}
	if i != nil {
		f.mu.Unlock()
		<-i.done
		return i
	}
	i = &introspection{done: make(chan struct{})}
	f.asked[token] = i
	f.asking++
	door := f.door
	f.mu.Unlock()

	i.err = f.ask(door, token, i)
	i.at = f.options.Now()
	if i.err != nil {
		f.forgetToken(token, i)
	}
	close(i.done)
	return i
}

// forgetToken drops an answer that was kept.
func (f *Fake) forgetToken(token string, i *introspection) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.asked[token] == i {
		delete(f.asked, token)
	}
}

// ask asks the door whose a token is.
func (f *Fake) ask(door, token string, i *introspection) error {
	form := url.Values{"token": {token}}
	if f.options.Kind == Synapse {
		form.Set("token_type_hint", "access_token")
	}
	resp, err := f.send(door, "/oauth2/introspect", form)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	switch {
	case err != nil:
		return err
	case resp.StatusCode/100 != 2:
		return fmt.Errorf("introspection: status %d", resp.StatusCode)
	}
	return i.read(body, f.options.Kind)
}

// send sends the door a form.
func (f *Fake) send(door, path string, form url.Values) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodPost, strings.TrimSuffix(door, "/")+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Authorization", "Bearer "+f.options.Secret)
	if f.options.Kind == Synapse {
		req.Header.Set("X-MAS-Supports-Device-Id", "1")
	}
	return f.asks.Do(req)
}

// read reads an answer, and takes no other types than the homeserver does.
func (i *introspection) read(body []byte, kind Kind) error {
	content, err := strictjson.ParseObject(body)
	if err != nil {
		return err
	}
	active, ok := content["active"].(bool)
	if !ok {
		return fmt.Errorf("introspection: active is %v", content["active"])
	}
	i.active = active
	for name, to := range map[string]**string{"username": &i.username, "device_id": &i.device, "scope": nil, "sub": nil} {
		text, isText := content[name].(string)
		switch {
		case content[name] != nil && !isText:
			return fmt.Errorf("introspection: %s is %v", name, content[name])
		case isText && to != nil:
			*to = &text
		case name == "scope":
			i.scope = strings.Fields(text)
		}
	}
	if kind == Palpo || content["expires_in"] == nil {
		return nil // Palpo does not read it
	}
	number, _ := content["expires_in"].(json.Number)
	seconds, err := number.Int64()
	if err != nil {
		return fmt.Errorf("introspection: expires_in is %v", content["expires_in"])
	}
	life := time.Duration(seconds) * time.Second
	i.expiresIn = &life
	return nil
}
