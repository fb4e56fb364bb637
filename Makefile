# `make help` lists the targets. Everything that is built goes below target/.

CARGO ?= cargo
PYTHON ?= python3
CC ?= cc

ROOT := $(CURDIR)
TARGET := $(ROOT)/target
RELEASE := $(TARGET)/release
SMALL := $(TARGET)/small
VENV := $(TARGET)/venv
CLIENTS := $(TARGET)/clients
PAGE_VENV := $(TARGET)/page-venv
WHEEL_VENV := $(TARGET)/wheel-venv
HOSTS := $(TARGET)/hosts
CLI_VENV := $(TARGET)/cli-venv
DOCS_VENV := $(TARGET)/docs-venv
HEADER := include/millicast_tokens.h
PYTHON_SOURCES := bindings/python docs examples/python packaging tests/abi tests/cli tests/clients tests/docs tests/hosts \
    tests/packages tests/page tests/python tests/tools benches

export CARGO_TARGET_DIR := $(TARGET)
export PYTHONDONTWRITEBYTECODE := 1
# What the C and Python tests and the demo run against.
export LIBDIR := $(RELEASE)
export INCLUDE := $(ROOT)/include
export EMULATOR := $(RELEASE)/millicast-emulator
export MILLICAST_EMULATOR := $(EMULATOR)
export MILLICAST_TOKENS_LIBRARY := $(RELEASE)/libmillicast_tokens.so

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | \
	    while IFS='|' read -r name what; do printf '  %-14s %s\n' "$$name" "$$what"; done

# Named crate types, and not Cargo.toml's: optimization at link time is off where an rlib is among them. What rustc says
# that a static library needs of the system goes to a file beside it.
LIBRARY_ARGS = --lib --crate-type cdylib,staticlib
NEEDS = -- --print native-static-libs=

# The library is to be small, the emulator is to be built quickly.
EMULATOR_PROFILE := CARGO_PROFILE_RELEASE_LTO=false CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
EMULATOR_BUILD = $(EMULATOR_PROFILE) $(CARGO) build --release --locked -p millicast-emulator

.PHONY: build
build: ## Build the library (shared and static) and the emulator
	mkdir -p $(RELEASE)/installed
	$(CARGO) rustc --release --locked -p millicast-tokens $(LIBRARY_ARGS) $(NEEDS)$(RELEASE)/native-static-libs
	packaging/static.sh $(RELEASE)/libmillicast_tokens.a $(RELEASE)/installed/libmillicast_tokens.a
	$(EMULATOR_BUILD)
	CARGO=$(CARGO) $(PYTHON) packaging/third_party_notices.py >$(RELEASE)/third-party-notices

# What it may have at the most, in bytes, without what only debuggers read.
SMALL_LIMIT := 700000

# Features and flags differ from those of the other build, so that its target folder does. Processors without SHA
# extensions get plain code that is short; the others notice nothing.
SMALL_FLAGS := --cfg sha2_backend_soft="compact"

.PHONY: small
small: ## Build the library for signing only into target/small, and print its size
	RUSTFLAGS='$(SMALL_FLAGS)' $(CARGO) rustc --profile small --locked -p millicast-tokens --no-default-features --features signing \
	    --target-dir $(SMALL) $(LIBRARY_ARGS)
	strip -o $(SMALL)/libmillicast_tokens.so $(SMALL)/small/libmillicast_tokens.so
	@size=$$(wc -c <$(SMALL)/libmillicast_tokens.so) && echo "target/small/libmillicast_tokens.so: $$size bytes" && \
	    { [ "$$size" -le $(SMALL_LIMIT) ] || { echo "more than the $(SMALL_LIMIT) bytes it may have" >&2; exit 1; }; }

# What the library may have at the most, in bytes, without what only debuggers read.
LIMIT := 4000000

.PHONY: size
size: build small ## Print the sizes of both libraries, and what takes most of them; fails above 4 MB and 700 KB
	$(PYTHON) packaging/size.py $(RELEASE)/libmillicast_tokens.so $(LIMIT)
	$(PYTHON) packaging/size.py $(SMALL)/small/libmillicast_tokens.so $(SMALL_LIMIT)

.PHONY: dist
dist: ## Make the source archive, which builds with no network, in target/dist
	CARGO=$(CARGO) VERSION=$(VERSION) packaging/dist.sh $(TARGET)/dist

# Where `make install` puts things; DESTDIR goes before each of them, and into no file.
PREFIX ?= /usr/local
bindir ?= $(PREFIX)/bin
libdir ?= $(PREFIX)/lib
includedir ?= $(PREFIX)/include
mandir ?= $(PREFIX)/share/man
docdir ?= $(PREFIX)/share/doc/millicast-tokens
DESTDIR ?=
VERSION := $(shell sed -n '/^\[package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
# One word for the shell, whatever is in it.
quoted = '$(subst ','\'',$1)'
PLACES = $(foreach name,PREFIX DESTDIR bindir libdir includedir mandir docdir RELEASE VERSION,$(name)=$(call quoted,$($(name))))

.PHONY: install
install: ## Install what `make build` built: PREFIX=/usr/local, and DESTDIR= for packages
	$(PLACES) packaging/install.sh install

.PHONY: install-strip
install-strip: ## The same without what only debuggers read
	$(PLACES) STRIP_INSTALLED=1 packaging/install.sh install

.PHONY: uninstall
uninstall: ## Remove what `make install` installed, with the same PREFIX and DESTDIR
	$(PLACES) packaging/install.sh uninstall

.PHONY: deb
deb: build ## Make Debian packages of the library and the emulator in target/deb
	CARGO=$(CARGO) RELEASE=$(RELEASE) VERSION=$(VERSION) packaging/make_deb.sh $(TARGET)/deb

.PHONY: header
header: ## Generate the C header and copy it to include/
	@mkdir -p include
	$(CARGO) build --locked --message-format=json | $(PYTHON) tests/tools/out_dir.py | xargs -I{} cp {}/millicast_tokens.h $(HEADER)

.PHONY: demo
demo: build ## Run the C and the Python example against an emulator, and ask its director
	examples/demo.sh

# Those that look at how long something takes have the machine for themselves; of the others two run at a time, the longest
# first.
TESTS_ALONE := test-rust test-c test-cpp test-python
TESTS_TOGETHER := test-wheel test-sdist test-docs test-deb test-small-c test-small test-clients test-page test-cli test-beside \
    test-abi test-hosts test-cargo-c test-portable test-cmake test-install test-man test-dist size

# What else is to run with those of which two run at a time.
ALSO ?=

.PHONY: test
test: $(TESTS_ALONE) ## Run every test
	$(MAKE) -j2 --output-sync=target $(TESTS_TOGETHER) $(ALSO)

.PHONY: test-rust
test-rust: ## Run the Rust tests: the C interface, the emulator
	env -u EMULATOR $(CARGO) test --locked --workspace

# How many requests `make hostile` sends.
HOSTILE_REQUESTS := 1000000

.PHONY: hostile
hostile: ## Send a million hostile requests to the emulator, and see that it goes on and grows no larger
	$(EMULATOR_BUILD)
	HOSTILE_REQUESTS=$(HOSTILE_REQUESTS) $(EMULATOR_PROFILE) $(CARGO) test --release --locked -p millicast-emulator --test hostile -- --nocapture

.PHONY: faults
faults: ## Print what each call does against each fault of a server
	$(CARGO) test --locked --test faults -- --nocapture what_each_call_does_against_each_fault

.PHONY: test-small
test-small: ## Run the tests of a library made for signing only
	$(CARGO) test --locked -p millicast-tokens --no-default-features --features signing --lib --test signing --test header

.PHONY: test-c
test-c: build ## Run the C and C++ tests and examples, under valgrind too
	BUILD=$(TARGET)/c tests/c/run.sh

.PHONY: test-portable
test-portable: ## Run the tests of HMAC with the plain code for processors without SHA extensions
	RUSTFLAGS='--cfg sha2_backend="soft"' $(CARGO) test --locked -p millicast-portable --target-dir $(TARGET)/portable

.PHONY: bench-sign
bench-sign: build $(VENV)/ready ## Compare signing and verifying with libjwt, OpenSSL, PyJWT and Node's jsonwebtoken
	PYTHONPATH=$(ROOT)/bindings/python $(VENV)/bin/python benches/sign/run.py $(RELEASE) $(INCLUDE) $(TARGET)/bench $(ROUNDS)

.PHONY: bench-calls
bench-calls: build $(VENV)/bench-calls ## Compare calls with libcurl and Python's requests, and show what idle clients take
	PYTHONPATH=$(ROOT)/bindings/python $(VENV)/bin/python benches/calls/run.py $(RELEASE) $(INCLUDE) $(TARGET)/bench-calls $(ROUNDS)

.PHONY: bench-emulator
bench-emulator: ## Show what the emulator takes: requests a second, few tokens and many, its start, its memory
	$(EMULATOR_BUILD)
	$(PYTHON) benches/emulator/run.py $(EMULATOR) $(TARGET)/bench-emulator $(SECONDS)

.PHONY: test-small-c
test-small-c: small ## Run the C tests of a library made for signing only, under valgrind too
	LIBDIR=$(SMALL)/small BUILD=$(TARGET)/small-c tests/c/small.sh

.PHONY: test-cpp
test-cpp: build ## Run the tests of the C++ binding, under valgrind too
	BUILD=$(TARGET)/cpp tests/cpp/run.sh

$(VENV)/ready: bindings/python/pyproject.toml tests/python/requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet -r tests/python/requirements.txt
	touch $@

$(VENV)/bench-calls: $(VENV)/ready benches/calls/requirements.txt
	$(VENV)/bin/pip install --quiet -r benches/calls/requirements.txt
	touch $@

.PHONY: test-python
test-python: build $(VENV)/ready ## Run the Python tests
	PYTHONPATH=$(ROOT)/bindings/python $(VENV)/bin/python -m pytest -q -rs -n 2 -p no:cacheprovider tests/python

$(WHEEL_VENV)/ready: packaging/wheel/requirements.txt
	$(PYTHON) -m venv $(WHEEL_VENV)
	$(WHEEL_VENV)/bin/pip install --quiet -r $<
	touch $@

# What machines the wheel is for. Others than this one's take `rustup target add ARCH-unknown-linux-gnu` first.
WHEEL_ARCH ?= $(shell uname -m)

.PHONY: wheel
wheel: $(WHEEL_VENV)/ready ## Build the Python wheel for glibc 2.17 and later, with all that it takes, into target/wheels
	TARGET=$(TARGET) VENV=$(WHEEL_VENV) ARCH=$(WHEEL_ARCH) packaging/wheel/build.sh

.PHONY: sdist
sdist: $(WHEEL_VENV)/ready ## Make the Python sdist, Rust sources included, in target/sdist
	rm -rf $(TARGET)/sdist
	cd bindings/python && $(WHEEL_VENV)/bin/python -m hatchling build -t sdist -d $(TARGET)/sdist

.PHONY: test-wheel
test-wheel: build ## Build, install and use the wheel, on the oldest and the newest Python that there is
	$(MAKE) wheel
	TARGET=$(TARGET) RELEASE=$(RELEASE) VENV=$(WHEEL_VENV) tests/packages/wheel.sh

.PHONY: test-sdist
test-sdist: sdist test-dist ## Build, install and use the sdist, on the oldest and the newest Python that there is
	TARGET=$(TARGET) tests/packages/sdist.sh

$(HOSTS)/node: examples/node/package-lock.json examples/node/package.json
	mkdir -p $(HOSTS)
	cp $^ $(HOSTS)
	npm ci --prefix $(HOSTS) --no-audit --no-fund --ignore-scripts --loglevel=error
	touch $@

.PHONY: test-hosts
test-hosts: build $(VENV)/ready $(HOSTS)/node ## Run the examples in Lua, Node, Go and C# against the emulator
	PYTHONPATH=$(ROOT)/bindings/python $(VENV)/bin/python -m pytest -q -rs tests/hosts

# What others published is installed here, away from what the other tests use. Its versions are its own.
$(CLIENTS)/python: tests/clients/requirements.txt
	$(PYTHON) -m venv $(CLIENTS)/venv
	$(CLIENTS)/venv/bin/pip install --quiet -r $<
	touch $@

$(CLIENTS)/node: tests/clients/node/package-lock.json tests/clients/node/package.json
	mkdir -p $(CLIENTS)
	cp $^ $(CLIENTS)
	npm ci --prefix $(CLIENTS) --no-audit --no-fund --ignore-scripts --loglevel=error
	touch $@

.PHONY: test-clients
test-clients: build $(CLIENTS)/python $(CLIENTS)/node ## Run a generator of requests and the vendor's clients against the emulator
	PYTHONPATH=$(ROOT)/bindings/python NODE_PATH=$(CLIENTS)/node_modules $(CLIENTS)/venv/bin/python -m pytest -q -rs tests/clients

$(PAGE_VENV)/ready: tests/page/requirements.txt
	$(PYTHON) -m venv $(PAGE_VENV)
	$(PAGE_VENV)/bin/pip install --quiet -r $<
	touch $@

# The browser is /usr/bin/chromium, driven by /usr/bin/chromedriver: Debian's chromium and chromium-driver.
.PHONY: test-page
test-page: build $(PAGE_VENV)/ready ## Run the tests of the emulator's page in a browser
	PYTHONPATH=$(ROOT)/bindings/python $(PAGE_VENV)/bin/python -m pytest -q -rs tests/page

$(CLI_VENV)/ready: tests/cli/requirements.txt
	$(PYTHON) -m venv $(CLI_VENV)
	$(CLI_VENV)/bin/pip install --quiet -r $<
	touch $@

# bash, zsh and fish, whose completion is tested, and man are Debian's. Python's byte code is kept: the command starts often.
CLI_ENV := env -u PYTHONDONTWRITEBYTECODE PYTHONPATH=$(ROOT)/bindings/python PYTHONPYCACHEPREFIX=$(TARGET)/pycache \
    MPLCONFIGDIR=$(TARGET)/matplotlib

.PHONY: test-cli
test-cli: build $(CLI_VENV)/ready ## Run the tests of the command line, on terminals and in pipes
	$(CLI_ENV) $(CLI_VENV)/bin/python -m pytest -q -n 2 tests/cli

.PHONY: bench-cli
bench-cli: build $(CLI_VENV)/ready ## Show how many tokens a second sign-bulk makes from files, beside sign_batch
	$(CLI_ENV) $(CLI_VENV)/bin/python benches/cli/run.py $(TARGET)/bench-cli $(ROUNDS)

.PHONY: cli-man
cli-man: build $(CLI_VENV)/ready ## Write the manual page of the command line anew
	$(CLI_ENV) $(CLI_VENV)/bin/python packaging/cli_page.py > $(TARGET)/millicast-tokens.1
	mv $(TARGET)/millicast-tokens.1 bindings/python/man/millicast-tokens.1

.PHONY: page-picture
page-picture: build $(PAGE_VENV)/ready ## Take the picture of the page that its documentation shows
	PYTHONPATH=$(ROOT)/bindings/python $(PAGE_VENV)/bin/python tests/page/screenshot.py tests/emulator/page.png

$(DOCS_VENV)/ready: docs/requirements.txt tests/docs/requirements.txt
	$(PYTHON) -m venv $(DOCS_VENV)
	$(DOCS_VENV)/bin/pip install --quiet -r docs/requirements.txt -r tests/docs/requirements.txt
	touch $@

# It takes Debian's doxygen and mandoc.
.PHONY: docs
docs: build $(DOCS_VENV)/ready ## Make the site of the documentation in target/docs
	PYTHON=$(DOCS_VENV)/bin/python WORK=$(TARGET)/docs-work docs/build.sh $(TARGET)/docs

.PHONY: test-docs
test-docs: docs $(HOSTS)/node $(CLIENTS)/node ## Run every code block of the documentation, and open every page of the site in a browser
	HOSTS=$(HOSTS) CLIENTS=$(CLIENTS) BUILD=$(TARGET)/docs-blocks PYTHONPATH=$(ROOT)/bindings/python \
	    $(DOCS_VENV)/bin/python tests/docs/run_blocks.py
	SITE=$(TARGET)/docs PYTHONPATH=$(ROOT)/bindings/python $(DOCS_VENV)/bin/python -m pytest -q -rs tests/docs

.PHONY: test-install
test-install: build ## Install into an empty prefix, and build and run a user's programs from there by pkg-config
	RELEASE=$(RELEASE) tests/packages/install.sh

.PHONY: test-cargo-c
test-cargo-c: build ## Install by cargo-c, and compare that with what `make install` installs
	RELEASE=$(RELEASE) TARGET=$(TARGET) tests/packages/cargo_c.sh

.PHONY: test-dist
test-dist: dist ## Build the source archive with no network, and use what was built
	TARGET=$(TARGET) tests/packages/dist.sh $(TARGET)/dist/millicast-tokens-$(VERSION).tar.xz

.PHONY: test-cmake
test-cmake: build ## The same by CMake and Meson
	RELEASE=$(RELEASE) tests/packages/cmake.sh

.PHONY: test-deb
test-deb: deb ## Install the Debian packages into a bare Debian, and build and run programs there
	tests/packages/deb.sh $(TARGET)/deb

.PHONY: test-man
test-man: build ## Check the manual pages, and their options against the emulator's own
	EMULATOR=$(EMULATOR) tests/packages/man.sh

ABI := $(VENV)/bin/python tests/abi/abi.py
ABI_LIBRARIES := --library $(RELEASE)/libmillicast_tokens.so --signing-library $(SMALL)/libmillicast_tokens.so

.PHONY: abi
abi: build small $(VENV)/ready ## Add what is new in the C interface to the record of it
	$(ABI) record $(ABI_LIBRARIES)

.PHONY: test-abi
test-abi: build small $(VENV)/ready ## Compare the C interface with its record, and see that this finds what breaks
	$(ABI) check $(ABI_LIBRARIES)
	$(VENV)/bin/python -m pytest -q -rs tests/abi

.PHONY: test-beside
test-beside: build ## Use the library beside others in one process: in Rust, OpenSSL, libcurl, copies of itself
	$(CARGO) test --no-run --locked --workspace
	RELEASE=$(RELEASE) DEBUG=$(TARGET)/debug/deps/libmillicast_tokens.a tests/packages/beside.sh

# What Python programs import, without the command line, whose modules they don't.
TYPES := $(TARGET)/types

.PHONY: lint
lint: $(VENV)/ready $(CLI_VENV)/ready ## Check formats and lints, with warnings as errors
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	$(CARGO) clippy --locked -p millicast-tokens --no-default-features --features signing --lib -- -D warnings
	for source in examples/c/*.c; do \
	    $(CC) -std=c99 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -Iinclude "$$source" || exit 1; done
	mkdir -p $(HOSTS)
	for source in examples/lua/*.lua tests/hosts/*.lua tests/hosts/misuse/*.lua; do luajit -b "$$source" $(HOSTS)/lint.raw || exit 1; done
	for source in examples/node/*.js tests/hosts/*.js tests/hosts/misuse/*.js; do node --check "$$source" || exit 1; done
	unformatted=$$(gofmt -l examples/go tests/hosts/misuse) && { [ -z "$$unformatted" ] || { echo "gofmt: $$unformatted" >&2; exit 1; }; }
	mcs -warnaserror -r:System.Net.Http -out:$(HOSTS)/lint.exe examples/csharp/*.cs
	mcs -warnaserror -out:$(HOSTS)/lint.exe examples/csharp/MillicastTokens.cs tests/hosts/misuse/Misuse.cs
	$(VENV)/bin/ruff check --no-cache $(PYTHON_SOURCES)
	$(VENV)/bin/ruff format --no-cache --check $(PYTHON_SOURCES)
	cd bindings/python && $(VENV)/bin/mypy --strict --cache-dir=$(TARGET)/mypy --exclude millicast_tokens/cli/ \
	    millicast_tokens pytest_millicast_tokens.py hatch_build.py
	cd bindings/python && $(CLI_VENV)/bin/mypy --strict --cache-dir=$(TARGET)/mypy-cli -p millicast_tokens.cli
	MYPYPATH=$(ROOT)/bindings/python $(VENV)/bin/mypy --strict --cache-dir=$(TARGET)/mypy examples/python tests/abi/abi.py
	$(VENV)/bin/mypy --strict --cache-dir=$(TARGET)/mypy packaging/wheel/check.py
	rm -rf $(TYPES) && mkdir -p $(TYPES) && cp -R bindings/python/millicast_tokens $(TYPES) && rm -r $(TYPES)/millicast_tokens/cli
	cd $(TYPES) && PYTHONPATH=$(TYPES) $(VENV)/bin/pyright --verifytypes millicast_tokens --ignoreexternal \
	    >types.log || { cat types.log; exit 1; }

.PHONY: format
format: $(VENV)/ready ## Format the sources
	$(CARGO) fmt --all
	$(VENV)/bin/ruff format --no-cache $(PYTHON_SOURCES)

.PHONY: clean
clean: ## Remove what was built
	rm -rf $(TARGET)
