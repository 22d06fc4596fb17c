"""Nobody learns what people are called whom they do not see, and nobody is given another's name."""

from types import SimpleNamespace

import pandas as pd
import pytest

from governance.access.permissions import ROLES, Action, Actor, Scope
from governance.responsibility.duty_register import DutyRegister
from governance.responsibility.people import names_known

PART = Scope(buildings=frozenset({"B1"}))
HERSELF, OWNER = {"zhao": "赵"}, {"local": "本机用户"}


def account(login: str, name: str, person_id: str | None = None) -> SimpleNamespace:
    return SimpleNamespace(login=login, name=name, person_id=person_id)


ACCOUNTS = (account("bing", "丙网格员", "P3"), account("ding", "丁网格员", "P4"),
            account("li", "李统筹"))  # fmt: skip


@pytest.fixture
def register() -> DutyRegister:
    """Return two buildings: P3 answers for B1, P4 for B2."""
    both = {"building_id": ["B1", "B2"], "grid_code": ["", ""], "community_code": ["", ""]}
    staff = pd.DataFrame({"person_id": ["P3", "P4", "P5"], "name": ["丙", "丁", None]})
    resolved = pd.DataFrame({"building_id": ["B1", "B2"], "person_id": ["P3", "P4"]})
    return SimpleNamespace(buildings=pd.DataFrame(both), staff=staff, resolved=resolved)  # type: ignore[return-value] -- all that is asked of it


def told(register: DutyRegister, role: str, scope: Scope) -> dict[str, str]:
    actor = Actor("zhao", "赵", (role,), scope)
    return names_known(actor, ACCOUNTS, register)  # type: ignore[arg-type] -- as accounts of the store


def test_who_sees_duties_over_the_whole_street_knows_everybody_who_has_a_name(
    register: DutyRegister,
) -> None:
    accounts = {"bing": "丙网格员", "ding": "丁网格员", "li": "李统筹"}
    people = {"P3": "丙", "P4": "丁"}
    assert told(register, "planner", Scope.whole()) == HERSELF | OWNER | accounts | people


def test_who_sees_duties_of_a_part_knows_its_people_and_their_accounts(
    register: DutyRegister,
) -> None:
    own = {"P3": "丙", "bing": "丙网格员"}
    assert told(register, "grid_chief", PART) == HERSELF | OWNER | own


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_may_not_see_duties_knows_himself_alone(register: DutyRegister, role: str) -> None:
    sees = Action.SEE_RESPONSIBILITY in ROLES[role].actions
    assert (told(register, role, Scope.whole()) == HERSELF | OWNER) is not sees


def test_a_number_that_is_somebody_else_s_account_is_not_told_as_a_person_s(
    register: DutyRegister,
) -> None:
    chief = Actor("zhao", "赵", ("grid_chief",), PART, person_id="P9")
    named = names_known(chief, [account("P3", "别人")], register)  # type: ignore[list-item] -- as above
    assert named == HERSELF | OWNER | {"P9": "赵"}
