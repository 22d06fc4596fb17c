"""The page Leads and cases: what is overdue first, one case beside it, and only allowed steps."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from case_street import CHIEF, CLERK, MANAGER, OFFICER, WARDEN, case_no, open_with_cases
from pages import html, labelled, opened, run, texts
from two_communities import build_office

from dashboard.i18n import translator
from governance.office import Office


@pytest.fixture
def office(built_once: Callable[..., Path], tmp_path: Path) -> Iterator[Office]:
    folder = shutil.copytree(built_once("two_communities", build_office), tmp_path / "office")
    made = open_with_cases(folder, 3)
    yield made
    made.close()


@pytest.fixture
def serve_to(serve: Callable[..., Any], office: Office) -> Callable[..., Any]:
    return lambda actor: serve(office, actor)


def steps(app: Any) -> list[str]:
    return [b.key.removeprefix("case_step_") for b in app.button if "case_step_" in (b.key or "")]


def test_a_case_of_the_address_is_open_with_its_leads_marked_as_text_alone(
    serve_to: Callable[..., Any],
) -> None:
    serve_to(CLERK)
    app = opened("cases", case=case_no(1))
    shown = html(app)
    assert case_no(1) in shown
    assert "&lt;b&gt;3号楼&lt;/b&gt;" in shown
    assert "<mark" in shown


def test_each_role_is_offered_its_own_steps_alone(serve_to: Callable[..., Any]) -> None:
    offered = {}
    for actor in (CLERK, MANAGER, CHIEF, OFFICER):
        serve_to(actor)
        offered[actor.id] = steps(opened("cases", case=case_no(1)))
    assert offered["hotline_clerk"][:2] == ["accept", "return"]
    assert "assign" in offered["office_manager"]
    assert offered["grid_chief"] == ["note"]
    assert offered["enforcement_officer"] == ["note"]


def test_a_step_asks_for_its_facts_and_is_written_down(
    serve_to: Callable[..., Any], office: Office
) -> None:
    serve_to(CLERK)
    app = opened("cases", case=case_no(1))
    labelled(app.button, translator("zh").name("case_action", "return")).click()
    run(app)
    app.button(key=f"case_form_{case_no(1)}_return_send").click()
    run(app)
    assert "请填写：退回理由" in texts(app)
    app.text_area(key=f"case_form_{case_no(1)}_return_return_reason").set_value("不属本街道")
    app.button(key=f"case_form_{case_no(1)}_return_send").click()
    run(app)
    assert office.cases.case(MANAGER, case_no(1)).facts["stage"] == "returned"
    assert "不属本街道" in html(app)


def test_a_warden_sees_no_case_and_no_number(serve_to: Callable[..., Any]) -> None:
    serve_to(WARDEN)
    app = opened("cases", case=case_no(1))
    assert "XS-2026" not in html(app) + texts(app)
