# make run   installs what is needed, builds, starts, loads and prints the address
# make check installs what is needed, and runs the linters, the type check and the tests that need no ClickHouse
# make test  installs what is needed, the browser too, and runs everything
# make crashes, make attacks, make browsers, make whole  run at length what make test runs in brief; CONTRIBUTING says when

GO          ?= go
GOLANGCI    := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
STP_SHARED  ?= $(abspath ../shared)
export STP_SHARED
export CGO_ENABLED = 0
# What does not wait for each other is installed and built side by side.
MAKEFLAGS += --jobs=3

FRONTEND := $(shell find frontend/src frontend/styles frontend/vite.config.ts frontend/package.json -type f 2>/dev/null)
SOURCES  := $(shell find cmd internal sql dashboards frontend/templates frontend/frontend.go -type f -not -name '*_test.go' 2>/dev/null) go.mod go.sum

.PHONY: run build packages check test crashes attacks browsers whole frontend lint engine browser bench tour docs clean

run: build engine
	mkdir -p inbox
	test -f .env || export STP_INBOX=$${STP_INBOX:-inbox}; exec ./bin/stpd serve

build: bin/stpd

# The commit is part of the version, so it is recorded whatever GOFLAGS says, and a new commit makes a new program.
bin/stpd: $(SOURCES) frontend/dist/.vite/manifest.json $(wildcard $(shell git rev-parse --git-path logs/HEAD 2>/dev/null)) | packages
	$(GO) build -trimpath -buildvcs=auto -o $@ ./cmd/stpd

# The packages that do not wait for the pages.
packages:
	$(GO) build -trimpath ./internal/... ./dashboards ./sql

frontend/node_modules/.package-lock.json: frontend/package.json frontend/package-lock.json
	npm ci --prefix frontend --no-audit --no-fund
	touch $@

frontend/dist/.vite/manifest.json: frontend/node_modules/.package-lock.json $(FRONTEND)
	npm run build --prefix frontend

# The embedded ClickHouse, 566 MB: kept in the user's cache and linked here.
engine:
	scripts/install-engine

browser:
	scripts/install-browser

# The linters vet the tests too.
check: frontend lint
	$(GO) test -trimpath -vet=off -short ./...

test: build engine browser frontend lint
	$(GO) test -trimpath -vet=off -timeout 75m ./...

# Loading and returns broken off three hundred times, which takes hours: of every month and return, all or nothing is there.
crashes: build engine
	STPD_TEST_CRASHES=300 $(GO) test -trimpath -count 1 -timeout 6h -v -run 'TestCrashes|TestKilledReturns' ./cmd/stpd

# What costs most, 50 questions at once, and one kind of them 2,300 times, of a service that has just loaded all.
attacks: build engine
	STPD_TEST_ATTACKS=1 $(GO) test -trimpath -count 1 -timeout 75m -v -run TestAttacks ./cmd/stpd

# Each page in all four settings, and with axe row by row, also on other screens, on paper and in chosen colours.
browsers: build engine browser frontend
	STP_E2E_WHOLE=1 $(GO) test -trimpath -count 1 -timeout 75m -v -run 'TestService/(as_of|pages)$$' ./cmd/stpd

# Every published file, rejected row, misspelt field and byte of a backup, where make test has some, and twice as many pages of each kind that
# links lead to.
whole: build engine
	STPD_TEST_WHOLE=1 STPD_TEST_STEP=1 $(GO) test -trimpath -count 1 -timeout 75m -v \
		-run 'TestPublishedFolder|TestPublicationsRaiseNoQuestions|TestBad|TestShippedFilesFollowTheirSchemas|TestEveryByteCounts|TestService/(as_of|moments|readers|numbers)$$' \
		./internal/load ./internal/catalog ./internal/backup ./cmd/stpd

frontend: frontend/dist/.vite/manifest.json
	npm run check --prefix frontend
	mkdir -p bin
	$(GO) run -trimpath ./cmd/stpd docs --openapi bin/openapi.json
	npm run openapi --prefix frontend
	npm test --prefix frontend

# It reads the embedded pages, which the build empties before it writes them.
lint: bin/golangci-lint frontend/dist/.vite/manifest.json
	bin/golangci-lint run ./...

bin/golangci-lint:
	GOBIN=$(abspath bin) $(GO) install $(GOLANGCI)

bench: build engine
	$(GO) test -trimpath -run '^$$' -bench . -benchtime 3x ./...

# docs/api.md and docs/cli.md, which the program writes.
docs: frontend/dist/.vite/manifest.json
	$(GO) generate ./cmd/stpd

# The pictures of the documents.
tour: build engine browser
	scripts/take-tour

clean:
	rm -rf bin frontend/dist frontend/node_modules
