# What a person types. Everything real is in CMake and in scripts/.
SHELL := /bin/bash
export CTEST_OUTPUT_ON_FAILURE := 1

.PHONY: help deps build image quickstart e2e-cluster test simulate fuzz bench lint format clean

help: ## This text
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

deps: ## Install the Debian packages that the project needs (root or sudo)
	@scripts/install-packages

build: deps ## Build the programs into build/bin
	@scripts/build release

quickstart: build ## Build, start a server on loopback and show it working; with SECURE=1 an ensemble with TLS
	@scripts/quickstart $(if $(SECURE),--secure)

image: ## Build the server's container image with Docker, Podman or Buildah
	@scripts/image/build

e2e-cluster: ## Stand up a real Kubernetes of three nodes on this machine, as root
	@scripts/install-packages scripts/packages-image.txt
	@scripts/install-packages scripts/packages-cluster.txt
	@tests/cluster/cluster up

test: deps ## Build and run all tests, with one summary at the end
	@scripts/test

simulate: deps ## Simulate ensembles with faults from new seeds, ten minutes on all processors
	@scripts/build release ensemble_test protocol_test && tests/simulation/run --seconds 600

fuzz: deps ## Fuzz every parser, five minutes each
	@scripts/build dev fuzzers && tests/fuzz/run --seconds 300

bench: build ## Measure against Apache ZooKeeper and etcd on this machine
	@scripts/install-packages scripts/packages-bench.txt
	@tests/bench/run
	@tests/bench/neighbours
	@tests/bench/secure
	@tests/bench/ensembles
	@tests/bench/metrics

lint: ## The rules that no compiler knows
	@tests/lint/lint.py

format: ## Format all C++ files
	@git ls-files '*.h' '*.cpp' | xargs clang-format-19 -i

clean: ## Remove all build trees
	@rm -rf build build-*
