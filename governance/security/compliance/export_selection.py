"""Which rows of a table are to leave: of one building, community, case or period, or all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from data.workspace.clock import start_of
from geo.errors import GridwardenError

if TYPE_CHECKING:
    import pandas as pd
    from ibis.expr.types import Table

    from data.store.unit_of_work import UnitOfWork

EVENT_AT: Final = "event_at"
TABLES_OF_CASES: Final = ("complaints", "adverts")
"""Tables whose rows are leads of cases."""
_BETWEEN_KEYS: Final = "\n"


class SelectionError(GridwardenError):
    """A table has nothing by which rows could be chosen so, or rows are not of their case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSelection:
    """What is asked for; what is empty narrows nothing.

    ``building_id``, ``community_code``: rows placed there.
    ``since``, ``until``: first and last day on which the rows' events were; both count.
    ``case_no``, ``case_rows``: number of a case, and the keys of the rows that were its leads when
    it was asked for: a lead that joins the case later does not leave with what was approved before.
    """

    building_id: str = ""
    community_code: str = ""
    since: date | None = None
    until: date | None = None
    case_no: str = ""
    case_rows: tuple[str, ...] = ()

    @classmethod
    def of_case(cls, case_no: str, leads: pd.DataFrame, table: str) -> ExportSelection:
        """Return the selection of the rows of a table that are leads of a case.

        ``leads``: as `governance.cases.views.CaseView` tells them to who asks.

        Raises `SelectionError`: ``selection_impossible`` when no row of such a table is a lead.
        """
        if table not in TABLES_OF_CASES:
            raise SelectionError("selection_impossible", seen="case_no")
        keys = leads.loc[leads["origin_table"] == table, "origin_key"]
        return cls(case_no=case_no, case_rows=tuple(sorted(keys)))

    @classmethod
    def of_mapping(cls, stored: Mapping[str, Any] | None) -> ExportSelection:
        """Return the selection that `to_mapping` wrote; None is everything."""
        values = dict(stored or {})
        return cls(
            building_id=str(values.get("building_id", "")),
            community_code=str(values.get("community_code", "")),
            since=_day(values.get("since")),
            until=_day(values.get("until")),
            case_no=str(values.get("case_no", "")),
            case_rows=tuple(filter(None, str(values.get("case_rows", "")).split(_BETWEEN_KEYS))),
        )

    def to_mapping(self) -> dict[str, str]:
        """Return it as JSON keeps it, days as ISO text, without what narrows nothing."""
        parts = {"building_id": self.building_id, "community_code": self.community_code,
                 "since": self.since, "until": self.until, "case_no": self.case_no,
                 "case_rows": _BETWEEN_KEYS.join(self.case_rows)}  # fmt: skip
        return {name: str(value) for name, value in parts.items() if value}

    def require_leads(self, unit: UnitOfWork, table: str) -> None:
        """Refuse rows that are no leads of the case: its number is what an approver reads.

        Raises `SelectionError`: ``rows_not_of_case``.
        """
        for key in self.case_rows:
            case = unit.leads.case_of(table, key)
            if case is None or case.case_no != self.case_no:
                raise SelectionError("rows_not_of_case", seen=self.case_no)

    def of_rows(self, table: Table) -> Table:
        """Keep the rows that are asked for.

        Raises `SelectionError`: ``selection_impossible`` when the table has no such column, or
        ``period_ends_before_it_begins``.
        """
        for name in ("building_id", "community_code"):
            if code := getattr(self, name):
                _require_column(table, name)
                table = table.filter(table[name] == code)
        if self.case_no:
            from data.lake.schema import ROW_KEY

            table = table.filter(table[ROW_KEY].isin(self.case_rows))
        if self.since and self.until and self.until < self.since:
            raise SelectionError(
                "period_ends_before_it_begins", since=str(self.since), until=str(self.until)
            )
        if self.since or self.until:
            _require_column(table, EVENT_AT)
        if self.since:
            table = table.filter(table[EVENT_AT] >= start_of(self.since))
        if self.until:
            end = start_of(self.until + timedelta(days=1))
            table = table.filter(table[EVENT_AT] < end)
        return table


EVERYTHING: Final = ExportSelection()


def _require_column(table: Table, name: str) -> None:
    if name not in table.columns:
        raise SelectionError("selection_impossible", seen=name)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
