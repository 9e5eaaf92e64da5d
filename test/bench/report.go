package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"time"
)

// A report is what a run found out.
type report struct {
	At            time.Time
	Machine       machine
	LoadAverage   [2]string // before and after
	Seconds       float64
	Rounds        int
	Results       []result
	Verifications []verification `json:",omitempty"`
	Starts        []start        `json:",omitempty"`
	AuditDropped  float64
}

// A start is how long it took, on a database that was there, until the first
// answer came.
type start struct {
	Store  string
	Median float64 // milliseconds
	All    []float64
}

func (r report) writeJSON(file string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

// writeMarkdown writes tables of everything, for people.
func (r report) writeMarkdown(w io.Writer) {
	if len(r.Results)+len(r.Verifications)+len(r.Starts) == 0 {
		return
	}
	r.writeHead(w)
	if len(r.Results) > 0 {
		writeTable(w, resultColumns, r.resultLines())
		r.writeFoot(w)
	}
	if len(r.Verifications) > 0 {
		writeTable(w, []string{"one JWT", "bare signature µs", "golang-jwt µs", "ours µs", "ours less bare µs", "allocations golang-jwt", "ours"}, r.verificationLines())
	}
	if len(r.Starts) > 0 {
		var lines [][]string
		for _, s := range r.Starts {
			lines = append(lines, []string{s.Store, fmt.Sprintf("%.0f", s.Median)})
		}
		writeTable(w, []string{"start on a database that is there", "ms to the first answer"}, lines)
	}
}

// writeHead says what was measured where.
func (r report) writeHead(w io.Writer) {
	m := r.Machine
	software := "Doorward " + m.Doorward + ", " + m.Go
	if m.PostgreSQL != "" {
		software += ", " + m.PostgreSQL
	}
	fmt.Fprintf(w, "%s, %s. %s, %d cores (shared by clients, server and database), %d GiB, Linux %s. "+
		"Medians of %d rounds of %gs; load average %s before, %s after.\n",
		r.At.Format("2 January 2006"), software, m.Processor, m.Cores, m.MemoryGiB, m.Kernel,
		r.Rounds, r.Seconds, r.LoadAverage[0], r.LoadAverage[1])
}

// writeFoot says how it was measured.
func (r report) writeFoot(w io.Writer) {
	checkpoints := 0
	for _, res := range r.Results {
		checkpoints += res.Checkpoints
	}
	fmt.Fprintf(w, "\nAudit, metrics and the log of requests are on in all rows; commits are synced. "+
		"µs are those of processors for one request: of Doorward, of PostgreSQL, of the clients, and of all that works for the limit; "+
		"\"by µs\" is the ratio of these, which other work on the machine touches less. \"log\" are the bytes of PostgreSQL's log "+
		"of changes for one request, and \"pages\" those of them that are whole pages. "+
		"Checkpoints that began meanwhile: %d. Audit records for which there was no room: %.0f.\n", checkpoints, r.AuditDropped)
}

// writeReference writes a line for each row, with as many clients as there are at
// most, for the README.
func (r report) writeReference(w io.Writer) {
	if len(r.Results) == 0 {
		return
	}
	r.writeHead(w)
	var lines [][]string
	for _, res := range r.Results {
		if res.Clients < mostClients && slices.ContainsFunc(r.Results, func(other result) bool {
			return other.Row == res.Row && other.Store == res.Store && other.Clients > res.Clients
		}) {
			continue
		}
		limit := res.Limits[0]
		lines = append(lines, []string{
			res.Title, res.Store, rate(res.PerSecond), fmt.Sprintf("%.2f of %s", limit.Ratio, limit.Name), reach(res.Reach),
			fmt.Sprintf("%.1f", res.P50), fmt.Sprintf("%.1f", res.P99), figure(res.Allocations),
			figure(res.CPU.Doorward), figure(res.CPU.Database), figure(float64(res.PeakMemory >> 20)),
		})
	}
	writeTable(w, referenceColumns, lines)
	r.writeFoot(w)
}

var referenceColumns = []string{
	"", "store", "/s", "ratio", "to reach", "p50 ms", "p99 ms", "allocs", "µs", "µs database", "MiB",
}

var resultColumns = []string{
	"", "store", "clients", "ours /s", "limit", "limit /s", "ratio", "by µs", "to reach", "p50 ms", "p99 ms",
	"allocs", "µs ours", "µs database", "µs clients", "µs limit", "log", "pages", "peak MiB", "wrong",
}

// reach writes what part of the limit is to be reached.
func reach(ratio float64) string {
	if ratio == 0 {
		return ""
	}
	return fmt.Sprint(ratio)
}

func (r report) resultLines() (lines [][]string) {
	for _, res := range r.Results {
		line := []string{res.Title, res.Store, fmt.Sprint(res.Clients)}
		line = append(line, rate(res.PerSecond), "", "", "", "", "",
			fmt.Sprintf("%.2f", res.P50), fmt.Sprintf("%.2f", res.P99), figure(res.Allocations),
			figure(res.CPU.Doorward), figure(res.CPU.Database), figure(res.CPU.Clients), "",
			figure(res.LogBytes), figure(res.ImageBytes),
			figure(float64(res.PeakMemory>>20)), figure(float64(res.Failed)))
		for i, l := range res.Limits {
			if i > 0 {
				line = make([]string, len(resultColumns))
			}
			copy(line[4:], []string{l.Name, rate(l.PerSecond), fmt.Sprintf("%.2f", l.Ratio), fmt.Sprintf("%.2f", l.CPURatio)})
			if i == 0 {
				line[8] = reach(res.Reach)
			}
			line[slices.Index(resultColumns, "µs limit")] = figure(l.CPU)
			lines = append(lines, line)
		}
	}
	return lines
}

func (r report) verificationLines() (lines [][]string) {
	for _, v := range r.Verifications {
		lines = append(lines, []string{v.Algorithm, fmt.Sprintf("%.1f", v.Bare), fmt.Sprintf("%.1f", v.GolangJWT),
			fmt.Sprintf("%.1f", v.Ours), fmt.Sprintf("%.1f", v.Ours-v.Bare), fmt.Sprint(v.GolangJWTAllocs), fmt.Sprint(v.Allocs)})
	}
	return lines
}
