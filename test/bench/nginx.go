package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// aroundDoors is the least of nginx that passes requests on in turn.
const aroundDoors = `
daemon off;
pid nginx.pid;
error_log stderr;
worker_processes 1;
events { worker_connections 1024; }
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    keepalive_requests 1000000000;
    upstream doors {
        %s
        keepalive 128;
        keepalive_requests 1000000000;
    }
    server {
        listen %s;
        location / {
            proxy_pass http://doors;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
    }
}
`

// startNginx passes requests on to the doors in turn, if nginx is installed.
func (s *site) startNginx(name string, doors ...*door) (address string, stop func() error, err error) {
	dir := filepath.Join(s.dir, name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", nil, err
	}
	if address, err = freeAddress(); err != nil {
		return "", nil, err
	}
	var servers strings.Builder
	for _, d := range doors {
		fmt.Fprintf(&servers, "server %s; ", d.address)
	}
	text := fmt.Sprintf(aroundDoors, &servers, address)
	if os.Geteuid() == 0 {
		text = "user root;" + text // nobody may not enter the folder
	}
	if err := os.WriteFile(filepath.Join(dir, "nginx.conf"), []byte(text), 0o600); err != nil {
		return "", nil, err
	}
	cmd := exec.Command("nginx", "-p", dir, "-e", "stderr", "-c", "nginx.conf")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() error { return errors.Join(cmd.Process.Signal(syscall.SIGTERM), cmd.Wait()) }
	behind := &door{address: address}
	for began := time.Now(); !behind.answers(); time.Sleep(time.Millisecond) {
		if time.Since(began) > startWithin {
			return "", nil, errors.Join(errors.New("nginx does not answer"), stop())
		}
	}
	return address, stop, nil
}
