"""An answer that is worked out beside a page is the person's whom the page serves."""

from collections.abc import Iterator
from concurrent.futures import wait
from threading import Event

import pytest

from dashboard.i18n import translator
from dashboard.runtime import context
from dashboard.runtime.background_tasks import begin_once
from dashboard.ui import task_panel
from dashboard.ui.frame import Page
from governance.access.permissions import Actor, Scope
from governance.office import Office

MANAGER = Actor("m", "主任", ("office_manager",), Scope.whole())


@pytest.fixture
def page(empty_office: Office) -> Iterator[Page]:
    """Return the page of somebody who signed in: no other thread knows them."""
    context.provide(empty_office)
    yield Page(office=empty_office, say=translator("zh"), opened_for=MANAGER)
    context.withdraw()


def test_whoever_acts_on_the_page_acts_where_it_is_worked_out(page: Page) -> None:
    with page.run():
        told = task_panel.answer_in_background(page, "who", lambda _: context.actor(), text="")
    assert told == MANAGER


def test_what_is_refused_there_is_refused_on_the_page(page: Page) -> None:
    def refuse(_: object) -> None:
        raise ValueError("no")

    with page.run(), pytest.raises(ValueError, match="no"):
        task_panel.answer_in_background(page, "refused", refuse, text="")


def test_who_asks_after_an_answer_was_seen_is_not_told_the_old_one(page: Page) -> None:
    told = iter(["before", "after"])
    with page.run():
        answers = [
            task_panel.answer_in_background(page, "twice", lambda _: next(told), text="")
            for _ in range(2)
        ]
    assert answers == ["before", "after"]


def test_what_ended_unseen_is_for_who_waited_for_it_and_for_nobody_else() -> None:
    def asked(asker: str, answer: str) -> object:
        left = Event()
        task = begin_once("unseen", lambda _: (left.wait(), answer)[1], asker=asker)
        left.set()
        wait([task.outcome])
        return task.outcome.result()

    assert asked("one", "old") == "old"
    assert asked("one", "new") == "old"
    assert asked("one", "new") == "new"
    assert asked("other", "newer") == "newer"
