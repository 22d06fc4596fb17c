"""The demonstration's cases: its tickets as leads, and histories that an office's rules allow."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.contracts.case_vocabulary import Stage
from data.store.audit.log import Entry
from data.store.repositories.cases.inbox import InboxQuery
from governance.access.permissions import local_owner
from governance.cases.rules.state import CaseState, replay
from governance.office import Office
from gridwarden.compose import open_office
from gridwarden.demo import cases
from gridwarden.demo.cases import add_demo_cases

TODAY, SEED = date(2026, 11, 24), 5
NOW = datetime.combine(TODAY, time(17))


@pytest.fixture(scope="module")
def office(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = shutil.copytree(demonstration, tmp_path_factory.mktemp("cases") / "demo")
    with closing(office_with_cases(folder, now=NOW)) as office:
        yield office


def office_with_cases(folder: Path, *, now: datetime) -> Office:
    assert add_demo_cases(folder, now=now, seed=SEED, actor=local_owner()) > 20
    evening = datetime(TODAY.year, TODAY.month, TODAY.day, 10, tzinfo=UTC)
    return open_office(folder, now=lambda: evening)


def work_until(office: Office, until: datetime) -> list[tuple[object, ...]]:
    with office._workspace.store.begin() as unit:
        numbers = {held[1] for held in unit.leads.known("complaints").values()}
        return sorted(
            (event.at, case, event.action, sorted(event.facts.items()))
            for case, events in unit.cases.events(numbers).items()
            for event in events
            if event.actor.startswith("demo-") and event.at <= until
        )


def test_every_ticket_is_a_lead_once_and_nothing_is_left_to_catch_up_with(office: Office) -> None:
    tickets = office._engine.table("complaints").count().to_pandas()
    with office._workspace.store.begin() as unit:
        assert len(unit.leads.known("complaints")) == tickets
    done = office.cases.catch_up(local_owner())
    assert (done.leads.new, done.leads.updated, done.decisions) == (0, 0, 0)


def test_every_history_replays_and_nothing_happens_after_today(office: Office) -> None:
    with office._workspace.store.begin() as unit:
        cases = unit.cases.by_ids({held[1] for held in unit.leads.known("complaints").values()})
        histories = unit.cases.events(cases)
        for number, case in cases.items():
            assert replay(histories[number]) == CaseState.of_row(case)
            times = [event.at for event in histories[number]]
            assert times == sorted(times)
            assert times[-1].date() <= TODAY


def test_no_case_is_registered_before_the_report_that_it_comes_from(office: Office) -> None:
    with office._workspace.store.begin() as unit:
        cases = unit.cases.by_ids({held[1] for held in unit.leads.known("complaints").values()})
        reported = [
            (lead.received_at, cases[lead.case_id].opened_at)
            for lead in unit.leads.of_cases(cases)
            if lead.opened_case_id == lead.case_id
        ]
    assert len(reported) == len(cases) > 100
    assert [times for times in reported if times[0] > times[1]] == []


def test_whatever_people_did_with_a_case_stands_in_the_audit_log_once_as_they_did_it(
    office: Office,
) -> None:
    with office._workspace.store.begin() as unit:
        cases = unit.cases.by_ids({held[1] for held in unit.leads.known("complaints").values()})
        done = [
            (event.at, event.actor, cases[number].case_no, event.action, event.to_stage)
            for number, events in unit.cases.events(cases).items()
            for event in events
            if event.actor.startswith("demo-")
        ]
        told = [
            (office.clock.to_local(line.at), line.actor, *line.facts.values())
            for line in unit.audit.find()
            if "case" in line.facts
        ]
    assert sorted(told) == sorted(done)
    assert len(told) > 100
    assert office.verify(local_owner()).sound


def test_work_that_is_cut_earlier_is_the_same_up_to_there(
    office: Office, demonstration: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier, work_on = NOW - timedelta(days=9), cases._work_on

    def until_earlier(*case: Any, **drawn: Any) -> Iterator[Entry]:
        *to, given = case
        return work_on(*to, replace(given, now=earlier), **drawn)

    monkeypatch.setattr(cases, "_work_on", until_earlier)
    folder = shutil.copytree(demonstration, tmp_path / "demo")
    with closing(office_with_cases(folder, now=NOW)) as other:
        assert work_until(other, NOW) == work_until(office, earlier) != []


def test_cases_stand_in_many_stages_and_some_are_late(office: Office) -> None:
    counts = office.cases.counts(local_owner())
    assert {stage for stage in Stage if counts[stage]} >= {
        Stage.NEW, Stage.ASSIGNED, Stage.REFERRED, Stage.CLOSED
    }  # fmt: skip
    assert counts["red"] + counts["yellow"] > 0
    assert office.cases.inbox(local_owner(), InboxQuery(limit=5)).total > 5
