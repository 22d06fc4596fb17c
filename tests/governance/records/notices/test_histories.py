"""Random histories: nobody lets go their own, what is out was seen masked, and all replay."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from case_steps import person
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    rule,
)
from notice_steps import BLACKLIST, EXPOSURE, decided_case, exposure, let_go
from random_histories import RandomHistories, check_history, fault_after, run_histories

from data.contracts.notice_vocabulary import DECIDED_ONLY, STANDING, NoticeAction, NoticeStage
from data.integrity.sealed.histories import NOTICES, verify_histories
from data.store.repositories.records.notice_lists import NoticeQuery
from geo.errors import GridwardenError
from governance.access.permissions import ROLES
from governance.cases.rules.workflow.transitions import FactKind
from governance.office import Office
from governance.records.notices.rules.masking import find_unmasked
from governance.records.notices.rules.state import NoticeState
from governance.records.notices.rules.transitions import WORKFLOW

PEOPLE = [person(role, f"{role}{n}") for role, each in ROLES.items()
          if "see_notices" in each.actions and role != "local_owner" for n in (1, 2)]  # fmt: skip
WRITERS = [each for each in PEOPLE if each.roles[0] in {"planner", "office_manager"}]
TEXTS = ("", "当事人雷小明，电话13800005678", "当事人雷**已被依法查处。")


class Histories(RandomHistories):
    """People and time do whatever they like; what they may not is refused whole."""

    TABLES = ("notice_places", "notice_events", "notices")
    cases: list[str]

    @initialize()
    def begin(self) -> None:
        self.draft(WRITERS[0], EXPOSURE, 1)

    @rule(writer=st.sampled_from(WRITERS), count=st.integers(0, 2),
          kind=st.sampled_from([EXPOSURE, BLACKLIST, "致家长信", "工作提醒"]))  # fmt: skip
    def draft(self, writer: Any, kind: str, count: int) -> None:
        told = self.cases[:count] if kind in DECIDED_ONLY else []
        self.office.notices.draft(writer, kind, case_nos=told)

    @rule(days=st.integers(1, 200))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.office.notices.catch_up(PEOPLE[0])

    @rule(data=st.data())
    def act(self, data: st.DataObject) -> None:
        """Let somebody try a way out of a notice's stage, with facts that may be wrong."""
        rows = self.office.notice_lists.page(PEOPLE[0], NoticeQuery(limit=500)).rows
        number = rows["notice_no"].iloc[data.draw(st.integers(0, len(rows) - 1))]
        before = self.state(number)
        ways = WORKFLOW.ways_out(before.stage) or WORKFLOW.transitions
        way = data.draw(st.sampled_from(ways))
        facts = {a.name: self.fact(data, a, before) for a in way.asks
                 if a.required or data.draw(st.booleans())}  # fmt: skip
        try:
            self.office.notices.act(data.draw(st.sampled_from(PEOPLE)), number, way.action, facts)
        except GridwardenError:
            assert self.state(number) == before
        else:
            assert self.state(number).version > before.version

    @rule(data=st.data(), reviewer=st.sampled_from(PEOPLE), writer=st.sampled_from(WRITERS))
    def go_on(self, data: st.DataObject, reviewer: Any, writer: Any) -> None:
        """Let two people bring a notice as far as they may."""
        rows = self.office.notice_lists.page(PEOPLE[0], NoticeQuery(limit=500)).rows
        number = rows["notice_no"].iloc[data.draw(st.integers(0, len(rows) - 1))]
        for actor, action in ((writer, "submit"), (reviewer, "preview"), (reviewer, "approve"),
                              (writer, "publish")):  # fmt: skip
            seen = self.state(number).content_hash()
            facts = {"seen": seen} if action in {"preview", "approve"} else {}
            try:
                self.office.notices.act(actor, number, action, facts)
            except GridwardenError:
                return

    def fact(self, data: st.DataObject, asked: Any, state: NoticeState) -> Any:
        if asked.kind == FactKind.WORD:
            return data.draw(st.sampled_from(asked.words))
        if asked.kind == FactKind.DAY:
            return self.now.date().isoformat()
        if asked.kind == FactKind.CASES:
            return data.draw(st.lists(st.sampled_from(self.cases), max_size=2))
        if asked.kind == FactKind.HASH:
            return data.draw(st.sampled_from([state.content_hash(), "0" * 64]))
        return data.draw(st.sampled_from(TEXTS))

    def state(self, number: str) -> NoticeState:
        with self.office._workspace.store.begin() as unit:
            return NoticeState.of_row(unit.notices.get(number))

    @invariant()
    def every_notice_follows_from_its_history_and_keeps_the_rules(self) -> None:
        for notice, events in self.histories():
            check_history(NoticeState, notice, events)
            check_let_go(notice, [(each.action, each.actor) for each in events])
            if notice.stage in {"withdrawn", "expired", "corrected"}:
                assert (notice.clock == "take_down") == (notice.taken_down_at is None)
            assert (notice.clock is None) == (notice.due_at is None)
        assert all(
            fault is None for fault in verify_histories(self.office._workspace.store, kept=NOTICES)
        )

    def histories(self) -> Iterator[tuple[Any, list[Any]]]:
        with self.office._workspace.store.begin() as unit:
            rows, _ = unit.notice_lists.page(NoticeQuery(limit=500), inside=None)
            notices = [unit.notices.get(number) for number in rows["notice_no"]]
            events = unit.notices.events([notice.id for notice in notices])
            yield from ((notice, events[notice.id]) for notice in notices)


def check_let_go(notice: Any, steps: list[tuple[str, str]]) -> None:
    """Check that what was ever out was let go by another, as it was seen."""
    if notice.published_at is None:
        assert notice.stage not in STANDING
        return
    actions = [action for action, _ in steps]
    assert actions.index("preview") < actions.index("approve") < actions.index("publish")
    assert notice.approver not in {actor for action, actor in steps if action in {"draft", "edit"}}
    assert notice.approved_hash == NoticeState.of_row(notice).content_hash()
    assert not find_unmasked(f"{notice.title}\n{notice.body}", kind=notice.kind)


@pytest.fixture
def office(open_copy: Callable[[Path], Office], empty_folder: Path) -> Office:
    """Return an empty office on each database."""
    return open_copy(empty_folder)


def test_whatever_happens_every_history_replays_and_nothing_leaves_unseen(office: Office) -> None:
    cases = [decided_case(office, key, on="2026-02-02") for key in ("T1", "T2")]
    run_histories(Histories, office, examples=6, steps=25, cases=cases)


def test_every_stage_that_is_not_over_can_be_left_by_somebody() -> None:
    for stage in set(NoticeStage) - {"withdrawn", "expired", "corrected"}:
        leaving = [way for way in WORKFLOW.ways_out(stage) if way.to is not None]
        assert any(
            set(way.may) & role.actions
            for way in leaving
            for name, role in ROLES.items()
            if name != "local_owner"
        )


def test_what_nobody_may_do_is_done_by_the_server_alone() -> None:
    by_itself = {way.action for way in WORKFLOW.transitions if not way.may}
    assert by_itself == {NoticeAction.DOUBT, NoticeAction.EXPIRE, NoticeAction.CORRECT}


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ("UPDATE notices SET stage = 'approved'", "stage"),
        ("UPDATE notices SET approver = 'planner', body = '改过'", "body, approver"),
        ("UPDATE notices SET entries = '[[1]]'", "entries"),
        (
            "DELETE FROM notice_events WHERE action = 'submit'",
            "submitted_by, submitted_at, stage, version",
        ),
    ],
)
def test_a_notice_whose_state_its_history_does_not_give_is_found_and_named(
    empty_office: Office, change: str, seen: str
) -> None:
    number = exposure(empty_office)
    let_go(empty_office, number)
    fault = fault_after(empty_office._workspace.store, change, kept=NOTICES)
    assert fault.code == "notice_state_changed"
    assert fault.facts == {"notice_no": number, "seen": seen}
