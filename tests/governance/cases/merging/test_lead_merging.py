"""Leads put together, kept apart and taken back, on an office without files."""

from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from actors import person
from case_steps import take_in
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from data.contracts.case_vocabulary import Stage
from data.store.tables.cases import Case, Lead
from data.store.tables.lead_merges import LeadsApart
from data.store.unit_of_work import Store
from geo.errors import GridwardenError
from governance.access.permissions import NotAllowedError, Scope
from governance.cases.intake import NewLead
from governance.cases.merging.merger import LeadMergeError
from governance.office import Office

AT = datetime(2026, 11, 23, 9, 0)  # noqa: DTZ001 -- local times throughout
KEEPS = {"version"}
"""What grows with the history, which is never shortened."""


CLERK = person("hotline_clerk")


def lead(key: str, **facts: Any) -> NewLead:
    usual: dict[str, Any] = {
        "channel": "12345热线", "origin_table": "tickets", "received_at": AT, "ticket_no": key,
        "title": "反映小区补课扰民", "text": "楼上租户周末给初二学生补数学，收费",
        "address": "示例花园3号楼2单元501", "building_id": "B3", "community": "C1", "grid": "G1",
    }  # fmt: skip
    return NewLead(origin_key=key, **(usual | facts))


def numbers(*at: int) -> list[str]:
    return [f"XS-2026-{each:04d}" for each in at]


def tables(office: Office) -> list[list[tuple[Any, ...]]]:
    """Return the rows of leads and cases, and of pairs kept apart."""
    found = []
    with office._workspace.store.begin() as unit:
        for table in (Lead, Case, LeadsApart):
            names = [c.name for c in table.__table__.columns if c.name not in KEEPS]
            if table is LeadsApart:
                names = ["first_lead", "second_lead"]
            query = select(*(getattr(table, name) for name in names)).order_by(names[0])
            found.append([repr(tuple(row)) for row in unit.session.execute(query)])
    return found


def kept(office: Office, number: str) -> tuple[dict[str, Any], list[str]]:
    """Return the columns of a case, and the tickets of its leads."""
    with office._workspace.store.begin() as unit:
        case = unit.cases.get(number)
        assert case is not None
        columns = {c.name: getattr(case, c.name) for c in Case.__table__.columns}
        return columns, [lead.ticket_no for lead in unit.leads.of_cases([case.id])]


def two_channels(office: Office) -> None:
    take_in(
        office,
        lead("T1", due_at=AT + timedelta(days=7)),
        lead("T2", channel="信访", received_at=AT + timedelta(days=1), text="三号楼有人补课"),
        lead(
            "T3",
            building_id="B7",
            address="示例花园7号楼",
            text="违章停车堵住通道",
            received_at=AT + timedelta(days=2),
        ),
    )


def test_the_same_place_over_two_channels_is_proposed_with_what_is_seen(
    empty_office: Office,
) -> None:
    two_channels(empty_office)
    (proposal,) = empty_office.lead_merging.proposals(CLERK)
    assert proposal.case_nos == tuple(numbers(1, 2))
    assert list(proposal.leads["place"]) == [None, "same_flat"]
    assert list(proposal.leads["ticket_no"]) == ["T1", "T2"]


def test_accepted_leads_are_in_one_case_and_raw_rows_stay(empty_office: Office) -> None:
    two_channels(empty_office)
    empty_office.lead_merging.accept(CLERK, numbers(1, 2))
    facts, tickets = kept(empty_office, "XS-2026-0001")
    assert (facts["leads"], tickets) == (2, ["T1", "T2"])
    gone, _ = kept(empty_office, "XS-2026-0002")
    assert (gone["stage"], gone["merged_into"]) == (Stage.MERGED, "XS-2026-0001")
    assert empty_office.lead_merging.proposals(CLERK) == []


def test_of_a_lead_merged_from_elsewhere_nothing_is_told(empty_office: Office) -> None:
    elsewhere = {"building_id": "B9", "community": "C2", "grid": "G9"}
    take_in(empty_office, lead("T1"), lead("T2", channel="信访", **elsewhere))
    empty_office.lead_merging.accept(CLERK, numbers(1, 2))
    chief = person("grid_chief", scope=Scope(communities=frozenset({"C1"})))
    assert set(empty_office.cases.case(CLERK, numbers(1)[0]).leads["ticket_no"]) == {"T1", "T2"}
    assert list(empty_office.cases.case(chief, numbers(1)[0]).leads["ticket_no"]) == ["T1"]


def test_what_was_rejected_is_not_proposed_again_until_it_is_taken_back(
    empty_office: Office,
) -> None:
    two_channels(empty_office)
    decision = empty_office.lead_merging.reject(CLERK, numbers(1, 2))
    assert empty_office.lead_merging.proposals(CLERK) == []
    empty_office.lead_merging.unmerge(CLERK, decision)
    assert len(empty_office.lead_merging.proposals(CLERK)) == 1


def test_one_that_is_taken_out_is_kept_apart(empty_office: Office) -> None:
    two_channels(empty_office)
    take_in(empty_office, lead("T4", received_at=AT + timedelta(days=2)))
    empty_office.lead_merging.accept(CLERK, numbers(1, 4), apart=numbers(2))
    assert empty_office.lead_merging.proposals(CLERK) == []
    assert kept(empty_office, "XS-2026-0002")[1] == ["T2"]


def test_the_earliest_deadline_of_all_tickets_holds(empty_office: Office) -> None:
    two_channels(empty_office)
    take_in(empty_office, lead("T5", due_at=AT + timedelta(days=2)))
    for number in numbers(1, 4):
        empty_office.cases.act(CLERK, number, "accept")
    before = tables(empty_office)
    decision = empty_office.lead_merging.accept(CLERK, numbers(1, 4))
    assert kept(empty_office, "XS-2026-0001")[0]["due_at"] == AT + timedelta(days=2)
    empty_office.lead_merging.unmerge(CLERK, decision)
    assert tables(empty_office) == before


def test_what_a_later_decision_stands_on_is_not_taken_back(empty_office: Office) -> None:
    two_channels(empty_office)
    first = empty_office.lead_merging.accept(CLERK, numbers(1, 2))
    empty_office.cases.act(CLERK, "XS-2026-0003", "accept")
    empty_office.lead_merging.accept(CLERK, numbers(1, 3))
    with pytest.raises(LeadMergeError, match="Merge built on"):
        empty_office.lead_merging.unmerge(CLERK, first)


def test_others_are_proposed_nothing(empty_office: Office) -> None:
    for role in ("warden", "building_head", "grid_chief", "planner", "auditor"):
        with pytest.raises(NotAllowedError):
            empty_office.lead_merging.proposals(person(role))


def test_cases_of_another_community_are_neither_proposed_nor_moved(empty_office: Office) -> None:
    two_channels(empty_office)
    elsewhere = person("hotline_clerk", scope=Scope(communities=frozenset({"C2"})))
    assert empty_office.lead_merging.proposals(elsewhere) == []
    with pytest.raises(LeadMergeError):
        empty_office.lead_merging.accept(elsewhere, numbers(1, 2))


def test_each_decision_leaves_one_line_with_its_change(empty_office: Office) -> None:
    two_channels(empty_office)
    decision = empty_office.lead_merging.accept(CLERK, numbers(1, 2))
    empty_office.lead_merging.unmerge(CLERK, decision)
    with empty_office._workspace.store.begin() as unit:
        lines = [each.facts for each in unit.audit.find(person=CLERK.id, action="merge_leads")]
    assert [line.get("decision", line.get("taken_back")) for line in lines] == [1, 1]


PAIRS = list(combinations(range(1, 7), 2))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("accept"), st.sampled_from(PAIRS)),
        st.tuples(st.just("reject"), st.sampled_from(PAIRS)),
        st.tuples(st.just("unmerge"), st.integers(1, 6)),
    ),
    max_size=8,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def six_leads(empty_office: Office, request: pytest.FixtureRequest) -> Office:
    """An office with six cases, some of them begun with, on each database."""
    if request.param == "postgresql":
        url = request.getfixturevalue("empty_store")()
        empty_office._workspace.__dict__["store"] = Store(url)
    take_in(empty_office, *(lead(f"T{at}", received_at=AT + timedelta(hours=at), due_at=AT
                                 + timedelta(days=9 - at)) for at in range(1, 7)))  # fmt: skip
    for number in numbers(2, 5):
        empty_office.cases.act(CLERK, number, "accept")
    return empty_office


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_any_sequence_that_is_taken_back_leaves_equal_tables(
    six_leads: Office, steps: list[tuple[str, Any]]
) -> None:
    service, before, standing = six_leads.lead_merging, tables(six_leads), []
    for kind, what in steps:
        try:
            if kind == "unmerge":
                service.unmerge(CLERK, standing[what - 1] if what <= len(standing) else 10**6)
                del standing[what - 1]
            else:
                standing.append(getattr(service, kind)(CLERK, numbers(*what)))
        except GridwardenError:
            continue
    for decision in reversed(standing):
        service.unmerge(CLERK, decision)
    assert tables(six_leads) == before


def test_a_case_is_not_merged_without_its_leads(empty_office: Office) -> None:
    two_channels(empty_office)
    with pytest.raises(GridwardenError):
        empty_office.cases.act(CLERK, "XS-2026-0002", "merge", {"merged_into": "XS-2026-0001"})
    offered = empty_office.cases.case(CLERK, "XS-2026-0002").actions
    assert "merge" not in [each.action for each in offered]
