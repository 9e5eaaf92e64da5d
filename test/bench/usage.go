package main

import (
	"errors"
	"syscall"
	"time"
)

// usage is what was used so far.
type usage struct {
	doorward, database, clients time.Duration
	allocations, bytes          float64
	peak                        int64
	log                         logPosition
}

func (u usage) since(before usage) usage {
	u.doorward -= before.doorward
	u.database -= before.database
	u.clients -= before.clients
	u.allocations -= before.allocations
	u.bytes -= before.bytes
	u.log.bytes -= before.log.bytes
	return u
}

// usage looks what was used, and lets the peak of memory begin anew.
func (s *site) usage(r row) (u usage, err error) {
	if u.database, err = s.databaseTime(); err != nil {
		return u, err
	}
	if u.log, err = s.logPosition(); err != nil {
		return u, err
	}
	if u.clients, err = ownProcessorTime(); err != nil {
		return u, err
	}
	if r.serves == nil {
		return u, nil
	}
	door := r.serves(s)
	pid := door.cmd.Process.Pid
	if u.peak, err = peakMemory(pid); err != nil {
		return u, err
	}
	if u.doorward, err = processorTime(pid); err != nil {
		return u, err
	}
	values, err := door.metric("go_memstats_mallocs_total", "go_memstats_alloc_bytes_total")
	if err != nil {
		return u, err
	}
	u.allocations, u.bytes = values[0], values[1]
	return u, nil
}

// allProcessorTime returns how long everything here has had a processor: a limit
// is measured while nothing but the limit works.
func (s *site) allProcessorTime() (time.Duration, error) {
	database, err := s.databaseTime()
	if err != nil {
		return 0, err
	}
	pids := []int{s.door.cmd.Process.Pid}
	if s.echo.Process != nil {
		pids = append(pids, s.echo.Pid)
	}
	if s.other != nil {
		pids = append(pids, s.other.cmd.Process.Pid)
	}
	others, err := processorTime(pids...)
	if err != nil {
		return 0, err
	}
	own, err := ownProcessorTime()
	return database + others + own, err
}

// databaseTime is the processor time of the database, if it has processes.
func (s *site) databaseTime() (time.Duration, error) {
	if s.store == onSQLite {
		return 0, nil
	}
	for {
		pids, err := s.server.Processes() // the server itself comes last
		if err != nil {
			return 0, err
		}
		children, parent := pids[:len(pids)-1], pids[len(pids)-1]
		before, errBefore := processorTime(parent)
		used, err := processorTime(children...)
		after, errAfter := processorTime(parent)
		// A child that ended meanwhile may have been counted twice, or not at all.
		if err := errors.Join(errBefore, err, errAfter); err != nil || before == after {
			return used + after, err
		}
	}
}

// ownProcessorTime is that of this process and of those programs it started that
// ended.
func ownProcessorTime() (sum time.Duration, err error) {
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var used syscall.Rusage
		if err := syscall.Getrusage(who, &used); err != nil {
			return 0, err
		}
		sum += time.Duration(used.Utime.Nano() + used.Stime.Nano())
	}
	return sum, nil
}
