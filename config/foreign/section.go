package foreign

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// A section is a mapping of a configuration that is being read. Each of its
// settings is asked for once, with the type that it must have; a value of
// another type is refused, with an answer as if it were not there.
type section struct {
	path   string
	values map[string]any
	asked  map[string]bool
	report *report
}

func newSection(values map[string]any, r *report) *section {
	return &section{values: values, asked: map[string]bool{}, report: r}
}

// join returns the path of a setting in a section.
func join(section, name string) string {
	if section == "" {
		return shown(name)
	}
	return section + "." + shown(name)
}

func (s *section) at(name string) string { return join(s.path, name) }

// origin says where the value of a setting comes from, for a comment.
func (s *section) origin(name string) string {
	if s.has(name) {
		return s.at(name)
	}
	return s.at(name) + ", by default"
}

func (s *section) ignore(name, why string, args ...any) {
	s.report.add(Ignored, s.at(name), why, args...)
}
func (s *section) decide(name, why string, args ...any) {
	s.report.add(Decide, s.at(name), why, args...)
}
func (s *section) refuse(name, why string, args ...any) {
	s.report.add(Refused, s.at(name), why, args...)
}

// value returns the value of a setting; nil: it is not there, or null.
func (s *section) value(name string) any {
	s.asked[name] = true
	v := s.values[name]
	if t, ok := v.(tagged); ok {
		s.refuse(name, "has the tag %s, which is for the program that makes this file; import what that makes", shown(t.tag))
		return nil
	}
	return v
}

// has says whether a setting has a value, whatever it is.
func (s *section) has(name string) bool { return s.values[name] != nil }

// take returns the value of a setting if it has the wanted type.
func take[T any](s *section, name, wanted string) (T, bool) {
	v := s.value(name)
	typed, ok := v.(T)
	if v != nil && !ok {
		s.refuse(name, "wants %s", wanted)
	}
	return typed, ok
}

// text returns a text; empty: there is none.
func (s *section) text(name string) string {
	t, _ := take[string](s, name, "text")
	if isPlaceholder(t) {
		s.refuse(name, "is a placeholder that another program fills in; import what that makes")
		return ""
	}
	return t
}

// flag returns a switch, or what it is by default.
func (s *section) flag(name string, usual bool) bool {
	if on, ok := take[bool](s, name, "true or false, without quotes"); ok {
		return on
	}
	return usual
}

// texts returns a list of texts.
func (s *section) texts(name string) []string {
	list, _ := take[[]any](s, name, "a list of texts")
	var texts []string
	for i, item := range list {
		t, ok := item.(string)
		switch {
		case !ok:
			s.refuse(name, "item %d is no text", i+1)
		case isPlaceholder(t):
			s.refuse(name, "item %d is a placeholder that another program fills in; import what that makes", i+1)
		default:
			texts = append(texts, t)
		}
	}
	return texts
}

// number returns a number that is not negative, or what it is by default.
func (s *section) number(name string, usual float64) float64 {
	switch n := s.value(name).(type) {
	case nil:
		return usual
	case int64:
		if n >= 0 {
			return float64(n)
		}
	case float64:
		if n >= 0 && n < 1e15 { // so no NaN either
			return n
		}
	}
	s.refuse(name, "wants a number that is not negative")
	return usual
}

// sub returns a section; an empty one if it is not there.
func (s *section) sub(name string) *section {
	values, _ := take[map[string]any](s, name, `settings of its own`)
	inner := newSection(values, s.report)
	inner.path = s.at(name)
	return inner
}

// subs returns a list of sections.
func (s *section) subs(name string) []*section {
	list, _ := take[[]any](s, name, "a list of sections")
	var all []*section
	for i, item := range list {
		values, ok := item.(map[string]any)
		if !ok {
			s.refuse(name, "item %d is no section", i+1)
			continue
		}
		inner := newSection(values, s.report)
		inner.path = s.at(name) + "[" + strconv.Itoa(i) + "]"
		all = append(all, inner)
	}
	return all
}

// warn reports settings of which something must be said: each with a verdict and
// its reason, unless it switches nothing on.
func (s *section) warn(why map[string]string, v Verdict) {
	for _, name := range slices.Sorted(maps.Keys(why)) {
		s.asked[name] = true
		if v == Decide && isNothing(s.values[name]) || !s.has(name) {
			continue
		}
		s.report.add(v, s.at(name), "%s", why[name])
	}
}

// isNothing says whether a value switches nothing on.
func isNothing(v any) bool {
	switch v := v.(type) {
	case bool:
		return !v
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0 || v["enabled"] == false || v["enable"] == false
	}
	return false
}

// rest reports the settings that nobody has asked for.
func (s *section) rest(v Verdict, why string, args ...any) {
	for _, name := range slices.Sorted(maps.Keys(s.values)) {
		if !s.asked[name] {
			s.asked[name] = true
			s.report.add(v, s.at(name), "%s", fmt.Sprintf(why, args...))
		}
	}
}
