"""What proposes that a line leaves the ledger: clean visits, or its building is there no more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from data.contracts.vocabulary import VisitResult
from governance.records.ledger.rules.settings import LedgerRules

CLEAN: Final = frozenset({VisitResult.NOTHING, VisitResult.GONE})
"""Results of who could look and found nothing, or found that whoever was there has gone."""
_END: Final = "ended:"
TROUBLE: Final = frozenset({VisitResult.SUSPECTED, VisitResult.FOUND})


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Seen:
    """A visit to the place of a line."""

    day: date
    key: str
    result: str
    by: str


def clean_visits(visits: Iterable[Seen], *, since: date) -> tuple[date, tuple[Seen, ...]]:
    """Return from which day on nothing was found, and the clean visits after it.

    ``since``: when the line came on the ledger, or something was last told of its place.
    """
    clean: list[Seen] = []
    for visit in sorted(visits):
        if visit.day <= since:
            continue
        if visit.result in TROUBLE:
            since, clean = visit.day, []
        elif visit.result in CLEAN:
            clean.append(visit)
    return since, tuple(clean)


def propose_exit(
    visits: Iterable[Seen], rules: LedgerRules, *, since: date
) -> tuple[Seen, ...] | None:
    """Return the clean visits that are enough to leave the ledger, None where they are not.

    Enough are ``clean_visits`` of them by ``clean_people`` people, the last one ``clean_days`` or
    more after the line came on or something was last found.
    """
    begun, clean = clean_visits(visits, since=since)
    if (
        len(clean) < rules.clean_visits
        or len({visit.by for visit in clean}) < rules.clean_people
        or (clean[-1].day - begun).days < rules.clean_days
    ):
        return None
    return clean


def building_end(building_id: str, day: date) -> Seen:
    """Return the end of a building as what proposes an exit: nothing is there from a day on."""
    return Seen(day=day, key=f"{_END}{building_id}:{day}", result=VisitResult.GONE, by="")


def exit_reason(facts: Iterable[str], rules: LedgerRules) -> str:
    """Return why a line leaves, of the keys of what proposed it."""
    is_ended = any(each.startswith(_END) for each in facts)
    return "楼栋已拆除" if is_ended else f"连续{rules.clean_days}日无异常"
