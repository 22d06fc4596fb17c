"""Blinding: who may be sent is not told which visits belong to the random arm.

A spot check reads like any other visit, or the people who are sent would look at it otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from data.contracts.vocabulary import PURPOSE_OF_ORIGIN, VisitKind, VisitOrigin
from governance.access.permissions import Action, Actor, may
from governance.visits.rules.settings import VisitRules
from governance.visits.rules.visit_kind import is_night

if TYPE_CHECKING:
    import pandas as pd
    from ibis.expr.types import Table

DERIVED_ORIGINS: Final = frozenset({VisitOrigin.OWN, VisitOrigin.PLAN, VisitOrigin.RANDOM})
"""Origins that follow from the plans and the draw, whatever a device says."""
ROUTINE: Final = PURPOSE_OF_ORIGIN[VisitOrigin.OWN]
DRAWN_PURPOSES: Final = frozenset(PURPOSE_OF_ORIGIN[origin] for origin in DERIVED_ORIGINS) | {
    "随机抽查"
}
"""Purposes that tell apart what a plan's list, its draw or nobody in particular brought about."""
_MIDNIGHT: Final = timedelta(0)


def may_unblind(actor: Actor) -> bool:
    """Return whether an actor may know the random arm: whoever makes plans, and nobody else."""
    return may(actor, Action.MAKE_PLAN)


def blinded_kind(kind: str, at: datetime, rules: VisitRules) -> str:
    """Return a kind as told to who may not know: what chance chose is a visit by day or night.

    By day where only the day is known, so where the time is midnight.
    """
    if kind != VisitKind.DRAWN:
        return kind
    return VisitKind.NIGHT if is_night(at, rules) and not _is_midnight(at) else VisitKind.DAY


def with_blinded_kinds(
    rows: pd.DataFrame, kind: str, *, at: str, actor: Actor, rules: VisitRules
) -> pd.DataFrame:
    """Return rows whose column of kinds reads as told to an actor; ``at`` has the local times."""
    import pandas as pd

    if may_unblind(actor):
        return rows
    kinds = [blinded_kind(*each, rules) for each in zip(rows[kind], rows[at], strict=True)]
    return rows.assign(**{kind: pd.Series(kinds, index=rows.index, dtype="str")})


def blinded_purpose(purpose: str) -> str:
    """Return a visit's purpose as told to who may not know."""
    return ROUTINE if purpose in DRAWN_PURPOSES else purpose


def blinded_facts(
    facts: Mapping[str, str], at: datetime | None, rules: VisitRules
) -> Mapping[str, str]:
    """Return what is said of a row of inspections as told to who may not know."""
    blinded = dict(facts)
    if blinded.get("mode") == VisitKind.DRAWN:
        blinded["mode"] = VisitKind.DAY if at is None else blinded_kind(VisitKind.DRAWN, at, rules)
    if "purpose" in blinded:
        blinded["purpose"] = blinded_purpose(blinded["purpose"])
    return blinded


def blind_visits(rows: Table, rules: VisitRules) -> Table:
    """Return rows of inspections whose ``mode`` and ``purpose`` read as told to who may not know.

    ``rows``: inspections with ``event_at``, as the engine gives them.
    """
    import ibis

    no = ibis.literal(value=False)
    at, mode, purpose = rows["event_at"], rows["mode"], rows["purpose"]
    hour = at.hour()
    night = (hour >= rules.night_from_hour) | (hour < rules.night_until_hour)
    timed = night & (at != at.truncate("D"))
    open_mode = ibis.cases((timed.fill_null(no), VisitKind.NIGHT), else_=VisitKind.DAY)
    return rows.mutate(
        mode=(mode == VisitKind.DRAWN).fill_null(no).ifelse(open_mode, mode),
        purpose=purpose.isin(sorted(DRAWN_PURPOSES)).fill_null(no).ifelse(ROUTINE, purpose),
    )


def _is_midnight(at: datetime) -> bool:
    return at - at.replace(hour=0, minute=0, second=0, microsecond=0) == _MIDNIGHT
