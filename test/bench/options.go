package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
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
	var rows, stores, clients string
	var seconds float64
	flag.StringVar(&o.binary, "doorward", "bin/doorward", "the `program` to measure")
	flag.StringVar(&rows, "rows", "", "what to measure, such as \"login whoami verify start\"; empty: everything")
	flag.StringVar(&stores, "stores", "", "postgres, sqlite; empty: both")
	flag.StringVar(&clients, "clients", "1 16 64", "how many clients there are, one number after another; at most 64")
	flag.Float64Var(&seconds, "seconds", 1, "how long one measurement lasts")
	flag.IntVar(&o.rounds, "rounds", 3, "how often each is repeated, in turn with its limits")
	flag.StringVar(&o.json, "json", "", "write everything to this `file` too, for comparison")
	flag.StringVar(&o.markdown, "markdown", "", "write the tables to this `file` too")
	flag.StringVar(&o.log, "log", os.DevNull, "the `file` that gets Doorward's log")
	flag.Parse()
	o.rows, o.stores = strings.Fields(rows), strings.Fields(stores)
	o.seconds = time.Duration(seconds * float64(time.Second))
	for _, text := range strings.Fields(clients) {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > mostClients {
			return o, fmt.Errorf("-clients: %q is no number from 1 to %d", text, mostClients)
		}
		o.clients = append(o.clients, n)
	}
	if len(o.clients) == 0 || o.seconds <= 0 || o.rounds < 1 {
		return o, errors.New("-clients, -seconds and -rounds need something to measure")
	}
	return o, o.check()
}

// check refuses names that there are not.
func (o options) check() error {
	for _, wanted := range o.rows {
		known := wanted == verifyRow || wanted == startRow
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
