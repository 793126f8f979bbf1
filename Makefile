# Thin front of Meson: every target installs nothing and leaves the work to meson and scripts/.
# `make demo` and `make test` first install what they need (scripts/setup).
BUILD ?= build
.PHONY: all build demo test check lint asan fuzz k8s-test explore bench db deb install clean setup format

all: build

build:
	@scripts/build $(BUILD)

setup:
	@scripts/setup

demo: setup
	@scripts/build $(BUILD)
	@scripts/demo

test: setup
	@scripts/test

# The tests without installing anything.
check:
	@scripts/test --no-setup

lint:
	@scripts/lint

asan:
	@scripts/build build-asan --asan

fuzz:
	@scripts/fuzz

# Against a real kube-apiserver, which is built when it is not there.
k8s-test: setup
	@scripts/k8s-test

# The differential tests with new random cases.
explore:
	@scripts/explore

bench: build
	@scripts/bench

db: build
	@scripts/make-db

deb: build
	@scripts/make-deb

install: build
	@DESTDIR="$(DESTDIR)" PREFIX="$(or $(PREFIX),/usr/local)" scripts/install

format:
	@scripts/format

clean:
	rm -rf build build-asan build-fuzz build-clang
