package homeserver

import (
	"errors"
	"io"
	"net/http"
	"slices"

	"github.com/seed-31b6c987/doorward/adapters/strictjson"
)

// A body is the JSON object that a call was sent, and what was wrong with it.
type body struct {
	content object
	known   []string
	unread  *refusal // it is no object
	wrong   *refusal
}

func readBody(r *http.Request) *body {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	b := &body{}
	switch b.content, err = strictjson.ParseObject(text); {
	case errors.Is(err, strictjson.ErrSyntax):
		b.unread = bad("M_NOT_JSON", "Content not JSON.")
	case err != nil:
		b.unread = bad("M_BAD_JSON", "Content must be a JSON object.")
	}
	return b
}

// refuse remembers what is wrong; several things have one error code.
func (b *body) refuse(errcode, text string) {
	if b.wrong != nil {
		errcode = "M_BAD_JSON"
	}
	b.wrong = bad(errcode, text)
}

// text returns a member that must be there.
func (b *body) text(name string) string {
	return *member(b, name, true, new(string))
}

// maybeText returns a member; nil: it is not there.
func (b *body) maybeText(name string) *string { return member[string](b, name, false, nil) }

// flag returns a member that must be there.
func (b *body) flag(name string) bool { return *member(b, name, true, new(bool)) }

// maybeFlag returns a member; nil: it is not there.
func (b *body) maybeFlag(name string) *bool { return member[bool](b, name, false, nil) }

// texts returns a member, and whether it is there.
func (b *body) texts(name string, must bool) (texts []string, ok bool) {
	list := member[[]any](b, name, must, nil)
	if list == nil {
		return nil, false
	}
	for _, item := range *list {
		text, isText := item.(string)
		if !isText {
			b.refuse("M_BAD_JSON", name+" holds something else than texts")
		}
		texts = append(texts, text)
	}
	return texts, true
}

// member returns a member of the type, or other.
func member[T any](b *body, name string, must bool, other *T) *T {
	b.known = append(b.known, name)
	value, there := b.content[name]
	typed, right := value.(T)
	switch {
	case there && right:
		return &typed
	case there && (value != nil || must):
		b.refuse("M_BAD_JSON", name+" is of another type")
	case must:
		b.refuse("M_MISSING_PARAM", name+" is missing")
	}
	return other
}

// exclusive refuses a body with both members.
func (b *body) exclusive(one, other string) {
	_, hasOne := b.content[one]
	if _, hasOther := b.content[other]; hasOne && hasOther {
		b.refuse("M_INVALID_PARAM", "Cannot specify both "+one+" and "+other)
	}
}

// fault returns what is wrong with the body, members included that nobody asked
// for; nil: nothing.
func (b *body) fault() *refusal {
	if b.unread != nil {
		return b.unread
	}
	for name := range b.content {
		if !slices.Contains(b.known, name) {
			b.refuse("M_BAD_JSON", "no call has a member "+name)
		}
	}
	return b.wrong
}
