package config

import "reflect"

// maxConfigBytes is the greatest size of a configuration file.
const maxConfigBytes = 1 << 20

// Load reads the configuration file of a path, overridden by the variables of
// an environment, each "NAME=value". The error is [Faults], with everything
// that is wrong, also by what more checks find, which are given whatever could
// be read.
func Load(path string, environ []string, more ...func(*Config) Faults) (*Config, error) {
	text, mode, err := readFile(path, maxConfigBytes)
	if err != nil {
		return nil, Faults{{File: path, Problem: err.Error()}}
	}
	r := newReading(path)
	r.take(text, environ)
	r.warnOfConfigFile(mode)
	return r.result(more)
}

// Parse reads a configuration as [Load] does, from a text instead of a file.
// The name stands for the file in faults, and its folder is where files are
// looked for.
func Parse(name string, yaml []byte, environ []string, more ...func(*Config) Faults) (*Config, error) {
	r := newReading(name)
	r.take(yaml, environ)
	return r.result(more)
}

// A reading is a configuration on its way from text to [Config].
type reading struct {
	file   string
	config *Config
	faults Faults
	bad    map[string]bool // the paths whose value has a fault
	read   bool            // the text could be taken apart
	alien  bool            // the text is for other programs too
}

func newReading(file string) *reading {
	c := &Config{origins: origins{"": {file: file}}}
	c.setDefaults()
	return &reading{file: file, config: c, bad: map[string]bool{}}
}

func (r *reading) take(text []byte, environ []string) {
	if r.read = r.yaml(text, reflect.ValueOf(r.config).Elem()); !r.read {
		return
	}
	r.environment(environ)
	r.checkSources()
	r.files()
	r.appservices()
	r.linkExisting()
	r.validate()
	r.warn()
}

func (r *reading) result(more []func(*Config) Faults) (*Config, error) {
	faults := r.faults
	for _, check := range more {
		if r.read {
			faults = faults.with(check(r.config))
		}
	}
	if len(faults) > 0 {
		faults.sort(r.file)
		return nil, faults
	}
	return r.config, nil
}

// fault notes what is wrong with the value of a path.
func (r *reading) fault(path, format string, args ...any) {
	r.note(r.config.Fault(path, format, args...))
	r.bad[path] = true
}

func (r *reading) note(f Fault) { r.faults = append(r.faults, f) }

// invalid is fault, but quiet where the value could not even be read.
func (r *reading) invalid(path, format string, args ...any) {
	if !r.bad[path] {
		r.fault(path, format, args...)
	}
}
