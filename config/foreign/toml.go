package foreign

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// readTOML reads the tables of a text.
func readTOML(text []byte) (map[string]any, error) {
	if err := checkSize(text); err != nil {
		return nil, err
	}
	text = []byte(strings.TrimPrefix(string(text), "\ufeff"))
	values := map[string]any{}
	if err := toml.Unmarshal(text, &values); err != nil {
		return nil, tomlError(err)
	}
	return values, nil
}

func tomlError(err error) error {
	// What the library quotes may be a part of a secret.
	problem, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "toml: "), `"`)
	problem = "is no TOML: " + shown(strings.TrimRight(problem, ": "))
	if fault := new(toml.DecodeError); errors.As(err, &fault) {
		line, _ := fault.Position()
		return fmt.Errorf("line %d: %s", line, problem)
	}
	return errors.New(problem)
}
