"""Complaints of each place, capped by reporter, while complaints are added."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from risk import schema as c
from risk.config.score import Caps
from risk.events.decay import QUANTA_PER_UNIT
from risk.scoring.incremental_rows import RELATED, TICKET_NO, UNTIL, Hashes, full_score_needed

Place = tuple[str, ...]
_PLACE: Final = (c.BUILDING, c.H3_R10, c.GRID, c.COMMUNITY)


class ReportState:
    """Complaints that count at a cut, and those added since.

    ``rows``: assigned complaints with ``until`` (`risk.scoring.incremental_rows.judged_rows`).
    ``caps``: most that one reporter counts at a place.
    """

    def __init__(self, rows: pd.DataFrame, caps: Caps) -> None:
        self._unknown = int(caps.unknown_reporters * QUANTA_PER_UNIT)
        self._named = int(caps.reporter * QUANTA_PER_UNIT)
        keys = pd.MultiIndex.from_frame(rows[list(_PLACE)])
        codes, places = keys.factorize()
        self._places = {place: number for number, place in enumerate(places)}
        order = np.argsort(codes, kind="stable")
        self._start = np.searchsorted(codes[order], np.arange(len(places) + 1))
        sorted_rows = rows[[c.REPORTER, c.DAY, c.DECAYED_WEIGHT, UNTIL]].iloc[order]
        self._rows = [sorted_rows[name].to_numpy(object) for name in sorted_rows]
        self._added: dict[Place, list[Mapping[str, Any]]] = {}
        self._tickets, self._older = (
            Hashes(rows.loc[rows[name] != "", name]) for name in (TICKET_NO, RELATED)
        )

    def add(self, place: Place, row: Mapping[str, Any]) -> int:
        """Add a complaint; return by how many quanta the place's sum grows.

        Raises `NeedsFullScoreError` when a complaint that counted repeats this one.
        """
        ticket, older = str(row[TICKET_NO]), str(row[RELATED])
        if ticket and self._older.holds(ticket):
            raise full_score_needed("complaint_is_repeated", row[c.ROW_KEY])
        if ticket:
            self._tickets.add(ticket)
        if older and older != ticket and self._tickets.holds(older):
            return 0
        if older:
            self._older.add(older)
        before = self._sum(place)
        self._added.setdefault(place, []).append(row)
        return self._sum(place) - before

    def waiting(self, building: str) -> pd.Timestamp | None:
        """Return when the latest report of a building was made that waits if no visit answers."""
        of_building = self._of((building, "", "", ""))
        return max((row[3] for row in of_building if pd.notna(row[3])), default=None)

    def _of(self, place: Place) -> list[tuple[str, object, int, pd.Timestamp]]:
        rows: Iterable[tuple[str, object, int, pd.Timestamp]] = ()
        if (at := self._places.get(place)) is not None:
            part = slice(self._start[at], self._start[at + 1])
            rows = zip(*(values[part] for values in self._rows), strict=True)
        added = [
            (row[c.REPORTER], row[c.DAY], int(row[c.DECAYED_WEIGHT]), row[UNTIL])
            for row in self._added.get(place, [])
        ]
        return [*rows, *added]

    def _sum(self, place: Place) -> int:
        """Sum a place as `risk.features.sums.aggregates.sum_complaints` does."""
        days: dict[tuple[str, object], int] = {}
        for reporter, day, quanta, _ in self._of(place):
            days[reporter, day] = max(days.get((reporter, day), quanta), quanta)
        reporters: dict[str, int] = {}
        for (reporter, _), quanta in days.items():
            reporters[reporter] = reporters.get(reporter, 0) + quanta
        cap = {True: self._unknown, False: self._named}
        return sum(
            min(total, cap[reporter == c.UNKNOWN_REPORTER]) for reporter, total in reporters.items()
        )
