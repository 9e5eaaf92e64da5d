package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// pairRow is two processes on one database, behind nginx.
const pairRow = "pair"

// measurePair measures two processes, in turn with one.
func (g *growth) measurePair(s *site, c *crowd) (err error) {
	os.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin:/sbin")
	if _, err := exec.LookPath("nginx"); err != nil {
		g.progress("nginx is not installed: two processes behind it are not measured")
		return nil
	}
	second, err := s.another("second", settings{database: s.database, more: uncached})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, second.stop()) }()
	one, stopOne, err := s.startNginx("nginx-one", s.door)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopOne()) }()
	two, stopTwo, err := s.startNginx("nginx-two", s.door, second)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopTwo()) }()
	for _, e := range append([]errand{{"visit of 10 requests", visits}}, habitual()...) {
		res, err := g.measureErrand(e, s, c, one, two, second)
		if err != nil {
			return fmt.Errorf("two processes: %s: %w", e.title, err)
		}
		g.pair = append(g.pair, res)
		g.progress("behind nginx  %s", res)
	}
	return nil
}

// measureErrand measures clients of the address of two processes in turn with clients
// of that of one.
func (g *growth) measureErrand(e errand, s *site, c *crowd, one, two string, second *door) (res result, err error) {
	at := func(address string) func(*site, int) (contender, error) {
		return func(_ *site, clients int) (contender, error) { return e.open(c, address, clients) }
	}
	before, err := processorTime(second.cmd.Process.Pid)
	if err != nil {
		return res, err
	}
	res, err = s.measure(row{
		name: pairRow, title: e.title, ours: at(two), limits: both(limit{name: "one process", open: at(one)}),
	}, g.clients)
	if err != nil {
		return res, err
	}
	after, err := processorTime(second.cmd.Process.Pid)
	if err == nil && after-before < s.seconds/100 {
		err = errors.New("nginx does not ask the second process")
	}
	return res, err
}

// An errand is what clients of an address do.
type errand struct {
	title string
	open  func(c *crowd, address string, clients int) (contender, error)
}

func habitual() (all []errand) {
	for _, h := range habits {
		if h.checkpoint {
			continue
		}
		all = append(all, errand{h.title, h.doing})
	}
	return all
}

var pairColumns = []string{"behind nginx", "clients", "two processes /s", "one process /s", "ratio", "p50 ms", "p99 ms", "wrong"}

func pairLines(found []result) (lines [][]string) {
	for _, res := range found {
		one := res.Limits[0]
		lines = append(lines, []string{
			res.Title, fmt.Sprint(res.Clients), rate(res.PerSecond), rate(one.PerSecond), fmt.Sprintf("%.2f", one.Ratio),
			fmt.Sprintf("%.2f", res.P50), fmt.Sprintf("%.2f", res.P99), figure(float64(res.Failed)),
		})
	}
	return lines
}
