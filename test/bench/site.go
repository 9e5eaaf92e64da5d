package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/seed-31b6c987/doorward/adapters/gormstore"
)

const (
	onPostgres = "postgres"
	onSQLite   = "sqlite"
)

const (
	// users are who is there before, each with a device.
	users = 5000
	// passwordUsers are who has a password. Their devices differ.
	passwordUsers = 8
	mostClients   = 64
)

// A site is a Doorward on one store, people who use it, and the limits beside it.
type site struct {
	*bench
	store       string
	dir         string
	door        *door
	database    string
	signedIn    [][]byte // whoami, with the token of each user
	tokens      []string
	hasPassword bool
	others      map[string]*door // on the same database, with other settings, by a name
	other       *door            // one of another site that is a limit here, if there is one
	direct      *gormstore.Store // the storage adapter alone, once it is open
	groups      *groups          // the limit of SQLite's writes, once there is one
	newUsers    atomic.Int64
}

// newSite starts a Doorward and signs everybody in. The site is to be closed even
// if that failed.
func (b *bench) newSite(store string) (s *site, err error) {
	s = &site{bench: b, store: store, dir: filepath.Join(b.dir, store)}
	if err := os.Mkdir(s.dir, 0o700); err != nil {
		return s, err
	}
	if s.database, err = s.newDatabase("doorward"); err != nil {
		return s, err
	}
	if s.door, err = newDoor(b.options, s.dir, settings{database: s.database}); err != nil {
		return s, err
	}
	if _, err := s.door.start(); err != nil {
		return s, err
	}
	return s, s.populate()
}

func (s *site) newDatabase(name string) (url string, err error) {
	if s.store == onSQLite {
		return "sqlite:" + filepath.Join(s.dir, name+".db"), nil
	}
	return s.server.URL(name), s.server.Exec("CREATE DATABASE " + name)
}

// another returns another Doorward on the same database, which is started the first
// time. Of two that run, one rests.
func (s *site) another(name string, with settings) (*door, error) {
	if d := s.others[name]; d != nil {
		return d, nil
	}
	dir := filepath.Join(s.dir, name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	with.database = s.database
	d, err := newDoor(s.options, dir, with)
	if err != nil {
		return nil, err
	}
	if s.others == nil {
		s.others = map[string]*door{}
	}
	s.others[name] = d
	_, err = d.start()
	return d, err
}

// adapter returns the storage adapter on Doorward's database, as Doorward has it.
func (s *site) adapter() (*gormstore.Store, error) {
	if s.direct != nil {
		return s.direct, nil
	}
	open := gormstore.OpenPostgres
	if s.store == onSQLite {
		open = gormstore.OpenSQLite
	}
	var err error
	s.direct, err = open(context.Background(), gormstore.Options{URL: s.database, GroupSignIns: true})
	return s.direct, err
}

// rawGroups returns the limit of SQLite's writes.
func (s *site) rawGroups() (*groups, error) {
	if s.groups != nil {
		return s.groups, nil
	}
	var err error
	s.groups, err = newGroups(s.dir, users)
	return s.groups, err
}

func (s *site) close() error {
	var errs []error
	if s.direct != nil {
		errs = append(errs, s.direct.Close())
	}
	if s.groups != nil {
		errs = append(errs, s.groups.close())
	}
	for _, d := range s.others {
		errs = append(errs, d.stop())
	}
	if s.door != nil {
		errs = append(errs, s.door.stop())
	}
	return errors.Join(errs...)
}
