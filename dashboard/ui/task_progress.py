"""How far long work is, and the way to stop it; people go on clicking meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Callable

    from dashboard.i18n import Words
    from dashboard.runtime.background_tasks import Bench, Task

_POLL_S = 1.0


@st.fragment(run_every=_POLL_S)
def watch(
    bench: Bench, *, telling: Callable[[Task], str], stop: str, key: str, say: Words
) -> None:  # fmt: skip
    """Show progress until the work is finished, then draw the page anew.

    Parameters
    ----------
    bench
        Where the work is done.
    telling
        Says what is being done.
    stop
        What the button says that stops it.
    key
        Identity of that button.
    say
        Wording.
    """
    task = bench.task
    if task is None or task.finished:
        st.rerun()
    st.progress(share(task), text=telling(task))
    if task.stopping:
        st.caption(say("Stopping at the next step."))
    else:
        st.button(stop, key=key, on_click=task.stop)


def share(task: Task) -> float:
    """Return how much of the work is done, 0 to 1; 0 while nobody knows."""
    return min(1.0, task.done / task.total) if task.total else 0.0
