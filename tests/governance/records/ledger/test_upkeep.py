"""Rules of what follows by itself in the ledger: which visits it has to be worked out again for."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from actors import person
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.office import Office
from governance.records.ledger.line_entry import NewLine
from governance.records.ledger.rules.entries import Fact
from governance.records.ledger.sources import LedgerSources
from governance.records.ledger.upkeep import SETTING, LedgerCaughtUp, LedgerUpkeep
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office

MANAGER = person("office_manager")
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
NUMBERS = count()


def visit(office: Office, building: str, result: str) -> str:
    asked = NewVisit(key=f"v{next(NUMBERS)}", building_id=building, result=result)
    return office.visits.record(person("grid_chief", "li"), asked).visit_id


@pytest.fixture(scope="module")
def office(filled_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Return an office with B3 on the ledger, caught up."""
    folder = tmp_path_factory.mktemp("upkeep") / "office"
    office = open_office(shutil.copytree(filled_folder, folder), now=lambda: NOW)
    office.ledger.enter(
        MANAGER, NewLine(kind="楼栋", reason="上级交办", building_id="B3", note="督办")
    )
    office.ledger.catch_up(MANAGER)
    yield office
    office.close()


def test_a_visit_that_found_nothing_away_from_any_line_reads_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        pytest.fail("read")

    monkeypatch.setattr(LedgerUpkeep, "_read", refuse)
    visit(office, "B2", "未发现异常")
    visit(office, "B2", "无人")
    assert office.ledger.catch_up(MANAGER) == LedgerCaughtUp()


def test_suspicions_after_such_visits_are_proposed(office: Office) -> None:
    visit(office, "B2", "未发现异常")
    office.ledger.catch_up(MANAGER)
    visit(office, "B2", "疑似")
    office.ledger.catch_up(MANAGER)
    visit(office, "B2", "疑似")
    assert office.ledger.catch_up(MANAGER).proposed


ROUNDS = (
    (("B1", "未发现异常"), ("B2", "无人")),
    (("B1", "疑似"), ("B2", "未发现异常")),
    (("B3", "未发现异常"),),
    (("B1", "属实"), ("B1", "未发现异常")),
    (("B1", "未发现异常"),),
)
"""Buildings that are visited before it is caught up again, with results; B3 is on the ledger."""


def test_working_it_out_again_from_all_changes_nothing(office: Office) -> None:
    for told in ROUNDS:
        for building, result in told:
            visit(office, building, result)
        office.ledger.catch_up(MANAGER)
        found = lines(office)
        assert worked_out_again(office) == found


def test_a_visit_at_a_line_reads_the_facts_of_its_building_alone(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    facts = LedgerSources.facts

    def note(*args: Any, **options: Any) -> list[Fact]:
        asked.append(options["buildings"])
        return facts(*args, **options)

    monkeypatch.setattr(LedgerSources, "facts", note)
    visit(office, "B3", "未发现异常")
    office.ledger.catch_up(MANAGER)
    assert asked == [{"B3"}]


def test_visits_that_come_while_the_ledger_is_read_are_caught_up_with_the_next_time(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = LedgerUpkeep._read

    def read_slowly(*args: Any) -> Any:
        known = read(*args)
        for _ in range(2):
            visit(office, "B4", "疑似")
        return known

    visit(office, "B3", "未发现异常")
    with monkeypatch.context() as patch:
        patch.setattr(LedgerUpkeep, "_read", read_slowly)
        office.ledger.catch_up(MANAGER)
    assert office.ledger.catch_up(MANAGER).proposed == 1


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(("record", "record", "undo", "catch up")),
        st.sampled_from(("B1", "B2", "B3")),
        st.sampled_from(("疑似", "属实", "未发现异常", "无人")),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(changes=CHANGES)
def test_following_visits_comes_to_what_is_worked_out_from_all_facts(
    office: Office, changes: list[tuple[str, str, str]]
) -> None:
    standing: list[str] = []
    for kind, building, result in changes:
        if kind == "catch up":
            office.ledger.catch_up(MANAGER)
        elif kind == "record":
            standing.append(visit(office, building, result))
        elif standing:
            office.visits.undo(person("grid_chief", "li"), standing.pop())
    office.ledger.catch_up(MANAGER)
    found = lines(office)
    assert found == worked_out_again(office)


def worked_out_again(office: Office) -> str:
    """Return `lines` after the ledger was worked out from all facts."""
    with office._workspace.store.begin() as unit:
        unit.settings.put(SETTING, [])
        unit.commit()
    assert office.ledger.catch_up(MANAGER) == LedgerCaughtUp()
    return lines(office)


def lines(office: Office) -> str:
    """Return what the ledger says, and what is proposed."""
    listed = office.ledger.line(MANAGER, "DM-2026-0001").facts
    proposed = office.ledger_proposals.open(MANAGER).rows
    return f"{listed}{proposed.to_dict('list')}"
