"""Counts of cases by SQL are those that a plain reading of their histories gives."""

import random
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from data.contracts.case_vocabulary import (
    CONFIRMED,
    ENDED,
    CaseAction,
    ClockKind,
    Finding,
    Outcome,
    Referral,
    Satisfaction,
    Stage,
)
from data.store.repositories.records.case_counts import COUNTED
from data.store.repositories.repository import InsideOf
from data.store.tables.cases import Case, CaseEvent
from data.store.unit_of_work import Store

START = datetime(2026, 9, 1)  # noqa: DTZ001 -- the office's local time
Event = dict[str, Any]
GOOD = {Satisfaction.VERY_SATISFIED, Satisfaction.SATISFIED, Satisfaction.MOSTLY_SATISFIED}


def history(draw: random.Random) -> list[Event]:
    """Return events that need make no sense as a whole: whatever stands there is counted."""
    at = START + timedelta(hours=draw.randrange(1500))
    stage = draw.choice([Stage.NEW, Stage.NEW, Stage.CLOSED])
    events: list[Event] = []
    for seq in range(1, draw.randrange(2, 12)):
        action = CaseAction.TAKE_IN if seq == 1 else draw.choice(list(CaseAction))
        to = stage if seq == 1 else draw.choice([stage, *Stage])
        events.append(
            {
                "seq": seq,
                "action": str(action),
                "to_stage": str(to),
                "at": at,
                "from_stage": None if seq == 1 else str(stage),
                "facts": facts(draw, at),
            }
        )
        stage, at = to, at + timedelta(minutes=draw.randrange(6000))
    return events  # fmt: skip


def facts(draw: random.Random, at: datetime) -> Event:
    told: Event = {}
    if draw.random() < 0.5:
        told["clock"] = draw.choice([None, *map(str, ClockKind)])
    if draw.random() < 0.5:
        due = (at + timedelta(days=draw.randrange(-2, 9))).replace(hour=23, minute=59)
        told["due_at"] = draw.choice([None, due.isoformat(), at.isoformat()])
    words = {"finding": Finding, "satisfaction": Satisfaction, "outcome": Outcome,
             "referral": Referral}  # fmt: skip
    for name, kind in words.items():
        if draw.random() < 0.3:
            told[name] = draw.choice([None, *map(str, kind)])
    return told


@pytest.fixture
def cases(store: Store) -> dict[int, tuple[str, list[Event]]]:
    """Return case → community and history, all of them in a store."""
    draw, told = random.Random(3), []  # noqa: S311 -- no secret
    columns = {name: None for name in Case.__table__.columns.keys() if name != "id"}  # noqa: SIM118
    blank = columns | {"channel": "", "nature": "", "title": "", "address": "", "leads": 1,
                       "extended_days": 0, "reopened": 0, "opened_at": START,
                       "received_at": START, "building_id": "B1"}  # fmt: skip
    for number in range(250):
        events, community = history(draw), draw.choice(["", "C1", "C2"])
        row = Case(**blank | {"case_no": f"X{number}", "community": community, "grid": community
                              and f"{community}1", "stage": events[-1]["to_stage"],
                              "version": len(events)})  # fmt: skip
        told.append((row, community, events))
    with store.begin() as unit:
        unit.session.add_all([row for row, _, _ in told])
        unit.session.flush()
        rows = [{"case_id": row.id, "actor": "a", "note": "", **event}
                for row, _, events in told for event in events]  # fmt: skip
        unit.session.execute(insert(CaseEvent), rows)
        unit.session.commit()
        return {row.id: (community, events) for row, community, events in told}


def plainly(
    events: list[Event], begun: datetime, ended: datetime, red_before: datetime
) -> Counter[str]:
    """Count one case by reading its history line by line."""
    events = [each for each in events if each["at"] < ended]
    fresh = [each for each in events if each["at"] >= begun]
    counts: Counter[str] = Counter()
    if not events:
        return counts
    came = any(e["action"] == "take_in" and e["to_stage"] == "new" for e in fresh)
    counts["received"] = came
    counts["returned"] = came and any(e["action"] == "return" for e in events)
    counts["verified"] = came and any(e["action"] == "verify" for e in events)
    again = any(e["action"] == "reopen" and e["from_stage"] in ("replied", "closed") for e in fresh)
    done = any(e["action"] in ("reply", "close") and e["to_stage"] in ("replied", "closed")
               for e in fresh)  # fmt: skip
    counts["reopened"], counts["worked"] = again, again or done
    referred = [e["facts"].get("referral") for e in fresh if e["action"] == "refer"]
    decided = [e["facts"].get("outcome") for e in fresh if e["action"] == "decide"]
    counts["stopped"] = "责令" in referred or bool({"责令改正", "停办"} & set(decided))
    counts["handed_over"] = bool({"立案", "移送"} & set(referred))
    findings = [f for e in fresh if (f := e["facts"].get("finding"))]
    told = [s for e in fresh if (s := e["facts"].get("satisfaction")) and s != "未接通"]
    counts["judged"], counts["reached"] = bool(findings), bool(told)
    counts["confirmed"] = bool(findings) and findings[-1] in CONFIRMED
    counts["satisfied"] = bool(told) and told[-1] in GOOD
    counts += clocks(events, begun, ended, red_before)
    return counts


def spans_of(events: list[Event]) -> list[list[Event]]:
    spans: list[list[Event]] = [[]]
    for event in events:
        if "clock" in event["facts"]:
            spans.append([])
        spans[-1].append(event)
    return [span for span in spans if span]


def clocks(
    events: list[Event], begun: datetime, ended: datetime, red_before: datetime
) -> Counter[str]:
    counts: Counter[str] = Counter()
    spans = spans_of(events)
    for span, after in zip(spans, [*spans[1:], None], strict=True):
        due = deadline(span)
        clock, stage = span[0]["facts"].get("clock"), span[-1]["to_stage"]
        if after is None:
            counts["open"] += stage not in ENDED
            counts["on_hold"] += stage == "on_hold"
            runs = clock and stage not in {*ENDED, "on_hold"}
            counts["overdue"] += bool(runs and due and due < red_before)
        if due is None or not begun <= due < ended or stage in ("on_hold", "merged"):
            continue
        if after and after[0]["action"] == "update":
            continue
        in_time = after is not None and after[0]["at"] <= due
        if clock == "triage":
            counts.update(sign_due=1, signed=int(in_time))
        if clock == "handle":
            extended = any(each["action"] == "extend" for each in span)
            counts.update(handle_due=1, handled=int(after is not None),
                          handled_in_time=int(in_time), extended=int(extended))  # fmt: skip
    return counts


def deadline(span: list[Event]) -> datetime | None:
    told = [each["facts"]["due_at"] for each in span if "due_at" in each["facts"]]
    return datetime.fromisoformat(told[-1]) if told and told[-1] else None


WEEKEND = timedelta(days=2)
"""So long before the end what is due has no red card yet."""
PERIODS = [(START + timedelta(days=first), START + timedelta(days=first + days))
           for first, days in ((0, 30), (20, 7), (60, 31), (-30, 30), (0, 400))]  # fmt: skip


@pytest.mark.parametrize(("begun", "ended"), PERIODS)
def test_counts_are_those_of_a_plain_reading(
    store: Store, cases: dict[int, tuple[str, list[Event]]], begun: datetime, ended: datetime
) -> None:
    expected: dict[str, Counter[str]] = defaultdict(Counter)
    for community, events in cases.values():
        expected[community].update(plainly(events, begun, ended, ended - WEEKEND))
    with store.begin() as unit:
        counted = unit.case_counts.of(begun, ended, red_before=ended - WEEKEND, inside=None)
    assert counted == {
        community: {name: counts[name] for name in COUNTED}
        for community, counts in expected.items()
        if any(counts.values())
    }


def test_only_cases_of_the_scope_are_counted(
    store: Store, cases: dict[int, tuple[str, list[Event]]]
) -> None:
    assert {community for community, _ in cases.values()} == {"", "C1", "C2"}
    begun, ended = PERIODS[0]
    with store.begin() as unit:
        every = unit.case_counts.of(begun, ended, red_before=ended - WEEKEND, inside=None)
        own = unit.case_counts.of(
            begun, ended, red_before=ended - WEEKEND, inside=InsideOf(["C1"], [], [])
        )
    assert own == {"C1": every["C1"]}


def test_what_waits_is_what_is_overdue_or_due_soon(
    store: Store, cases: dict[int, tuple[str, list[Event]]]
) -> None:
    begun, ended = PERIODS[0]
    soon, red = ended + timedelta(days=7), ended - WEEKEND
    expected: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for community, events in cases.values():
        known = [each for each in events if each["at"] < ended]
        span = spans_of(known)[-1] if known else []
        clock = span[0]["facts"].get("clock") if span else None
        runs = clock and span[-1]["to_stage"] not in {*ENDED, "on_hold"}
        if runs and (due := deadline(span)) and due < soon:
            expected[community, str(clock)].append(due)
    with store.begin() as unit:
        rows = unit.case_counts.waiting(begun, ended, soon, red_before=red, inside=None)
    assert {(r["community"], r["clock"]): (r["overdue"], r["due_soon"], r["first_due"])
            for r in rows} == {
        key: (sum(due < red for due in dues), sum(due >= red for due in dues), min(dues))
        for key, dues in expected.items()
    }  # fmt: skip
    assert [row["overdue"] for row in rows] == sorted((r["overdue"] for r in rows), reverse=True)


def test_later_events_change_nothing(
    store: Store, cases: dict[int, tuple[str, list[Event]]]
) -> None:
    begun, ended = PERIODS[1]
    with store.begin() as unit:
        before = unit.case_counts.of(begun, ended, red_before=ended - WEEKEND, inside=None)
        for case_id, (_, events) in cases.items():
            late = {
                "action": "close",
                "from_stage": "new",
                "to_stage": "closed",
                "note": "",
                "actor": "a",
                "facts": {"clock": None, "due_at": None, "finding": "属实"},
            }
            at = max(ended, events[-1]["at"]) + timedelta(days=1)
            unit.session.add(CaseEvent(case_id=case_id, seq=len(events) + 1, at=at, **late))
        for row in unit.session.query(Case):
            row.stage = "closed"
        unit.session.flush()
        after = unit.case_counts.of(begun, ended, red_before=ended - WEEKEND, inside=None)
    assert after == before
