"""What a browser sends about a visit, and everything that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from data.contracts.vocabulary import VisitOrigin, VisitSign
from data.workspace.clock import local_naive
from geo.errors import GridwardenError
from governance.problems import InputProblem
from governance.visits.rules.redaction import is_unit, redact
from governance.visits.rules.settings import NOTHING, RESULTS, STEPS, VisitRules

SIGNS: Final = tuple(VisitSign)
ORIGINS: Final = tuple(VisitOrigin)
LONGEST_KEY: Final = 64
LONGEST_STAY_AHEAD: Final = timedelta(minutes=5)
"""How far ahead of ours a telephone's clock may be."""
MOST_PEOPLE: Final = 999


class VisitRefusedError(GridwardenError):
    """A visit cannot be recorded; ``problems`` lists everything that is wrong with it."""

    def __init__(self, code: str, *, problems: tuple[InputProblem, ...] = (), **facts: Any) -> None:  # noqa: ANN401 -- facts are of any kind
        told = {"problems": [str(problem) for problem in problems]} if problems else {}
        super().__init__(code, **told, **facts)
        self.problems = problems or (InputProblem(code, "", str(facts.get("seen", ""))),)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVisit:
    """A visit as it is recorded.

    Parameters
    ----------
    key
        Made by the device, unique there: what is sent again under it is not recorded again.
    building_id
        Where.
    result
        One of `governance.visits.rules.settings.RESULTS`.
    at
        Local time; now when None.
    unit
        Stairwell, floor or room; never a person.
    signs
        Any of `SIGNS`.
    pupils, teachers
        How many were there; counts only.
    note
        What was seen; numbers and names are taken out.
    next_step, retry_at
        What comes next and when (local); proposed from the result when None.
    origin
        How the visit came about, one of `ORIGINS`; chance is the server's to say.
    """

    key: str
    building_id: str
    result: str = NOTHING
    at: datetime | None = None
    unit: str = ""
    signs: tuple[str, ...] = ()
    pupils: int | None = None
    teachers: int | None = None
    note: str = ""
    next_step: str | None = None
    retry_at: datetime | None = None
    origin: str = "own"

    @classmethod
    def of_mapping(cls, sent: Mapping[str, Any], *, zone: tzinfo) -> NewVisit:
        """Read what a browser sent; times are ISO text, local in `zone` or with their own.

        Raises
        ------
        VisitRefusedError
            Naming every part that cannot be read.
        """
        known = {each.name for each in fields(cls)}
        problems = [InputProblem("field_unknown", str(n)) for n in sent if n not in known]
        values: dict[str, Any] = {}
        for name in known & set(sent):
            try:
                value = _READERS.get(name, _text)(sent[name])
            except (TypeError, ValueError):
                problems.append(InputProblem("field_unreadable", name, repr(sent[name])[:60]))
            else:
                if isinstance(value, datetime) and value.tzinfo is not None:
                    value = local_naive(value, zone)
                values[name] = value
        missing = {"key", "building_id"} - set(sent)
        problems += [InputProblem("field_missing", name) for name in sorted(missing)]
        if problems:
            raise VisitRefusedError("visit_refused", problems=tuple(problems))
        return cls(**{n: v for n, v in values.items() if v is not None or n in _MAY_BE_NONE})


_MAY_BE_NONE: Final = {"at", "pupils", "teachers", "next_step", "retry_at"}


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise TypeError


def _time(value: object) -> datetime | None:
    text = _text(value)
    if not text:
        return None
    return datetime.fromisoformat(text)


def _count(value: object) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError
    return int(value)


def _texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
        raise TypeError
    return tuple(value)


_READERS: Final = {
    "at": _time,
    "retry_at": _time,
    "pupils": _count,
    "teachers": _count,
    "signs": _texts,
}


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
        signs=tuple(sign for sign in SIGNS if sign in visit.signs),
    )


def problems_of(
    visit: NewVisit, *, now: datetime, rules: VisitRules, oldest: datetime
) -> list[InputProblem]:
    """List everything that is wrong with a visit as it was sent.

    Parameters
    ----------
    now
        Local time.
    oldest
        A visit before this local time is refused.
    """
    return [
        *_problems_of_words(visit, rules),
        *_problems_of_time(visit, now=now, oldest=oldest),
        *_problems_of_counts(visit),
    ]


def _problems_of_words(visit: NewVisit, rules: VisitRules) -> Iterator[InputProblem]:
    if not visit.key.strip() or len(visit.key) > LONGEST_KEY:
        yield InputProblem("key_unusable", "key", visit.key[:80], f"1-{LONGEST_KEY}")
    if visit.result not in RESULTS:
        yield InputProblem("result_unknown", "result", visit.result, "、".join(RESULTS))
    for sign in visit.signs:
        if sign not in SIGNS:
            yield InputProblem("sign_unknown", "signs", sign, "、".join(SIGNS))
    if not is_unit(visit.unit):
        yield InputProblem("unit_unclear", "unit", visit.unit[:40], "3单元501")
    if len(visit.note) > rules.note_characters:
        yield InputProblem("note_too_long", "note", str(len(visit.note)),
                           str(rules.note_characters))  # fmt: skip
    if visit.next_step is not None and visit.next_step not in STEPS:
        yield InputProblem("step_unknown", "next_step", visit.next_step, ", ".join(STEPS))
    if visit.origin not in ORIGINS:
        yield InputProblem("origin_unknown", "origin", visit.origin, ", ".join(ORIGINS))


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
