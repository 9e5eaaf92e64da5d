package strictjson

import (
	"encoding/json"
	"iter"
	"strings"
)

// A Value is a JSON value that was read. The zero Value is null. A Value is never
// changed and may be used concurrently.
type Value struct {
	// nodes are the value's own and then, in the order of the text, those of all
	// that is in it: one list for a whole text costs a fraction of maps and slices.
	nodes []node
}

type node struct {
	kind kind
	size int    // how many nodes the value has, this one included
	name string // of a member of an object
	text string // of a string; of a number as it was written
}

type kind byte

const (
	null kind = iota
	boolFalse
	boolTrue
	number
	text
	list
	object
)

func (v Value) kind() kind {
	if len(v.nodes) == 0 {
		return null
	}
	return v.nodes[0].kind
}

// IsNull says whether the value is null.
func (v Value) IsNull() bool { return v.kind() == null }

// IsTrue says whether the value is true.
func (v Value) IsTrue() bool { return v.kind() == boolTrue }

// IsObject says whether the value is an object.
func (v Value) IsObject() bool { return v.kind() == object }

// Bool returns a boolean, and whether the value is one.
func (v Value) Bool() (is, isBool bool) {
	return v.IsTrue(), v.IsTrue() || v.kind() == boolFalse
}

// Text returns a string, and whether the value is one.
func (v Value) Text() (s string, isText bool) {
	if v.kind() != text {
		return "", false
	}
	return v.nodes[0].text, true
}

// Number returns a number as it was written, and whether the value is one.
func (v Value) Number() (n json.Number, isNumber bool) {
	if v.kind() != number {
		return "", false
	}
	return json.Number(v.nodes[0].text), true
}

// Has says whether the value is an object with the member, be it null. Like Get it
// looks at one member after the other.
func (v Value) Has(name string) bool {
	_, present := v.member(name)
	return present
}

// Get returns the member of an object; null if there is none.
func (v Value) Get(name string) Value {
	value, _ := v.member(name)
	return value
}

func (v Value) member(name string) (value Value, present bool) {
	if !v.IsObject() {
		return Value{}, false
	}
	for at := 1; at < len(v.nodes); at += v.nodes[at].size {
		if v.nodes[at].name == name {
			return v.child(at), true
		}
	}
	return Value{}, false
}

// Items returns the items of a list; of anything else, the value itself.
func (v Value) Items() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if v.kind() != list {
			yield(v)
			return
		}
		for at := 1; at < len(v.nodes); at += v.nodes[at].size {
			if !yield(v.child(at)) {
				return
			}
		}
	}
}

// child returns the value in this one whose nodes begin at a place.
func (v Value) child(at int) Value {
	return Value{v.nodes[at : at+v.nodes[at].size]}
}

// Any returns the value as nil, bool, string, [json.Number], []any or
// map[string]any. It holds nothing of the text that was read.
func (v Value) Any() any {
	switch v.kind() {
	case boolFalse, boolTrue:
		return v.IsTrue()
	case number:
		return json.Number(strings.Clone(v.nodes[0].text))
	case text:
		return strings.Clone(v.nodes[0].text)
	case list:
		items := make([]any, 0, v.count())
		for item := range v.Items() {
			items = append(items, item.Any())
		}
		return items
	case object:
		return v.members()
	}
	return nil
}

func (v Value) members() map[string]any {
	members := make(map[string]any, v.count())
	for at := 1; at < len(v.nodes); at += v.nodes[at].size {
		members[strings.Clone(v.nodes[at].name)] = v.child(at).Any()
	}
	return members
}

// count returns how many items or members the value has.
func (v Value) count() (n int) {
	for at := 1; at < len(v.nodes); at += v.nodes[at].size {
		n++
	}
	return n
}
