package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strconv"
)

// A connection is a client that keeps its connection. It knows of HTTP just
// what the answers of our servers need, since it shares the processors with
// them.
type connection struct {
	net.Conn
	buffer []byte
}

// dial connects clients to a server.
func dial(address string, clients int) ([]*connection, error) {
	conns := make([]*connection, 0, clients)
	for range clients {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			hangUp(conns)
			return nil, err
		}
		conns = append(conns, &connection{conn, make([]byte, 8<<10)})
	}
	return conns, nil
}

func hangUp(conns []*connection) {
	for _, conn := range conns {
		conn.Close()
	}
}

// do sends a whole request and returns the status and the body of its answer.
// The body is good until the next call.
func (c *connection) do(request []byte) (status int, body []byte, err error) {
	if _, err := c.Write(request); err != nil {
		return 0, nil, err
	}
	for read := 0; ; {
		if read == len(c.buffer) {
			return 0, nil, errors.New("a long answer")
		}
		n, err := c.Read(c.buffer[read:])
		if err != nil {
			return 0, nil, err
		}
		read += n
		if status, body, whole, err := parse(c.buffer[:read]); whole || err != nil {
			return status, body, err
		}
	}
}

var (
	endOfHeaders  = []byte("\r\n\r\n")
	contentLength = []byte("\r\nContent-Length: ")
	endOfLine     = []byte("\r\n")
)

// parse takes an answer apart once it is whole.
func parse(answer []byte) (status int, body []byte, whole bool, err error) {
	end := bytes.Index(answer, endOfHeaders)
	if end < 0 {
		return 0, nil, false, nil
	}
	headers, body := answer[:end+len(endOfLine)], answer[end+len(endOfHeaders):]
	_, length, ok := bytes.Cut(headers, contentLength)
	if !ok || len(headers) < len("HTTP/1.1 200") {
		return 0, nil, false, fmt.Errorf("not understood: %q", headers)
	}
	length = length[:bytes.Index(length, endOfLine)]
	size, err := strconv.Atoi(string(length))
	if err != nil {
		return 0, nil, false, err
	}
	status, err = strconv.Atoi(string(headers[len("HTTP/1.1 "):len("HTTP/1.1 200")]))
	return status, body, err == nil && len(body) >= size, err
}
