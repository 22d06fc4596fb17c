"""What every service about visits stands on: the rules, the calendar, the buildings of a scope."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final, NoReturn

import numpy as np
import pandas as pd

from data.calendars.calendar import Calendar
from data.derived.answers.building_names import display_names
from data.lake.schema import ENDED_ON
from data.results.snapshot import Snapshot
from data.workspace.cache import Cache
from data.workspace.settings import read_section
from geo.addresses.lexicon import natural_key
from governance.access.permissions import Action, Actor, NotAllowedError
from governance.access.scopes import Scope
from governance.service import Component, Resources
from governance.visits.rules.daily_list import RandomSample
from governance.visits.rules.settings import SECTION, VisitRules

if TYPE_CHECKING:  # whoever asks the engine has imported it
    import pyarrow as pa
    from ibis.expr.types import Table
    from numpy.typing import NDArray

REGISTER: Final = ("building_id", "std_address", "estate", "building_no", "kind", "lon", "lat",
                   "grid_code", "community_code", ENDED_ON)  # fmt: skip
LAST: Final = ("last_at", "last_result", "last_kind")
OPEN_DOOR_DAYS: Final = 60
"""So many days what was left to be done at another door than the last one is told."""
MOST_DOORS: Final = 300
_KEPT: Final = 4
"""So many scopes' buildings are kept: those of a whole street are its largest frame."""
_SINGLE_KEPT: Final = 256
TEXTS: Final = ("std_address", "estate", "building_no", "kind", "grid_code", "community_code")


class VisitReader(Component):
    """The parts that services about visits share."""

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._all: Cache[pd.DataFrame] = Cache(_KEPT)
        self._single: Cache[pd.DataFrame] = Cache(_SINGLE_KEPT)
        self._tiers: Cache[pd.Series] = Cache(_KEPT)

    @property
    def rules(self) -> VisitRules:
        """Return the settings of visits."""
        return read_section(self._workspace.settings, SECTION, VisitRules)

    @property
    def calendar(self) -> Calendar:
        """Return the office's calendar."""
        return Calendar.read(self._workspace)

    @property
    def draw(self) -> RandomSample:
        """Return the seeded random sample of the office."""
        return RandomSample(self._workspace.secret)

    def buildings(
        self,
        actor: Actor,
        *,
        only: Collection[str] | None = None,
        also: Collection[str] = (),
        on: date | None = None,
        scored: bool = True,
    ) -> pd.DataFrame:
        """Return the buildings of an actor's scope: ``building_id, name, address, tier`` and more.

        Those that no longer stand are among them (`data.derived.placing.building_ends.stands`).

        ``only``: these alone.
        ``also``: these as well, of those delegated to the actor.
        ``on``: tiers as scored by then where possible; the latest when None.
        ``scored``: whether tiers are wanted at all.
        """
        visited = actor.scope | Scope(buildings=actor.delegated.intersection(also))
        snapshot = self.snapshot(on) if scored else None
        if only is not None:
            rows = visited.of_frame(self._named_rows(only)).reset_index(drop=True)
            return self._tiered(rows, snapshot)
        scored_by = snapshot.snapshot_id if snapshot else ""
        key = (visited, self._engine.name_of_register(), scored_by)
        return self._all.get(key, lambda: self._tiered(self._inside(visited), snapshot)).copy()

    def names(self, buildings: Collection[str]) -> dict[str, str]:
        """Return building → name, of no scope; what the register does not know is missing."""
        rows = self._named_rows(buildings)
        return dict(zip(rows["building_id"], rows["name"], strict=True))

    def _named_rows(self, buildings: Collection[str]) -> pd.DataFrame:
        """Read some buildings, of no scope; a single one, whose page asks several times, once."""
        engine = self._engine.pinned()

        def read() -> pd.DataFrame:
            return _named(_rows_of(engine.table("buildings").select(*REGISTER), buildings))

        if len(buildings) != 1:
            return read()
        return self._single.get((engine.name_of_register(), *buildings), read).copy()

    def _inside(self, scope: Scope) -> pd.DataFrame:
        register = self._engine.table("buildings").select(*REGISTER)
        return _named(scope.of_rows(register).to_pyarrow())

    def _tiered(self, rows: pd.DataFrame, snapshot: Snapshot | None) -> pd.DataFrame:
        if snapshot is None:
            return rows.assign(tier="")
        tiers = self._tiers.get(snapshot.snapshot_id, lambda: _tiers_of(snapshot))
        return rows.assign(tier=rows["building_id"].map(tiers).fillna("").astype("str"))

    def places(self, building_ids: Collection[str]) -> pd.DataFrame:
        """Return where buildings are, of no scope: for stops that somebody is sent to anyway.

        Returns index ``building_id``; ``name, address, kind, lon, lat, ended_on``.
        """
        rows = self._named_rows(building_ids).set_index("building_id")
        return rows[["name", "address", "kind", "lon", "lat", ENDED_ON]]

    def building(self, actor: Actor, building_id: str) -> pd.Series | None:
        """Return a building that the actor may visit; None where the register knows none.

        Raises `NotAllowedError` when it is neither in the scope nor delegated – or, for whoever has
        a part of the street, is no building at all: both read alike.
        """
        rows = self.buildings(actor, only=[building_id], also=[building_id], scored=False)
        if not len(rows) and not actor.scope.street:
            self.refuse(actor)
        return rows.iloc[0] if len(rows) else None

    def refuse(self, actor: Actor) -> NoReturn:
        """Say that a building is not one of the account's."""
        raise NotAllowedError(
            "not_allowed",
            actor=actor.id,
            action=Action.SEE_VISITS.value,
            reason="the building is not one of the account's",
        )

    def tier(self, building_id: str) -> str:
        """Return the tier of a building in the latest score, "" where it has none."""
        snapshot = self.snapshot(None)
        if snapshot is None:
            return ""
        found = snapshot.select("buildings", "building_id", [building_id], columns=["tier"])
        return str(found["tier"].iloc[0]) if len(found) else ""

    def snapshot(self, on: date | None) -> Snapshot | None:
        """Return the latest score, or the latest made before a day."""
        if on is None:
            return self._snapshots.latest()
        dated = sorted(self._snapshots.by_date(), key=lambda each: each.as_of)
        before = [each for each in dated if each.as_of <= on]
        return before[-1] if before else (dated[0] if dated else None)

    def last_at_buildings(
        self,
        buildings: Collection[str] | None,
        *,
        before: datetime | None = None,
        steps: Collection[str] = (),
    ) -> pd.DataFrame:
        """Return the last visit of each building that had one, imported or recorded here.

        ``steps``: where a visit to any door left one of these to be taken, the earliest of them is
        told as ``next_step`` and ``retry_at``, also where the last visit was to another door.

        Returns index ``building_id``; ``last_at, last_result, last_kind, next_step, retry_at``.
        """
        columns = ("building_id", "at", "result", "kind", "next_step", "retry_at")
        until = self._engine.newest_visit
        with self._workspace.store.begin() as unit:
            rows = unit.visits.last_per_building(
                buildings=buildings, before=before, until=until, columns=columns
            )
            if steps:
                since = (before or self._local_now()) - timedelta(days=OPEN_DOOR_DAYS)
                left = unit.open_doors.left(
                    steps=steps, since=since, buildings=buildings, before=before, until=until
                )
                rows = _with_earliest(rows, left)
        recorded = rows.rename(columns=dict(zip(("at", "result", "kind"), LAST, strict=True)))
        recorded = recorded.set_index("building_id")[[*LAST, "next_step", "retry_at"]]
        imported = self._last_in_files(buildings, before=before)
        without = imported.assign(next_step="none").reindex(columns=recorded.columns)
        parts: list[pd.DataFrame] = [each for each in (recorded, without) if len(each)]
        both = pd.concat(parts or [recorded])
        both = both.sort_values("last_at", kind="stable")
        last: pd.DataFrame = both[~both.index.duplicated(keep="last")]
        return last.astype({"retry_at": "datetime64[us]", "last_at": "datetime64[us]"})

    def known_doors(self, building_id: str, seen: pd.Series) -> tuple[str, ...]:
        """Return the doors that the register of units or earlier visits name."""
        table = self._engine.table("units")
        units = table.filter(table["building_id"] == building_id).select("stairwell", "room")
        known = units.limit(MOST_DOORS).to_pyarrow().to_pandas()
        known = known_texts(known, ("stairwell", "room"))
        stairwell = known["stairwell"].where(known["stairwell"] != "无", "")
        doors = {*(stairwell + known["room"]), *seen} - {""}
        return tuple(sorted(doors, key=natural_key)[:MOST_DOORS])

    def _last_in_files(
        self, buildings: Collection[str] | None, *, before: datetime | None
    ) -> pd.DataFrame:
        from data.derived.backends.duckdb_sessions import ask_about_texts

        rows = self._engine.imported_inspections()
        rows = rows.drop_null(["building_id", "event_at"])
        if before is not None:
            rows = rows.filter(rows["event_at"] < before)
        conditions = {} if buildings is None else {"building_id": buildings}
        last = ask_about_texts(rows, conditions, _last_of)
        frame: pd.DataFrame = last.to_pandas().set_index("building_id")
        return known_texts(frame, ("last_result", "last_kind"))


def _tiers_of(snapshot: Snapshot) -> pd.Series:
    rows = snapshot.table("buildings", columns=["building_id", "tier"])
    return rows.set_index("building_id")["tier"]


def _with_earliest(last: pd.DataFrame, left: pd.DataFrame) -> pd.DataFrame:
    """Return last visits, where doors of a building were left with the earliest step of theirs."""
    first = left.drop_duplicates("building_id").set_index("building_id")
    at = last.index[last["building_id"].isin(first.index)]
    steps_left = first.loc[last.loc[at, "building_id"]]
    changed = last.copy()
    for name in ("next_step", "retry_at"):
        changed.loc[at, name] = steps_left[name].to_numpy()
    return changed


def are_among(ids: pd.Series, among: AbstractSet[str]) -> NDArray[np.bool_]:
    """Say which ids are among many others; `Series.isin` takes microseconds for each of these."""
    return np.array([each in among for each in ids.to_numpy(object)], dtype=bool)


def ids_of(actor: Actor) -> tuple[str, ...]:
    """Return the ids by which an actor can be a member of a team: account, number of the person."""
    return tuple(each for each in (actor.id, actor.person_id) if each)


def _rows_of(register: Table, buildings: Collection[str]) -> pa.Table:
    from data.derived.backends.duckdb_sessions import ask_about_texts, in_lists

    if not buildings:
        return register.schema().to_pyarrow().empty_table()
    return ask_about_texts(register, {"building_id": buildings}, in_lists)


def _last_of(visits: Table, buildings: Mapping[str, Table]) -> Table:
    from data.derived.backends.duckdb_sessions import in_lists

    rows = in_lists(visits, buildings)
    return rows.group_by("building_id").agg(
        last_at=rows["event_at"].max(),
        last_result=rows["result"].argmax(rows["event_at"]),
        last_kind=rows["mode"].argmax(rows["event_at"]),
    )


def _named(register: pa.Table) -> pd.DataFrame:
    """Return rows of the register by id, with ``name`` and ``address``."""
    rows = known_texts(register.to_pandas().sort_values("building_id", ignore_index=True), TEXTS)
    named: pd.DataFrame = rows.assign(name=display_names(rows), address=rows["std_address"])
    return named.drop(columns=["std_address", "estate", "building_no"])


def with_last(buildings: pd.DataFrame, last: pd.DataFrame) -> pd.DataFrame:
    """Return buildings with their last visit beside them; unknown texts read ``""``."""
    last_rows = last.reindex(buildings["building_id"])
    last_rows.index = buildings.index
    last_rows = known_texts(last_rows, ("last_result", "last_kind"))
    last_rows = known_texts(last_rows, ("next_step",), unknown="none")
    return pd.concat([buildings, last_rows], axis=1)


def known_texts(frame: pd.DataFrame, names: Sequence[str], *, unknown: str = "") -> pd.DataFrame:
    """Return a frame whose columns of text are texts, even where nothing at all is known."""
    texts = {name: frame[name].astype(object) for name in names}
    known = {name: text.where(text.notna(), unknown).astype("str") for name, text in texts.items()}
    return frame.assign(**known)
