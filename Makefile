# make demo: the whole job on the embedded corpus; make test: all checks. Both install into .venv first.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed

.PHONY: demo test lint bench docs clean

demo: $(INSTALLED)
	recipes/mini/run.sh --stop-stage 0
	$(BIN)/disentangle convert an4 --source recipes/mini/data/wav/m8/m8-s25.wav \
	  --target recipes/mini/data/wav/andrea/andrea-s26.wav --out recipes/mini/exp/an4-m8-s25-as-andrea.wav
	recipes/mini/run.sh
	$(BIN)/disentangle results recipes/mini/exp/default-1
	@echo "report: recipes/mini/exp/default-1/report.html"

test: lint
	$(BIN)/pytest -q -n auto --maxprocesses 4 --dist loadgroup --max-worker-restart 0

lint: $(INSTALLED)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: $(INSTALLED)
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.corpora

docs: $(INSTALLED)
	$(BIN)/mkdocs build --quiet
	@echo "docs: site/index.html"

clean:
	rm -rf .venv build dist site .mypy_cache .pytest_cache .ruff_cache recipes/*/data recipes/*/exp recipes/image/*/exp
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,espeak]'
	touch $@
