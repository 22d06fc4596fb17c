"""Who answers for a line: by default whoever has the nearest duty for its building."""

from collections.abc import Callable

import pytest

from governance.access.permissions import Actor, Scope
from governance.office import Office
from governance.records.ledger.line_entry import NewLine
from governance.records.ledger.rules.changes import BY_DUTY

MANAGER = Actor("manager", "主任", ("office_manager",), Scope.whole())
HEAD = "楼长"


@pytest.fixture
def owner(staffed: Office) -> Callable[[], tuple[str | None, bool]]:
    """Put B1 on the ledger and return what tells who answers for it, and whether by duty."""
    number = staffed.ledger.enter(
        MANAGER, NewLine(kind="楼栋", reason="上级交办", building_id="B1", note="督办")
    )

    def told() -> tuple[str | None, bool]:
        facts = staffed.ledger.line(MANAGER, number).facts
        (listed,) = staffed.ledger.lines(MANAGER).rows["owner_id"]
        (on_paper,) = staffed.ledger_paper.rows(MANAGER, file="x")["owner_id"]
        assert facts["owner_id"] == listed == on_paper
        return facts["owner_id"], facts["by_duty"]

    return told


def test_it_follows_the_duties_of_the_building_the_nearest_first(
    owner: Callable[..., object], set_warden: Callable[..., int]
) -> None:
    assert owner() == ("P3", True)
    set_warden("P4")
    assert owner() == ("P4", True)
    set_warden("P2", duty=HEAD)
    assert owner() == ("P2", True)


def test_whom_somebody_named_answers_until_it_is_left_to_the_duty_again(
    staffed: Office, owner: Callable[..., object], set_warden: Callable[..., int]
) -> None:
    (number,) = staffed.ledger.lines(MANAGER).rows["ledger_no"]
    staffed.ledger.act(MANAGER, number, "change", {"owner_id": "P1"})
    set_warden("P4")
    assert owner() == ("P1", False)
    staffed.ledger.act(MANAGER, number, "change", {"owner_id": BY_DUTY})
    assert owner() == ("P4", True)


def test_a_number_of_a_person_that_looks_like_one_of_a_telephone_is_kept(
    staffed: Office, owner: Callable[..., object]
) -> None:
    (number,) = staffed.ledger.lines(MANAGER).rows["ledger_no"]
    mobile = "13800001111"
    assert staffed.ledger.act(MANAGER, number, "change", {"owner_id": mobile}).owner_id == mobile
    state = staffed.ledger.act(MANAGER, number, "ask_exit", {"out_reason": f"搬离，{mobile}"})
    assert state.out_reason == "搬离，138****1111"
    assert owner() == (mobile, False)


def test_nobody_who_has_left_answers_for_a_line(
    owner: Callable[..., object], set_warden: Callable[..., int]
) -> None:
    set_warden("P5")
    assert owner() == ("P2", True)


def test_without_duties_nobody_answers(office: Office) -> None:
    number = office.ledger.enter(
        MANAGER, NewLine(kind="楼栋", reason="上级交办", building_id="B1", note="督办")
    )
    assert office.ledger.line(MANAGER, number).facts["owner_id"] is None
    assert office.ledger.lines(MANAGER).rows["owner_id"].tolist() == [None]
