# The front door: every verb can be run again at no cost, and needs no network once its things are there.
.DEFAULT_GOAL := help
.PHONY: help setup tools build install package up down test lint format bench docs check fuzz replay completions

plumb := .build/release/plumb
# Debug information makes the program eight times as large; symbols for backtraces stay.
release := swift build -c release --static-swift-stdlib -Xlinker --strip-debug

help: ## these verbs
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 14

setup: ## Debian packages and ONNX Runtime's library
	@bash scripts/install.sh

tools: ## what tests run besides
	@bash scripts/install.sh tests

build: setup ## plumb and plumb-worker, optimised
	@echo "Building (the first time takes ten to twenty minutes on two cores: TLS and SQLite are built with it)"
	@$(release) --product plumb
	@$(release) --product plumb-worker

install: build ## program, completions, manual pages and units below PREFIX (/usr/local)
	@bash packaging/stage.sh "$(DESTDIR)" "$(or $(PREFIX),/usr/local)"

package: build ## an archive and a Debian package in .build/package
	@bash packaging/package.sh

up: build ## serve the digits example on this machine, over HTTPS
	@$(plumb) up --detach Examples/digits/plumb.yaml

down: ## end the engine; its state stays
	@$(plumb) down

test: tools lint ## everything that CI runs
	@echo "Building the tests (the first time takes about five minutes on two cores)"
	@# A busy machine has been seen to leave the compiler's driver waiting for a child that had ended; a second run goes on
	@# where the first one stopped.
	@timeout 2400 swift build --build-tests || { [ $$? -eq 124 ] && swift build --build-tests; }
	@# A test that waits for a child process holds one of the few threads that all tests share. So those that drive whole
	@# programs run by themselves, and so do those that need their turn soon, with workers of their own.
	@swift test --skip-build --skip '^(PlumbLocalTests|EndToEndTests|RenderedToolsTests)\.'
	@swift test --skip-build --filter '^PlumbLocalTests\.'
	@swift test --skip-build --filter '^(EndToEndTests|RenderedToolsTests)\.'

lint: ## the formatter's judgement, changing nothing
	@swift format lint --strict --parallel --recursive Sources Tests Package.swift

format: ## let the formatter write
	@swift format --in-place --parallel --recursive Sources Tests Package.swift

docs: tools ## rewrite the generated documents: docs/SPEC.md, docs/POLICY.md, docs/CONTROLS.md and docs/CLI.md
	@PLUMB_RECORD=1 swift test --filter 'SpecReference|PolicyFile|ControlsDocument|DocumentTests' || true
	@git status --short docs

bench: build ## every measurement of Benchmarks/README.md
	@bash Benchmarks/run.sh

check: test build ## what to run before a push: lint, tests, the optimised build, and no document left behind
	@git diff --exit-code --stat docs

fuzz: ## feed every reader bytes that nobody would write, SECONDS=60 each
	@bash scripts/fuzz.sh $(or $(SECONDS),60)

replay: ## feed every reader what fuzzing has found so far
	@swift build --product plumb-fuzz
	@"$$(swift build --show-bin-path)/plumb-fuzz" Tests/FuzzTests/Corpus

completions: build ## shell completions into .build/completions
	@mkdir -p .build/completions
	@for shell in bash zsh fish; do $(plumb) --generate-completion-script $$shell > .build/completions/plumb.$$shell; done
	@ls .build/completions
