"""What is worked out once for one view of the data, where the view remembers."""

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
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


def seen_from(source: FeatureSource, cut: datetime) -> FeatureSource:
    """Return what reads earlier cuts as they looked at this one (`data.engine.Engine.seen_from`).

    Itself for a source that makes no difference.
    """
    look: Callable[[datetime], FeatureSource] | None = getattr(source, "seen_from", None)
    return source if look is None else look(cut)


def registers_at(source: FeatureSource, cut: datetime) -> Hashable:
    """Name the registers of places known before a cut (`data.engine.Engine.registers_at`).

    Always the same of a source whose buildings and grids never change.
    """
    name: Callable[[datetime], Hashable] | None = getattr(source, "registers_at", None)
    return None if name is None else name(cut)


def ended_grids(source: FeatureSource, cut: datetime) -> Collection[str]:
    """Return the codes of grids no longer in force (`data.engine.Engine.ended_grids`).

    None of a source whose grids never change.
    """
    find: Callable[..., Collection[str]] | None = getattr(source, "ended_grids", None)
    return () if find is None else find(cut=cut)


class AsOfEach(Protocol[Result_co]):
    """The same for several cuts at once, in their order."""

    def __call__(
        self,
        source: FeatureSource,
        *,
        cuts: Sequence[datetime],
        config: ScoreConfig,
        history: Any = None,  # noqa: ANN401 -- the function's own
        keep: Any = None,  # noqa: ANN401 -- the function's own
    ) -> Iterator[Result_co]:
        """Work it out; ``history`` and ``keep`` spare time and change no result."""


def each_once_a_view(work_out: AsOfEach[Result_co]) -> AsOfEach[Result_co]:
    """Keep the results of every cut as `once_a_view` does; work out the others all at once."""

    @wraps(work_out)
    def remembered(
        source: FeatureSource,
        *,
        cuts: Sequence[datetime],
        config: ScoreConfig,
        history: Any = None,  # noqa: ANN401 -- the function's own
        keep: Any = None,  # noqa: ANN401 -- the function's own
    ) -> Iterator[Result_co]:
        by = {"history": history, "keep": keep}
        results = getattr(source, "remembered", None)
        if results is None:
            yield from work_out(source, cuts=cuts, config=config, **by)
            return
        keys = {cut: (work_out, cut, config.config_hash) for cut in cuts}
        missing = [cut for cut in cuts if keys[cut] not in results]
        if missing:
            worked_out = work_out(source, cuts=missing, config=config, **by)
            results |= zip((keys[cut] for cut in missing), worked_out, strict=True)
        yield from (results[keys[cut]] for cut in cuts)

    return remembered


class RememberedSource:
    """Rows of another source; what is worked out from them (`once_a_view`) is kept here."""

    def __init__(self, source: FeatureSource) -> None:
        self._source = source
        self.remembered: dict[tuple[Hashable, datetime, str], Any] = {}
        self._seen: tuple[datetime, FeatureSource] | None = None

    def seen_from(self, cut: datetime) -> FeatureSource:
        """Return the same of the other source as seen from a cut; the last one is kept."""
        if self._seen is None or self._seen[0] != cut:
            other = seen_from(self._source, cut)
            self._seen = cut, self if other is self._source else RememberedSource(other)
        return self._seen[1]

    def table(self, name: str, *, cut: datetime | None = None) -> ir.Table:
        """Return the rows of the other source."""
        return self._source.table(name, cut=cut)

    def versions(self, name: str, *, cut: datetime | None = None) -> ir.Table:
        """Return the versions of the rows of the other source."""
        return self._source.versions(name, cut=cut)

    def registers_at(self, cut: datetime) -> Hashable:
        """Name the registers that the other source had before a cut."""
        return registers_at(self._source, cut)

    def ended_grids(self, *, cut: datetime) -> Collection[str]:
        """Return the codes of grids that were no longer in force in the other source."""
        return ended_grids(self._source, cut)
