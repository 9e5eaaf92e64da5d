.DEFAULT_GOAL := help
SHELL := /bin/bash

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
COMMIT  := $(shell git rev-parse --short=12 HEAD 2>/dev/null)
LDFLAGS := -X main.version=$(VERSION) -X main.commit=$(COMMIT)
FUZZTIME ?= 10s

.PHONY: help run build test check lint generate cover fuzz test-clients test-synapse bench growth microbench profile soak vulnerabilities postgres clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## start for trying out; prints a first login
	@bin/doorward serve

build: ## build bin/doorward
	@CGO_ENABLED=1 go build -ldflags '$(LDFLAGS)' -o bin/doorward ./cmd/doorward

test: postgres ## run the tests with the race detector
	go test -race ./...

check: lint test cover fuzz ## what CI runs, beside test-clients

lint: ## formatting, vet, staticcheck, go.mod, generated code
	@test -z "$$(gofmt -l .)" || { echo "gofmt would change:"; gofmt -l .; exit 1; }
	go vet ./...
	go tool -modfile=.ci/tools/go.mod staticcheck ./...
	go mod tidy -diff
	go tool wire diff ./cmd/doorward/compose

generate: ## write the composition anew after a change of its sets
	go tool wire gen ./cmd/doorward/compose

cover: ## at least 95 % of the JWT verifier must be covered
	@.ci/cover 95 ./adapters/jwtlogin

fuzz: ## each fuzz target for FUZZTIME (10s)
	@.ci/fuzz $(FUZZTIME)

test-clients: ## run real Matrix clients and a browser against it; installs what they need
	@test/clients/run.sh

test-synapse: postgres ## run it with a real Synapse that delegates to it; installs that into a chroot, as root (minutes)
	@root=$$(test/synapse/install.sh) && SYNAPSE_ROOT="$$root" go test -tags synapse -timeout 30m -count=1 -v ./test/synapse

bench: build postgres ## measure it beside what limits it; BENCH='login whoami' STORES=sqlite CLIENTS=64 SECONDS=5 choose; JSON=file, TABLE=file, LOG=file keep
	@go run ./test/bench -doorward bin/doorward -rows '$(BENCH)' -stores '$(STORES)' -clients '$(or $(CLIENTS),1 16 64)' \
		-seconds '$(or $(SECONDS),1)' $(if $(JSON),-json '$(JSON)') $(if $(TABLE),-markdown '$(TABLE)') $(if $(LOG),-log '$(LOG)')

growth: build postgres ## measure it with USERS users (10000000), ACTIVE of them active (20000), beside an empty database, and two of it behind nginx; BUFFERS=4GB, BENCH, STORES, CLIENTS, SECONDS, LOG as above
	@go run ./test/bench growth -doorward bin/doorward -users '$(or $(USERS),10000000)' -active '$(or $(ACTIVE),20000)' \
		-buffers '$(or $(BUFFERS),512MB)' -rows '$(BENCH)' -stores '$(STORES)' \
		-clients '$(or $(CLIENTS),64)' -seconds '$(or $(SECONDS),2)' $(if $(LOG),-log '$(LOG)')

microbench: postgres ## measure single functions
	go test -run '^$$' -bench . ./adapters/...

profile: postgres ## say where the time goes, such as PROFILE=sqlite/whoami
	@mkdir -p bin && rm -f bin/*.cpu.out
	go test -run '^$$' -bench 'Served/$(or $(PROFILE),postgres/(login-device|whoami))$$' ./test/bench -args -profiles '$(CURDIR)/bin'
	@compgen -G 'bin/*.cpu.out' >/dev/null || { echo 'nothing to profile is called $(PROFILE)' >&2; exit 1; }
	@for p in bin/*.cpu.out; do for by in flat cum; do echo "$$p, by $$by"; \
		go tool pprof -top -$$by -nodecount 50 -tagignore side=client "$$p" 2>/dev/null; done; done

soak: build postgres ## kill, stop and freeze it under load (minutes)
	go test -tags soak -timeout 60m -v ./test/soak

vulnerabilities: ## look the dependencies up in the Go vulnerability database
	go run golang.org/x/vuln/cmd/govulncheck@latest ./...

postgres:
	@.ci/postgres

clean: ## remove what building and trying out left behind; the database stays where there is a doorward.yaml
	rm -rf bin
	[ -e doorward.yaml ] || rm -f doorward.db doorward.db-wal doorward.db-shm doorward.secret
