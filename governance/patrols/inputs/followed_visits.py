"""What plans ask of all visits, following the visits that come instead of reading all anew."""

from datetime import datetime
from typing import Final

import pandas as pd

from data.derived.answers.followed_answers import FollowedAnswers, RowsAtBuildings
from data.engine import Engine
from governance.service import Component, Resources
from governance.visits.base import VisitReader
from risk.config.score import ScoreConfig, read_score_config
from risk.events.open_reports import read_answered, read_reported, still_waiting

_KEPT: Final = 3
_Reports = tuple[pd.Series, pd.Series]
"""When each building was last reported, and up to when visits answer reports of it."""


class FollowedVisits(Component):
    """Answers about the visits to all buildings; asks nobody's permission."""

    _visit_reader: VisitReader

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._reports: FollowedAnswers[_Reports] = FollowedAnswers(_KEPT)
        self._last: FollowedAnswers[pd.DataFrame] = FollowedAnswers(_KEPT)

    def waiting(self, cut: datetime) -> pd.Series:
        """Return `risk.events.open_reports.read_waiting` at a cut, local time."""
        engine, config = self._engine.pinned(), read_score_config(self._workspace.settings)
        reported, answered = self._reports.get(
            (cut, config.config_hash), engine, self._workspace.store,
            read=lambda: (read_reported(engine, cut=cut, config=config),
                          read_answered(engine, cut=cut, config=config)),
            follow=lambda before, visited: _follow(before, visited, engine, cut, config),
        )  # fmt: skip
        return still_waiting(reported, answered.reindex(reported.index))

    def last(self, *, before: datetime) -> pd.DataFrame:
        """Return `VisitReader.last_at_buildings` of all; never to be changed in place.

        ``before``: only visits that happened before it, local time.
        """
        pinned = self._pinned()
        reader = pinned._visit_reader  # noqa: SLF001 -- of its own class

        def follow(known: pd.DataFrame, visited: set[str]) -> pd.DataFrame:
            again = reader.last_at_buildings(visited, before=before)
            return pd.concat([known[~known.index.isin(visited)], again])

        return self._last.get(
            before, pinned._engine, self._workspace.store,  # noqa: SLF001 -- as above
            read=lambda: reader.last_at_buildings(None, before=before), follow=follow,
        )  # fmt: skip


def _follow(
    before: _Reports, visited: set[str], engine: Engine, cut: datetime, config: ScoreConfig
) -> _Reports:
    reported, answered = before
    again = read_answered(RowsAtBuildings(engine, visited), cut=cut, config=config)
    return reported, pd.concat([answered[~answered.index.isin(visited)], again])
