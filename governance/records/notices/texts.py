"""What a new notice says, filled in from cases, in the style of the field's notices.

The words are in ``templates/*.txt``, next to the Word files: a title, then the body.

A case is told by date, place, how it was found, what was found, what was done. How it was found is
worded alike for what people reported and what a warden saw, so that nothing points to a reporter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from jinja2 import Environment, StrictUndefined

from data.contracts.case_vocabulary import PENALTIES, Channel
from data.contracts.notice_vocabulary import Audience, NoticeKind
from data.contracts.vocabulary import BuildingKind
from governance.records.notices.rules.decided import DecidedCase
from governance.records.notices.template_files import SHIPPED, TEMPLATES

ENTRY_COLUMNS: Final = ("当事人", "类别", "所在街道小区", "违规形式", "决定文号", "决定日期",
                        "处理结果", "决定机关")  # fmt: skip
"""What a line of the list that is handed over tells, in this order."""
ENTRY_FIELDS: Final = ("party", "party_kind", "place", "form", "decision_no", "decided_on",
                       "outcome", "decided_by")  # fmt: skip
"""What templates call these."""
AUDIENCES: Final[Mapping[NoticeKind, Audience]] = {
    NoticeKind.WARNING: Audience.PUBLIC, NoticeKind.LETTER: Audience.PUBLIC,
    NoticeKind.EXPOSURE: Audience.PUBLIC, NoticeKind.BLACKLIST: Audience.DEPARTMENTS,
    NoticeKind.QUARTERLY: Audience.DEPARTMENTS,
}  # fmt: skip
"""Whom a notice of a kind is for at first; else it stays inside."""
_FOUND_BY: Final[Mapping[str, str]] = {
    Channel.SUPERVISION: "上级交办事项核查", Channel.MEDIA: "网络信息巡查",
    Channel.ADVERT: "网络信息巡查",
}  # fmt: skip
_PATROL: Final = "日常排查"
_NUMERALS: Final = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Office:
    """Of whom a notice is: the office, its street, and whom it refers cases to."""

    name: str
    street: str


@dataclass(frozen=True, slots=True)
class Text:
    """What a notice says: its title, its body and the lines of its list."""

    title: str
    body: str
    entries: list[list[Any]]


def quarter_of(day: date) -> str:
    """Return the quarter of a day, as `2026Q4`."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def first_text(
    kind: str, *, period: str, cases: Sequence[DecidedCase], office: Office, about: str = ""
) -> Text:
    """Return what a new notice says.

    ``kind``: one of `NoticeKind`.
    ``period``: as `quarter_of` gives it, or any other words.
    ``about``: name of the place that a reminder is about.
    """
    if kind not in TEMPLATES:
        return Text("", "", [])
    facts = {
        "office": office.name, "street": office.street, "about": about, "cases": cases,
        "when": _period_in_words(period), "decided_in": _decided_in(period, cases),
    }  # fmt: skip
    words = (SHIPPED / f"{TEMPLATES[kind]}.txt").read_text(encoding="utf-8")
    title, body = (
        _WORDINGS.from_string(part).render(facts) for part in words.split("\n", maxsplit=1)
    )
    return Text(title, body, entries_of(cases, office) if kind == NoticeKind.BLACKLIST else [])


def entries_of(cases: Sequence[DecidedCase], office: Office) -> list[list[Any]]:
    """Return the lines of the list that is handed over, `ENTRY_COLUMNS`."""
    return [
        [case.party or "（见决定书）", case.party_kind, f"{office.street}{_estate(case)}",
         case.form, case.decision_no or "", _day(case.decided_on),
         _penalty(case, str(case.outcome or "")), case.decided_by]
        for case in cases
    ]  # fmt: skip


def _kind(case: DecidedCase) -> str:
    return "场所" if case.place_kind in {"", BuildingKind.OTHER} else case.place_kind


def _estate(case: DecidedCase) -> str:
    return case.estate or case.community_name


def _found_by(case: DecidedCase) -> str:
    return _FOUND_BY.get(case.channel, _PATROL)


def _penalty(case: DecidedCase, otherwise: str) -> str:
    return PENALTIES.get(str(case.outcome), otherwise)


def _numeral(number: int) -> str:
    return _NUMERALS[number - 1] if number <= len(_NUMERALS) else str(number)


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else "近日"


def _decided_in(period: str, cases: Sequence[DecidedCase]) -> str:
    """Say when cases were decided: a quarter alone where all were; telling of them waits."""
    when = _period_in_words(period)
    others = [case for case in cases if case.decided_on and quarter_of(case.decided_on) != period]
    return "近期" if others and when != period else when


def _period_in_words(period: str) -> str:
    """Word `2026Q4` as 2026年第四季度; other words stay."""
    year, _, quarter = period.partition("Q")
    if year.isdigit() and quarter in {"1", "2", "3", "4"}:
        return f"{year}年第{_numeral(int(quarter))}季度"
    return period


_WORDINGS: Final = Environment(autoescape=False, trim_blocks=True, undefined=StrictUndefined)  # noqa: S701 -- plain text
_WORDINGS.filters |= {
    "estate": _estate, "kind": _kind, "found_by": _found_by, "penalty": _penalty,
    "numeral": _numeral, "day": _day,
}  # fmt: skip
