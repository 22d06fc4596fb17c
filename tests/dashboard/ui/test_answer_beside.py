"""An answer that is worked out beside a page is the person's whom the page serves."""

from collections.abc import Iterator

import pytest

from dashboard.i18n import translator
from dashboard.runtime import context
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
        told = task_panel.answer_beside(page, "who", lambda _: context.actor(), text="")
    assert told == MANAGER


def test_what_is_refused_there_is_refused_on_the_page(page: Page) -> None:
    def refuse(_: object) -> None:
        raise ValueError("no")

    with page.run(), pytest.raises(ValueError, match="no"):
        task_panel.answer_beside(page, "refused", refuse, text="")
