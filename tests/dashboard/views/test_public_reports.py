"""What a case's page shows of a public report, and to whom."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from case_street import CHIEF, CLERK, MANAGER, OFFICER
from pages import html, labelled, opened, run, texts
from public_office import NAME, form, hash_pins_quickly, picture, taking_reports

from dashboard.i18n import translator
from governance.access.permissions import public_reporter
from governance.office import Office

CASE = "XS-2026-0001"


@pytest.fixture
def office(
    two_communities: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    hash_pins_quickly(monkeypatch)
    folder = shutil.copytree(two_communities, tmp_path / "office")
    made = taking_reports(folder, lambda: datetime(2026, 11, 24, 4, 0, tzinfo=UTC))
    made.public_intake.submit(public_reporter(), form(), [picture()], way="page")
    yield made
    made.close()


@pytest.fixture
def serve_to(serve: Callable[..., Any], office: Office) -> Callable[..., Any]:
    return lambda actor: serve(office, actor)


def test_clerk_and_manager_see_photos_and_where_the_reward_stands(
    serve_to: Callable[..., Any],
) -> None:
    for actor in (CLERK, MANAGER):
        serve_to(actor)
        app = opened("cases", case=CASE)
        assert "/gw/report-photo/" in html(app)
        assert "申请了举报奖励，待决定。" in texts(app)
        assert NAME not in html(app) + str(texts(app))
        assert [b.key for b in app.button if "reward_" in (b.key or "")] == (
            ["reward_1_True", "reward_1_False"] if actor is MANAGER else []
        )


@pytest.mark.parametrize("actor", [CHIEF, OFFICER], ids=lambda actor: actor.id)
def test_others_who_see_the_case_see_neither_photos_nor_reward(
    serve_to: Callable[..., Any], actor: Any
) -> None:
    serve_to(actor)
    app = opened("cases", case=CASE)
    assert CASE in html(app)
    assert "/gw/report-photo/" not in html(app)
    assert not [text for text in texts(app) if "奖励" in text]


def test_the_manager_decides_and_the_clerk_notes_the_payment(
    serve_to: Callable[..., Any], office: Office
) -> None:
    for actor, words in ((MANAGER, "It earns the reward"), (CLERK, "It was paid")):
        serve_to(actor)
        app = opened("cases", case=CASE)
        labelled(app.button, translator("zh")(words)).click()
        run(app)
    assert "举报奖励已发放。" in texts(app)
    assert office.public_reports.of_case(CLERK, CASE)[0].reward.paid_at is not None
