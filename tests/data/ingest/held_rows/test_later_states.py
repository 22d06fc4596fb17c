"""Rules of rows without a key that are later states of rows held."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.engine import Engine
from data.ingest.held_rows.later_states import LATER_STATES
from data.ingest.results import ImportResult
from data.ingest.run import import_file
from data.integrity.verify import verify_workspace
from data.workspace.folder import Workspace

NOON = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- local times throughout
HEADER = "工单编号,来电时间,诉求人,工单标题,事发地址,工单状态,诉求属实"
OPEN = ",2026-11-20 19:42,王先生,晚上补课,示例花园12号楼,待处置,"
CLOSED = ",2026-11-20 19:42,王先生,晚上补课,示例花园12号楼,已结案,属实"
Send = Callable[..., ImportResult]


@pytest.fixture
def send(workspace: Workspace, tmp_path: Path) -> Send:
    """Return what imports lines of complaints, each call ten minutes after the one before."""
    sent = iter(range(1000))

    def run(*lines: str, header: str = HEADER, table: str = "complaints", **how: Any) -> Any:
        path = tmp_path / "ledger.csv"
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        now = NOON + timedelta(minutes=10 * next(sent))
        return import_file(workspace, table, path, now=now, **how)

    return run


def states(workspace: Workspace) -> list[tuple[str, str | None]]:
    """Return title and state of the complaints that hold now, sorted."""
    engine = Engine(workspace)
    rows = engine.table("complaints").select("title", "status").to_pyarrow().to_pylist()
    engine.close()
    return sorted((row["title"], row["status"]) for row in rows)


def replaced(result: ImportResult) -> int:
    return result.replaced


def test_a_complaint_that_was_closed_meanwhile_is_the_same_complaint(
    workspace: Workspace, send: Send
) -> None:
    send(OPEN)
    result = send(CLOSED, OPEN.replace("晚上补课", "周末补课"))
    assert replaced(result) == 1
    assert result.warned_about[LATER_STATES] == ["1"]
    assert states(workspace) == [("周末补课", "待处置"), ("晚上补课", "已结案")]


def test_a_third_state_follows_the_second(workspace: Workspace, send: Send) -> None:
    for state in ("待受理", "待处置", "已结案"):
        send(OPEN.replace("待处置", state))
    assert states(workspace) == [("晚上补课", "已结案")]


def test_a_state_that_the_new_file_holds_as_well_is_another_complaint(
    workspace: Workspace, send: Send
) -> None:
    send(OPEN)
    result = send(OPEN, CLOSED)
    assert replaced(result) == 0
    assert states(workspace) == [("晚上补课", "已结案"), ("晚上补课", "待处置")]


@pytest.mark.parametrize(
    ("said", "other"),
    [
        ("19:42", "19:43"),
        ("王先生", "李女士"),
        ("晚上补课", "晚上补习"),
        ("12号楼", "11号楼"),
    ],
)
def test_another_time_person_text_or_address_is_another_complaint(
    workspace: Workspace, send: Send, said: str, other: str
) -> None:
    send(OPEN)
    assert replaced(send(CLOSED.replace(said, other))) == 0
    assert len(states(workspace)) == 2


WHOLE = [OPEN.replace("19:42", f"0{hour}:15") for hour in range(8)]
"""What the office holds beside: the ledger is sent whole where nearly all of it comes again."""


@pytest.mark.parametrize(
    ("old", "corrected"), [("12号楼", "21号楼"), ("晚上补课", "晚上补课，希望尽快处理")]
)
def test_of_a_ledger_sent_whole_a_row_with_one_corrected_text_is_the_same_complaint(
    workspace: Workspace, send: Send, old: str, corrected: str
) -> None:
    send(*WHOLE, OPEN)
    result = send(*WHOLE, CLOSED.replace(old, corrected))
    assert replaced(result) == 1
    assert len(states(workspace)) == len(WHOLE) + 1
    assert replaced(send(*WHOLE, CLOSED.replace(old, corrected).replace("属实", "不属实"))) == 1
    assert len(states(workspace)) == len(WHOLE) + 1


def test_a_ledger_is_sent_whole_beside_another_department_s(
    workspace: Workspace, send: Send
) -> None:
    others = [line.replace("示例花园", "别处花园") for line in WHOLE]
    send(*WHOLE, OPEN)
    send(*others)
    assert replaced(send(*WHOLE, CLOSED.replace("12号楼", "21号楼"))) == 1
    assert len(states(workspace)) == len(WHOLE) + 1 + len(others)


@pytest.mark.parametrize(
    "changed",
    [
        CLOSED.replace("12号楼", "21号楼").replace("晚上", "周末"),
        CLOSED.replace("12号楼", "21号楼").replace("王先生", "李女士"),
        CLOSED.replace("12号楼", "21号楼").replace("19:42", "19:43"),
    ],
)
def test_two_corrections_or_another_person_or_time_make_another_complaint(
    send: Send, changed: str
) -> None:
    send(*WHOLE, OPEN)
    assert replaced(send(*WHOLE, changed)) == 0


def test_a_day_alone_is_too_little_to_know_a_corrected_row_by(send: Send) -> None:
    days = [OPEN.replace("20 19:42", f"{day}") for day in range(11, 20)]
    send(*days)
    assert replaced(send(*days[1:], days[0].replace("12号楼", "21号楼"))) == 0


def test_of_a_ledger_that_holds_new_rows_alone_no_row_is_a_corrected_one(send: Send) -> None:
    send(*WHOLE, OPEN)
    assert replaced(send(OPEN.replace("12号楼", "21号楼"))) == 0


def test_a_file_without_a_usable_row_continues_none(send: Send) -> None:
    send(OPEN)
    assert send(OPEN.replace("2026-11-20 19:42", "unknown day")).quarantined == 1


def test_a_row_without_a_place_continues_none(send: Send) -> None:
    send(OPEN.replace("示例花园12号楼", ""))
    assert replaced(send(CLOSED.replace("示例花园12号楼", ""))) == 0


@pytest.mark.parametrize(("first", "second"), [("", "A1"), ("A1", "")])
def test_a_row_with_a_number_and_one_without_are_two(
    workspace: Workspace, send: Send, first: str, second: str
) -> None:
    send(first + OPEN)
    assert replaced(send(second + CLOSED)) == 0
    assert len(states(workspace)) == 2


def test_the_result_of_a_visit_is_no_later_state(send: Send) -> None:
    header = "检查时间,检查地址,检查结果,处置措施"
    about = {"header": header, "table": "inspections"}
    send("2026-11-20,示例花园12号楼,未发现异常,", **about)
    assert replaced(send("2026-11-20,示例花园12号楼,属实,", **about)) == 0
    assert replaced(send("2026-11-20,示例花园12号楼,属实,责令改正", **about)) == 1


def test_taking_either_import_back_leaves_what_the_other_says(
    workspace: Workspace, send: Send
) -> None:
    first, second = send(OPEN), send(CLOSED)
    workspace.lake.undo(second.import_id)
    assert states(workspace) == [("晚上补课", "待处置")]
    send(CLOSED.replace("已结案", "已关闭"))
    workspace.lake.undo(first.import_id)
    assert states(workspace) == [("晚上补课", "已关闭")]


def test_who_complained_is_found_under_the_key_that_is_held(
    workspace: Workspace, send: Send
) -> None:
    send(OPEN)
    imported = send(CLOSED).import_id
    engine = Engine(workspace)
    (key,) = engine.table("complaints").row_key.to_pyarrow().to_pylist()
    engine.close()
    person = workspace.identities.find(imported, row_key=key, key=None)
    assert person is not None
    assert person.name == "王先生"
    assert not verify_workspace(workspace).problems


def test_a_rehearsal_counts_what_the_import_counts(send: Send) -> None:
    send(OPEN)
    assert replaced(send(CLOSED, dry_run=True)) == replaced(send(CLOSED)) == 1


Line = tuple[str, str]
LINES = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(["待处置", "已结案", "已关闭"])), max_size=5
)


def keyed(lines: list[Line]) -> dict[tuple[str, str, int], Line]:
    """Return the lines of a file under what they are without a key: content and its turn."""
    turns = Counter[Line]()
    rows = {}
    for line in lines:
        rows[*line, turns[line]] = line
        turns[line] += 1
    return rows


def joined_one_by_one(before: list[Line], after: list[Line]) -> list[Line]:
    """Return what holds after both files, as the rule says it."""
    held, new = keyed(before), keyed(after)
    free = [key for key in held if key not in new]
    for key, (title, status) in new.items():
        continued = next((k for k in free if k[0] == title), None) if key not in held else None
        if continued:
            free.remove(continued)
        held[continued or key] = (title, status)
    return sorted(held.values())


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=LINES.filter(bool), after=LINES.filter(bool))
def test_several_rows_are_paired_in_their_order(
    workspace: Workspace, send: Send, before: list[Line], after: list[Line]
) -> None:
    for manifest in workspace.lake.imports():
        workspace.lake.undo(manifest.import_id)
    for lines in (before, after):
        rows = [
            f",2026-11-20,,{title},示例花园,{status},,{number}"
            for number, (title, status) in enumerate(lines)
        ]
        send(*rows, header=f"{HEADER},组内号码", derive=False)
    assert states(workspace) == joined_one_by_one(before, after)
