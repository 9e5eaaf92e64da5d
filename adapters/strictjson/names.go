package strictjson

import "slices"

// names are those of the members of an object, to find the ones that stand twice.
// Most objects have few: comparing them is faster than a map.
type names struct {
	count int
	few   [16]string
	many  map[string]bool // all names, once there are more
}

// add returns false if the name is there already.
func (n *names) add(name string) bool {
	if n.many == nil {
		if slices.Contains(n.few[:n.count], name) {
			return false
		}
		if n.count < len(n.few) {
			n.few[n.count] = name
			n.count++
			return true
		}
		n.many = map[string]bool{}
		for _, known := range n.few {
			n.many[known] = true
		}
	}
	if n.many[name] {
		return false
	}
	n.many[name] = true
	return true
}
