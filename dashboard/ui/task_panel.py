"""Long work beside the pages: who began it, how far it is, how it ended."""

from collections.abc import Callable
from concurrent.futures import wait
from dataclasses import dataclass
from secrets import token_hex
from typing import Any, TypeVar, cast

import streamlit as st

from dashboard.i18n import Translator
from dashboard.runtime import context
from dashboard.runtime.background_tasks import (
    Progress,
    StoppedError,
    Task,
    TaskRunner,
    begin_once,
    forget_answer,
)
from dashboard.ui.frame import Page

T = TypeVar("T")
PATIENCE_S = 1.0
"""So long a page waits for an answer before it goes on without it."""
_POLL_S, _SOON_S = 1.0, 0.5
_ASKER = "waits_for_answers"
"""Key under which a session keeps the name by which it waits for answers."""


@dataclass(frozen=True, slots=True)
class TaskWording:
    """What is said about one kind of work.

    ``running`` is shown beside the bar, from the present stage; ``stop`` is what the button says,
    ``stopped`` and ``done`` how it ended, and ``refused`` is for a request while other work of the
    kind goes on.
    """

    running: Callable[[str], str]
    stop: str
    stopped: str
    done: Callable[[Any], str]
    refused: str


def answer_in_background(
    page: Page, key: object, ask: Callable[[Progress], T], *, text: str
) -> T | None:
    """Return an answer; None where it takes long, and then say how far it is until it is there.

    The page goes on without it, and is drawn anew once it is there. To be asked for again then, so
    that who answers keeps what took long.

    ``page``: for whom; whoever acts there acts in the other thread.
    ``key``: what is asked, by whom: whoever asks the same meanwhile waits for the same.
    ``ask``: answers; called with what is to be told of progress.
    """
    actor = page.actor  # known to this thread, and to no other

    def work(tell: Progress) -> T:
        with context.run_for(actor):
            return ask(tell)

    asker = st.session_state.setdefault(_ASKER, token_hex(8))
    task = begin_once(repr(key), work, asker=asker)
    wait([task.outcome], timeout=PATIENCE_S)
    if task.finished:
        forget_answer(task)
        return cast("T", task.outcome.result())
    _watch_answer(task, text)
    return None


@st.fragment(run_every=_SOON_S)
def _watch_answer(task: Task, text: str) -> None:
    """Show progress until the answer is there, then draw the page anew."""
    if task.finished:
        st.rerun()
    st.progress(min(1.0, task.done / task.total) if task.total else 0.0, text=text)


class TaskPanel:
    """One piece of work of a kind at a time in the whole office.

    Everybody sees how far it is; how it ended is told once, to its owner only.

    ``name``: prefix of the widgets' keys.
    ``owner``: says whose work a page's requests are; the acting account by default.
    ``wording``: returns what is said, by language.
    """

    def __init__(
        self,
        name: str,
        *,
        wording: Callable[[Translator], TaskWording],
        owner: Callable[[Page], str] = lambda page: page.actor.id,
    ) -> None:
        self.runner = TaskRunner()
        self._name, self._owner, self._wording = name, owner, wording

    @property
    def busy(self) -> bool:
        """Whether work of the kind goes on: nobody can begin other such work until it ends."""
        return self.runner.running is not None

    def start(self, page: Page, work: Callable[[Progress], object]) -> None:
        """Begin work and draw the page anew, or say that other work goes on."""
        if self.runner.start(self._owner(page), work) is None:
            st.warning(self._wording(page.say).refused)
        else:
            st.rerun()

    def show(self, page: Page, *, done: Callable[[Any], None] = lambda _result: None) -> None:
        """Say once how finished work of the acting person ended; show how far the present one is.

        ``done``: called once with the result of finished work, before it is told.
        """
        with st.container():  # so that what follows stays where it is when this comes or goes
            if (task := self.runner.pop_finished(self._owner(page))) is not None:
                self._tell_outcome(page, task, done)
            if self.busy:
                self._watch(page.say)

    def _tell_outcome(self, page: Page, task: Task, done: Callable[[Any], None]) -> None:
        wording = self._wording(page.say)
        with page.telling_failures():
            try:
                result = task.outcome.result()
            except StoppedError:
                st.info(wording.stopped)
                return
            done(result)
            st.success(wording.done(result))

    @st.fragment(run_every=_POLL_S)
    def _watch(self, say: Translator) -> None:
        """Show progress until the work is finished, then draw the page anew."""
        task, wording = self.runner.running, self._wording(say)
        if task is None:
            st.rerun()
        share = min(1.0, task.done / task.total) if task.total else 0.0
        st.progress(share, text=wording.running(task.stage or "start"))
        if task.stopping:
            st.caption(say("Stopping at the next step."))
        else:
            st.button(wording.stop, key=f"{self._name}_stop", on_click=task.stop)
