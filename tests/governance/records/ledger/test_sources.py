"""Whoever ran an institution that closed and takes a lease elsewhere speaks for the ledger."""

from datetime import date

import pytest
from imported import import_text

from data.contracts.ledger_vocabulary import InReason
from governance.access.permissions import Actor, Scope
from governance.office import Office
from governance.records.ledger import sources as module
from governance.records.ledger.sources import LedgerSources

RENTALS = "备案编号,楼栋编码,承租人,承租人类型,经营类别,租期起,租期止,备案日期\n" + "".join(
    f"R{at},{building},{who},{kind},{trade},{since},{until},{since}\n"
    for at, (building, who, kind, trade, since, until) in enumerate(
        [
            ("B1", "某某咨询有限公司", "企业", "文化教育培训", "2025-07-01", "2026-06-30"),
            ("B8", "某某咨询有限公司", "企业", "", "2026-01-01", "2026-12-31"),
            ("B2", "某某咨询有限公司", "企业", "", "2026-08-01", "2027-07-31"),
            ("B4", "钱示例", "个人", "课后托管", "2025-07-01", "2026-06-30"),
            ("B5", "钱示例", "个人", "", "2026-09-01", "2027-08-31"),
            ("B6", "另某培训有限公司", "企业", "文化教育培训", "2026-01-01", "2027-12-31"),
            ("B7", "另某培训有限公司", "企业", "", "2026-09-01", "2027-08-31"),
            ("B7", "孙示例", "个人", "", "2026-06-01", "2027-05-31"),
        ]
    )
)  # fmt: skip
VIOLATIONS = "案号,当事人,楼栋编码,查处日期,处罚种类\nV1,孙示例,B3,2026-05-01,责令停止举办\n"
CONVERTED, STAFF = "转型机构", "裁减人员聚集"
SUSPECTED = InReason.SUSPICION


@pytest.fixture
def street(office: Office) -> Office:
    import_text(office, "rentals", RENTALS)
    import_text(office, "violations", VIOLATIONS)
    return office


def test_a_firm_or_person_is_told_where_it_moved_after_closing_and_never_by_name(
    street: Office,
) -> None:
    sources = street._resources.part(LedgerSources)
    with street._workspace.store.begin() as unit:
        facts = sources.facts(unit, since=date(2025, 1, 1))
    moved = [fact for fact in facts if fact.key.startswith("lease:")]
    assert {(fact.building_id, fact.reason, str(fact.day)) for fact in moved} == {
        ("B2", CONVERTED, "2026-08-01"), ("B5", STAFF, "2026-09-01"), ("B7", STAFF, "2026-06-01"),
    }  # fmt: skip
    assert {fact.text for fact in moved} == {""}


def test_it_is_proposed_with_its_reason(street: Office) -> None:
    manager = Actor("manager", "主任", ("office_manager",), Scope.whole())
    street.ledger.catch_up(manager)
    rows = street.ledger_proposals.open(manager, ("enter",)).rows.set_index("building_id")
    assert rows.loc["B2", "reason"] == CONVERTED


def test_of_many_buildings_the_same_is_read_as_of_few(
    street: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources, asked = street._resources.part(LedgerSources), {"B1", "B3", "nowhere"}

    def read() -> tuple[object, object]:
        with street._workspace.store.begin() as unit:
            return sources.visits(unit, asked, since=date(2020, 1, 1)), sources.places(asked)

    few = read()
    monkeypatch.setattr(module, "_FEW", 0)
    assert read() == few
    assert all(few)


def test_one_suspicion_alone_is_read_where_a_line_watches(street: Office) -> None:
    rows = "检查编号,检查时间,楼栋编码,检查结果\n" + "".join(
        f"S{at},2026-10-{at + 10} 19:00,{building},{result}\n"
        for at, (building, result) in enumerate(
            [("B1", "疑似"), ("B1", "属实"), ("B2", "疑似"), ("B3", "疑似"), ("B3", "未发现异常")]
        )
    )  # fmt: skip
    import_text(street, "inspections", rows)
    sources, since = street._resources.part(LedgerSources), date(2020, 1, 1)
    with street._workspace.store.begin() as unit:
        every = sources.facts(unit, since=since)
        told = sources.facts(unit, since=since, suspicions=2, watched={"B3", "nowhere"})
    assert {fact.building_id for fact in every if fact.reason == SUSPECTED} == {"B1", "B2", "B3"}
    assert told == [f for f in every if f.reason != SUSPECTED or f.building_id != "B2"]


def test_facts_of_one_building_are_those_among_all(street: Office) -> None:
    sources, since = street._resources.part(LedgerSources), date(2020, 1, 1)
    with street._workspace.store.begin() as unit:
        every = sources.facts(unit, since=since)
        assert len({fact.building_id for fact in every}) > 2
        for building in {fact.building_id for fact in every}:
            own = sources.facts(unit, since=since, buildings={building})
            assert own == [fact for fact in every if fact.building_id == building]
