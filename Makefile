# Every target is a task of bootstrap.py, so that Windows without make does the same.
PYTHON ?= python3

.PHONY: run test check chicago chicago-backtest lock advisories bundle spark
run test check chicago chicago-backtest lock advisories bundle spark:
	@$(PYTHON) bootstrap.py $@ $(ARGS)
