package config

import (
	"iter"
	"reflect"
	"strconv"
	"strings"
	"time"
)

var durationType = reflect.TypeFor[time.Duration]()

// settings are the fields of a section, by the names that operators know.
func settings(section reflect.Value) iter.Seq2[string, reflect.Value] {
	return func(yield func(string, reflect.Value) bool) {
		for i := range section.NumField() {
			name := section.Type().Field(i).Tag.Get("yaml")
			if name == "" || name == "-" {
				continue
			}
			if !yield(name, section.Field(i)) {
				return
			}
		}
	}
}

// leaves are the settings in v that are no sections, by their paths. v itself
// has the given path.
func leaves(v reflect.Value, path string) iter.Seq2[string, reflect.Value] {
	return func(yield func(string, reflect.Value) bool) { eachLeaf(v, path, yield) }
}

func eachLeaf(v reflect.Value, path string, yield func(string, reflect.Value) bool) bool {
	switch {
	case v.Kind() == reflect.Struct:
		for name, field := range settings(v) {
			if !eachLeaf(field, join(path, name), yield) {
				return false
			}
		}
		return true
	case isSectionList(v.Type()):
		for i := range v.Len() {
			if !eachLeaf(v.Index(i), item(path, i), yield) {
				return false
			}
		}
		return true
	}
	return yield(path, v)
}

// join returns the path of a setting in a section.
func join(section, name string) string {
	if section == "" {
		return name
	}
	return section + "." + name
}

// item returns the path of an item of a list.
func item(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

func isSectionList(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct
}

// setDefaults gives a new section of a list its defaults.
func setDefaults(section reflect.Value) {
	if s, ok := section.Addr().Interface().(interface{ setDefaults() }); ok {
		s.setDefaults()
	}
}

// setScalar reads a text into a setting that is no list. It returns false if
// the text is no value of the setting's type. A setting that is a pointer knows
// whether it was given.
func setScalar(into reflect.Value, text string) bool {
	switch {
	case into.Kind() == reflect.Pointer:
		value := reflect.New(into.Type().Elem())
		into.Set(value)
		return setScalar(value.Elem(), text)
	case into.Type() == durationType:
		d, err := time.ParseDuration(text)
		into.SetInt(int64(d))
		return err == nil
	case into.Kind() == reflect.String:
		into.SetString(text)
		return true
	case into.Kind() == reflect.Bool:
		into.SetBool(text == "true")
		return text == "true" || text == "false"
	case into.Kind() == reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		into.SetFloat(f)
		// Letters make infinity, NaN, powers and hexadecimal numbers.
		return err == nil && strings.Trim(text, "0123456789.+-") == ""
	}
	n, err := strconv.ParseInt(text, 10, into.Type().Bits())
	into.SetInt(n)
	return err == nil
}

// wanted describes the values of a type to an operator.
func wanted(t reflect.Type) string {
	switch {
	case t.Kind() == reflect.Pointer:
		return wanted(t.Elem())
	case t == durationType:
		return "a duration, as in 30s, 5m or 24h"
	case t.Kind() == reflect.String:
		return "text; put it in quotes"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Float64:
		return "a number, as in 5 or 0.2"
	}
	return "a whole number"
}

// emptyOf is how an operator writes that a setting holds nothing.
func emptyOf(t reflect.Type) string {
	switch {
	case t.Kind() == reflect.Pointer:
		return emptyOf(t.Elem())
	case t == durationType:
		return "0s"
	case t.Kind() == reflect.String:
		return `""`
	case t.Kind() == reflect.Bool:
		return "false"
	case t.Kind() == reflect.Slice:
		return "[]"
	}
	return "0"
}
