package foreign

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
)

// A tagged value has a tag that only the program knows that makes the file.
type tagged struct{ tag string }

// A yamlBuilder turns nodes into values.
type yamlBuilder struct {
	anchors map[string]any // complete ones
	report  *report
	err     error
}

func (b *yamlBuilder) fail(node ast.Node, why string) any {
	if b.err == nil {
		b.err = fmt.Errorf("line %d: %s", lineOf(node.GetToken()), why)
	}
	return nil
}

// value returns the value of a node, which has a path.
func (b *yamlBuilder) value(node ast.Node, path string, depth int) any {
	if depth > 4*maxDepth {
		return b.fail(node, "is nested too deeply")
	}
	switch n := node.(type) {
	case nil:
		return nil
	case *ast.MappingNode:
		return b.mapping(n.Values, path, depth)
	case *ast.MappingValueNode:
		return b.mapping([]*ast.MappingValueNode{n}, path, depth)
	case *ast.SequenceNode:
		list := make([]any, len(n.Values))
		for i, item := range n.Values {
			list[i] = b.value(item, fmt.Sprintf("%s[%d]", path, i), depth+1)
		}
		return list
	case *ast.AnchorNode:
		v := b.value(n.Value, path, depth+1)
		b.anchors[n.Name.GetToken().Value] = v
		return v
	case *ast.AliasNode:
		v, known := b.anchors[n.Value.GetToken().Value]
		if !known {
			return b.fail(n, "an alias (*) stands before the end of its anchor (&)")
		}
		return v
	case *ast.TagNode:
		return b.tag(n, path, depth)
	case *ast.LiteralNode:
		return n.Value.Value
	case ast.ScalarNode:
		return plain(n)
	}
	return b.fail(node, "cannot be understood")
}

// tag returns a value with a tag. Those of YAML itself only say what the value
// is anyway, except for texts.
func (b *yamlBuilder) tag(n *ast.TagNode, path string, depth int) any {
	switch tag := n.Start.Value; tag {
	case "!!str":
		if scalar, ok := n.Value.(ast.ScalarNode); ok {
			return written(scalar)
		}
		return b.value(n.Value, path, depth+1)
	case "!!bool", "!!int", "!!float", "!!null", "!!map", "!!seq":
		return b.value(n.Value, path, depth+1)
	default:
		return tagged{tag}
	}
}

// mapping returns the values of a mapping. Of equal keys the last one counts;
// what is merged (<<) counts only where there is no key of its own.
func (b *yamlBuilder) mapping(entries []*ast.MappingValueNode, path string, depth int) any {
	values, merged := map[string]any{}, map[string]any{}
	for _, entry := range entries {
		if entry.Key.IsMergeKey() {
			b.merge(merged, b.value(entry.Value, path, depth+1), entry)
			continue
		}
		key, ok := b.key(entry.Key)
		at := join(path, key)
		if !ok {
			b.fail(entry.Key, "a key is no text")
			break
		}
		if _, twice := values[key]; twice {
			b.report.add(Decide, at, "stands more than once; the last one counts, as at Synapse")
		}
		values[key] = b.value(entry.Value, at, depth+1)
	}
	for name, value := range merged {
		if _, own := values[name]; !own {
			values[name] = value
		}
	}
	return values
}

// key returns the text of a key. A number is one as well: nothing that has a
// counterpart has such a key.
func (b *yamlBuilder) key(node ast.MapKeyNode) (string, bool) {
	if anchor, ok := node.(*ast.AnchorNode); ok {
		if inner, ok := anchor.Value.(ast.MapKeyNode); ok {
			node = inner
		}
	}
	scalar, ok := node.(ast.ScalarNode)
	if !ok {
		return "", false
	}
	return written(scalar), true
}

// merge adds what is not there yet from a mapping, or from each of several.
func (b *yamlBuilder) merge(into map[string]any, from any, node ast.Node) {
	switch from := from.(type) {
	case map[string]any:
		for name, value := range from {
			if _, there := into[name]; !there {
				into[name] = value
			}
		}
	case []any:
		for _, each := range from {
			if _, ok := each.(map[string]any); !ok {
				b.fail(node, "what is merged (<<) is no mapping")
				return
			}
			b.merge(into, each, node)
		}
	default:
		b.fail(node, "what is merged (<<) is no mapping")
	}
}
