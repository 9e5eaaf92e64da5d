package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed-31b6c987/doorward/test/postgres"
)

// measureStore measures everything on a store.
func (g *growth) measureStore(store string) (err error) {
	people, few := g.crowd(g.users), g.crowd(emptyCrowd)
	if store == onSQLite {
		people = g.crowd(max(emptyCrowd, g.users/sqliteShare))
	} else {
		if g.server, err = postgres.Start("", filling...); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, discard(g.server)) }()
		if err := g.tellPostgres(); err != nil {
			return err
		}
	}
	empty, err := g.filled(store, "empty", few)
	defer func() { err = errors.Join(err, empty.close()) }()
	if err != nil {
		return err
	}
	large, err := g.filled(store, "large", people)
	defer func() { err = errors.Join(err, large.close()) }()
	if err != nil {
		return err
	}
	if store == onPostgres {
		if err := g.restartSteady(empty, large); err != nil {
			return err
		}
	}
	for _, s := range []*site{empty, large} {
		if _, err := s.door.start(); err != nil {
			return err
		}
	}
	large.other = empty.door
	return g.measureCrowd(large, people, empty, few)
}

func (g *growth) crowd(size int) *crowd { return &crowd{size: size, active: min(size, g.active)} }

// measureCrowd measures a Doorward on a large database beside one on an empty one.
func (g *growth) measureCrowd(large *site, people *crowd, empty *site, few *crowd) error {
	found, err := large.sizes()
	if err != nil {
		return err
	}
	g.sizes = append(g.sizes, sizeLines(large.store, found, people.size)...)
	for _, h := range habits {
		if !isMeant(g.rows, h.name) || h.checkpoint && large.store == onSQLite {
			continue
		}
		if err := g.compare(h, large, people, empty, few); err != nil {
			return fmt.Errorf("%s: %w", h.title, err)
		}
	}
	if err := g.compareStarts(large, empty); err != nil {
		return err
	}
	if large.store == onPostgres && isMeant(g.rows, pairRow) {
		return g.measurePair(large, people)
	}
	return nil
}

// filled prepares a Doorward on a database with a crowd in it. It is to be closed
// even if that failed.
func (g *growth) filled(store, name string, c *crowd) (s *site, err error) {
	s = &site{bench: g.bench, store: store, dir: filepath.Join(g.dir, store, name)}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return s, err
	}
	if s.database, err = s.newDatabase(name); err != nil {
		return s, err
	}
	if s.door, err = newDoor(g.options, s.dir, settings{database: s.database, more: uncached}); err != nil {
		return s, err
	}
	s.progress("%s: making %s users, each with %d devices", store, rate(float64(c.size)), len(crowdDevices))
	return s, s.fill(c)
}

// compare measures a habit on the large database in turn with the empty one.
func (g *growth) compare(h habit, large *site, people *crowd, empty *site, few *crowd) error {
	doing := func(c *crowd, s *site) func(*site, int) (contender, error) {
		return func(_ *site, clients int) (contender, error) { return h.doing(c, s.door.address, clients) }
	}
	reach := map[string]float64{onPostgres: wantedRatio, onSQLite: wantedRatio}
	if h.checkpoint {
		reach = nil
	}
	res, err := large.measure(row{
		name: h.name, title: fmt.Sprintf("%s, %s users", h.title, rate(float64(people.size))),
		ours: doing(people, large), serves: mainDoor, checkpoint: h.checkpoint, sighted: h.sighted,
		limits: both(limit{name: "empty database", open: doing(few, empty)}),
		reach:  reach,
	}, g.clients)
	if err != nil {
		return err
	}
	g.report.Results = append(g.report.Results, res)
	g.progress("%s", res)
	return nil
}

// compareStarts measures how long both take to start, and how much memory they
// have taken until then.
func (g *growth) compareStarts(large, empty *site) error {
	for _, s := range []*site{large, empty} {
		memory, err := residentMemory(s.door.cmd.Process.Pid)
		if err != nil {
			return err
		}
		if err := s.measureStarts(); err != nil {
			return err
		}
		took := g.report.Starts[len(g.report.Starts)-1]
		g.starts = append(g.starts, []string{
			s.store, filepath.Base(s.dir), fmt.Sprintf("%.0f", took.Median), fmt.Sprint(memory >> 20),
		})
	}
	g.report.Starts = nil
	return nil
}
