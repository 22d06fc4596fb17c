"""What a page is told of the ledger: a list, one line, and what may be done with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd

from data.contracts.ledger_vocabulary import LedgerKind
from data.privacy.pseudonyms import mask_name
from data.store.tables.records.ledger import LedgerEntry, LedgerEvent, LedgerProposal
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, may
from governance.access.persons import person_of
from governance.records.ledger.rules.transitions import TAKEN_BACK, WORKFLOW, LedgerTransition

HISTORY: Final = ("seq", "action", "from_status", "to_status", "actor", "at", "note", "facts")
PROPOSALS: Final = ("proposal_id", "kind", "building_id", "community", "reason", "tier", "made_at",
                    "told", "ledger_no")  # fmt: skip
_HIDDEN: Final = frozenset(
    {"subject", "name", "address", "building_id", "community", "grid", "kind"}
)
"""What the first event repeats of the line, which the line itself says, masked where it must be."""
_NEED_NAMES: Final = (Action.SEE_LINKS, Action.VERIFY_CASES)
"""Who follows somebody up, on the spot or to whoever is behind it, needs the names of people."""


class UnknownLineError(GridwardenError):
    """There is no line, proposal or key subject of this number that the actor may see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a line is on its way out.

    ``visits``, ``people``, ``days``: clean visits since, who made them, and days from then to the
    last of them.
    """

    since: date
    """From which day on nothing was found."""
    visits: int
    people: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A line as its page shows it."""

    facts: Mapping[str, Any]
    """Columns of the table but the subject, with ``days_on``: days on the ledger, to its exit or
    today. ``owner_id`` is who answers for it, ``by_duty`` whether by a duty for the building, since
    nobody was named.
    """
    history: pd.DataFrame
    """Columns `HISTORY`, the earliest first."""
    ways: tuple[LedgerTransition, ...]
    """What the actor may do with it as it stands."""


def sees_names(actor: Actor, owner_id: str | None) -> bool:
    """Say whether an actor needs the names of people on a line."""
    return any(may(actor, each) for each in _NEED_NAMES) or owner_id == person_of(actor)


def shown_name(actor: Actor, *, kind: str, name: str, owner_id: str | None) -> str:
    """Return the name of a line as an actor is told it: a person's masked for most."""
    if kind != LedgerKind.PERSON or sees_names(actor, owner_id):
        return name
    return mask_name(name)


def days_on(in_on: date, out_on: date | None, today: date) -> int:
    """Return for how many days a line has been on the ledger, or was."""
    return ((out_on or today) - in_on).days


def line_facts(
    line: LedgerEntry, actor: Actor, *, today: date, on_duty: str | None
) -> dict[str, Any]:
    """Return what an actor is told of a line; ``on_duty`` answers where nobody was named."""
    names = [column.name for column in LedgerEntry.__table__.columns]
    facts = {name: getattr(line, name) for name in names if name not in {"id", "subject"}}
    owner = line.owner_id or on_duty
    shown = shown_name(actor, kind=line.kind, name=line.name, owner_id=owner)
    return facts | {"name": shown, "days_on": days_on(line.in_on, line.out_on, today),
                   "owner_id": owner, "by_duty": line.owner_id is None}  # fmt: skip


def history_rows(events: Iterable[LedgerEvent]) -> pd.DataFrame:
    """Return events as a frame, columns `HISTORY`, without what the line itself says."""
    rows = []
    for each in events:
        facts = {name: value for name, value in each.facts.items() if name not in _HIDDEN}
        rows.append([*(getattr(each, name) for name in HISTORY[:-1]), facts])
    return pd.DataFrame(rows, columns=list(HISTORY))


def proposal_rows(
    proposals: Iterable[LedgerProposal], lines: Mapping[int, LedgerEntry]
) -> pd.DataFrame:
    """Return proposals as a frame, columns `PROPOSALS`; ``ledger_no`` "" where there is no line."""
    rows = [
        [p.id, p.kind, p.building_id, p.community, p.reason, p.tier, p.made_at, p.told,
         lines[p.entry_id].ledger_no if p.entry_id else ""]
        for p in proposals
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(PROPOSALS))


def allowed_ways(actor: Actor, status: str, last: str = "") -> tuple[LedgerTransition, ...]:
    """Return what an actor may do with a line; to take back only a ``last`` action that can be."""
    return tuple(
        way
        for way in WORKFLOW.ways_out(status)
        if way.open_to(actor) and (way.action != "take_back" or last in TAKEN_BACK)
    )
