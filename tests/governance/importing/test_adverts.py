"""Pasted and imported adverts: what is understood, where they are, and that they become leads."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.contracts.screening.office_terms import OfficeTerm
from data.contracts.screening.word_list import WordListError
from governance.access.permissions import Actor, NotAllowedError, Scope
from governance.importing.adverts import LISTING_COLUMNS
from governance.office import Office
from governance.scores.score_writer import ScoreWriter
from governance.security.compliance.complainants import ComplaintUnknownError, IdentityNotKeptError

MATHS = "初二数学一对一,上课地点:示例花园3号楼,每次200元,加V:lao_shi88"
ENGLISH = "高三英语小班\n在职老师家里上课,收费私聊,电话一三八零零零零五六七八\n地址:无名小区"
BICYCLE = "出售二手自行车,示例花园3号楼自提"
PASTED = f"{MATHS}\n\n{ENGLISH}\n---\n{BICYCLE}\n"
BUILDINGS = "楼栋编码,标准地址\nB3,示例花园3号楼\nB4,示例花园4号楼\n"


@pytest.fixture
def street(office: Office, actor: Actor, tmp_path: Path) -> Office:
    """Return an office with a register of two buildings."""
    path = tmp_path / "b.csv"
    path.write_text(BUILDINGS, encoding="utf-8")
    office.imports.import_file(actor, "buildings", path)
    return office


def leads_of(office: Office) -> list[dict[str, Any]]:
    with office._workspace.store.begin() as unit:
        cases = unit.cases.by_ids(range(1, 100))
        found = unit.leads.of_cases(set(cases))
        return [
            {name: getattr(lead, name) for name in
             ("channel", "origin_table", "building_id", "title", "text", "address", "forms")}
            for lead in found
        ]  # fmt: skip


def placed(office: Office) -> dict[str, tuple[Any, ...]]:
    rows = office._engine.table("adverts").to_pyarrow().to_pylist()
    return {row["content"][:4]: (row["building_id"], row["match_level"]) for row in rows}


def test_a_preview_tells_forms_address_and_contact_of_each_listing_and_keeps_nothing(
    office: Office, actor: Actor
) -> None:
    read = office.adverts.read_pasted(actor, PASTED)
    assert tuple(read.columns) == LISTING_COLUMNS
    assert read["tutoring"].tolist() == [True, True, False]
    assert read["forms"].iloc[0] == "一对一"
    assert read["address"].tolist() == ["示例花园3号楼", "无名小区", "示例花园3号楼自提"]
    assert read["contact"].tolist() == ["lao****88", "138****78", ""]
    told = read.to_csv()
    assert "lao_shi88" not in told
    assert "一三八零" not in told
    assert not len(office._engine.table("adverts").to_pyarrow())


def test_a_pasted_advert_is_at_its_building_only_by_a_unique_match_and_a_lead_if_of_tutoring(
    street: Office, actor: Actor
) -> None:
    result = street.adverts.take_in_pasted(actor, PASTED, kind="招生", site="同城")
    assert (result.accepted, result.leads) == (3, 2)
    where = placed(street)
    assert where["初二数学"] == ("B3", "building")
    assert where["在职老师"][0] is None
    leads = leads_of(street)
    assert [lead["building_id"] for lead in leads] == ["B3", None]
    assert {(lead["channel"], lead["origin_table"]) for lead in leads} == {("advert", "adverts")}
    assert leads[0]["forms"] == ["一对一"]
    assert [lead["title"] for lead in leads] == [leads[0]["text"][:40], "高三英语小班"]
    told = str(leads)
    assert not any(secret in told for secret in ("lao_shi88", "一三八零", "00005678"))


def test_an_address_that_a_person_reviews_brings_its_advert_to_the_building(
    street: Office, actor: Actor
) -> None:
    street.adverts.take_in_pasted(actor, ENGLISH)
    waiting = street.address_review.queue(actor, tables=["adverts"])
    address = waiting["address"].iloc[0]
    street.address_review.decide(actor, table="adverts", address=address, building_id="B4")
    assert placed(street)["在职老师"][0] == "B4"
    assert [lead["building_id"] for lead in leads_of(street)] == ["B4"]
    street.address_review.withdraw(actor, address=address)
    assert [lead["building_id"] for lead in leads_of(street)] == [None]


def test_what_was_pasted_before_adds_nothing_whatever_stands_around_it(
    street: Office, actor: Actor
) -> None:
    street.adverts.take_in_pasted(actor, MATHS)
    again = street.adverts.take_in_pasted(actor, f"{ENGLISH}\n\n{MATHS}")
    assert (again.accepted, again.duplicates, again.leads) == (1, 1, 1)
    same = street.adverts.take_in_pasted(actor, f"{ENGLISH}\n\n{MATHS}")
    assert (same.repeated, same.leads) == (True, 0)
    assert len(leads_of(street)) == 2


def test_a_file_of_adverts_comes_in_as_any_other_and_makes_the_same_leads(
    street: Office, actor: Actor, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f'信息编号,标题,正文\n1,数学,"{MATHS}"\n2,车,"{BICYCLE}"\n', encoding="utf-8")
    assert street.imports.import_file(actor, "adverts", path, dry_run=True).leads == 0
    result = street.imports.import_file(actor, "adverts", path)
    assert (result.accepted, result.leads) == (2, 1)
    assert [lead["building_id"] for lead in leads_of(street)] == ["B3"]


def test_who_may_not_import_takes_no_advert_in(office: Office) -> None:
    for role in ("warden", "enforcement_officer", "grid_chief"):
        person = Actor(id=role, name=role, roles=(role,), scope=Scope.whole())
        with pytest.raises(NotAllowedError):
            office.adverts.read_pasted(person, PASTED)
        with pytest.raises(NotAllowedError):
            office.adverts.take_in_pasted(person, PASTED)


def test_more_than_a_page_takes_is_refused_whole(office: Office, actor: Actor) -> None:
    with pytest.raises(WordListError) as refused:
        office.adverts.read_pasted(actor, "数" * 500_001)
    assert refused.value.code == "text_too_long"


def test_words_decide_about_a_score_only_where_there_are_adverts(
    street: Office, actor: Actor
) -> None:
    writer = street._resources.part(ScoreWriter)
    before = writer.versions()
    street.screening.save_terms(actor, [OfficeTerm("竞赛", "add", "飞天小课")])
    assert writer.versions() == before
    street.adverts.take_in_pasted(actor, MATHS)
    known = writer.versions()
    street.screening.save_terms(actor, [])
    assert {name for name, each in writer.versions().items() if each != known[name]} == {"settings"}


def test_whom_an_advert_names_is_kept_apart_for_those_who_may_and_each_look_is_written_down(
    street: Office, actor: Actor
) -> None:
    street.adverts.take_in_pasted(actor, PASTED)
    rows = street._engine.table("adverts").to_pyarrow().to_pylist()
    keys = {f"{row['title'] or ''}{row['content']}"[:4]: row["row_key"] for row in rows}
    assert not [row for row in rows if "lao_shi88" in str(row) or "13800005678" in str(row)]
    assert street.verify(actor).sound
    for role in ("hotline_clerk", "enforcement_officer"):
        may_see = Actor(id=role, name="n", roles=(role,), scope=Scope.whole())
        look = street.complainants.look_up_advert
        assert look(may_see, keys[ENGLISH[:4]]).contact == "13800005678"
        assert look(may_see, keys[MATHS[:4]]).contact == "lao_shi88"
        with pytest.raises(IdentityNotKeptError):
            look(may_see, keys[BICYCLE[:4]])
        with street._workspace.store.begin() as unit:
            newest = unit.audit.newest()[0]
            assert (newest.actor, newest.facts) == (role, {"advert": keys[BICYCLE[:4]]})
        elsewhere = replace(may_see, scope=Scope(buildings=frozenset({"B4"})))
        with pytest.raises(ComplaintUnknownError):
            look(elsewhere, keys[MATHS[:4]])
    for role in ("warden", "planner", "grid_chief"):
        with pytest.raises(NotAllowedError):
            street.complainants.look_up_advert(
                Actor(id=role, name="n", roles=(role,), scope=Scope.whole()), keys[MATHS[:4]]
            )
