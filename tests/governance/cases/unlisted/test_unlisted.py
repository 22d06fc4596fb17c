"""Buildings with signals that are on no list."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from actors import person
from imported import copied_office, import_text, opened_copy

from governance.access.permissions import NotAllowedError, Scope
from governance.office import Office
from tests.governance.conftest import NOW

MANAGER, PLANNER = person("office_manager"), person("planner")
RENTALS = (
    "备案编号,楼栋编码,承租人,承租人类型,租赁用途,经营类别,租期起,租期止,备案日期\n"
    "R1,B6,某某科技有限公司,企业,居住,,2026-03-01,2027-02-28,2026-03-01\n"
    "R2,B7,某某培训学校,企业,商业,文化教育培训,2026-03-01,2027-02-28,2026-03-01\n"
    "R3,B8,钱示例,个人,居住,,2026-03-01,2027-02-28,2026-03-01\n"
)
COMPLAINTS = (
    "工单编号,来电时间,楼栋编码,诉求属实\n"
    "81,2026-11-01 19:10,B7,属实\n82,2026-11-01 19:10,B1,不属实\n83,2024-01-01 19:10,B2,\n"
)


@pytest.fixture(scope="module")
def street(scored_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Return the scored office with rentals and complaints; to be read, never changed."""
    with copied_office(scored_folder, tmp_path_factory.mktemp("street"), now=NOW) as office:
        import_text(office, "rentals", RENTALS)
        import_text(office, "complaints", COMPLAINTS)
        yield office


@pytest.fixture
def own_street(street: Office, tmp_path: Path) -> Iterator[Office]:
    """Return a copy that may be changed."""
    yield from opened_copy(street._workspace.root, tmp_path, now=NOW)


def test_only_buildings_with_a_signal_that_no_list_names_are_told(street: Office) -> None:
    """B3 was found and complained of, B6 lets a dwelling to a firm; B7 is an institution."""
    told = street.unlisted.buildings(MANAGER).set_index("building_id")
    assert sorted(told.index) == ["B3", "B6"]
    assert told.loc["B3", ["complaints", "finds", "firms"]].tolist() == [2, 1, 0]
    assert told.loc["B6", ["complaints", "finds", "firms"]].tolist() == [0, 0, 1]


def test_the_order_is_that_of_the_one_score(street: Office) -> None:
    told = street.unlisted.buildings(MANAGER)
    shown = street.risk_map.layer(MANAGER, layer="building").set_index("unit")["score"]
    assert told["score"].tolist() == shown[told["building_id"]].tolist()
    assert told["score"].is_monotonic_decreasing


def test_a_decision_puts_a_building_on_a_list(own_street: Office) -> None:
    text = "案号,当事人,楼栋编码,查处日期\nV1,某某中心,B3,2026-11-01\n"
    import_text(own_street, "violations", text)
    assert own_street.unlisted.buildings(MANAGER)["building_id"].tolist() == ["B6"]


def test_rows_are_of_the_scope(street: Office) -> None:
    own = person("office_manager", scope=Scope(buildings=frozenset({"B6"})))
    assert street.unlisted.buildings(own)["building_id"].tolist() == ["B6"]


def test_who_moved_in_is_told_to_who_may_see_links_only(own_street: Office) -> None:
    moved = RENTALS.splitlines()[0] + (
        "\nR8,B3,另某科技有限公司,企业,居住,,2026-01-01,2026-10-12,2026-01-01"
        "\nR9,B5,另某科技有限公司,企业,商业,,2026-10-25,2027-10-01,2026-10-25\n"
    )
    import_text(own_street, "rentals", moved)
    assert "moved_in" not in own_street.unlisted.buildings(PLANNER)
    told = own_street.unlisted.buildings(MANAGER).set_index("building_id")
    assert told["moved_in"].to_dict() == {"B3": 0, "B5": 1, "B6": 0}


def test_others_are_told_nothing(street: Office) -> None:
    for role in ("warden", "building_head", "hotline_clerk", "auditor"):
        with pytest.raises(NotAllowedError):
            street.unlisted.buildings(person(role))
