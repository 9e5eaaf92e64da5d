package config

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// envPrefix begins the names of the variables that override settings.
const envPrefix = "DOORWARD_"

// environment overrides settings by variables, each "NAME=value".
func (r *reading) environment(environ []string) {
	given := map[string]string{}
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		// As at os.Getenv, the first one of a name counts.
		if _, twice := given[name]; strings.HasPrefix(name, envPrefix) && !twice {
			given[name] = value
		}
	}
	names := slices.Sorted(maps.Keys(given))
	root := reflect.ValueOf(r.config).Elem()
	r.grow(root, "", names)

	known := map[string]bool{}
	for path, setting := range leaves(root, "") {
		name := envName(path)
		known[name] = true
		if value, ok := given[name]; ok {
			r.override(path, setting, name, value)
		}
	}
	for _, name := range names {
		if !known[name] {
			r.unknownVariable(name, slices.Sorted(maps.Keys(known)))
		}
	}
}

// grow makes a new section at the end of a list while variables speak of one.
func (r *reading) grow(v reflect.Value, path string, names []string) {
	switch {
	case v.Kind() == reflect.Struct:
		for name, field := range settings(v) {
			r.grow(field, join(path, name), names)
		}
	case isSectionList(v.Type()):
		for {
			at := item(path, v.Len())
			i := slices.IndexFunc(names, func(name string) bool { return strings.HasPrefix(name, envName(at)+"_") })
			if i < 0 {
				break
			}
			section := reflect.New(v.Type().Elem()).Elem()
			setDefaults(section)
			v.Set(reflect.Append(v, section))
			r.config.origins[at] = origin{file: names[i], path: at}
		}
	}
}

// override gives a setting the value of a variable.
func (r *reading) override(path string, setting reflect.Value, name, value string) {
	r.config.origins[path] = origin{file: name, path: path}
	if setting.Kind() != reflect.Slice {
		if !setScalar(setting, value) {
			r.fault(path, "wants %s", wanted(setting.Type()))
		}
		return
	}
	items := []string{}
	if value != "" {
		items = strings.Split(value, ",")
	}
	for i := range items {
		items[i] = strings.TrimSpace(items[i])
		at := item(path, i)
		r.config.origins[at] = origin{file: name, path: at}
	}
	setting.Set(reflect.ValueOf(items))
}

func (r *reading) unknownVariable(name string, known []string) {
	problem := "no setting has this variable"
	if path, next, ok := r.beyond(name); ok {
		problem += "; the next one of " + path + " has the number " + strconv.Itoa(next)
	} else if near, ok := nearest(name, known); ok {
		problem += "; did you mean " + near + "?"
	}
	r.note(Fault{File: shown(name), Problem: problem})
}

// beyond says whether a variable names a section after the last one of a list,
// and which number the next one has.
func (r *reading) beyond(name string) (path string, next int, ok bool) {
	lists := map[string]int{"jwt.providers": len(r.config.JWT.Providers), "registration.terms": len(r.config.Registration.Terms)}
	for path, next := range lists {
		if rest, ok := strings.CutPrefix(name, envName(path)+"_"); ok {
			number, _, _ := strings.Cut(rest, "_")
			n, err := strconv.Atoi(number)
			return path, next, err == nil && n > next
		}
	}
	return "", 0, false
}

// envName is the name of the variable that overrides the setting of a path.
func envName(path string) string {
	return envPrefix + strings.ToUpper(strings.NewReplacer(".", "_", "[", "_", "]", "").Replace(path))
}
