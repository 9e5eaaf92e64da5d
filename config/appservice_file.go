package config

import (
	"errors"
	"reflect"
	"regexp"
	"regexp/syntax"
)

// A registrationFile is an application service's registration as it is written
// (Application Service API, Registration). Other programs write and read it
// too, so it may hold more.
type registrationFile struct {
	ID              string     `yaml:"id"`
	URL             string     `yaml:"url"`
	ASToken         Secret     `yaml:"as_token"`
	HSToken         Secret     `yaml:"hs_token"`
	SenderLocalpart string     `yaml:"sender_localpart"`
	RateLimited     bool       `yaml:"rate_limited"`
	Namespaces      namespaces `yaml:"namespaces"`
}

type namespaces struct {
	Users []Namespace `yaml:"users"`
}

// appservices reads the registration files.
func (r *reading) appservices() {
	names := r.config.AppserviceFiles
	r.texts("appservices", names)
	for i, name := range names {
		at, service := item("appservices", i), Appservice{}
		if !r.bad[at] {
			service = r.appservice(at, name)
		}
		r.config.Appservices = append(r.config.Appservices, service)
	}
}

// appservice reads a registration file. It notes what is wrong with it.
func (r *reading) appservice(path, name string) Appservice {
	text, ok := open(r, path, name, maxConfigBytes, true, readFile)
	if !ok {
		return Appservice{}
	}
	service, faults := parseRegistration(name, text)
	for _, fault := range faults {
		r.note(r.config.Fault(path, "%s", fault.Error()))
		r.bad[path] = true
	}
	return service
}

// parseRegistration reads the text of a registration file, in YAML or JSON. The
// name stands for the file in faults.
func parseRegistration(name string, text []byte) (Appservice, Faults) {
	r := newReading(name)
	r.alien = true
	file := registrationFile{RateLimited: true}
	if r.yaml(text, reflect.ValueOf(&file).Elem()) {
		r.validateRegistrationFile(file)
	}
	r.faults.sort(r.file)
	return Appservice{
		ID:              file.ID,
		URL:             file.URL,
		ASToken:         file.ASToken,
		HSToken:         file.HSToken,
		SenderLocalpart: file.SenderLocalpart,
		RateLimited:     file.RateLimited,
		Users:           file.Namespaces.Users,
	}, r.faults
}

func (r *reading) validateRegistrationFile(file registrationFile) {
	for _, required := range []struct{ name, value string }{
		{"id", file.ID},
		{"as_token", file.ASToken.Reveal()},
		{"hs_token", file.HSToken.Reveal()},
		{"sender_localpart", file.SenderLocalpart},
	} {
		if required.value == "" {
			r.invalid(required.name, "is missing")
		}
	}
	r.written("url", "; it may be null")
	r.written("namespaces", "; it may be {}")
	for i, namespace := range file.Namespaces.Users {
		at := item("namespaces.users", i)
		if r.bad[at] {
			continue // it is no section at all
		}
		r.written(at+".exclusive", "")
		if namespace.Regex == "" {
			r.invalid(at+".regex", "is missing")
		} else if _, err := regexp.Compile(namespace.Regex); err != nil {
			r.invalid(at+".regex", "is no regular expression: %s", cause(err))
		}
	}
}

// written demands that a setting is given, whatever its value is.
func (r *reading) written(path, hint string) {
	if _, ok := r.config.origins[path]; !ok {
		r.invalid(path, "is missing%s", hint)
	}
}

// cause says what is wrong with a regular expression without repeating it.
func cause(err error) string {
	if fault := (*syntax.Error)(nil); errors.As(err, &fault) {
		return fault.Code.String()
	}
	return "cannot be compiled"
}

// validateAppservices checks what must differ between application services
// (Application Service API, Registration).
func (r *reading) validateAppservices() {
	ids, senders, tokens := map[string]string{}, map[string]string{}, map[Secret]string{}
	for i, service := range r.config.Appservices {
		at := item("appservices", i)
		if r.bad[at] {
			continue
		}
		if first, twice := ids[service.ID]; twice {
			r.invalid(at, "the file has the id of %s", first)
		}
		if first, twice := tokens[service.ASToken]; twice {
			r.invalid(at, "the file has the as_token of %s", first)
		}
		if first, twice := senders[service.SenderLocalpart]; twice {
			r.invalid(at, "the file has the sender_localpart of %s", first)
		}
		senders[service.SenderLocalpart] = at
		ids[service.ID], tokens[service.ASToken] = at, at
	}
}
