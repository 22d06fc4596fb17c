"""A thread of the server that works beside the pages until the server ends."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

_END_S = 3.0


@contextmanager
def background_thread(name: str, work: Callable[[Event], None]) -> Iterator[Callable[[], None]]:
    """Give what starts a thread; at the end of the block it is told to end, and waited for shortly.

    The thread ends with the process.

    ``work``: ends soon after the event is set that it is given.
    """
    ending = Event()
    thread = Thread(target=work, args=(ending,), name=name, daemon=True)
    try:
        yield thread.start
    finally:
        ending.set()
        if thread.ident is not None:
            thread.join(_END_S)
