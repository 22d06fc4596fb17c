"""Rules of the one place of the pages that tells who complained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from streamlit.testing.v1 import AppTest

from geo.errors import GridwardenError
from governance.access.permissions import Actor, Scope
from governance.compliance.complainants import Complainant

if TYPE_CHECKING:
    from collections.abc import Callable

CLERK = Actor(id="clerk", name="热线", roles=("hotline_clerk",), scope=Scope.whole())


@pytest.fixture
def clerks_office(make_office: Callable[..., Any]) -> Any:
    """Serve a fake office to the hotline clerk."""
    return make_office(buildings=30, everyone=CLERK)


def import_script() -> None:
    from dashboard.ui import frame
    from dashboard.views.importing import page as importing_page

    page = frame.open_page()
    assert page is not None
    importing_page.show(page)


def asked(ticket: str) -> AppTest:
    app = AppTest.from_function(import_script)
    app.run(timeout=30)
    app.text_input(key="complainant_ticket").set_value(ticket)
    next(b for b in app.button if "投诉人" in b.label).click()
    app.run(timeout=30)
    assert [str(e.value) for e in app.exception] == []
    return app


def test_the_clerk_learns_whom_to_call_back(clerks_office: Any) -> None:
    clerks_office.complainants.look_up = lambda _actor, ticket_no: Complainant(
        ticket_no=ticket_no, name="张[三](http://x)", phone="13800000001"
    )
    app = asked(" 250912101108115409 ")
    assert app.code[0].value == "张[三](http://x)\n13800000001"
    app.run(timeout=30)
    assert not app.code, "what was shown is gone at the next run"


def test_a_ticket_of_nobody_here_is_told(clerks_office: Any) -> None:
    def unknown(_actor: object, ticket_no: str) -> None:
        raise GridwardenError("complaint_unknown", seen=ticket_no)

    clerks_office.complainants.look_up = unknown
    assert "99" in asked("99").error[0].value


@pytest.mark.usefixtures("office")
def test_nobody_else_is_offered_to_look_anybody_up() -> None:
    app = AppTest.from_function(import_script)
    app.run(timeout=30)
    assert [tab.label for tab in app.tabs if "回访" in tab.label] == []
