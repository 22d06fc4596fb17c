"""Servers of a test run: children of one process that has loaded the program for all of them."""

import os
import runpy
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext, ForkServerProcess
from types import ModuleType


def start_server(arguments: Sequence[str]) -> ForkServerProcess:
    """Run ``python -m gridwarden`` with arguments, as a process that ends with this one."""
    server = _warm().Process(target=_serve, args=(list(arguments),), daemon=True)
    with _without_main():
        server.start()
    return server


@contextmanager
def _without_main() -> Iterator[None]:
    """Have no main module: a child would run it, and Streamlit's tests leave their script there."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@cache
def _warm() -> ForkServerContext:
    from dashboard.app import WARM
    from geo.late_parts import part_modules
    from governance.office import Office

    context = get_context("forkserver")
    context.set_forkserver_preload(
        [__name__, "gridwarden.commands.server", "dashboard.app", *WARM, *part_modules(Office)]
    )
    return context


def _serve(arguments: list[str]) -> None:
    """Be the program; nobody listens to what it prints."""
    nobody = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nobody, stream)
    sys.argv = ["gridwarden", *arguments]
    runpy.run_module("gridwarden", run_name="__main__")
