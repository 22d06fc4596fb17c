"""Addresses that a person decides."""

from pathlib import Path

import pytest
from imported import import_text

from governance.access.permissions import Actor
from governance.importing.address_review import UnknownBuildingError
from governance.office import Office

UNSURE = """工单编号,来电时间,事发地址
250912101108115405,2026-11-12 19:10,示例花园
250912101108115406,2026-11-12 19:10,城东老粮库对面
250912101108115407,2026-11-12 19:10,城东老粮库对面
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
    assert len(row["names"]) == len(row["candidates"])


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
    assert (row["rows"], row["candidates"], row["names"]) == (2, [], [])


def test_beside_an_address_that_is_like_none_stand_the_likeliest_street_and_estate(
    office: Office, actor: Actor
) -> None:
    import_text(office, "complaints", "来电时间,事发地址\n2026-11-12,示列花圆7弄18排\n")
    (row,) = office.address_review.queue(actor, containing="示列花圆").to_dict("records")
    assert (row["candidates"], row["likely_street"], row["likely_estate"]) == ([], "", "示例花园")


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
