# Every target is a task of bootstrap.py, so that Windows without make does the same.
PYTHON ?= python3

.PHONY: run test check chicago lock
run test check chicago lock:
	@$(PYTHON) bootstrap.py $@ $(ARGS)
