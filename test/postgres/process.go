package postgres

import (
	"bytes"
	"errors"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
)

// A process is a running server. Its children are in process groups of their
// own, so that signals go to each of them.
type process struct {
	cmd   *exec.Cmd
	log   *logBuffer
	ended chan struct{} // closed when the process is gone
}

// startProcess starts the command and waits for it in a goroutine that keeps
// its thread: the kernel ends the server when the thread that started it ends.
func startProcess(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, log: &logBuffer{}, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p.log, p.log
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			// How the server ended is no news: the tests end it.
			_ = cmd.Wait()
			close(p.ended)
		}
	}()
	return p, <-started
}

func (p *process) signal(sig syscall.Signal) error {
	return ignoreGone(syscall.Kill(p.cmd.Process.Pid, sig))
}

// signalTree signals the server and then its children: a server that is stopped
// or dead starts no more of them.
func (p *process) signalTree(sig syscall.Signal) error {
	// Listed first, since the children of a dead process are nobody's.
	before, err := childrenOf(p.cmd.Process.Pid)
	if err != nil {
		return err
	}
	errs := []error{p.signal(sig)}
	after, err := childrenOf(p.cmd.Process.Pid)
	errs = append(errs, err)
	for _, pid := range append(before, after...) {
		errs = append(errs, ignoreGone(syscall.Kill(pid, sig)))
	}
	return errors.Join(errs...)
}

func (p *process) kill() error {
	err := p.signalTree(syscall.SIGKILL)
	<-p.ended
	return err
}

func (p *process) output() string { return p.log.String() }

func ignoreGone(err error) error {
	if errors.Is(err, syscall.ESRCH) {
		return nil
	}
	return err
}

// A logBuffer holds what the server writes to its log.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
