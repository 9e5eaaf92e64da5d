package config

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
)

// Changed returns the settings that differ between two configurations, by their
// paths and in the order of the alphabet. Where a file holds the value,
// that counts; only of the providers' JWK sets nothing but the file's name does.
func Changed(one, other *Config) []string {
	before, after := values(one), values(other)
	var paths []string
	for path, value := range before {
		if next, there := after[path]; !there || !reflect.DeepEqual(value, next) {
			paths = append(paths, path)
		}
	}
	for path := range after {
		if _, there := before[path]; !there {
			paths = append(paths, path)
		}
	}
	if !reflect.DeepEqual(one.Appservices, other.Appservices) {
		paths = append(paths, "appservices")
	}
	slices.SortFunc(paths, cmp.Compare[string])
	return slices.Compact(paths)
}

// values are the settings by their paths.
func values(c *Config) map[string]any {
	all := map[string]any{}
	for path, setting := range leaves(reflect.ValueOf(c).Elem(), "") {
		all[path] = setting.Interface()
	}
	return all
}

// InSection says whether a path is that of a section, or of a setting in it.
func InSection(path, section string) bool {
	rest, inside := strings.CutPrefix(path, section)
	return inside && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
