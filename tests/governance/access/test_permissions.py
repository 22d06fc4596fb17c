"""Who may do what."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from service_arguments import OWN_ACCOUNT, call, parameters_of, services

from governance.access.permissions import (
    ROLES,
    Action,
    Actor,
    NotAllowedError,
    Scope,
    local_owner,
    permission,
    require,
    require_whole,
)
from governance.access.roles import ADMINISTRATORS
from governance.office import Office
from gridwarden.compose import open_office


@pytest.fixture(scope="module")
def seen_empty(tmp_path_factory: pytest.TempPathFactory, empty_folder: Path) -> Iterator[Office]:
    """Return an office without a file, for everybody who is refused."""
    folder = shutil.copytree(empty_folder, tmp_path_factory.mktemp("refusing") / "office")
    office = open_office(folder)
    yield office
    office.close()


def test_the_owner_of_the_machine_may_do_everything() -> None:
    assert all(permission(local_owner(), action).allowed for action in Action)


def test_every_answer_carries_its_reason() -> None:
    nobody = Actor(id="x", name="x", roles=())
    for actor in (local_owner(), nobody):
        assert permission(actor, Action.SCORE).reason


def test_an_unknown_role_gives_no_permission() -> None:
    with pytest.raises(NotAllowedError) as refusal:
        require(Actor(id="x", name="x", roles=("emperor",)), Action.SEE_MAP)
    assert refusal.value.facts["actor"] == "x"


@pytest.mark.parametrize("name", sorted(set(services()) - OWN_ACCOUNT))
def test_no_service_answers_somebody_without_a_role(
    seen_empty: Office, stranger: Actor, name: str
) -> None:
    assert parameters_of(name)[0].name == "actor", "every service takes the acting user first"
    with pytest.raises(NotAllowedError):
        call(seen_empty, name, stranger)


def test_whoever_runs_guards_or_checks_the_system_sees_no_row() -> None:
    rows = {Action.SEE_MAP, Action.SEE_REGISTER, Action.SEE_ROWS, Action.SEE_COMPLAINTS,
            Action.SEE_IDENTITY, Action.SEE_VISITS, Action.EXPORT}  # fmt: skip
    apart = [role for role in ROLES.values() if role.exclusive]
    assert apart
    assert not [role.name for role in apart if role.actions & rows]


def test_the_three_administrators_share_nothing_but_the_door_and_the_check() -> None:
    shared = {Action.ENTER, Action.VERIFY}
    system, security, audit = (ROLES[name].actions - shared for name in ADMINISTRATORS)
    assert not system & security
    assert not security & audit
    assert not system & audit


def test_only_the_hotline_clerk_may_know_who_complained() -> None:
    knowing = {name for name, role in ROLES.items() if Action.SEE_IDENTITY in role.actions}
    assert knowing == {"hotline_clerk", "local_owner"}


def test_whoever_looks_at_doors_never_learns_why() -> None:
    why = {Action.SEE_REASONS, Action.SEE_ROWS, Action.SEE_COMPLAINTS}
    for name in ("warden", "building_head", "property_owner"):
        assert not ROLES[name].actions & why


def test_what_concerns_the_whole_street_is_not_done_in_part() -> None:
    manager = Actor("m", "m", ("office_manager",), scope=Scope(grids=frozenset({"G1"})))
    with pytest.raises(NotAllowedError) as refusal:
        require_whole(manager, Action.SCORE)
    assert refusal.value.code == "not_allowed_in_part"
    require(manager, Action.SCORE)
