"""Addresses that a person decides."""

from pathlib import Path

import pytest
from imported import import_text

from governance.access.permissions import Actor
from governance.importing.address_review import NoWaitingAddressError, UnknownBuildingError
from governance.office import Office
from governance.security.compliance.audit import AuditFilter

UNSURE = """工单编号,来电时间,事发地址
250912101108115405,2026-11-12 19:10,示例花园
250912101108115406,2026-11-12 19:10,城东老粮库对面
250912101108115407,2026-11-12 19:10,城东老粮库对面
"""
WITHOUT_COMMUNITY = """楼栋编码,小区名称,楼栋号,经度,纬度
B1,示例花园,1号楼,117.12,36.19
B2,示例花园,2号楼,117.121,36.19
"""
UNLIKE = "城东老粮库对面"


@pytest.fixture
def unsure(office: Office) -> Office:
    import_text(office, "complaints", UNSURE)
    return office


def test_an_address_with_several_candidates_waits_for_a_person(
    unsure: Office, actor: Actor
) -> None:
    queue = unsure.address_review.queue(actor)
    row = queue[queue["example"] == "示例花园"].iloc[0]
    assert set(row["candidates"]) >= {"B1", "B2"}
    assert (row["tables"], row["rows"]) == ({"complaints": 1}, 1)


def test_where_the_register_names_no_community_an_address_stands_in_none(
    empty_office: Office, actor: Actor
) -> None:
    import_text(empty_office, "buildings", WITHOUT_COMMUNITY)
    import_text(empty_office, "complaints", UNSURE)
    assert empty_office.address_review.queue(actor)["communities"].tolist() == [[], []]


def test_the_count_is_of_what_the_queue_lists(unsure: Office, actor: Actor) -> None:
    queue = unsure.address_review.queue(actor)
    assert unsure.address_review.count(actor) == len(queue) > 1
    first = str(queue["address"].iloc[0])
    unsure.address_review.decide(actor, table="complaints", address=first, building_id=None)
    assert unsure.address_review.count(actor) == len(queue) - 1


def test_a_decision_places_the_rows_and_can_be_withdrawn(unsure: Office, actor: Actor) -> None:
    address = unsure.address_review.queue(actor).set_index("example").loc["示例花园", "address"]

    def placed() -> list[str]:
        rows = unsure._engine.table("complaints").to_pandas()
        return rows.loc[rows["raw_address"] == "示例花园", "building_id"].dropna().tolist()

    unsure.address_review.decide(actor, table="complaints", address=address, building_id="B2")
    assert placed() == ["B2"]
    assert "示例花园" not in unsure.address_review.queue(actor)["example"].tolist()
    assert unsure.address_review.withdraw(actor, address=address)
    assert placed() == []


def test_a_building_that_does_not_exist_is_no_answer(unsure: Office, actor: Actor) -> None:
    with pytest.raises(UnknownBuildingError):
        unsure.address_review.decide(
            actor, table="complaints", address="示例花园", building_id="B99"
        )


def test_an_address_that_is_like_none_waits_last_and_is_found_by_its_text(
    unsure: Office, actor: Actor
) -> None:
    queue = unsure.address_review.queue(actor)
    assert [*queue["example"]].index(UNLIKE) == sum(len(ids) > 0 for ids in queue["candidates"])
    (row,) = unsure.address_review.queue(actor, containing="老粮库").to_dict("records")
    assert (row["rows"], row["candidates"]) == (2, [])


def test_beside_an_address_that_is_like_none_stand_the_likeliest_street_and_estate(
    office: Office, actor: Actor
) -> None:
    import_text(office, "complaints", "来电时间,事发地址\n2026-11-12,示列花圆7弄18排\n")
    (address,) = office.address_review.queue(actor, containing="示列花圆")["address"]
    opened = office.address_review.look(actor, address)
    told = (opened.candidates, opened.likely_street, opened.likely_estate)
    assert told == ((), "", "示例花园")


def test_a_building_is_found_by_words_to_be_chosen_by_hand(unsure: Office, actor: Actor) -> None:
    review = unsure.address_review
    assert "B2" in review.find_buildings(actor, "示例花园 2")
    assert review.find_buildings(actor, "b2").keys() == {"B2"}
    assert review.find_buildings(actor, "没有的地方") == {}
    address = review.queue(actor, containing=UNLIKE)["address"].iloc[0]
    review.decide(actor, table="complaints", address=address, building_id=None)
    assert review.queue(actor, containing=UNLIKE).empty


def test_without_a_building_no_address_waits(
    empty_office: Office, actor: Actor, files: dict[str, Path]
) -> None:
    empty_office.imports.import_file(actor, "complaints", files["complaints"])
    assert empty_office.address_review.queue(actor).empty


# ---- one decision for all that read alike ---------------------------------------------------

ALIKE = """工单编号,来电时间,来电人,联系电话,是否保密,事发地址,诉求内容
250912101108115411,2026-11-10 09:00,张三,13812345678,否,示例花园,我家楼上501室补课
250912101108115412,2026-11-12 09:00,李四,13812345679,是,示例花园。,周末有人补课
250912101108115413,2026-11-11 09:00,王五,13812345670,否, 示例花园 ,一楼补课
"""


@pytest.fixture
def alike(office: Office) -> Office:
    import_text(office, "complaints", ALIKE)
    return office


def test_rows_that_read_alike_are_one_line_and_one_decision_moves_and_returns_them_all(
    alike: Office, actor: Actor
) -> None:
    review = alike.address_review
    queue = review.queue(actor).to_dict("records")
    assert [line["rows"] for line in queue if line["address"] == "示例花园"] == [3]
    assert review.decide(actor, table="complaints", address="示例花园", building_id="B1") == 3
    rows = alike._engine.table("complaints").to_pandas()
    assert rows["ticket_no"][rows["building_id"] == "B1"].str[-2:].tolist() == ["11", "12", "13"]
    assert "示例花园" not in set(review.queue(actor)["address"])
    assert review.withdraw(actor, address="示例花园")
    assert review.queue(actor).to_dict("records") == queue


def test_beside_a_decision_stand_the_rows_masked_as_everything_that_is_shown(
    alike: Office, actor: Actor
) -> None:
    rows = alike.address_review.look(actor, "示例花园").rows
    assert [f"{at:%m-%d}" for at in rows["at"]] == ["11-12", "11-11", "11-10"]
    assert rows["text"].tolist() == ["（保密）", "一楼补课", "附近***室补课"]
    assert not {"张三", "13812345678"} & set(rows.astype(str).to_numpy().ravel())


def test_a_candidate_says_what_speaks_for_it_and_what_against(alike: Office, actor: Actor) -> None:
    import_text(alike, "complaints", "来电时间,事发地址\n2026-11-12,示例花园1号楼旁边\n")
    (address,) = alike.address_review.queue(actor, containing="1号楼旁")["address"]
    opened = alike.address_review.look(actor, address)
    reasons = {c.building_id: {r.code: r.is_against for r in c.reasons} for c in opened.candidates}
    assert opened.doubts == ("relative",)
    assert reasons["B1"]["number_same"] is False
    assert all(codes["estate_same"] is False for codes in reasons.values())
    opened = alike.address_review.look(actor, "示例花园")
    assert opened.doubts == ("no_number",)


def test_points_of_rows_speak_for_a_building_they_stand_at_and_against_one_far_away(
    alike: Office, actor: Actor
) -> None:
    register = alike._engine.table("buildings").to_pandas().set_index("building_id")
    lon, lat = register.loc["B2", ["lon", "lat"]]
    head = "来电时间,事发地址,经度,纬度"
    row = f"2026-11-12,示例花园1号楼,{lon:.7f},{lat + 0.01:.7f}"
    import_text(alike, "complaints", f"{head}\n{row}\n")
    opened = alike.address_review.look(actor, "示例花园1号楼")
    (first, *_) = opened.candidates
    assert opened.points.shape == (1, 2)
    assert [r.code for r in first.reasons if r.is_against] == ["points_far"]


def test_the_queue_is_filtered_by_table_and_community_and_sorted(
    unsure: Office, actor: Actor
) -> None:
    review = unsure.address_review
    assert review.queue(actor, tables=["rentals"]).empty
    assert len(review.queue(actor, tables=["complaints"])) == len(review.queue(actor))
    by_rows = review.queue(actor, order="rows")["rows"].tolist()
    assert by_rows == sorted(by_rows, reverse=True)
    places = {code for codes in review.queue(actor)["communities"] for code in codes}
    for place in places:
        held = review.queue(actor, communities=[place])["communities"]
        assert all(place in codes for codes in held)
    assert review.queue(actor, communities=["000"]).empty


def test_decisions_are_listed_and_each_can_be_taken_back_with_a_line_in_the_log(
    alike: Office, actor: Actor
) -> None:
    review = alike.address_review
    review.decide(actor, table="complaints", address="示例花园", building_id="B1")
    (held,) = review.decisions(actor).to_dict("records")
    assert (held["address"], held["rows"], held["building_id"]) == ("示例花园", 3, "B1")
    assert held["name"]
    review.withdraw(actor, address="示例花园")
    assert review.decisions(actor).empty
    lines = alike.audit.log(actor, AuditFilter(action="review_address"))["facts"].tolist()
    assert [("withdrawn" in str(line), "rows" in str(line)) for line in lines[:2]] == [
        (True, False), (False, True),
    ]  # fmt: skip


def test_an_address_under_which_nothing_waits_cannot_be_looked_at(
    unsure: Office, actor: Actor
) -> None:
    with pytest.raises(NoWaitingAddressError):
        unsure.address_review.look(actor, "没有这个地址")
