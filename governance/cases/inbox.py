"""What people who work on cases are shown: the inbox by words, people and places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from data.contracts.case_vocabulary import CONFIRMED, ENDED, CaseAction, Stage
from data.derived.answers.unit_names import UnitNames
from data.store.repositories.cases.inbox import InboxQuery
from data.store.repositories.cases.waiting import Waiting
from governance.access.permissions import Action, Actor, may, require
from governance.access.persons import own_names
from governance.access.roles import ROLES
from governance.access.scopes import Scope
from governance.cases.log import CaseLog
from governance.cases.rules.not_now import not_now
from governance.cases.rules.state import FIELDS, CaseState, replay
from governance.cases.rules.undo import undone
from governance.cases.rules.waiting import waiting_for
from governance.cases.rules.workflow.transitions import ActionError
from governance.cases.rules.workflow.views import ListPage, ManyAnswer, answer_each, with_names
from governance.cases.service import CaseService
from governance.cases.upkeep.revisits import REVISIT_DAYS, Revisits
from governance.cases.views import CaseView
from governance.service import Service

_HOLD: Final = frozenset({Action.VERIFY_CASES, Action.DECIDE_CASES})
"""Who may do any of these can be given a case."""
_TO_DECIDE: Final = frozenset({Stage.REFERRED, Stage.DECIDED})
"""Stages whose next step is to decide; in those before, it is to verify."""
MOST_AT_BUILDING: Final = 10
_ABSENT: Final = ("building_id", "holder_id", "finding", "hold_asked_by", "clock")
"""Columns of the inbox that read None where there is nothing."""


class Clock(StrEnum):
    """Which clocks are asked for: those with a card, or those without."""

    RED = "red"
    YELLOW = "yellow"
    RUNNING = "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuery:
    """Which cases are asked for.

    ``stages``, ``channels``, ``communities``, ``holders``, ``search``: as
    `data.store.repositories.cases.inbox.InboxQuery`.
    """

    for_actor: bool = False
    """Only those that wait for the actor's next step."""
    over: bool = False
    """Those that ended instead of those that are open; without stages."""
    clock: str = ""
    """One of `Clock`; "" for any."""
    stages: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()
    search: str = ""


@dataclass(frozen=True, slots=True)
class RevisitDays:
    """A re-visit that is due and not made, and the days of those to come."""

    due: date | None = None
    coming: tuple[date, ...] = ()


class CaseInboxService(Service):
    """Services about which cases somebody works on, with whom and where."""

    _cases: CaseService
    _revisits: Revisits
    _log: CaseLog

    def page(
        self, actor: Actor, query: CaseQuery | None = None, *, limit: int = 50, offset: int = 0
    ) -> ListPage:
        """List a part of the asked-for cases, what is overdue first.

        Returns `ListPage`: rows as of `CaseService.inbox`, with the names of their places too:
        ``place``, "" where nobody knows, and ``community_name``.
        """
        require(actor, Action.SEE_CASES)
        wanted = query or CaseQuery()
        found = self._cases.inbox(
            actor, self._store_query(actor, wanted, limit=limit, offset=offset)
        )
        rows = found.rows
        rows = rows.assign(
            **{name: rows[name].astype(object).where(rows[name].notna(), None) for name in _ABSENT}
        )
        rows = with_names(rows, UnitNames(self._engine))
        return ListPage(rows, found.total)

    def waiting(self, actor: Actor) -> dict[str, int]:
        """Count open cases that ask for somebody's attention, without what none does.

        Returns ``red`` and ``yellow`` as of `Clock`, ``mine`` that wait for the actor's next step;
        for who manages cases ``unassigned``, of those to be verified, too.
        """
        require(actor, Action.SEE_CASES)
        counted = self._cases.counts(actor, staged=False)
        waiting = self._store_query(actor, CaseQuery(for_actor=True), limit=1, offset=0)
        counted["mine"] = self._cases.inbox(actor, waiting).total
        names: tuple[str, ...] = ("red", "yellow", "mine")
        if may(actor, Action.MANAGE_CASES):
            names += ("unassigned",)
        return {name: counted[name] for name in names if counted[name]}

    def people(self, actor: Actor) -> Mapping[str, str]:
        """Return account or person → name, of everybody whom a case may name."""
        require(actor, Action.SEE_CASES)
        staff = self._engine.table("persons").select("person_id", "name").to_pandas().fillna("")
        names = dict(zip(staff["person_id"], staff["name"], strict=True))
        with self._workspace.store.begin() as unit:
            accounts = unit.accounts.all()
            by_login = {each.login: each.name for each in accounts}
            by_person = {each.person_id: each.name for each in accounts if each.person_id}
        return {**names, **by_person, **by_login, actor.id: actor.name}

    def holders(
        self, actor: Actor, *, stage: str = "", of: Mapping[str, Any] | None = None
    ) -> Mapping[str, str]:
        """Return whom a case can be given to, by name: those who verify or decide.

        ``stage``, one of `Stage`: only those who can take the next step from there; ``of``, facts
        of a case: only those in whose part of the street it lies.
        """
        require(actor, Action.SEE_CASES)
        decided = Action.DECIDE_CASES if stage in _TO_DECIDE else Action.VERIFY_CASES
        wanted = frozenset({decided}) if stage else _HOLD
        with self._workspace.store.begin() as unit:
            found = {
                each.person_id or each.login: each.name
                for each in unit.accounts.all()
                if each.locked_at is None
                and _may_hold(each.roles, wanted)
                and (of is None or _reaches(each.scope, of))
            }
        return dict(sorted(found.items(), key=lambda each: (each[1], each[0])))

    def communities(self, actor: Actor) -> Mapping[str, str]:
        """Return the communities of which the actor may see cases, code → name."""
        require(actor, Action.SEE_CASES)
        known = UnitNames(self._engine).communities
        return {code: name for code, name in known.items() if actor.scope.covers(community=code)}

    def not_now(self, actor: Actor, case_no: str) -> Mapping[CaseAction, ActionError]:
        """Return why the actor cannot take some of a case's actions now, by action.

        Raises `UnknownCaseError` when there is none of this number in the actor's scope.
        """
        view = self._cases.case(actor, case_no)
        state = CaseState(**{name: view.facts[name] for name in (*FIELDS, "stage", "version")})
        with self._workspace.store.begin() as unit:
            given = self._log.circumstances(unit, actor).of(view.facts)
        why = {each.action: not_now(state, each.action, given) for each in view.actions}
        return {action: error for action, error in why.items() if error is not None}

    def undoable(self, actor: Actor, case_no: str) -> CaseAction | None:
        """Return the last step of a case where the actor can take it back now, else None."""
        view = self._cases.case(actor, case_no)
        with self._workspace.store.begin() as unit:
            events = unit.cases.events([view.facts["id"]])[view.facts["id"]]
            try:
                return undone(events, self._log.circumstances(unit, actor))[0].action
            except ActionError:
                return None

    def undo(self, actor: Actor, case_nos: Sequence[str]) -> list[ManyAnswer]:
        """Take back the actor's last step with cases; each is changed or refused for itself."""
        require(actor, Action.SEE_CASES)
        return answer_each(case_nos, lambda case_no: self._undo(actor, case_no))

    def _undo(self, actor: Actor, case_no: str) -> None:
        with self._workspace.store.begin() as unit:
            number = self._cases.case(actor, case_no).facts["id"]
            events = unit.cases.events([number])[number]
            given = self._log.circumstances(unit, actor)
            way, change = undone(events, given)
            permitted = way.require(actor)
            self._log.append(unit, number, replay(events), change, given)
            self._commit(unit, actor, permitted, case=case_no, change=change.action,
                            to=change.to_stage)  # fmt: skip

    def revisits(self, actor: Actor, case_no: str) -> RevisitDays:
        """Return when the place of a closed case is looked at again; no day for any other.

        Raises `UnknownCaseError` when there is none of this number in the actor's scope.
        """
        known = self._cases.case(actor, case_no).facts
        closed, today = known["closed_at"], self._local_now().date()
        if known["stage"] != Stage.CLOSED or known["finding"] not in CONFIRMED or closed is None:
            return RevisitDays()
        days = (closed.date() + timedelta(days=number) for number in REVISIT_DAYS)
        due = [each.due_on for each in self._revisits.due(today) if each.case_no == case_no]
        return RevisitDays(
            due=due[0] if due else None, coming=tuple(day for day in days if day > today)
        )

    def at_building(self, actor: Actor, building_id: str) -> tuple[CaseView, ...]:
        """Return the cases of a building, open or not, the newest first; the last ten."""
        require(actor, Action.SEE_CASES)
        query = InboxQuery(
            buildings=(building_id,), stages=tuple(Stage), sort="newest", limit=MOST_AT_BUILDING
        )
        found = self._cases.inbox(actor, query).rows["case_no"]
        return self._cases.several(actor, found.tolist())

    def open_places(self, actor: Actor) -> Mapping[str, str]:
        """Return building → stage of its open case, of the one that is due first."""
        require(actor, Action.SEE_CASES)
        with self._workspace.store.begin() as unit:
            return unit.case_lists.open_places(inside=actor.scope.inside)

    def _store_query(
        self, actor: Actor, query: CaseQuery, *, limit: int, offset: int
    ) -> InboxQuery:
        red, yellow = self._log.working_days().card_borders(self._local_now().date())
        due: Mapping[str, dict[str, Any]] = {
            "": {},
            Clock.RED: {"due_before": red},
            Clock.YELLOW: {"due_from": red, "due_before": yellow},
            Clock.RUNNING: {"due_from": yellow},
        }
        stages = query.stages or (tuple(sorted(ENDED)) if query.over else ())
        return InboxQuery(
            stages=stages, channels=query.channels, communities=query.communities,
            holders=query.holders, search=query.search, limit=limit, offset=offset,
            waiting=self._waiting(actor) if query.for_actor else None,
            sort="newest" if query.over else "due", **due[query.clock],
        )  # fmt: skip

    def _waiting(self, actor: Actor) -> tuple[Waiting, ...]:
        with self._workspace.store.begin() as unit:
            return waiting_for(actor, own_names(unit, actor))


def _may_hold(roles: list[str], wanted: frozenset[Action]) -> bool:
    return any(not wanted.isdisjoint(ROLES[role].actions) for role in roles if role in ROLES)


def _reaches(scope: Mapping[str, Any], case: Mapping[str, Any]) -> bool:
    codes = {name: case[name] or "" for name in ("grid", "community")}
    return Scope.of_mapping(scope).covers(building=case["building_id"] or "", **codes)
