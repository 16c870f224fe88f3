# Needs Go and make. `make check` is what CI runs.

BENCHTIME ?= 1s
FUZZTIME ?= 30s

# Test files that match a pattern give the packages to work on.
packages = $(sort $(foreach file,$(shell grep -rlE $(1) --include='*_test.go' .),$(dir $(file))))

.PHONY: help build test lint bench fuzz golden pictures check
.DEFAULT_GOAL := help

help: ## say what each target does
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/\1\t\2/' | expand -t 10

build: ## one static binary, ./lifeboat
	CGO_ENABLED=0 go build -trimpath -o lifeboat ./cmd/lifeboat

test: ## every test
	go test ./...

lint: ## the linters, and vet for the other system that is supported
	.ci/run lint

bench: ## every benchmark, for BENCHTIME each
	go test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) $(call packages,'^func Benchmark')

fuzz: ## every fuzz target, for FUZZTIME each
	@set -e; for package in $(call packages,'^func Fuzz'); do \
		targets=$$(go test -list '^Fuzz' $$package); \
		for target in $$(echo "$$targets" | grep '^Fuzz'); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package; \
		done; \
	done

golden: ## write the golden files anew; read the difference before you commit it
	go test $(or $(call packages,'"update"|exp/golden|\.Golden\(|Updating\('),$(error no package has golden files)) -update

pictures: build ## the README's pictures, of the real program
	state=$$(mktemp -d); go run ./tui/tuitest/snap -size 96x28 -o tui/pictures -theme dark -env XDG_STATE_HOME=$$state -env TZ=UTC -env USER=operator \
		-script "$$(cat tui/pictures/script.txt)" -- ./lifeboat drill tui/pictures/restore-the-shop.md; rm -r $$state
	cd tui/pictures && mv session.svg drill.svg && rm -f *.png walk.txt danger.txt debrief.txt

check: ## what CI does
	.ci/run
