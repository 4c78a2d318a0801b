# make run         build the system and start it with demonstration data
#                  (CAMPAIGN=gaokao2014 plays the other examination, in a folder of its own)
# make clean-demo  forget the demonstration's data
# make test        get the peers that the tests talk to, and run every test
# make bench       measure, and write the table of results
# make rehearse-opening  a rush of made-up applicants on a hub of its own, drawn as a curve
# make long        the long campaigns: kill loops, power cuts, fuzzing
# make soak        provinces in trouble for SOAK (4h): hundreds of boxes, judged again and again
# make fonts       put the papers' fonts into the user's cache, from Debian's packages
# make box         cross-compile the box's programs for ARM

GO       ?= go
BIN      := bin
CAMPAIGN ?= adult2019
DEMO     ?= .demo$(if $(filter-out adult2019,$(CAMPAIGN)),-$(CAMPAIGN))
PORT     ?= 8600
PROGRAMS := hub/cmd/hubd hub/cmd/hubctl appliance/cmd/kioskd hw/cmd/hwemu hw/cmd/hwcheck provisioning/cmd/provision provisioning/cmd/cashier provisioning/cmd/demo
BOX      := appliance/cmd/kioskd hw/cmd/hwcheck
VERSION  := $(shell git describe --always --dirty 2>/dev/null || echo unknown)
BUILT    := $(shell git log -1 --format=%cI 2>/dev/null)
BUILD    := CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION) -X main.built=$(BUILT)"
# The longest begin first, so that none of them is left over at the end.
TESTS    ?= ./provisioning/rehearsal ./provisioning/rehearsal/simulator ./hub/web ./hub/web/portal ./hw/camera ./hw/cmd/hwcheck ./...
RACE     ?=
SHORT    ?=
# In CI a test that skips without leave fails; vet has run before, and of two cores
# one is idle half the time while tests wait for devices, so four go at once. The race
# detector looks at our code and what it calls, but not into SQLite, which is C that was
# translated: it holds its own locks, and watching it takes as long as all else.
WATCH    := -race -gcflags=modernc.org/...=-race=false
REPORT   := $(if $(filter true,$(CI)),$(GO) run .ci/report.go -may .ci/may-skip $(if $(SHORT),-short) --)
FUZZTIME ?= 60s
SOAK     ?= 4h

.PHONY: run build box fonts test peers bench rehearse-opening long soak fuzz clean-demo check-go

check-go:
	@.ci/check-go "$(GO)"

build: check-go
	@mkdir -p $(BIN)
	@i=0; for p in $(PROGRAMS); do i=$$((i+1)); \
	  echo "  [$$i/$(words $(PROGRAMS))] building $${p##*/}"; \
	  $(BUILD) -o $(BIN)/$${p##*/} ./$$p || exit 1; done

run: build
	@exec $(BIN)/demo --campaign $(CAMPAIGN) --bin $(BIN) --data $(DEMO) --port $(PORT)

clean-demo:
	@.ci/clean-demo "$(DEMO)"

box: check-go
	@for arch in arm64 arm; do mkdir -p $(BIN)/linux-$$arch; for p in $(BOX); do \
	  echo "  linux/$$arch $${p##*/}"; \
	  GOOS=linux GOARCH=$$arch GOARM=7 $(BUILD) -o $(BIN)/linux-$$arch/$${p##*/} ./$$p || exit 1; done; done

fonts: build
	@$(BIN)/provision fonts

peers:
	@.ci/peers

test: check-go peers
	@. .ci/peers-path; $(REPORT) $(GO) test $(if $(REPORT),-json -count=1 -vet=off -p 4) $(if $(RACE),$(WATCH)) $(if $(SHORT),-short) -timeout 15m $(TESTS)

bench: check-go peers
	@. .ci/peers-path; $(GO) run ./provisioning/cmd/bench

rehearse-opening: build
	@$(GO) run ./provisioning/cmd/opening --hubd $(BIN)/hubd

long: check-go peers fuzz
	@. .ci/peers-path; ZHUNKAO_LONG=1 $(GO) test -count=1 -timeout 4h ./appliance/... ./provisioning/rehearsal/...

soak: check-go
	@ZHUNKAO_SOAK=$(SOAK) $(GO) test -count=1 -timeout 0 -v -run '^TestSoak$$' ./provisioning/rehearsal/simulator

fuzz: check-go
	@$(GO) list -f '{{.ImportPath}}' ./... | while read -r p; do \
	  for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
	    echo "== $$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x $$p || exit 1; done; done
