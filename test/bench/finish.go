package main

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

const starts = 5

// measureStarts stops Doorward and starts it again, a few times.
func (s *site) measureStarts() error {
	found := start{Store: s.store}
	for range starts {
		if err := s.door.stop(); err != nil {
			return err
		}
		took, err := s.door.start()
		if err != nil {
			return err
		}
		found.All = append(found.All, float64(took.Microseconds())/1e3)
	}
	found.Median = median(found.All)
	s.bench.report.Starts = append(s.bench.report.Starts, found)
	s.progress("%s: first answer %.0f ms after the start", s.store, found.Median)
	return nil
}

// progress tells whoever waits what goes on.
func (b *bench) progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%4.0fs  %s\n", time.Since(b.began).Seconds(), fmt.Sprintf(format, args...))
}

// progressApart is how often it tells how far something has come.
const progressApart = 10 * time.Second

// countdown returns what is to be told how many of so many things are done. It may
// be told by several at once.
func (b *bench) countdown(things string, all int) (done func(n int)) {
	var mu sync.Mutex
	began, told, sum := time.Now(), time.Now(), 0
	return func(n int) {
		mu.Lock()
		defer mu.Unlock()
		sum += n
		if time.Since(told) < progressApart {
			return
		}
		told = time.Now()
		left := time.Duration(float64(time.Since(began)) / float64(sum) * float64(all-sum))
		b.progress("%s of %s %s, the others in some %s", rate(float64(sum)), rate(float64(all)), things, left.Round(time.Second))
	}
}

// String is a line for whoever waits.
func (res result) String() string {
	line := fmt.Sprintf("%-8s  %-38s %2d clients", res.Store, res.Title, res.Clients)
	line += fmt.Sprintf("  %8s /s", rate(res.PerSecond))
	for _, l := range res.Limits {
		line += fmt.Sprintf("  %.2f of %s", l.Ratio, l.Name)
	}
	if res.Failed > 0 {
		line += fmt.Sprintf("  %d wrong answers: %v", res.Failed, res.failure)
	}
	return line
}

// finish writes down what was found, and fails if an answer was wrong.
func (b *bench) finish() error {
	b.report.writeMarkdown(os.Stdout)
	fmt.Println()
	b.report.writeReference(os.Stdout)
	var errs []error
	if b.json != "" {
		errs = append(errs, b.report.writeJSON(b.json))
	}
	if b.markdown != "" {
		errs = append(errs, b.writeReferenceFile())
	}
	return errors.Join(append(errs, wrong(b.report.Results))...)
}

// wrong is an error if an answer was wrong.
func wrong(found []result) error {
	var errs []error
	for _, res := range found {
		if res.Failed > 0 {
			errs = append(errs, fmt.Errorf("%s, %s, %d clients: %d wrong answers: %w", res.Title, res.Store, res.Clients, res.Failed, res.failure))
		}
	}
	return errors.Join(errs...)
}

func (b *bench) writeReferenceFile() error {
	file, err := os.Create(b.markdown)
	if err != nil {
		return err
	}
	b.report.writeReference(file)
	return file.Close()
}
