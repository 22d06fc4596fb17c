"""The ledger as people work on it: the list, one line, what may be done with it and doing it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

import pandas as pd

from data.contracts.ledger_vocabulary import ON_LEDGER, LedgerAction
from data.derived.answers.unit_names import UnitNames
from data.privacy.pseudonyms import hide_numbers
from data.store.repositories.records.ledger_lists import LedgerQuery
from data.store.tables.records.ledger import LedgerEntry
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Action, Actor, may, require
from governance.cases.rules.workflow.views import ListPage, with_names
from governance.records.ledger.line_entry import LineEntry, NewLine
from governance.records.ledger.log import LedgerLog
from governance.records.ledger.rules.changes import change_line
from governance.records.ledger.rules.exits import clean_visits
from governance.records.ledger.rules.state import LedgerState
from governance.records.ledger.rules.transitions import TYPED, WORKFLOW, LedgerTransition
from governance.records.ledger.rules.try_out import last_fact_day
from governance.records.ledger.sources import LedgerSources
from governance.records.ledger.upkeep import LedgerCaughtUp, LedgerUpkeep
from governance.records.ledger.views import (
    LineView,
    Progress,
    UnknownLineError,
    allowed_ways,
    days_on,
    history_rows,
    line_facts,
    sees_names,
    shown_name,
)
from governance.responsibility.duty_reader import DutyReader
from governance.service import Service

_APPROVING = frozenset(
    way.action for way in WORKFLOW.transitions if Action.APPROVE_LEDGER in way.may
)


class LedgerService(Service):
    """Services about the ledger; none is for whoever may not know that a report led somewhere."""

    _log: LedgerLog
    _upkeep: LedgerUpkeep
    _sources: LedgerSources
    _entering: LineEntry
    _duties: DutyReader

    def catch_up(self, actor: Actor) -> LedgerCaughtUp:
        """Work out anew what the rules propose, and when places are to be visited next.

        To be called after an import, when the ledger is opened, and by the server every few
        seconds; it costs little where nothing changed.

        Raises `NotAllowedError` when the actor neither imports, nor sees the ledger, nor is the
        server.
        """
        if not any(may(actor, each) for each in (Action.SEE_LEDGER, Action.IMPORT)):
            require(actor, Action.SCORE)
        return self._upkeep.catch_up()

    def lines(self, actor: Actor, query: LedgerQuery | None = None) -> ListPage:
        """List lines of the actor's scope, a page at a time, by default what is visited next.

        Returns `ListPage`: `data.store.repositories.records.ledger_lists.LISTED`, with
        ``days_on``, ``overdue`` (whether its visit was due before today), and the names ``place``
        of the building and ``community_name``. ``owner_id`` is whom somebody named, else who has
        the nearest duty for the building. People's names are masked for who need not know them.
        """
        require(actor, Action.SEE_LEDGER)
        wanted = replace(query or LedgerQuery(), in_names=sees_names(actor, None))
        with self._workspace.store.begin() as unit:
            rows, total = unit.ledger.lists.page(wanted, inside=actor.scope.inside)
        return ListPage(self._shown(actor, rows), total)

    def counts(self, actor: Actor) -> dict[str, int]:
        """Count the actor's lines by status and ``overdue``, and open proposals by their kind."""
        require(actor, Action.SEE_LEDGER)
        inside = actor.scope.inside
        with self._workspace.store.begin() as unit:
            counted = unit.ledger.lists.counts(inside=inside, today=self._local_now().date())
            return counted | unit.ledger_proposals.counts(inside=inside)

    def communities(self, actor: Actor) -> Mapping[str, str]:
        """Return the communities of which the actor may see lines, code → name."""
        require(actor, Action.SEE_LEDGER)
        known = UnitNames(self._engine).communities
        return {code: name for code, name in known.items() if actor.scope.covers(community=code)}

    def figures(self, actor: Actor, since: date, until: date) -> pd.DataFrame:
        """Count by community what is on the ledger, came in and went out, for bulletins.

        ``since``, ``until``: both days are in.

        Returns index ``community`` (code, "" for lines of no known place), of the actor's scope;
        ``on_ledger`` at the end of ``until``, ``came_in``, ``went_out`` and ``recurrences`` (that
        came in again) within the days, ``overdue``: lines whose visit, as visits are known now, was
        due before ``until``. What was taken back does not count.
        """
        require(actor, Action.SEE_LEDGER)
        with self._workspace.store.begin() as unit:
            return unit.ledger.lists.figures(inside=actor.scope.inside, since=since, until=until)

    def line(self, actor: Actor, ledger_no: str) -> LineView:
        """Return a line with its history and what the actor may do with it.

        Raises `UnknownLineError` when there is none of this number in the actor's scope.
        """
        require(actor, Action.SEE_LEDGER)
        with self._workspace.store.begin() as unit:
            line = find_line(unit, actor, ledger_no)
            history = history_rows(unit.ledger.events([line.id]).get(line.id, []))
            return LineView(
                facts=line_facts(line, actor, today=self._local_now().date(),
                                 on_duty=self._on_duty([line.building_id], unit=unit)[0]),
                history=history,
                ways=allowed_ways(actor, line.status, str(history["action"].iloc[-1])),
            )  # fmt: skip

    def ways(self, actor: Actor, status: str) -> tuple[LedgerTransition, ...]:
        """Return what the actor may do with any line of a status, but for taking a step back."""
        require(actor, Action.SEE_LEDGER)
        return allowed_ways(actor, status)

    def progress(self, actor: Actor, ledger_no: str) -> Progress | None:
        """Return how far a line is on its way out; None without a building, or off the ledger.

        Raises `UnknownLineError` when there is none of this number in the actor's scope.
        """
        require(actor, Action.SEE_LEDGER)
        with self._workspace.store.begin() as unit:
            line = find_line(unit, actor, ledger_no)
            if line.status not in ON_LEDGER or not line.building_id:
                return None
            facts = self._sources.facts(unit, since=line.in_on, buildings={line.building_id})
            since = last_fact_day(facts, since=line.in_on, until=self._local_now().date())
            visits = self._sources.visits(unit, {line.building_id}, since=line.in_on)
            begun, clean = clean_visits(visits.get(line.building_id, []), since=since)
        days = (clean[-1].day - begun).days if clean else 0
        return Progress(since=begun, visits=len(clean), people=len({v.by for v in clean}),
                        days=days)  # fmt: skip

    def at_building(self, actor: Actor, building_id: str) -> tuple[LineView, ...]:
        """Return the lines of a building, those on the ledger first."""
        require(actor, Action.SEE_LEDGER)
        with self._workspace.store.begin() as unit:
            numbers = [each.ledger_no for each in unit.ledger.at_building(building_id)
                       if _covers(actor, each)]  # fmt: skip
        return tuple(self.line(actor, number) for number in numbers)

    def enter(self, actor: Actor, new_line: NewLine) -> str:
        """Enter a line by hand and return its number; one that left before comes back.

        Raises `NotAllowedError` when the actor may not edit the ledger, or the place is out of
        scope.
        Raises `ActionError`: ``ledger_listed_already``, or a fact that is missing or wrong.
        """
        require(actor, Action.EDIT_LEDGER)
        with self._workspace.store.begin() as unit:
            number = self._entering.enter(unit, actor, new_line)
            self._commit(unit, actor, Action.EDIT_LEDGER, line=number,
                            change=LedgerAction.ENTER.value, reason=new_line.reason)  # fmt: skip
        return number

    def act(
        self, actor: Actor, ledger_no: str, action: str, facts: Mapping[str, str] | None = None, *,
        note: str = "", version: int | None = None,
    ) -> LedgerState:  # fmt: skip
        """Change a line by one of the actions that its status allows.

        ``action``: one of `LedgerAction`.
        ``facts``: what the action asks for, as text.
        ``version``: the version that the actor saw; another one is refused.

        Raises `UnknownLineError` when there is no such line in the actor's scope.
        Raises `ActionError` when the line's status, a fact or a rule does not allow it.
        Raises `ChangedMeanwhileError` when somebody else changed the line since it was seen, or
        now.
        """
        require(actor, Action.SEE_LEDGER)
        with self._workspace.store.begin() as unit:
            line = find_line(unit, actor, ledger_no)
            unit.ledger.check_seen(line, version)
            history = unit.ledger.events([line.id])[line.id]
            taken = history[-1].action if action == LedgerAction.TAKE_BACK else action
            needed = Action.APPROVE_LEDGER if taken in _APPROVING else Action.EDIT_LEDGER
            require(actor, needed)
            clean = {name: hide_numbers(str(value)) if name in TYPED else str(value)
                     for name, value in (facts or {}).items()}  # fmt: skip
            change = change_line(LedgerState.of_row(line), action, clean, self._log.by(unit, actor),
                                 history=history, note=hide_numbers(note))  # fmt: skip
            state = self._log.append(unit, line, change, by=actor.id)
            self._commit(unit, actor, needed, line=ledger_no, change=change.action,
                            status=change.to_status)  # fmt: skip
        return state

    def _shown(self, actor: Actor, rows: pd.DataFrame) -> pd.DataFrame:
        today = self._local_now().date()
        on_duty = pd.Series(self._on_duty(rows["building_id"]), index=rows.index, dtype=object)
        rows = rows.assign(owner_id=rows["owner_id"].fillna(on_duty))
        shown = [shown_name(actor, kind=r["kind"], name=r["name"], owner_id=r["owner_id"])
                 for r in rows.to_dict("records")]  # fmt: skip
        described = rows.assign(
            name=pd.Series(shown, index=rows.index, dtype=object),
            days_on=[
                days_on(i, o, today) for i, o in zip(rows["in_on"], rows["out_on"], strict=True)
            ],
            overdue=[day is not None and day < today for day in rows["next_on"]],
        )
        return with_names(described, UnitNames(self._engine))

    def _on_duty(
        self, building_ids: Iterable[str | None], *, unit: UnitOfWork | None = None
    ) -> list[str | None]:
        """Return who has the nearest duty for each building, None where nobody has."""
        known = list(building_ids)
        holders = self._duties.nearest({each for each in known if each}, unit=unit)
        return [holders.get(each or "") for each in known]


def find_line(unit: UnitOfWork, actor: Actor, ledger_no: str) -> LedgerEntry:
    """Return a line of the actor's scope.

    Raises `UnknownLineError` when there is none of this number there.
    """
    line = unit.ledger.get(ledger_no)
    if line is None or not _covers(actor, line):
        raise UnknownLineError("ledger_line_unknown", seen=ledger_no)
    return line


def _covers(actor: Actor, line: LedgerEntry) -> bool:
    return actor.scope.covers_row(line)
