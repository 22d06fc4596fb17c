"""Children of one warmed process: they do something, and are killed at a moment of it."""

import json
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from itertools import count
from typing import Any, Final

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

STEPS: Final = ("rename", "replace", "unlink", "fsync", "mkdir", "rmdir")
BEGUN: Final = b"begun\n"


@dataclass(frozen=True, slots=True)
class After:
    """When a child is killed: ``seconds`` after it began, or at its n-th ``step``.

    Steps are what the disk or the store keeps: each of `STEPS` and each commit, counted before and
    after it, and with ``statements`` each statement to the store. There a kill does most harm;
    seconds meet everything else, inside the calls of C too.
    """

    seconds: float | None = None
    step: int | None = None
    statements: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: killed or by itself, and whether it had answered before."""

    killed: bool
    answered: bool
    answer: Any
    seconds: float
    """From its beginning to its end."""


def run_child(work: Callable[[], Any], kill: After | None = None) -> Ended:
    """Fork, do the work in the child, and return its answer, which JSON can say.

    Raises `ChildProcessError` when the child failed, which it tells on standard error.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(work, writing, kill)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        pipe.readline()
        begun = time.monotonic()
        if kill and kill.seconds is not None and not _answers(pipe, within=kill.seconds):
            os.kill(child, signal.SIGKILL)
        answer = pipe.read()
    seconds = time.monotonic() - begun
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status not in {0, -signal.SIGKILL}:
        raise ChildProcessError(status)
    return Ended(status != 0, bool(answer), json.loads(answer or b"null"), seconds)


def _answers(pipe: Any, *, within: float) -> bool:  # noqa: ANN401 -- any file
    return bool(select.select([pipe], [], [], within)[0])


def _work(work: Callable[[], Any], writing: int, kill: After | None) -> None:
    """Do the work and end the process; an answer is said once it is whole."""
    status = 1
    try:
        os.write(writing, BEGUN)
        if kill and kill.step is not None:
            _count_steps(kill.step, statements=kill.statements)
        os.write(writing, json.dumps(work()).encode())
        status = 0
    except BaseException:  # noqa: BLE001 -- the process ends here
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(status)


def _count_steps(last: int, *, statements: bool) -> None:
    """Count the steps of this process from now on, and kill it at the last."""
    seen = count(1)

    def step() -> None:
        if next(seen) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(real: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(real)
        def call(*args: Any, **options: Any) -> Any:  # noqa: ANN401 -- as what is called
            step()
            answer = real(*args, **options)
            step()
            return answer

        return call

    for name in STEPS:
        setattr(os, name, around(getattr(os, name)))
    Session.commit = around(Session.commit)  # type: ignore[method-assign]
    if statements:
        event.listen(Engine, "after_cursor_execute", lambda *_: step())
