package main

import (
	"runtime"
	"time"

	"golang.org/x/crypto/argon2"
)

// A contender does one kind of work as fast as it can.
type contender struct {
	// fill prepares as many pieces of work, before the clock runs; nil: they need no
	// preparation.
	fill func(requests int)
	// once does each of the different pieces of work once; nil: no two are alike.
	once func() error
	// start and stop are called before and after run, if that only looks how fast the
	// work goes on; nil: it begins and ends with run.
	start, stop func() error

	run   func(lasting time.Duration) (sample, error)
	close func() // nil: nothing is open
}

func (c contender) end() {
	if c.close != nil {
		c.close()
	}
}

// served makes a contender of clients who send the traffic to a server. They connect
// when they begin: a server does not wait long for the first request.
func served(address string, clients int, t traffic) (contender, error) {
	var conns []*connection
	return contender{
		fill: t.fill,
		once: func() error { return sendOnce(address, t) },
		run: func(lasting time.Duration) (_ sample, err error) {
			if conns == nil {
				if conns, err = dial(address, clients); err != nil {
					return sample{}, err
				}
			}
			return drive(conns, t, lasting)
		},
		close: func() { hangUp(conns) },
	}, nil
}

// bareArgon2id hashes passwords, with the parameters of ours, on all cores that
// the clients could keep busy.
func bareArgon2id(clients int) contender {
	return contender{run: func(lasting time.Duration) (sample, error) {
		salt := make([]byte, 16)
		return together(min(clients, runtime.NumCPU()), lasting, func(int) func() error {
			return func() error {
				argon2.IDKey([]byte(password), salt, 2, 19456, 1, 32)
				return nil
			}
		})
	}}
}
