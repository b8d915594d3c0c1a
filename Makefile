# make demo    installs what is missing, builds, and plays the story of a good and several bad releases
# make test    installs what the tests need and runs them all
# make test-kubernetes   the same on a real API server, which is built once: about 12 CPU minutes
# make test-faults       what fails around a release there: processes, connections, rights, objects
# make test-image    packs a debug build into an image, and runs it inside that root
# make soak    releases by many more seeds than make test plays: SEEDS=5000; those that break a law are kept
# make conformance       runs all tests, and writes which of them holds what clients rely on into docs/CONFORMANCE.md
# make check   the style checks, before a commit

SWIFT_BUILD = swift build
KEEP ?=
# The suites that play faults: they stop the API server, and take some minutes.
FAULTS = 'A Kubernetes (controller|server (in|that))'

.PHONY: demo test test-kubernetes test-faults test-image soak conformance check build bench bench-kubernetes image fuzz clean

build:
	@Scripts/install build
	$(SWIFT_BUILD) --product sluice

demo:
	@Scripts/install build run
	$(SWIFT_BUILD) --product sluice
	@exec "$$($(SWIFT_BUILD) --show-bin-path)/sluice" demo $(if $(KEEP),--keep)

test:
	@Scripts/install build run test
	swift test --no-parallel

test-kubernetes:
	@Scripts/install build run test
	swift build --build-tests
	@Scripts/kubernetes run swift test --no-parallel --skip-build --filter 'A Kubernetes' --skip $(FAULTS)

test-faults:
	@Scripts/install build run test
	swift build --build-tests
	@Scripts/kubernetes run swift test --no-parallel --skip-build --filter $(FAULTS)

test-image:
	@Scripts/install build image
	@Scripts/image debug

soak:
	@Scripts/install build run test
	LAW_SEEDS=$${SEEDS:-2000} KEEP_STORIES=1 swift test --no-parallel --filter 'Any ((blue-green )?release|controller)|A bad release|A release whose'

conformance:
	@Scripts/install build run test
	@Scripts/conformance

check:
	@Scripts/check

bench:
	@Scripts/install build run
	@Scripts/bench

bench-kubernetes:
	@Scripts/install build kubernetes
	@Scripts/bench-kubernetes

image:
	@Scripts/install build image
	@Scripts/image

fuzz:
	@Scripts/install build
	@for target in json yaml expression template admission; do Scripts/fuzz $$target $${SECONDS_EACH:-60}; done

clean:
	swift package clean
