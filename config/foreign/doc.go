// Package foreign turns the configurations of other homeservers into Doorward's:
// Synapse's homeserver.yaml, and the TOML of Palpo and Tuwunel. It takes over
// what is about signing in and says of everything else what becomes of it, so
// that no setting that protects somebody is lost in silence.
//
// It opens no files and looks at no environment. A setting that names a file
// goes on naming it.
//
// Of the other programs' rules only those count that change what a value means:
// what is not there has their default, durations have their units, and the
// YAML of Synapse is read as PyYAML reads it ("yes" is true, the last of two
// equal keys counts). A value of a type that the other program would not take
// is refused and never guessed.
package foreign

import (
	"errors"
	"fmt"
)

// A Kind is a program whose configuration can be read.
type Kind string

// The kinds that there are.
const (
	Synapse Kind = "synapse"
	Palpo   Kind = "palpo"
	Tuwunel Kind = "tuwunel"
)

// String returns the name of the program as people write it.
func (k Kind) String() string {
	return map[Kind]string{Synapse: "Synapse", Palpo: "Palpo", Tuwunel: "Tuwunel"}[k]
}

// A File is the text of a configuration and the name that it goes by.
type File struct {
	Name string
	Text []byte
}

// A Result is what became of a configuration.
type Result struct {
	// Kind is the program that it was for.
	Kind Kind
	// YAML is Doorward's configuration, with comments. It holds the secrets of
	// the other one. There is none if a setting was refused.
	YAML []byte
	// Findings are what has no counterpart, in the order of their weight: what
	// was ignored, what somebody has to decide, what was refused.
	Findings []Finding
}

// Refused says whether a setting was refused.
func (r Result) Refused() bool {
	return len(r.Findings) > 0 && r.Findings[len(r.Findings)-1].Verdict == Refused
}

// Convert reads the configuration of a program; the kind "" stands for the one
// that the text is for. Several files are one configuration, as Synapse takes
// them: a top-level key of a later file replaces that of an earlier one. The
// error says what cannot be read at all; it holds nothing of a value.
func Convert(kind Kind, files ...File) (Result, error) {
	if len(files) == 0 {
		return Result{}, errors.New("there is no file to read")
	}
	var top map[string]any
	r := &report{}
	for i, file := range files {
		syntax := syntaxOf(file.Text)
		values, err := syntax.read(file.Text, r)
		if err != nil {
			return Result{}, fmt.Errorf("%s: %w", shown(file.Name), err)
		}
		if i > 0 && (kind != Synapse || syntax != isYAML) {
			return Result{}, fmt.Errorf("%s: only Synapse's configuration may be in several files", shown(file.Name))
		}
		if kind, err = recognise(kind, syntax, values); err != nil {
			return Result{}, fmt.Errorf("%s: %w", shown(file.Name), err)
		}
		top = replace(top, values)
	}
	d := &draft{}
	convert := map[Kind]func(*section, *draft){Synapse: synapse, Palpo: palpo, Tuwunel: tuwunel}[kind]
	convert(newSection(top, r), d)
	result := Result{Kind: kind, Findings: r.sorted()}
	if !result.Refused() {
		result.YAML = d.yaml(kind, files, result.Findings)
	}
	return result, nil
}

// replace returns the values with those of a later file in their place.
func replace(values, later map[string]any) map[string]any {
	if values == nil {
		return later
	}
	for name, value := range later {
		values[name] = value
	}
	return values
}
