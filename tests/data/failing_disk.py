"""A disk that stops working at a chosen step: writing, flushing, renaming or deleting."""

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

import pytest

STEPS = ("open", "fsync", "replace", "rename", "unlink", "rmdir", "mkdir")


class Stopped(BaseException):
    """The process was killed at this step: no handler of errors runs on."""


@contextmanager
def stopping_at(
    step: int,
    *,
    error: Callable[[str], BaseException] = Stopped,
    steps: Collection[str] = STEPS,
) -> Iterator[Callable[[], bool]]:
    """Let so many steps on the disk pass, and raise at every one after them.

    ``error``: makes what is raised of the step's name; ``steps``: functions of `os`.

    Yields
    ------
    bool
        Asked afterwards: whether that step was reached at all.
    """
    passed = 0

    def failing(name: str) -> Callable[..., object]:
        real = getattr(os, name)

        def call(*args: object, **options: object) -> object:
            nonlocal passed
            passed += 1
            if passed > step:
                raise error(name)
            return real(*args, **options)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in steps:
            patch.setattr(os, name, failing(name))
        yield lambda: passed > step
