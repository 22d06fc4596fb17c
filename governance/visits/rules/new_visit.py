"""What a browser sends about a visit, everything that is wrong with it at once, and the answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any, ClassVar, Final

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from data.contracts.vocabulary import NextStep, VisitOrigin, VisitResult, VisitSign
from data.workspace.clock import local_naive
from geo.errors import GridwardenError
from governance.access.problems import InputProblem
from governance.visits.rules.redaction import is_unit, redact
from governance.visits.rules.settings import VisitRules

LONGEST_KEY: Final = 64
LONGEST_STAY_AHEAD: Final = timedelta(minutes=5)
"""How far ahead of ours a telephone's clock may be."""
MOST_PEOPLE: Final = 999


class VisitRefusedError(GridwardenError):
    """A visit cannot be recorded; ``problems`` lists everything that is wrong with it."""

    def __init__(self, code: str, *, problems: tuple[InputProblem, ...] = (), **facts: Any) -> None:  # noqa: ANN401 -- facts are of any kind
        listed = {"problems": [str(problem) for problem in problems]} if problems else {}
        super().__init__(code, **listed, **facts)
        self.problems = problems or (InputProblem(code, "", str(facts.get("seen", ""))),)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVisit:
    """A visit as it is recorded.

    ``pupils``, ``teachers``: how many were there; counts only.
    ``next_step``, ``retry_at``: what comes next and when (local); proposed from the result when
    None.
    """

    __pydantic_config__: ClassVar = ConfigDict(strict=True, extra="forbid")

    key: str
    """Made by the device, unique there: what is sent again under it is not recorded again."""
    building_id: str
    result: str = VisitResult.NOTHING
    """One of `VisitResult`."""
    at: datetime | None = None
    """Local time; now when None."""
    unit: str = ""
    """Stairwell, floor or room; never a person."""
    signs: tuple[str, ...] = ()
    """Any of `VisitSign`."""
    pupils: int | None = None
    teachers: int | None = None
    note: str = ""
    """What was seen; numbers and names are taken out."""
    next_step: str | None = None
    retry_at: datetime | None = None
    origin: str = VisitOrigin.OWN
    """How the visit came about, one of `VisitOrigin`; chance is the server's to say."""

    @classmethod
    def of_mapping(cls, sent: Mapping[str, Any], *, zone: tzinfo) -> NewVisit:
        """Read what a browser sent; times are ISO text, local in `zone` or with their own.

        Raises `VisitRefusedError` naming every part that cannot be read.
        """
        known = {name: value for name, value in sent.items() if value not in (None, "")}
        try:
            visit = _SENT.validate_json(json.dumps(known, default=str))
        except ValidationError as error:
            problems = tuple(_problem_of(each) for each in error.errors())
            raise VisitRefusedError("visit_refused", problems=problems) from error
        return replace(visit, at=_local(visit.at, zone), retry_at=_local(visit.retry_at, zone))


_SENT: Final = TypeAdapter(NewVisit)
_PROBLEMS: Final = {"unexpected_keyword_argument": "field_unknown", "missing": "field_missing"}
"""Kind of error of pydantic → code; all others are ``field_unreadable``."""


def _problem_of(error: ErrorDetails) -> InputProblem:
    """Return what is wrong with a field, or with what is no JSON at all: NaN, half a character."""
    code = _PROBLEMS.get(error["type"], "field_unreadable")
    seen = repr(error["input"])[:60] if code == "field_unreadable" else ""
    return InputProblem(code, ".".join(map(str, error["loc"][:1])), seen)


def _local(at: datetime | None, zone: tzinfo) -> datetime | None:
    return at if at is None or at.tzinfo is None else local_naive(at, zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitReceipt:
    """What was kept of a visit.

    ``visit_id``, ``result``: which visit, and what came of it.
    ``next_step``, ``retry_at``: what comes next, and when (local).
    """

    visit_id: str
    result: str
    next_step: str
    retry_at: datetime | None
    repeated: bool
    """True when the same had been sent before and nothing was added now."""
    undo_until: datetime
    """Until when (UTC) it may be taken back."""


@dataclass(frozen=True, slots=True)
class VisitAnswer:
    """What became of one visit of several: it was recorded, or has problems."""

    key: str
    recorded: VisitReceipt | None
    problems: tuple[InputProblem, ...] = ()


def cleaned(visit: NewVisit, *, now: datetime) -> NewVisit:
    """Return a visit as it is kept: note without people, time not ahead of ours, signs in order."""
    at = visit.at or now
    if now < at <= now + LONGEST_STAY_AHEAD:
        at = now
    return replace(
        visit,
        at=at,
        unit=visit.unit.strip(),
        note=redact(visit.note),
        signs=tuple(sign for sign in VisitSign if sign in visit.signs),
    )


def problems_of(
    visit: NewVisit, *, now: datetime, rules: VisitRules, oldest: datetime
) -> list[InputProblem]:
    """List everything that is wrong with a visit as it was sent.

    ``now``: local time.
    ``oldest``: a visit before this local time is refused.
    """
    return [
        *_problems_of_words(visit, rules),
        *_problems_of_time(visit, now=now, oldest=oldest),
        *_problems_of_counts(visit),
    ]


def _problems_of_words(visit: NewVisit, rules: VisitRules) -> Iterator[InputProblem]:
    if not visit.key.strip() or len(visit.key) > LONGEST_KEY:
        yield InputProblem("key_unusable", "key", visit.key[:80], f"1-{LONGEST_KEY}")
    chosen = [
        ("result", "result", visit.result, VisitResult),
        *(("sign", "signs", sign, VisitSign) for sign in visit.signs),
        ("step", "next_step", visit.next_step, NextStep),
        ("origin", "origin", visit.origin, VisitOrigin),
    ]
    for what, field, value, words in chosen:
        if value is not None and value not in tuple(words):
            yield InputProblem(f"{what}_unknown", field, value, "、".join(words))
    if not is_unit(visit.unit):
        yield InputProblem("unit_unclear", "unit", visit.unit[:40], "3单元501")
    if len(visit.note) > rules.note_characters:
        expected = str(rules.note_characters)
        yield InputProblem("note_too_long", "note", str(len(visit.note)), expected)


def _problems_of_time(
    visit: NewVisit, *, now: datetime, oldest: datetime
) -> Iterator[InputProblem]:
    at = visit.at or now
    if at.tzinfo is not None or (visit.retry_at and visit.retry_at.tzinfo):
        yield InputProblem("time_with_zone", "at", str(at))
        return
    if at > now + LONGEST_STAY_AHEAD:
        yield InputProblem("time_in_future", "at", _minute(at), _minute(now))
    if at < oldest:
        yield InputProblem("time_too_old", "at", _minute(at), _minute(oldest))
    if visit.retry_at is not None and visit.retry_at < at:
        yield InputProblem("retry_before_visit", "retry_at", _minute(visit.retry_at), _minute(at))


def _problems_of_counts(visit: NewVisit) -> Iterator[InputProblem]:
    for name in ("pupils", "teachers"):
        seen = getattr(visit, name)
        if seen is not None and not 0 <= seen <= MOST_PEOPLE:
            yield InputProblem("count_out_of_range", name, str(seen), f"0-{MOST_PEOPLE}")


def _minute(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="minutes")
