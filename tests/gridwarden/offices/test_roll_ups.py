"""Figures that streets tell the district: sums of a plain count, and no small number told."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from installations import MARKS, NOW, on_postgresql
from sqlalchemy import select
from streets import COMMUNITY, ESTATES, marks

from data.contracts.case_vocabulary import ENDED
from data.results.roll_ups import COUNTS, Count, Figures, RollUp
from data.store.tables.cases import Case
from governance.access.permissions import Actor, NotAllowedError, Scope, local_owner
from governance.office import Office
from gridwarden.compose import open_office, place_in

OWNER = local_owner()
MANAGER = Actor(id="m", name="m", roles=("office_manager",), scope=Scope.whole())
WEEK = "2026-W48"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def file(
    request: pytest.FixtureRequest, installation: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("roll-ups") / "city"
    if request.param == "sqlite":
        yield shutil.copytree(installation.parent, folder) / installation.name
    else:
        database = request.getfixturevalue("postgresql")
        with on_postgresql(installation.parent, folder, database):
            yield folder / installation.name


@pytest.fixture(scope="module")
def offices(file: Path) -> Iterator[dict[str, Office]]:
    """Open the offices, each told its figures, those below first."""
    opened = {
        key: open_office(file.parent / key, now=lambda: NOW, place=place_in(file, key))
        for key in MARKS
    }
    for key in reversed([*MARKS]):
        assert opened[key].roll_ups.tell(OWNER)
    yield opened
    for office in opened.values():
        office.close()


def told(file: Path, office: str) -> Figures:
    found = RollUp.read(file.parent / "rollups", office)
    assert found is not None
    return found.weeks[WEEK]


def plain_figures(office: Office) -> dict[str, Any]:
    """Count rows one by one, as somebody with a pencil would."""
    today = office.clock.today()
    rows = office._engine.table("complaints").to_pandas()
    ages = [(today - day.date()).days for day in rows["event_at"]]
    with office._workspace.store.begin() as unit:
        cases = unit.session.scalars(select(Case)).all()
        running = [case for case in cases if case.stage not in ENDED]
        end = datetime.combine(today + timedelta(days=1), datetime.min.time())
        counts = {
            "received": sum(case.opened_at >= end - timedelta(days=28) for case in cases),
            "open": len(running),
            "overdue": sum(bool(case.due_at and case.due_at.date() < today) for case in running),
        }
    scores = office.risk_map.layer(OWNER, layer="building")
    return {
        "buildings": len(office._engine.table("buildings").to_pandas()),
        "complaints": sum(age < 28 for age in ages),
        "cases_received": counts["received"],
        "cases_open": counts["open"],
        "cases_overdue": counts["overdue"],
        "visits_overdue": len(office.coverage.breaches(OWNER)),
        "expected": round(float(scores["score"].sum()) / 100, 2),
    }


@pytest.mark.parametrize("office", ["east", "west"])
def test_a_street_tells_what_a_plain_count_finds(
    file: Path, offices: dict[str, Office], office: str
) -> None:
    figures, plain = told(file, office), plain_figures(offices[office])
    expected = plain.pop("expected")
    assert {name: getattr(figures, name) for name in plain} == {
        name: Count.of(count) for name, count in plain.items()
    }
    assert figures.expected == pytest.approx(expected, abs=0.01)
    assert figures.expected_low <= figures.expected <= figures.expected_high
    assert figures.visited.high <= figures.visits_due.high
    assert (figures.offices, figures.scored) == (1, 1)
    assert plain["buildings"] == 9
    assert plain["complaints"] == 9


def test_what_was_due_less_what_is_overdue_tells_no_small_count_of_visits(
    offices: dict[str, Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    service, seen = offices["east"].roll_ups, []
    monkeypatch.setattr(type(service._coverage), "late", lambda *_: (98, 9))
    for visited in (2, 3):
        rows = pd.DataFrame({"tier": [""], "due": [98 + visited], "visited": [visited]})
        monkeypatch.setattr(type(service._coverage), "summary", lambda *_, rows=rows, **__: rows)
        seen.append(service._figures())
    assert seen[0] == seen[1]
    assert seen[0].visits_due == Count(99, 102)


def test_a_building_that_was_pulled_down_is_told_no_more(offices: dict[str, Office]) -> None:
    office = offices["east"]
    before = office.roll_ups._figures()
    building = str(office.coverage.breaches(OWNER)["building_id"].iloc[0])
    office.building_ends.end(OWNER, [building], ended_on=office.clock.today(), reason="拆迁")
    after = office.roll_ups._figures()
    office.building_ends.take_back(OWNER, [building])
    assert after.buildings == Count.of(8)
    assert before.buildings == Count.of(9)
    assert office.roll_ups._figures() == before


def test_a_district_tells_the_sum_of_itself_and_its_streets(
    file: Path, offices: dict[str, Office]
) -> None:
    district, east, west = (told(file, office) for office in MARKS)
    own = plain_figures(offices["district"])
    for name in COUNTS:
        parts = [getattr(east, name), getattr(west, name)]
        if name in own:
            parts.append(Count.of(own[name]))
            total = getattr(district, name)
            assert total.low == sum(part.low for part in parts), name
            assert total.high == sum(part.high for part in parts), name
    assert district.offices == 3
    assert district.expected == pytest.approx(
        east.expected + west.expected + own["expected"], abs=0.02
    )


def test_the_manager_of_the_district_reads_figures_and_no_row(
    file: Path, offices: dict[str, Office]
) -> None:
    below = offices["district"].roll_ups.below(MANAGER)
    assert [(each.key, each.newest) for each in below] == [
        (key, told(file, key)) for key in ("east", "west")
    ]
    said = repr(below) + "".join(
        (file.parent / "rollups" / f"{key}.json").read_text("utf-8") for key in MARKS
    )
    for mark in MARKS.values():
        assert not [each for each in marks(mark) if each in said]
        assert ESTATES[mark] not in said
        assert COMMUNITY[mark] not in said


def test_an_office_reads_nobody_beside_or_above_it(offices: dict[str, Office]) -> None:
    assert offices["east"].roll_ups.below(MANAGER) == ()
    assert not offices["east"].roll_ups.has_below()


@pytest.mark.parametrize("role", ["planner", "warden", "auditor", "automatic_scorer"])
def test_only_who_answers_for_the_whole_of_the_office_above_sees_figures(
    offices: dict[str, Office], role: str
) -> None:
    actor = Actor(id="x", name="x", roles=(role,), scope=Scope.whole())
    part = Actor(id="y", name="y", roles=("office_manager",),
                 scope=Scope(communities=frozenset({COMMUNITY["D"]})))  # fmt: skip
    for each in (actor, part):
        with pytest.raises(NotAllowedError):
            offices["district"].roll_ups.below(each)


def test_figures_are_told_once_an_hour(file: Path, offices: dict[str, Office]) -> None:
    assert not offices["east"].roll_ups.tell(OWNER)
    assert offices["east"].roll_ups.tell(OWNER, anyway=True)
    alone = open_office(file.parent / "east", now=lambda: NOW)
    assert not alone.roll_ups.tell(OWNER)
    alone.close()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"office": "east"}'])
def test_a_damaged_file_is_told_and_stands_for_nothing(
    file: Path, offices: dict[str, Office], content: str
) -> None:
    path = file.parent / "rollups" / "east.json"
    before = path.read_bytes()
    path.write_text(content, encoding="utf-8")
    east, west = offices["district"].roll_ups.below(MANAGER)
    path.write_bytes(before)
    assert (east.problem, east.newest) == ("roll_up_unreadable", None)
    assert west.problem == ""


def test_another_offices_file_in_the_place_of_ones_own_is_refused(
    file: Path, offices: dict[str, Office]
) -> None:
    folder = file.parent / "rollups"
    before = (folder / "east.json").read_bytes()
    (folder / "east.json").write_bytes((folder / "west.json").read_bytes())
    east, _ = offices["district"].roll_ups.below(MANAGER)
    (folder / "east.json").write_bytes(before)
    assert east.problem == "roll_up_unreadable"


def test_the_background_tells_by_itself(
    file: Path, offices: dict[str, Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    from threading import Event

    from patience import PATIENCE_S

    from dashboard.runtime.background_scorer import scoring_in_background

    told_at, west = Event(), offices["west"]
    path = file.parent / "rollups" / "west.json"
    path.unlink()
    real: Callable[..., bool] = west.roll_ups.tell
    monkeypatch.setattr(west.roll_ups, "tell", lambda actor: real(actor) and told_at.set())
    with scoring_in_background(west, every_s=0.01):
        assert told_at.wait(PATIENCE_S)
    assert json.loads(path.read_text("utf-8"))["office"] == "west"
