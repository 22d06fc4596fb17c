# Every target is a task of bootstrap.py, so that Windows without make does the same.
PYTHON ?= python3

.PHONY: run test check chicago chicago-backtest lock
run test check chicago chicago-backtest lock:
	@$(PYTHON) bootstrap.py $@ $(ARGS)
