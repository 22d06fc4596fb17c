"""What a page is told of cases: lists, one case, and what may be done with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import pandas as pd

from data.calendars.working_days import Card, WorkingDays
from data.contracts.case_vocabulary import CaseAction
from data.store.tables.cases import Lead
from geo.errors import GridwardenError
from governance.access.permissions import Actor
from governance.cases.rules.transitions import BY_MERGING, WORKFLOW
from governance.cases.rules.workflow.views import AllowedAction

INBOX: Final = ("case_no", "stage", "channel", "nature", "received_at", "opened_at", "due_at",
                "clock", "title", "address", "building_id", "community", "grid", "leads",
                "holder_id", "finding", "hold_asked_by", "reopened", "version", "days_left",
                "overdue_days", "card")  # fmt: skip
LEADS: Final = ("lead_id", "channel", "ticket_no", "nature", "received_at", "due_at", "status",
                "returned", "satisfaction", "title", "text", "address", "building_id", "community",
                "grid", "forms", "origin_table", "origin_key")  # fmt: skip


class UnknownCaseError(GridwardenError):
    """There is no case of this number that the actor may see."""


CaseStep = AllowedAction[CaseAction]


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as its page shows it.

    ``leads``, ``history``: columns `LEADS` and `governance.cases.rules.workflow.views.HISTORY`, the
    earliest first.
    """

    facts: Mapping[str, Any]
    """Every column of `data.store.tables.cases.Case`, with ``days_left``, ``overdue_days`` and
    ``card`` of today.
    """
    leads: pd.DataFrame
    history: pd.DataFrame
    actions: tuple[CaseStep, ...]
    """What the actor may do with it as it stands."""


def allowed_actions(actor: Actor, stage: str) -> tuple[CaseStep, ...]:
    """Return what an actor may do with a case of a stage."""
    return tuple(
        AllowedAction(way.action, way.asks)
        for way in WORKFLOW.ways_out(stage)
        if way.action not in BY_MERGING and way.open_to(actor)
    )


def with_replaced(history: pd.DataFrame) -> pd.DataFrame:
    """Return a history in which corrections tell too what they replaced, as ``NAME_before``."""
    known: dict[str, Any] = {}
    corrected = []
    for action, facts in zip(history["action"], history["facts"], strict=True):
        before = {f"{name}_before": known.get(name) for name in facts}
        corrected.append(facts | before if action == CaseAction.CORRECT else facts)
        known |= facts
    return history.assign(facts=pd.Series(corrected, history.index, dtype=object))


def lead_rows(leads: Iterable[Lead]) -> pd.DataFrame:
    """Return leads as a frame, columns `LEADS`."""
    rows = [[each.id, *(getattr(each, name) for name in LEADS[1:])] for each in leads]
    return pd.DataFrame(rows, columns=list(LEADS))


def clock_of(due_at: datetime | None, days: WorkingDays, today: date) -> dict[str, Any]:
    """Return what a case's clock shows on a day; ``days_left`` only where one runs."""
    if due_at is None:
        return {"overdue_days": 0, "card": str(Card.NONE)}
    read = days.read(due_at, today)
    return {
        "overdue_days": read.overdue_days,
        "card": str(read.card),
        "days_left": read.days_left,
    }


def with_clocks(rows: pd.DataFrame, days: WorkingDays, today: date) -> pd.DataFrame:
    """Return rows with what the clock of each shows on a day."""
    read = [clock_of(None if pd.isna(due) else due, days, today) for due in rows["due_at"]]
    return rows.assign(
        days_left=pd.Series([each.get("days_left") for each in read], rows.index, dtype=object),
        overdue_days=pd.Series([each["overdue_days"] for each in read], rows.index, dtype="int64"),
        card=pd.Series([each["card"] for each in read], rows.index, dtype=object),
    )
