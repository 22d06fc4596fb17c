"""Links between buildings by who is named there, on the small office with rental filings."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from actors import person
from imported import copied_office, import_text, opened_copy

from governance.access.permissions import NotAllowedError, Scope
from governance.cases.links.mentions import MOST_BUILDINGS
from governance.cases.links.moves import moves_after_checks
from governance.office import Office
from tests.governance.conftest import NOW

HEAD = "备案编号,楼栋编码,承租人,统一社会信用代码,租期起,租期止,备案日期\n"
USCC = "91370902MA3ABCDE7X"
RENTALS = HEAD + "".join(
    f"R{at},{building},{who},{uscc},{since},{until},{since}\n"
    for at, (building, who, uscc, since, until) in enumerate(
        [
            ("B3", "某某文化传播有限公司", USCC, "2026-03-01", "2026-10-20"),
            ("B6", "某某文化传播有限公司", USCC, "2026-10-25", "2027-10-24"),
            ("B4", "钱示例", "", "2026-01-01", "2026-12-31"),
            *((f"B{n}", "示例公寓管理有限公司", "", "2026-02-01", "2027-01-31")
              for n in range(1, 9)),
        ]
    )
)  # fmt: skip
VIOLATIONS = "案号,当事人,楼栋编码,查处日期\nV1,某某文化传播有限公司,B7,2026-11-01\n"


OFFICER = person("enforcement_officer")


@pytest.fixture(scope="module")
def linked(filled_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Return the office with rentals and a decision; to be read, never changed."""
    with copied_office(filled_folder, tmp_path_factory.mktemp("linked"), now=NOW) as office:
        import_text(office, "rentals", RENTALS)
        import_text(office, "violations", VIOLATIONS)
        yield office


@pytest.fixture
def own_linked(linked: Office, tmp_path: Path) -> Iterator[Office]:
    """Return a copy that was asked nothing yet and may be changed."""
    yield from opened_copy(linked._workspace.root, tmp_path, now=NOW)


def test_a_firm_is_linked_over_filings_and_decisions(linked: Office) -> None:
    parties = linked.links.parties(OFFICER).set_index("kind")
    assert parties.loc["uscc", "building_ids"] == ["B3", "B6"]
    firm = parties[parties["label"].str.startswith("某某文化")].loc["firm"]
    assert (firm["building_ids"], firm["weight"]) == (["B3", "B6", "B7"], 0.5)


def test_who_moved_after_a_check_is_told_first_with_both_days(linked: Office) -> None:
    first = linked.links.parties(OFFICER).iloc[0]
    assert first["moves"] == 1
    assert (str(first["visited_on"].date()), str(first["moved_on"].date())) == (
        "2026-10-10", "2026-10-25",
    )  # fmt: skip


def test_nothing_that_is_told_holds_a_key_or_a_credit_code(linked: Office) -> None:
    keys = linked._engine.table("rentals").to_pandas()["lessee_key"].dropna()
    told = linked.links.parties(OFFICER).to_string() + repr(linked.links.around(OFFICER, "B3"))
    assert USCC not in told
    assert not [key for key in keys if key in told]


def test_a_network_has_the_building_in_its_middle_and_nobody_of_many_buildings(
    own_linked: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MOST_BUILDINGS, "firm", 5)
    network = own_linked.links.around(OFFICER, "B3")
    assert network.nodes.iloc[0][["node", "x", "y"]].tolist() == ["B3", 0.0, 0.0]
    assert set(network.nodes.loc[~network.nodes["is_party"], "node"]) == {"B3", "B6", "B7"}
    hubs = own_linked.links.parties(OFFICER).set_index("label")["hub"]
    assert bool(hubs["示例公寓管理有限公司"])


def test_a_link_out_of_scope_tells_only_that_there_is_one(linked: Office) -> None:
    own = person("enforcement_officer", scope=Scope(buildings=frozenset({"B3"})))
    parties = linked.links.parties(own)
    assert parties["elsewhere"].all()
    assert set(parties["building_ids"].explode()) == {"B3"}
    assert parties["moves"].sum() == 0
    assert set(linked.links.around(own, "B3").edges["building_id"]) == {"B3"}
    assert linked.links.parties(person("enforcement_officer", scope=Scope.nothing())).empty


def test_what_one_person_was_told_of_a_building_tells_another_no_more_than_their_own(
    own_linked: Office,
) -> None:
    own = person("enforcement_officer", scope=Scope(buildings=frozenset({"B3"})))
    nobody = person("enforcement_officer", scope=Scope.nothing())
    alone = own_linked.links.of_building(own, "B3")
    whole = own_linked.links.of_building(OFFICER, "B3")
    assert {"B6", "B7"} <= set(whole["building_ids"].explode())
    again = own_linked.links.of_building(own, "B3")
    pd.testing.assert_frame_equal(again, alone)
    assert set(again["building_ids"].explode()) == {"B3"}
    assert own_linked.links.of_building(own, "B6").empty
    assert own_linked.links.of_building(nobody, "B3").empty
    assert len(own_linked.links.around(nobody, "B3").nodes) == 0


def test_of_a_building_the_same_is_told_as_of_all(linked: Office) -> None:
    every = linked.links.parties(OFFICER)
    for building in ("B1", "B3", "B7"):
        here = every[[building in ids for ids in every["building_ids"]]]
        told, here = (
            one.sort_values(["party", "kind"], ignore_index=True)
            for one in (linked.links.of_building(OFFICER, building), here)
        )
        assert len(told) > 0
        pd.testing.assert_frame_equal(told, here)


def test_what_is_filed_and_visited_later_is_told_of_a_building_at_once(own_linked: Office) -> None:
    def buildings_of_firm() -> list[str]:
        told = own_linked.links.of_building(OFFICER, "B3").set_index(["kind", "label"])
        return sorted(told.loc[("firm", "某某文化传播有限公司"), "building_ids"])

    assert buildings_of_firm() == ["B3", "B6", "B7"]
    import_text(own_linked, "violations", VIOLATIONS.replace("V1", "V2").replace("B7", "B5"))
    assert buildings_of_firm() == ["B3", "B5", "B6", "B7"]
    visits = "检查编号,检查时间,楼栋编码,检查结果\nX9,2026-10-24 19:00,B3,未发现异常\n"
    import_text(own_linked, "inspections", visits)
    moved = own_linked.links.of_building(OFFICER, "B3").set_index("kind").loc["uscc"]
    assert str(moved["visited_on"].date()) == "2026-10-24"


def test_others_are_told_no_links(linked: Office) -> None:
    for role in ("warden", "building_head", "planner", "hotline_clerk", "auditor"):
        with pytest.raises(NotAllowedError):
            linked.links.parties(person(role))


def test_who_complained_is_in_no_link(linked: Office, own_linked: Office) -> None:
    text = "工单编号,来电时间,楼栋编码,来电人,联系电话\n" + "".join(
        f"9{n},2026-11-0{n} 19:10,B{n},张示例,13811110000\n" for n in range(1, 5)
    )
    import_text(own_linked, "complaints", text)
    assert len(own_linked.links.parties(OFFICER)) == len(linked.links.parties(OFFICER)) > 0


def test_whom_people_complain_of_is_linked_by_the_telephone_alone_to_other_places_and_adverts(
    own_linked: Office,
) -> None:
    text = "工单编号,来电时间,楼栋编码,联系电话,被反映人电话\n" + "".join(
        f"9{n},2026-11-0{n} 19:10,B{n},1381111000{n},13900001234\n" for n in (1, 2)
    )
    import_text(own_linked, "complaints", text)
    contacts = own_linked.links.parties(OFFICER).set_index("kind").loc[["contact"]]
    assert contacts["building_ids"].tolist() == [["B1", "B2"]]
    assert "13900001234" not in own_linked.links.parties(OFFICER).to_string()
    kept = own_linked._engine.table("complaints").to_pandas()
    assert "13900001234" not in kept.to_string()


def test_a_visit_before_the_party_was_there_or_long_ago_is_no_check() -> None:
    day = pd.Timestamp
    told = pd.DataFrame(
        {"party": "p", "building_id": ["A", "B"], "since": [day("2026-03-01"), day("2026-09-01")],
         "until": pd.NaT}
    )  # fmt: skip
    for at, moved in (("2026-02-01", 0), ("2026-04-01", 0), ("2026-08-01", 1), ("2026-10-01", 0)):
        visits = pd.DataFrame({"building_id": ["A"], "at": [day(at)]})
        assert len(moves_after_checks(told, visits)) == moved, at
