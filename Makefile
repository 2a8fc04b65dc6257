# `make run` and `make test` need Python 3.11 or newer and make; everything else they bring themselves.
.DEFAULT_GOAL := help
.PHONY: help run demo stack test check lint format deploy dashboards draw drawn harness bench pictures constraints clean

BIN := .venv/bin
HARNESS := tests/grafana/harness
LISTEN ?= :9895
CONFIG ?= config/quickstart.yml
STORAGE ?= quickstart.db
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

help: ## What can be made
	@sed -n -E 's/^([a-z]+):.*## (.*)/make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null \
		|| sed -n -E 's/^([a-z]+):.*## (.*)/make \1  \2/p' $(MAKEFILE_LIST)

run: .venv/.run ## The exporter, on config/quickstart.yml; LISTEN=:9895 CONFIG= STORAGE= change it
	@port=$(lastword $(subst :, ,$(LISTEN))); \
	printf '%s\n' \
		"" \
		"  curl localhost:$$port/metrics      what Prometheus scrapes" \
		"  http://localhost:$$port/           what is watched, and how it is" \
		"" \
		"  Your own site instead of this example:" \
		"    $(BIN)/uptime-slo-exporter init https://example.com/    writes uptime.yml" \
		"    $(BIN)/uptime-slo-exporter run                          watches it" \
		"" \
		"  Ctrl-C stops it; what it has seen stays in $(STORAGE)." \
		""
	@$(BIN)/uptime-slo-exporter run --config.file $(CONFIG) --storage $(STORAGE) --web.listen-address $(LISTEN)

demo: .venv/.run ## Everything at work, on made-up services with a month of history; ARGS=--help for more
	@$(BIN)/uptime-slo-exporter demo $(ARGS)

stack: .venv/.run ## The demo with Prometheus and Alertmanager beside it, on this machine; ARGS are those of `demo`
	@scripts/tools prometheus=prometheus prometheus-alertmanager=prometheus-alertmanager
	@exec $(BIN)/python scripts/stack.py $(ARGS)

test: .venv/.dev ## Everything: format, lint, types, tests with coverage; FORBID_SKIP=1 makes a skipped test fail
	@scripts/tools prometheus=prometheus prometheus-alertmanager=prometheus-alertmanager \
		prometheus-blackbox-exporter=prometheus-blackbox-exporter chromium=chromium systemd-analyze=systemd
	@$(MAKE) --no-print-directory check
	@$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --numprocesses $(WORKERS) --dist worksteal $(PYTEST_ARGS)
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report
	$(BIN)/coverage report --include='exporter/timeline/*,exporter/slo/*,exporter/sla/*' --fail-under=100

check: .venv/.dev ## Format, lint and types only
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

lint: check ## The same as check

format: .venv/.dev ## Puts the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

deploy: .venv/.dev ## Writes the rules in deploy/ anew
	$(BIN)/uptime-slo-exporter rules --static --out deploy/prometheus/rules/uptime.yml \
		--tests deploy/prometheus/tests/uptime_test.yml --alertmanager deploy/alertmanager/alertmanager.yml
	$(BIN)/uptime-slo-exporter rules --static --format operator --out deploy/kubernetes/prometheusrule.yaml

dashboards: .venv/.dev ## Writes the dashboards in grafana/ anew
	$(BIN)/uptime-slo-exporter dashboards --out grafana/dashboards

draw: harness ## Draws the dashboards in a browser, by what npm has of Grafana, and compares what they show
	FORBID_SKIP=1 $(BIN)/python -m tests.support.drawing draw

drawn: .venv/.dev ## The same, if anything has changed since the last drawing that was green
	@$(BIN)/python -m tests.support.drawing drawn || $(MAKE) --no-print-directory draw

harness: .venv/.dev
	@scripts/tools prometheus=prometheus chromium=chromium npm=npm
	cd $(HARNESS) && { [ node_modules/.package-lock.json -nt package-lock.json ] || npm install; }
	cd $(HARNESS) && npm run --silent typecheck && npm run --silent build

bench: .venv/.dev ## CPU per probe beside blackbox_exporter, and the bare costs; ARGS=--help for more
	@scripts/tools prometheus=prometheus prometheus-alertmanager=prometheus-alertmanager \
		prometheus-blackbox-exporter=prometheus-blackbox-exporter nginx=nginx-light chromium=chromium
	$(BIN)/python -m tests.benchmarks $(ARGS)

pictures: harness ## Takes the pictures of the README and the docs anew, of what `demo` shows
	$(BIN)/python -m tests.pictures

constraints: ## Pins the newest versions that fit pyproject.toml
	scripts/constraints

clean: ## Removes what was made; stores stay
	rm -rf $(HARNESS)/node_modules $(HARNESS)/dist $(HARNESS)/pictures
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.* build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.run: pyproject.toml constraints.txt scripts/environment
	@scripts/environment run

.venv/.dev: pyproject.toml constraints.txt scripts/environment
	@scripts/environment dev
