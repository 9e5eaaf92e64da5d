package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// options are what to measure, and how.
type options struct {
	binary         string
	rows, stores   []string // none: all
	clients        []int
	seconds        time.Duration
	rounds         int
	json, markdown string
	log            string
}

func parseOptions() (o options, err error) {
	var clients string
	check := o.define(flag.CommandLine, verifyRow, startRow)
	flag.StringVar(&clients, "clients", "1 16 64", "how many clients there are, one number after another; at most 64")
	flag.StringVar(&o.json, "json", "", "write everything to this `file` too, for comparison")
	flag.StringVar(&o.markdown, "markdown", "", "write the table for the README, with the most clients, to this `file` too")
	flag.Parse()
	for _, text := range strings.Fields(clients) {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > mostClients {
			return o, fmt.Errorf("-clients: %q is no number from 1 to %d", text, mostClients)
		}
		o.clients = append(o.clients, n)
	}
	if len(o.clients) == 0 {
		return o, errors.New("-clients needs a number")
	}
	return o, check()
}

// define defines the flags that do not depend on what is compared. What it
// returns is to be called when they were parsed; more are names of what can be
// measured beside the rows.
func (o *options) define(flags *flag.FlagSet, more ...string) (check func() error) {
	var seconds float64
	var rows, stores string
	flags.StringVar(&o.binary, "doorward", "bin/doorward", "the `program` to measure")
	flags.StringVar(&rows, "rows", "", "what to measure, such as \"login whoami "+strings.Join(more, " ")+"\"; empty: everything")
	flags.StringVar(&stores, "stores", "", "postgres, sqlite; empty: both")
	flags.Float64Var(&seconds, "seconds", 1, "how long one measurement lasts")
	flags.IntVar(&o.rounds, "rounds", 3, "how often each is repeated, in turn with its limits")
	flags.StringVar(&o.log, "log", os.DevNull, "the `file` that gets Doorward's log")
	return func() error {
		if flags.NArg() > 0 {
			return fmt.Errorf("%q is no option", flags.Arg(0))
		}
		o.rows, o.stores = strings.Fields(rows), strings.Fields(stores)
		o.seconds = time.Duration(seconds * float64(time.Second))
		if o.seconds <= 0 || o.rounds < 1 {
			return errors.New("-seconds and -rounds need something to measure")
		}
		return o.check(more)
	}
}

// check refuses names that there are not.
func (o options) check(more []string) error {
	for _, wanted := range o.rows {
		known := slices.Contains(more, wanted)
		for _, r := range rows {
			known = known || isMeant([]string{wanted}, r.name)
		}
		if !known {
			return fmt.Errorf("nothing to measure is called %q", wanted)
		}
	}
	for _, store := range o.stores {
		if store != onPostgres && store != onSQLite {
			return fmt.Errorf("no store is called %q", store)
		}
	}
	return nil
}

// What is measured once, without clients.
const (
	verifyRow = "verify"
	startRow  = "start"
)
