package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/seed-31b6c987/doorward/cmd/doorward/compose"
	"github.com/seed-31b6c987/doorward/config"
	"github.com/seed-31b6c987/doorward/config/foreign"
)

type importCommand struct {
	Files []string `arg:"" name:"file" help:"The other configuration. Several are one, as Synapse takes them: top-level keys of a later file replace those of an earlier one."`
	From  string   `enum:",synapse,palpo,tuwunel" default:"" placeholder:"KIND" help:"Whose it is: synapse, palpo or tuwunel. Default: by what is in it."`
	Out   string   `short:"o" placeholder:"FILE" help:"Write it into a file that only its owner may use, instead of printing it."`
	Force bool     `help:"Replace the file if it is there."`
}

// Help implements kong's detailed help.
func (importCommand) Help() string {
	return `Turns the configuration of Synapse (homeserver.yaml), Palpo or Tuwunel (TOML)
into Doorward's, as far as it is about signing in. What has no counterpart is
printed, a line each, with the path of the setting:

  ignored  does no harm
  decide   works otherwise than before, or needs something; the new file says so
           at its head
  refused  would be unsafe; nothing is written, and the exit code is 1

At last it says what Doorward would not start with, such as a secret that is too
short. The environment of the other server is not seen; put into the file what
it overrides.`
}

// maxImportBytes is more than any file that can be imported has.
const maxImportBytes = 1<<20 + 1

// Run converts the files, says what became of their settings, and writes the
// result.
func (c importCommand) Run(s *streams) error {
	if err := c.checkTarget(); err != nil {
		return err
	}
	files := make([]foreign.File, len(c.Files))
	for i, name := range c.Files {
		text, err := readImport(name)
		if err != nil {
			return err
		}
		files[i] = foreign.File{Name: filepath.Base(name), Text: text}
	}
	result, err := foreign.Convert(foreign.Kind(c.From), files...)
	if err != nil {
		return err
	}
	for _, finding := range result.Findings {
		fmt.Fprintln(s.err, finding)
	}
	if result.Refused() {
		return errors.New("nothing was written; change what was refused first")
	}
	sayWhatIsMissing(s, c.target(), result.YAML)
	if c.Out == "" {
		_, err := s.out.Write(result.YAML)
		return err
	}
	return writeNew(c.Out, result.YAML, c.Force)
}

// target is the name that the result goes by.
func (c importCommand) target() string {
	if c.Out == "" {
		return defaultConfig
	}
	return c.Out
}

// checkTarget refuses to replace what must not be lost, before anything is read.
func (c importCommand) checkTarget() error {
	if c.Force && c.Out == "" {
		return misuse{errors.New("--force is for a file that --out names")}
	}
	there, err := os.Stat(c.Out)
	if c.Out == "" || err != nil {
		return nil // whoever writes it sees what is wrong
	}
	for _, name := range c.Files {
		if source, err := os.Stat(name); err == nil && os.SameFile(source, there) {
			return misuse{fmt.Errorf("%s is what is imported; name another file with --out", c.Out)}
		}
	}
	if !c.Force {
		return isThere(c.Out)
	}
	return nil
}

func isThere(name string) error {
	return fmt.Errorf("%s is there already; --force replaces it", name)
}

func readImport(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxImportBytes))
}

// sayWhatIsMissing prints what Doorward would not start with: a secret that is
// too short, say, or a file that is not there yet.
func sayWhatIsMissing(s *streams, name string, text []byte) {
	var check compose.Check
	_, err := config.Parse(name, text, nil, func(cfg *config.Config) (faults config.Faults) {
		var err error
		check, err = compose.Checked(cfg)
		errors.As(err, &faults)
		return faults
	})
	for _, warning := range check.Warnings {
		fmt.Fprintf(s.err, "warning: %s\n", warning)
	}
	var faults config.Faults
	if errors.As(err, &faults) {
		for _, fault := range faults {
			fmt.Fprintf(s.err, "decide: %v\n", fault)
		}
	}
}

// writeNew writes a file for its owner only. It appears whole or not at all,
// and without replace never in the place of another.
func writeNew(name string, text []byte, replace bool) error {
	draft, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	_, err = draft.Write(text)
	if err := errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	if replace {
		return os.Rename(draft.Name(), name)
	}
	if err := os.Link(draft.Name(), name); errors.Is(err, fs.ErrExist) {
		return isThere(name)
	} else if err != nil {
		return err
	}
	return nil
}
