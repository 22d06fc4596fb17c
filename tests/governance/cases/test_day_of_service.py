"""The day on which a decision was served, and its number: told with it, later, or corrected."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from actors import person
from case_steps import CLERK, OFFICER, WHOLE_WAY, folder_with_case, lead, take_in
from imported import opened_copy
from refusals import refused_as

from geo.errors import GridwardenError
from governance.access.permissions import NotAllowedError
from governance.office import Office
from tests.governance.conftest import NOW

AUDITOR = person("auditor")
NO = "XS-2026-0001"
DECIDED = {"outcome": "罚款", "decision_no": "第9号", "decided_on": "2026-11-20"}


@pytest.fixture(scope="module")
def referred_folder(empty_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder_with_case(empty_folder, tmp_path_factory.mktemp("referred"), steps=5, now=NOW)


@pytest.fixture
def referred(referred_folder: Path, tmp_path: Path) -> Iterator[Office]:
    yield from opened_copy(referred_folder, tmp_path, now=NOW)


def test_it_is_the_decisions_day_until_another_one_is_told(referred: Office) -> None:
    assert referred.cases.act(OFFICER, NO, "decide", DECIDED).served_on == date(2026, 11, 20)
    served = referred.cases.act(OFFICER, NO, "serve", {"served_on": "2026-11-23"})
    assert (served.served_on, served.stage) == (date(2026, 11, 23), "decided")


def test_it_can_be_told_with_the_decision(referred: Office) -> None:
    facts = {**DECIDED, "served_on": "2026-11-21"}
    assert referred.cases.act(OFFICER, NO, "decide", facts).served_on == date(2026, 11, 21)


def test_a_result_without_a_number_is_served_to_nobody_unless_a_day_is_told(
    referred: Office,
) -> None:
    facts = {"outcome": "不属本地", "decided_on": "2026-11-20"}
    assert referred.cases.act(OFFICER, NO, "decide", facts).served_on is None


@pytest.mark.parametrize("day", ["2026-11-19", "2026-11-25"])
def test_nothing_is_served_before_its_decision_or_tomorrow(referred: Office, day: str) -> None:
    with refused_as("fact_wrong", field="served_on"):
        referred.cases.act(OFFICER, NO, "decide", {**DECIDED, "served_on": day})
    referred.cases.act(OFFICER, NO, "decide", DECIDED)
    with pytest.raises(GridwardenError):
        referred.cases.act(OFFICER, NO, "serve", {"served_on": day})


def test_what_was_never_decided_is_served_to_nobody(empty_office: Office) -> None:
    take_in(empty_office, lead())
    for actor, action, facts in WHOLE_WAY[:3]:
        told = {**facts, "finding": "不属实"} if action == "verify" else facts
        empty_office.cases.act(actor, NO, action, told)
    clerk, _, reply = next(step for step in WHOLE_WAY if step[1] == "reply")
    empty_office.cases.act(clerk, NO, "reply", reply)
    assert "serve" in empty_office.case_inbox.not_now(OFFICER, NO)
    with refused_as("case_not_decided"):
        empty_office.cases.act(OFFICER, NO, "serve", {"served_on": "2026-11-24"})


def test_who_decides_corrects_a_number_and_the_history_keeps_both(referred: Office) -> None:
    referred.cases.act(OFFICER, NO, "decide", DECIDED)
    told = {"decision_no": "第19号", "served_on": "2026-11-20", "reason": "录入有误"}
    state = referred.cases.act(OFFICER, NO, "correct", told)
    assert (state.decision_no, state.served_on, state.stage) == (
        "第19号", date(2026, 11, 20), "decided",
    )  # fmt: skip
    last = referred.cases.case(OFFICER, NO).history.iloc[-1]
    assert last["facts"] == {"decision_no": "第19号", "decision_no_before": "第9号"}
    assert last["note"] == "录入有误"
    lines = referred.audit.events(AUDITOR)
    line = next(
        json.loads(str(each["facts"])) for each in lines if each["action"] == "decide_cases"
    )
    assert (line["change"], line["replaced"]) == ("correct", {"decision_no": "第9号"})
    assert "（第19号）" in referred.cases.ticket_text(CLERK, NO)


def test_a_note_beside_the_reason_of_a_step_is_kept_too(referred: Office) -> None:
    referred.cases.act(OFFICER, NO, "decide", DECIDED)
    told = {"decision_no": "第19号", "reason": "录入有误"}
    referred.cases.act(OFFICER, NO, "correct", told, note="已告知当事人")
    note = referred.cases.case(OFFICER, NO).history.iloc[-1]["note"]
    assert note.split("\n") == ["录入有误", "已告知当事人"]


def test_a_corrected_day_of_service_replaces_the_one_before(referred: Office) -> None:
    referred.cases.act(OFFICER, NO, "decide", DECIDED)
    told = {"served_on": "2026-11-21", "reason": "送达回证上是21日"}
    assert referred.cases.act(OFFICER, NO, "correct", told).served_on == date(2026, 11, 21)
    facts = referred.cases.case(OFFICER, NO).history.iloc[-1]["facts"]
    assert facts["served_on_before"] == "2026-11-20"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"decision_no": "第9号"}, "case_correct_nothing"),
        ({}, "case_correct_nothing"),
        ({"decision_no": "第8号", "reason": ""}, "fact_missing"),
        ({"served_on": "2026-11-19"}, "fact_wrong"),
    ],
)
def test_a_correction_says_what_is_wrong_and_why(
    referred: Office, told: dict[str, str], code: str
) -> None:
    referred.cases.act(OFFICER, NO, "decide", DECIDED)
    with refused_as(code):
        referred.cases.act(OFFICER, NO, "correct", {"reason": "录入有误", **told})


def test_nobody_else_corrects_and_nobody_once_the_case_is_closed(referred: Office) -> None:
    told = {"decision_no": "第19号", "reason": "录入有误"}
    referred.cases.act(OFFICER, NO, "decide", DECIDED)
    for actor, action, facts in WHOLE_WAY[6:]:
        with pytest.raises(NotAllowedError):
            referred.cases.act(actor, NO, "correct", told)
        referred.cases.act(actor, NO, action, facts)
    assert referred.case_inbox.not_now(OFFICER, NO)["correct"].code == "case_correct_closed"
    with refused_as("case_correct_closed"):
        referred.cases.act(OFFICER, NO, "correct", told)
