# Every target is a task of bootstrap.py, so that Windows without make does the same.
PYTHON ?= python3

.PHONY: run test check chicago chicago-backtest lock advisories spark
run test check chicago chicago-backtest lock advisories spark:
	@$(PYTHON) bootstrap.py $@ $(ARGS)
