package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version and commit are set by the build; see the Makefile.
var version, commit = "devel", ""

type versionCommand struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints version, commit and Go version.
func (c versionCommand) Run(s *streams) error {
	if c.JSON {
		return printJSON(s.out, map[string]string{"version": version, "commit": buildCommit(), "go": runtime.Version()})
	}
	_, err := fmt.Fprintf(s.out, "doorward %s, commit %s, %s\n", version, buildCommit(), runtime.Version())
	return err
}

func buildCommit() string {
	if commit != "" {
		return commit
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				return setting.Value
			}
		}
	}
	return "unknown"
}
