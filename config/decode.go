package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// decodeRoot reads the whole document.
func (r *reading) decodeRoot(body ast.Node, into reflect.Value) {
	if body != nil && body.Type() != ast.NullType {
		r.section(body, into, "")
	}
}

// decode reads the value of a setting, or of a section of them.
func (r *reading) decode(node ast.Node, into reflect.Value, path string) {
	isEmpty := node.Type() == ast.NullType
	switch {
	case into.Kind() == reflect.Struct:
		if !isEmpty {
			r.section(node, into, path)
		}
	case isEmpty && (isSectionList(into.Type()) || r.alien):
	case isEmpty:
		r.fault(path, "has no value; leave it out, or write %s", emptyOf(into.Type()))
	case into.Kind() == reflect.Slice:
		r.list(node, into, path)
	default:
		r.scalar(node, into, path)
	}
}

// section reads a mapping into a struct.
func (r *reading) section(node ast.Node, into reflect.Value, path string) {
	mapping, ok := node.(*ast.MappingNode)
	if !ok {
		r.fault(path, `wants settings, each "name: value"`)
		return
	}
	fields := map[string]reflect.Value{}
	for name, field := range settings(into) {
		fields[name] = field
	}
	lines := map[string]int{}
	for _, entry := range mapping.Values {
		key := entry.Key.GetToken()
		at := join(path, key.Value)
		field, ok := fields[key.Value]
		first, twice := lines[key.Value]
		switch {
		case !ok && r.alien:
		case !ok:
			r.unknownKey(key, path, slices.Sorted(maps.Keys(fields)))
		case twice:
			r.faultAt(key, at, fmt.Sprintf("stands twice; first in line %d", first))
		default:
			lines[key.Value] = lineOf(key)
			r.config.origins[at] = origin{file: r.file, line: lineOf(key), path: at}
			r.decode(entry.Value, field, at)
		}
	}
}

func (r *reading) unknownKey(key *token.Token, path string, known []string) {
	problem := "unknown key"
	if near, ok := nearest(key.Value, known); ok {
		problem += fmt.Sprintf("; did you mean %s?", near)
	}
	r.faultAt(key, join(path, shown(key.Value)), problem)
}

// list reads a sequence into a slice.
func (r *reading) list(node ast.Node, into reflect.Value, path string) {
	sequence, ok := node.(*ast.SequenceNode)
	if !ok {
		r.fault(path, "wants a list, as in [a, b]")
		return
	}
	items := reflect.MakeSlice(into.Type(), len(sequence.Values), len(sequence.Values))
	for i, value := range sequence.Values {
		at := item(path, i)
		r.config.origins[at] = origin{file: r.file, line: lineOf(value.GetToken()), path: at}
		setDefaults(items.Index(i))
		if value.Type() == ast.NullType {
			r.fault(at, "is empty")
			continue
		}
		r.decode(value, items.Index(i), at)
	}
	into.Set(items)
}

// scalar reads a single value.
func (r *reading) scalar(node ast.Node, into reflect.Value, path string) {
	text, ok := scalarText(node, into.Type())
	if !ok || !setScalar(into, text) {
		r.fault(path, "wants %s", wanted(into.Type()))
	}
}

// scalarText returns the text of a value of the type's kind.
func scalarText(node ast.Node, kind reflect.Type) (string, bool) {
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, kind.Kind() == reflect.String || kind == durationType
	case *ast.LiteralNode:
		return n.Value.Value, kind.Kind() == reflect.String
	case *ast.BoolNode:
		return n.Token.Value, kind.Kind() == reflect.Bool
	case *ast.FloatNode:
		return n.Token.Value, kind.Kind() == reflect.Float64
	case *ast.IntegerNode:
		return n.Token.Value, kind.Kind() != reflect.String && kind.Kind() != reflect.Bool
	}
	return "", false
}
