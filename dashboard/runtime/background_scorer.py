"""The thread of a server that lets the office take tickets in and score by itself."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from threading import Event
from typing import Final

from dashboard.runtime.background_thread import background_thread
from data.workspace.locks import WorkspaceBusyError
from geo.errors import GridwardenError
from governance.access.permissions import automatic_scorer
from governance.office import Office

NAME: Final = "automatic scoring"
"""Of the thread."""
_EVERY_S = 5.0


@contextmanager
def scoring_in_background(
    office: Office,
    *,
    every_s: float = _EVERY_S,
    only_one: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Iterator[None]:
    """Look every few seconds whether tickets came or a score is due, until the block ends.

    The thread ends with the process: a score that is being made when the server is told to end is
    left undone, and is due again at the next start.

    ``only_one``: gives the right to do so, or raises `WorkspaceBusyError` while another has it.
    """

    def work(ending: Event) -> None:
        while not ending.is_set():
            with suppress(WorkspaceBusyError), only_one():
                _work_alone(office, ending, every_s)
            ending.wait(every_s)

    with background_thread(NAME, work) as start:
        start()
        yield


def _work_alone(office: Office, ending: Event, every_s: float) -> None:
    actor = automatic_scorer()
    while not ending.is_set():
        with suppress(GridwardenError):  # somebody else is writing: the next time
            office.catch_up(actor)
        with suppress(GridwardenError):  # the store is away: the next time
            office.automatic_scoring.step(actor, ended=ending.is_set)
        with suppress(GridwardenError, OSError):  # the folder of figures is away: the next time
            office.roll_ups.tell(actor)
        ending.wait(every_s)
