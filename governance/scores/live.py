"""What came after the newest score, taken into it, until a newer one is made."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Final

import numpy as np
import pandas as pd
from ibis import ir
from numpy.typing import NDArray

from data.engine import Engine
from data.lake.schema import ROW_HASH
from governance.service import Component, Resources
from risk import schema as c
from risk.scoring.incremental import OfficeState
from risk.scoring.incremental_rows import full_score_needed
from risk.scoring.score_as_of import OfficeScore

MOST_BUILDINGS: Final = 50_000
"""Of an office with more, no state is kept; this many, with ten rows each, take half a gigabyte."""
MOST_ROWS: Final = 200
"""More than so many new rows at a time wait for the newer score."""
COMPLAINTS, VISITS = TAKEN = "complaints", "inspections"
"""Tables whose new rows a state takes in; a change of any other needs a full score."""
OTHERS: Final = ("buildings", "grids", "rentals", "violations", "adverts")
_FIXED: Final = ("reviews", "ended", "settings")
_IDENTITY: Final = (c.ROW_KEY, ROW_HASH, c.BUILDING, c.H3_R10, c.MATCH_LEVEL)
_WAIT_S: Final = 0.2


@dataclass(frozen=True, kw_only=True)
class ScoreWithNews:
    """Score of a building with the rows that came since it was scored.

    ``score``, ``was``: 0 to 100: with what came to the office since, and as the snapshot has it.
    ``visits``, ``complaints``: how many of these rows are the building's own.
    """

    score: float
    was: float
    visits: int
    complaints: int


@dataclass(kw_only=True)
class _Held:
    """The state of one snapshot, and which rows are in it."""

    snapshot_id: str
    cut: datetime
    state: OfficeState
    scores: pd.Series
    rows: dict[str, NDArray[np.uint64]]
    """Hashes of the rows of each table that are in the state."""
    others: list[str]
    """The imports of `OTHERS`."""
    versions: Mapping[str, str]
    """Those of the inputs when rows were last taken in."""
    news: dict[str, dict[str, int]] = field(default_factory=dict)
    """Counts of rows taken in, by building and table."""


class LiveScores(Component):
    """Keeps the state of a server's newest score; whoever uses it has asked permission.

    One at most is in memory. It is made, and rows are taken in, by the threads that score; pages
    only ask. What it cannot take in exactly makes it give up: then only the newer score tells.
    """

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self.is_watched = False
        """Whether somebody calls `take_in` from time to time; without, nothing is kept."""
        self._held: _Held | None = None
        self._lock = Lock()

    def keep(
        self, engine: Engine, snapshot_id: str, score: OfficeScore, versions: Mapping[str, str]
    ) -> None:
        """Make the state of a new score, in place of the one before.

        ``engine``: the pinned one that the score was made from; ``versions``: those of its inputs.
        """
        self._held = None
        if not self.is_watched or len(score.buildings) > MOST_BUILDINGS:
            return
        cut = score.known.cut
        with self._giving_up():
            self._held = _Held(
                snapshot_id=snapshot_id,
                cut=cut,
                state=OfficeState(engine, score),
                scores=score.buildings.set_index(c.BUILDING)[c.SCORE],
                rows={name: _hashes(engine.table(name, cut=cut))[1] for name in TAKEN},
                others=self._workspace.lake.import_ids(OTHERS),
                versions=versions,
            )

    def take_in(self, versions: Mapping[str, str]) -> None:
        """Take in what came since; cheap where nothing did.

        ``versions``: those of the inputs now.
        """
        held = self._held
        if held is None or held.versions == versions:
            return
        with self._lock, self._giving_up():
            others = self._workspace.lake.import_ids(OTHERS)
            if others != held.others or any(versions[k] != held.versions[k] for k in _FIXED):
                raise full_score_needed("other_inputs_changed", held.snapshot_id)
            engine = self._engine.pinned()
            for name in TAKEN:
                _take_in(held, name, engine.table(name, cut=held.cut))
            held.versions = versions

    def of_building(self, snapshot_id: str, building: str) -> ScoreWithNews | None:
        """Return the score of a building that rows came to since; None where none is known to."""
        held = self._held
        if held is None or held.snapshot_id != snapshot_id or building not in held.news:
            return None
        if not self._lock.acquire(timeout=_WAIT_S):
            return None
        try:
            score = held.state.score_of(building).score
        finally:
            self._lock.release()
        news = held.news[building]
        return ScoreWithNews(
            score=score,
            was=float(held.scores[building]),
            visits=news.get(VISITS, 0),
            complaints=news.get(COMPLAINTS, 0),
        )

    @contextmanager
    def _giving_up(self) -> Iterator[None]:
        """Give the state up where something goes wrong: it may be half changed."""
        try:
            yield
        except Exception:  # noqa: BLE001 -- the newer score that is due tells what this cannot
            self._held = None


def _take_in(held: _Held, name: str, table: ir.Table) -> None:
    keys, now = _hashes(table)
    new = ~np.isin(now, held.rows[name])
    if len(now) - new.sum() != len(held.rows[name]):
        raise full_score_needed("rows_changed_or_went", name)
    if new.sum() > MOST_ROWS:
        raise full_score_needed("many_rows_came", int(new.sum()))
    if not new.any():
        return
    rows = table.filter(table[c.ROW_KEY].isin(keys[new].tolist())).to_pyarrow().to_pylist()
    add = held.state.add_complaint if name == COMPLAINTS else held.state.add_visit
    for row in sorted(rows, key=lambda row: (row[c.LEARNT_AT], row[c.ROW_KEY])):
        add(row)
        if row[c.BUILDING] in held.scores.index:
            counts = held.news.setdefault(str(row[c.BUILDING]), {})
            counts[name] = counts.get(name, 0) + 1
    held.rows[name] = now


def _hashes(table: ir.Table) -> tuple[pd.Series, NDArray[np.uint64]]:
    """Return the keys of rows, and a hash of what each says and where it is."""
    frame = table.select(*_IDENTITY).to_pandas().fillna("").astype("str")
    hashes = pd.util.hash_pandas_object(frame, index=False)
    return frame[c.ROW_KEY], np.asarray(hashes, dtype=np.uint64)
