# Two commands do everything: `make lab` and `make test`. Both set up .venv on first use (Python 3.11 or newer).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LANG_OF_NOTEBOOKS ?= ko

.PHONY: lab test notebooks kernel bench clean

lab: $(VENV)/.installed
	$(BIN)/python -m kubelab lab --lang $(LANG_OF_NOTEBOOKS)

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto --dist loadgroup

# Build the notebooks from their sources, run them and keep what they print.
notebooks: $(VENV)/.dev
	$(BIN)/python -m kubelab.lessons.build --execute

# kube-proxy's rules on a real kernel, in network namespaces; needs root, iptables and iproute2, and takes real time.
kernel: $(VENV)/.dev
	$(BIN)/python -m pytest -m kernel tests/network/test_kernel.py

bench: $(VENV)/.dev
	$(BIN)/python tests/benchmarks/bench.py

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"kubelab needs Python 3.11 or newer; this is {sys.version.split()[0]}. Say which: make lab PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet -e .
	touch $@

$(VENV)/.dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --group dev
	touch $@

clean:
	rm -rf $(VENV)
