"""What is worked out once for one view of the data, where the view remembers."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime
from functools import wraps
from typing import Any, Protocol, TypeVar

from ibis import ir

from risk.config.score import ScoreConfig
from risk.events.rows import FeatureSource

Result_co = TypeVar("Result_co", covariant=True)


class AsOf(Protocol[Result_co]):
    """A function of the data as of a cut and of the policy, and of nothing else."""

    def __call__(self, source: FeatureSource, *, cut: datetime, config: ScoreConfig) -> Result_co:
        """Work it out."""


def once_a_view(work_out: AsOf[Result_co]) -> AsOf[Result_co]:
    """Keep results in ``source.remembered`` (`data.engine.Engine.pinned`) where there is one.

    What is returned is shared: callers must not change it.
    """

    @wraps(work_out)
    def remembered(source: FeatureSource, *, cut: datetime, config: ScoreConfig) -> Result_co:
        results = getattr(source, "remembered", None)
        if results is None:
            return work_out(source, cut=cut, config=config)
        key = (work_out, cut, config.config_hash)
        if key not in results:
            results[key] = work_out(source, cut=cut, config=config)
        result: Result_co = results[key]
        return result

    return remembered


class RememberedSource:
    """Rows of another source; what is worked out from them (`once_a_view`) is kept here."""

    def __init__(self, source: FeatureSource) -> None:
        self._source = source
        self.remembered: dict[tuple[Hashable, datetime, str], Any] = {}

    def table(self, name: str, *, cut: datetime | None = None) -> ir.Table:
        """Return the rows of the other source."""
        return self._source.table(name, cut=cut)
