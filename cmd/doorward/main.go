// Command doorward keeps the door of a Matrix homeserver: it turns JSON Web
// Tokens and passwords into Matrix sessions, says afterwards whose a token is, and
// administers accounts and devices.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"

	"github.com/alecthomas/kong"

	"github.com/seed-31b6c987/doorward/config"
)

// commands is the command line; each command is in a file of its own.
type commands struct {
	Serve      serveCommand       `cmd:"" help:"Run the HTTP API. Without a configuration it starts for trying out and prints a first login."`
	Token      tokenCommands      `cmd:"" help:"Make and explain JSON Web Tokens."`
	Config     configCommands     `cmd:"" help:"Check the configuration, import another server's, or print an example."`
	User       userCommands       `cmd:"" help:"Administer users, straight on the database."`
	Device     deviceCommands     `cmd:"" help:"List and delete the devices of users."`
	Audit      auditCommands      `cmd:"" help:"Show who did what."`
	Import     importCommands     `cmd:"" help:"Take over the accounts of another server."`
	Homeserver homeserverCommands `cmd:"" help:"Look after the homeserver that has handed authentication over."`
	Migrate    migrateCommand     `cmd:"" help:"Bring the database schema up to date, or show its state."`
	Version    versionCommand     `cmd:"" help:"Print the version."`
}

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
	environ  []string
}

// errRefused ends a command with exit code 1 after it has said why.
var errRefused = errors.New("refused")

// A misuse ends a command with exit code 2.
type misuse struct{ error }

func main() {
	os.Exit(run(os.Args[1:], &streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, environ: os.Environ()}))
}

// run runs a command line and returns its exit code: 0 done, 1 failed, 2 used
// wrongly.
func run(args []string, s *streams) (code int) {
	type exit int
	defer func() {
		if r := recover(); r != nil {
			status, ok := r.(exit)
			if !ok {
				panic(r)
			}
			code = int(status)
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parser := kong.Must(&commands{},
		kong.Name("doorward"),
		kong.Description("Keeps the door of a Matrix homeserver: logins, sessions, devices and accounts."),
		kong.Writers(s.out, s.err),
		kong.Exit(func(status int) { panic(exit(status)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Bind(s),
	)
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(s.err, "doorward: %v; see 'doorward --help'\n", err)
		return 2
	}
	return report(command.Run(), s.err)
}

// report prints an error, one line for each fault, and returns the exit code.
func report(err error, to io.Writer) int {
	var faults config.Faults
	var wrong misuse
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errRefused):
		return 1
	case errors.As(err, &faults):
		for _, fault := range faults {
			fmt.Fprintf(to, "doorward: %v\n", fault)
		}
		return 1
	case errors.As(err, &wrong):
		fmt.Fprintf(to, "doorward: %s\n", oneLine(err))
		return 2
	}
	fmt.Fprintf(to, "doorward: %s\n", oneLine(err))
	return 1
}

var lineBreaks = regexp.MustCompile(`\s*\n\s*`)

// oneLine says what an error says in one line.
func oneLine(err error) string { return lineBreaks.ReplaceAllString(err.Error(), " ") }
