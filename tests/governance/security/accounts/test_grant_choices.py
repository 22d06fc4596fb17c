"""Rights are given by name: places and people are told to who gives them, and to nobody else."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from refusals import refused_as
from two_communities import COMMUNITY, OWN, open_built

from governance.access.permissions import Actor, NotAllowedError, Scope, local_owner
from governance.office import Office

SECURITY = Actor(id="s", name="安全", roles=("security_administrator",))


@pytest.fixture
def office(two_communities: Path, tmp_path: Path) -> Iterator[Office]:
    opened = open_built(shutil.copytree(two_communities, tmp_path / "o"))
    yield opened
    opened.close()


def test_who_gives_rights_is_told_communities_grids_and_people(office: Office) -> None:
    choices = office.grants.choices(SECURITY)
    assert set(choices.communities) == set(COMMUNITY.values())
    assert {code[:12] for code in choices.grids} == set(COMMUNITY.values())
    assert list(choices.people) == ["person_id", "name", "role", "active"]


def test_a_building_that_an_account_was_given_is_told_by_name_and_no_other(office: Office) -> None:
    assert not office.grants.choices(SECURITY).buildings
    scope = Scope(buildings=frozenset(OWN[:1]))
    office.accounts.add(local_owner(), "wang", name="王示例", scope=scope)
    told = office.grants.choices(SECURITY).buildings
    assert told == office.grants.buildings_named(SECURITY, OWN[:1])


def test_a_building_is_named_by_code_or_by_its_one_name(office: Office) -> None:
    (name,) = office.grants.buildings_named(SECURITY, [OWN[0]]).values()
    assert office.grants.buildings_named(SECURITY, [name, OWN[1]]).keys() == {OWN[0], OWN[1]}


def test_what_names_no_building_is_told(office: Office) -> None:
    with refused_as("scope_unknown", seen=["月球花园1号楼"]):
        office.grants.buildings_named(SECURITY, [OWN[0], "月球花园1号楼"])


@pytest.mark.parametrize("role", ["office_manager", "system_administrator", "auditor"])
def test_nobody_else_is_told(office: Office, role: str) -> None:
    actor = Actor(id="x", name="x", roles=(role,), scope=Scope.whole())
    with pytest.raises(NotAllowedError):
        office.grants.choices(actor)
    with pytest.raises(NotAllowedError):
        office.grants.buildings_named(actor, [OWN[0]])
