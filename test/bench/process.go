package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// tick is the unit of processor time in /proc (USER_HZ, 100 on every Linux).
const tick = 10 * time.Millisecond

// processorTime returns how long processes have had a processor. Those that are
// gone count with those who started them; where there is no /proc, none do.
func processorTime(pids ...int) (sum time.Duration, err error) {
	for _, pid := range pids {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue
		}
		if err != nil {
			return 0, err
		}
		// The name in parentheses may hold anything; the times are the 12th to 15th
		// field after it.
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		for _, field := range fields[11:15] {
			ticks, err := strconv.Atoi(string(field))
			if err != nil {
				return 0, err
			}
			sum += time.Duration(ticks) * tick
		}
	}
	return sum, nil
}

// peakMemory returns how many bytes of memory a process had at most since the
// last call, or 0 where there is no /proc.
func peakMemory(pid int) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0); err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kib int64
	_, err = fmt.Sscan(rest, &kib)
	return kib << 10, err
}

// residentMemory returns how many bytes of memory a process has, or 0 where there
// is no /proc.
func residentMemory(pid int) (int64, error) {
	statm, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	var all, resident int64
	if err == nil {
		_, err = fmt.Sscan(string(statm), &all, &resident)
	}
	return resident * int64(os.Getpagesize()), err
}

// A machine is where the measurements were made.
type machine struct {
	Processor  string
	Cores      int
	MemoryGiB  int
	Kernel     string
	Go         string
	PostgreSQL string
	Doorward   string
}

func thisMachine() machine {
	m := machine{Cores: runtime.NumCPU(), Go: runtime.Version()}
	cpuinfo, _ := os.ReadFile("/proc/cpuinfo")
	_, name, _ := strings.Cut(string(cpuinfo), "model name\t: ")
	m.Processor, _, _ = strings.Cut(name, "\n")
	meminfo, _ := os.ReadFile("/proc/meminfo")
	var kib int
	_, _ = fmt.Sscanf(string(meminfo), "MemTotal: %d", &kib)
	m.MemoryGiB = (kib + 1<<19) >> 20
	release, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	m.Kernel = strings.TrimSpace(string(release))
	return m
}

// loadAverage says how busy the machine was in the last one, five and fifteen
// minutes, as the kernel counts.
func loadAverage() string {
	text, _ := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(text))
	return strings.Join(fields[:min(3, len(fields))], " ")
}
