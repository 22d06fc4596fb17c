"""What plans follow of visits is what an engine reads of all rows."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest
from actors import person
from imported import import_text

from data.workspace.clock import start_of
from governance.office import Office
from governance.patrols.inputs import followed_visits
from governance.patrols.inputs.followed_visits import FollowedVisits
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office
from risk.config.score import read_score_config
from risk.events.open_reports import read_waiting

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
WARDEN = person("grid_chief", "wang")
TONIGHT = start_of(date(2026, 11, 25))
CUTS = (TONIGHT, start_of(date(2026, 11, 20)))
RESULTS = ("属实", "疑似", "未发现异常", "无人")
COMPLAINTS = "工单编号,来电时间,楼栋编码,诉求内容\n" + "".join(
    f"K{day},2026-11-{day} 18:00,B{day % 6 + 1},周末补课扰民\n" for day in range(10, 24)
)


@pytest.fixture
def office(filled_folder: Path, tmp_path: Path) -> Iterator[Office]:
    office = open_office(shutil.copytree(filled_folder, tmp_path / "office"), now=lambda: NOW)
    import_text(office, "complaints", COMPLAINTS)
    yield office
    office.close()


def visit(office: Office, number: int, rng: Random) -> str:
    at = office.clock.local() - timedelta(days=rng.randrange(3), minutes=rng.randrange(60))
    new = NewVisit(key=f"f{number}", building_id=f"B{rng.randrange(1, 8)}", at=at,
                   result=rng.choice(RESULTS))  # fmt: skip
    return office.visits.record(WARDEN, new).visit_id


def compare(office: Office, parts: FollowedVisits) -> None:
    """Compare each answer with what is read of all rows."""
    config = read_score_config(office._workspace.settings)
    for cut in CUTS:
        plain = read_waiting(office._engine, cut=cut, config=config)
        pd.testing.assert_series_equal(parts.waiting(cut), plain, check_names=False)
    last = parts._visit_reader.last_at_buildings(None, before=TONIGHT).sort_index()
    pd.testing.assert_frame_equal(parts.last(before=TONIGHT).sort_index(), last)


def test_after_visits_and_their_withdrawal_it_is_what_is_read_of_all_rows(office: Office) -> None:
    parts, rng = office._resources.part(FollowedVisits), Random(2)  # noqa: S311 -- a test
    compare(office, parts)
    waited = len(parts.waiting(TONIGHT))
    standing: list[str] = []
    for number in range(12):
        if standing and rng.random() < 0.3:
            office.visits.undo(WARDEN, standing.pop(rng.randrange(len(standing))))
        else:
            standing.append(visit(office, number, rng))
        if rng.random() < 0.6:
            compare(office, parts)
    compare(office, parts)
    assert 0 < len(parts.waiting(TONIGHT)) < waited


def noting(read: list[str], name: str, plain: Callable[..., pd.Series]) -> Callable[..., pd.Series]:
    """Return a reader that notes of what it reads."""

    def note(source: object, **asked: Any) -> pd.Series:
        read.append(f"{name} of {type(source).__name__}")
        return plain(source, **asked)

    return note


def test_after_a_visit_the_answers_at_its_building_alone_are_read_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts, read = office._resources.part(FollowedVisits), list[str]()
    for name in ("read_reported", "read_answered"):
        plain = getattr(followed_visits, name)

        monkeypatch.setattr(followed_visits, name, noting(read, name, plain))
    for number in range(3):
        parts.waiting(TONIGHT)
        visit(office, number, Random(number))  # noqa: S311 -- a test
    assert read == ["read_reported of Engine", "read_answered of Engine",
                    *["read_answered of RowsAtBuildings"] * 2]  # fmt: skip
