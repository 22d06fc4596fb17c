"""Counts of what was done about cases in a stretch of time, by community, from their histories.

Everything is worked out by the database from events up to the end of the stretch, so what comes
later changes nothing. A *clock span* is what lies between the event that begins a clock and the
next event that begins or stops one; its deadline is the last that was given in it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    DateTime,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    type_coerce,
)

from data.contracts.case_vocabulary import (
    CONFIRMED,
    ENDED,
    CaseAction,
    ClockKind,
    Outcome,
    Referral,
    Satisfaction,
    Stage,
)
from data.store.repositories.repository import InsideOf, Repository, inside_where, is_sqlite
from data.store.tables.cases import Case, CaseEvent

COUNTED: Final = (
    "received", "returned", "verified", "judged", "confirmed", "worked", "reopened", "stopped",
    "handed_over", "sign_due", "signed", "handle_due", "handled", "handled_in_time", "extended",
    "open", "on_hold", "overdue", "reached", "satisfied",
)  # fmt: skip
"""What `CaseCounts.of` counts, each of cases."""
WAITING: Final = ("community", "clock", "overdue", "due_soon", "first_due")
_WORKED: Final = (Stage.REPLIED, Stage.CLOSED)
_STOPPED: Final = (Outcome.CORRECTION, Outcome.STOPPED)
_HANDED_OVER: Final = (Referral.FILED, Referral.HANDED_OVER)
_SATISFIED: Final = (Satisfaction.VERY_SATISFIED, Satisfaction.SATISFIED,
                     Satisfaction.MOSTLY_SATISFIED)  # fmt: skip
_FACTS: Final = ("clock", "due_at", "finding", "satisfaction", "outcome", "referral")


class CaseCounts(Repository):
    """Counts of cases; times are the office's local time, a stretch begins in and ends before."""

    def of(
        self, begun: datetime, ended: datetime, *, red_before: datetime, inside: InsideOf | None
    ) -> dict[str, dict[str, int]]:
        """Return community → each of `COUNTED`; communities without a case are left out.

        ``red_before``: what was due before it is overdue at the end.
        """
        events = self._events(begun, ended, inside)
        counts: dict[str, dict[str, int]] = {}
        for query in (
            _by_case(events, begun),
            _last_word(events, begun, "finding", sorted(CONFIRMED), ("judged", "confirmed")),
            _last_word(events, begun, "satisfaction", _SATISFIED, ("reached", "satisfied"),
                       but=Satisfaction.NOT_REACHED),
            _by_span(_spans(events), begun, ended, red_before),
        ):  # fmt: skip
            for row in self._session.execute(query).mappings():
                known = counts.setdefault(row["community"], dict.fromkeys(COUNTED, 0))
                known |= {name: int(row[name] or 0) for name in row if name != "community"}
        return {community: each for community, each in counts.items() if any(each.values())}

    def began_at(self) -> datetime | None:
        """Return when the first case was taken in; None where there is none."""
        return self._session.scalar(select(func.min(CaseEvent.at)))

    def waiting(
        self, begun: datetime, ended: datetime, soon: datetime, *, red_before: datetime,
        inside: InsideOf | None,
    ) -> list[dict[str, Any]]:  # fmt: skip
        """Count what waited at the end of a stretch, by community and clock: `WAITING`.

        ``soon``: what is due before it, and not overdue, is ``due_soon``.
        ``red_before``: as of `of`.
        """
        spans = _spans(self._events(begun, ended, inside))
        overdue = spans.c.due < red_before
        coming = (spans.c.due >= red_before) & (spans.c.due < soon)
        query = select(
            spans.c.community, spans.c.clock, _sum(overdue).label("overdue"),
            _sum(coming).label("due_soon"), func.min(spans.c.due).label("first_due"),
        ).where(_runs(spans), overdue | coming)  # fmt: skip
        query = query.group_by(spans.c.community, spans.c.clock)
        query = query.order_by(_sum(overdue).desc(), func.min(spans.c.due), spans.c.community)
        return [dict(row) for row in self._session.execute(query).mappings()]

    def _events(self, begun: datetime, ended: datetime, inside: InsideOf | None) -> CTE:
        """Return the events up to the end of every case that did not end before the beginning."""
        touched = select(CaseEvent.case_id).where(CaseEvent.at >= begun)
        alive = Case.id.in_(touched) | Case.stage.not_in(sorted(ENDED))
        facts = [CaseEvent.facts[name].as_string().label(name) for name in _FACTS]
        query = (
            select(
                CaseEvent.case_id, CaseEvent.seq, CaseEvent.action, CaseEvent.from_stage,
                CaseEvent.to_stage, CaseEvent.at, Case.community, *facts,
                self._has("clock").label("has_clock"), self._has("due_at").label("has_due"),
                self._time(CaseEvent.facts["due_at"].as_string()).label("due"),
            )
            .join(Case, Case.id == CaseEvent.case_id)
            .where(CaseEvent.at < ended, alive, *inside_where(Case, inside))
        )  # fmt: skip
        return query.cte("events")

    def _has(self, name: str) -> ColumnElement[int]:
        """Return 1 where an event gives a value, even that there is none any more."""
        if is_sqlite(self._session):
            found = func.json_type(CaseEvent.facts, f"$.{name}").is_not(None)
        else:
            found = func.json_extract_path(CaseEvent.facts, name).is_not(None)
        return case((found, 1), else_=0)

    def _time(self, value: ColumnElement[str]) -> ColumnElement[datetime]:
        """Read a time as JSON keeps it."""
        if not is_sqlite(self._session):
            return cast(value, DateTime)
        text = func.replace(func.substr(value, 1, 19), "T", " ").op("||")(".000000")
        return type_coerce(text, DateTime)


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _any(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.max(case((condition, 1), else_=0))


def _by_case(events: CTE, begun: datetime) -> Select[Any]:
    """Count cases by what happened to each."""
    e = events.c
    fresh = e.at >= begun
    reopened = fresh & (e.action == CaseAction.REOPEN) & e.from_stage.in_(_WORKED)
    worked = fresh & e.action.in_([CaseAction.REPLY, CaseAction.CLOSE]) & e.to_stage.in_(_WORKED)
    ordered = (e.action == CaseAction.REFER) & (e.referral == Referral.ORDERED)
    decided = (e.action == CaseAction.DECIDE) & e.outcome.in_(_STOPPED)
    conditions = {
        "received": fresh & (e.action == CaseAction.TAKE_IN) & (e.to_stage == Stage.NEW),
        "returned": e.action == CaseAction.RETURN,
        "verified": e.action == CaseAction.VERIFY,
        "worked": worked | reopened,
        "reopened": reopened,
        "stopped": fresh & (ordered | decided),
        "handed_over": fresh & (e.action == CaseAction.REFER) & e.referral.in_(_HANDED_OVER),
    }
    flags = [_any(condition).label(name) for name, condition in conditions.items()]
    cases = select(e.community, *flags).group_by(e.case_id, e.community).subquery().c
    of_received = {name: (cases.received == 1) & (cases[name] == 1)
                   for name in ("returned", "verified")}  # fmt: skip
    sums = {name: of_received.get(name, cases[name] == 1) for name in conditions}
    query = select(cases.community, *(_sum(each).label(name) for name, each in sums.items()))
    return query.group_by(cases.community)


def _last_word(
    events: CTE, begun: datetime, fact: str, good: Sequence[str], names: tuple[str, str], *,
    but: str = "",
) -> Select[Any]:  # fmt: skip
    """Count the cases of which something was told, and those whose last word was a good one."""
    e = events.c
    word = e[fact]
    rank = func.row_number().over(partition_by=e.case_id, order_by=e.seq.desc())
    words = select(e.community, word.label("word"), rank.label("rank"))
    words = words.where(e.at >= begun, word.is_not(None), word != but)
    last = words.subquery().c
    sums = (func.count().label(names[0]), _sum(last.word.in_(good)).label(names[1]))
    return select(last.community, *sums).where(last.rank == 1).group_by(last.community)


def _spans(events: CTE) -> CTE:
    """Return one row per clock span: case, community, clock, due, stage, next_at, next_action."""
    e = events.c
    number = func.sum(e.has_clock).over(partition_by=e.case_id, order_by=e.seq)
    numbered = select(events, number.label("span")).subquery().c
    within = (numbered.case_id, numbered.span)
    rows = select(
        numbered.case_id, numbered.community, numbered.span, numbered.clock, numbered.at,
        numbered.action,
        _first(numbered.action, within, numbered.seq).label("began_by"),
        _first(numbered.due, within, numbered.has_due.desc(), numbered.seq.desc()).label("due"),
        _first(numbered.to_stage, within, numbered.seq.desc()).label("stage"),
    ).subquery().c  # fmt: skip
    grouped = (
        select(
            rows.case_id, rows.community, rows.span, func.max(rows.clock).label("clock"),
            func.min(rows.at).label("since"), func.max(rows.began_by).label("began_by"),
            func.max(rows.due).label("due"), func.max(rows.stage).label("stage"),
            _any(rows.action == CaseAction.EXTEND).label("extended"),
        )
        .group_by(rows.case_id, rows.community, rows.span)
        .subquery()
        .c
    )  # fmt: skip
    after = {name: func.lead(grouped[name], type_=kind).over(
        partition_by=grouped.case_id, order_by=grouped.span
    ) for name, kind in (("since", DateTime), ("began_by", String))}  # fmt: skip
    return select(
        grouped.case_id, grouped.community, grouped.clock, grouped.due, grouped.stage,
        grouped.extended, after["since"].label("next_at"), after["began_by"].label("next_action"),
    ).cte("spans")  # fmt: skip


def _first(value: Any, within: Sequence[Any], *order: Any) -> ColumnElement[Any]:  # noqa: ANN401 -- columns of any type
    first = func.first_value(value, type_=value.type)
    return first.over(partition_by=within, order_by=order)


def _runs(spans: CTE) -> ColumnElement[bool]:
    """Say of a span whether its clock still runs."""
    stopped = [*sorted(ENDED), Stage.ON_HOLD]
    return and_(spans.c.next_at.is_(None), spans.c.clock.is_not(None),
                spans.c.stage.not_in(stopped))  # fmt: skip


def _by_span(spans: CTE, begun: datetime, ended: datetime, red_before: datetime) -> Select[Any]:
    """Count deadlines that fell in the stretch, and what stood open at its end.

    Deadlines of cases on hold, merged, or taken back by who sent them are none of the office's.
    """
    s = spans.c
    no_deadline = s.stage.in_([Stage.ON_HOLD, Stage.MERGED])
    taken_back = func.coalesce(s.next_action, "") == CaseAction.UPDATE
    counts = (s.due >= begun) & (s.due < ended) & ~no_deadline & ~taken_back
    sign, handle = (counts & (s.clock == each) for each in (ClockKind.TRIAGE, ClockKind.HANDLE))
    done, in_time = s.next_at.is_not(None), func.coalesce(s.next_at <= s.due, literal(value=False))
    last = s.next_at.is_(None)
    sums: Mapping[str, ColumnElement[bool]] = {
        "sign_due": sign, "signed": sign & in_time, "handle_due": handle,
        "handled": handle & done, "handled_in_time": handle & in_time,
        "extended": handle & (s.extended == 1), "open": last & s.stage.not_in(sorted(ENDED)),
        "on_hold": last & (s.stage == Stage.ON_HOLD),
        "overdue": _runs(spans) & (s.due < red_before),
    }  # fmt: skip
    query = select(s.community, *(_sum(each).label(name) for name, each in sums.items()))
    return query.group_by(s.community)
