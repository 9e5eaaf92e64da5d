package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// growthCommand is the argument with which this program measures how much slower
// everything is when the database is large.
const growthCommand = "growth"

// A growth compares a Doorward on a large database with one on an almost empty one.
type growth struct {
	*bench
	users, active int
	clients       int
	buffers       string // PostgreSQL's shared_buffers
	sizes         [][]string
	starts        [][]string
	pair          []result
}

const (
	// emptyCrowd is who is in a database that is called empty, where all are active:
	// as many as in the large one, unless other numbers are asked for.
	emptyCrowd = 20_000
	// sqliteShare is the part of the users that SQLite gets.
	sqliteShare = 10
	// wantedRatio is what a large database is to reach of the empty one.
	wantedRatio = 0.8
	// bytesPerUser and bytesBeside are what a run needs of the disk, rather more than
	// less.
	bytesPerUser = 3 << 10
	bytesBeside  = 6 << 30
)

// parseGrowth reads the arguments behind the command.
func parseGrowth() (*growth, error) {
	g := &growth{bench: &bench{began: time.Now()}}
	flags := flag.NewFlagSet(growthCommand, flag.ExitOnError)
	flags.IntVar(&g.users, "users", 10_000_000, "how many users PostgreSQL gets; SQLite gets a tenth")
	flags.IntVar(&g.active, "active", emptyCrowd, "how many of the users do what is measured")
	flags.StringVar(&g.buffers, "buffers", usualBuffers, "the shared_buffers of PostgreSQL")
	flags.IntVar(&g.clients, "clients", mostClients, "how many clients there are")
	check := g.define(flags, pairRow)
	if err := flags.Parse(os.Args[2:]); err != nil {
		return nil, err
	}
	if g.users < emptyCrowd || g.active < 1 || g.clients < 1 || g.clients > mostClients {
		return nil, fmt.Errorf("-users is at least %d, -active 1, -clients 1 to %d", emptyCrowd, mostClients)
	}
	if !memory.MatchString(g.buffers) {
		return nil, fmt.Errorf("-buffers: %q is no amount of memory, such as 4GB", g.buffers)
	}
	return g, check()
}

// memory is how PostgreSQL writes it.
var memory = regexp.MustCompile(`^[1-9][0-9]*(kB|MB|GB)$`)

// measure measures everything, and prints it even if something failed.
func (g *growth) measure() error {
	err := g.run()
	g.write()
	return errors.Join(err, wrong(g.report.Results), wrong(g.pair))
}

func (g *growth) run() error {
	if err := g.begin(); err != nil {
		return err
	}
	defer os.RemoveAll(g.dir)
	if err := g.checkRoom(); err != nil {
		return err
	}
	for _, store := range []string{onPostgres, onSQLite} {
		if !isMeant(g.stores, store) {
			continue
		}
		if err := g.measureStore(store); err != nil {
			return fmt.Errorf("%s: %w", store, err)
		}
	}
	g.report.LoadAverage[1] = loadAverage()
	return nil
}

// checkRoom refuses to fill the disk.
func (g *growth) checkRoom() error {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(g.dir, &fs); err != nil {
		return err
	}
	free, needed := int64(fs.Bavail)*int64(fs.Bsize), int64(g.users)*bytesPerUser+bytesBeside
	if free < needed {
		return fmt.Errorf("%d users need %d GiB in %s, where %d are free; TMPDIR chooses another place, USERS fewer users",
			g.users, needed>>30, g.dir, free>>30)
	}
	g.progress("this needs up to %d GiB in %s, where %d are free", needed>>30, g.dir, free>>30)
	return nil
}

// write prints what was found out.
func (g *growth) write() {
	g.report.writeMarkdown(os.Stdout)
	if len(g.report.Results) == 0 && len(g.pair) > 0 {
		g.report.writeHead(os.Stdout)
	}
	if len(g.report.Results)+len(g.pair) > 0 {
		fmt.Printf("\nOf the users %s are active, who come in no order; of the empty database all are, %s. "+
			"Before each row everybody has come once.\n", rate(float64(g.active)), rate(emptyCrowd))
		if g.server != nil {
			fmt.Printf("PostgreSQL's settings: %s.\n", strings.Join(steady(g.buffers), ", "))
		}
	}
	if len(g.starts) > 0 {
		writeTable(os.Stdout, []string{"store", "database", "ms from start to first answer", "resident MiB after the load"}, g.starts)
	}
	if len(g.sizes) > 0 {
		writeTable(os.Stdout, []string{"store", "before the load", "MiB", "bytes a user"}, g.sizes)
	}
	if len(g.pair) > 0 {
		writeTable(os.Stdout, pairColumns, pairLines(g.pair))
	}
}
