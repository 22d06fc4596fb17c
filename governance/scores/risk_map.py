"""What the map reads: one row per building, cell, grid or community, as far as one may see."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from data.derived.fingerprints import short_hash
from data.results.snapshot import BUILDING_KIND, Snapshot
from governance.access.permissions import Action, Actor, may, require
from governance.service import Service, SnapshotReader

if TYPE_CHECKING:  # imported by what needs them: the command of the first places does not
    import pandas as pd

TOP_COLUMNS = ("rank", "tier", "unit", "name", "score", "low", "high", "exposure", "rate_raw",
               "rate_smoothed")  # fmt: skip
REGISTER = ("building_id", "std_address", "estate", "building_no", "kind", "household_count",
            "lon", "lat", "geom")  # fmt: skip
PLAIN = ("unit", "name", "community", "buildings", "h3_r10", "grid_code", "community_code",
         "std_address", "estate", "building_no", "kind", "household_count", "lon", "lat",
         "geom")  # fmt: skip
"""What is told without `Action.SEE_REASONS`: no score, no tier, no order of ranks. Who sees ranks
from day to day sees which building rose overnight, and that somebody complained of it.
"""
SHOWN = ("unit", "score", "low", "high", "tier", "rank", "exposure", "rate_raw", "rate_smoothed",
         "rate_weight")  # fmt: skip


class RiskMapService(Service):
    """Services that hand the map its layers."""

    _snapshot_reader: SnapshotReader

    def layer(
        self,
        actor: Actor,
        *,
        layer: str,
        snapshot_id: str | None = None,
        communities: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Return one layer of the map, best rank first; by code for who may not know reasons.

        ``layer``: ``building``, ``cell:8``, ``cell:9``, ``cell:10``, ``grid`` or ``community``.
        ``snapshot_id``: which result; the latest when None.
        ``communities``, ``kinds``: only buildings of these; cells, grids and communities are then
        the sums of what is left, ranked among themselves. So it is for who sees a part of the
        street only. Grids of theirs without a building, and the cells of these, are listed with a
        score of 0, unless kinds are asked for.

        Returns ``unit``, ``name``, ``score``, ``tier``, ``rank`` and, for buildings and grids,
        ``geom`` (WKB, WGS-84); for buildings what the register says as well. Without
        `Action.SEE_REASONS` only columns of `PLAIN`, an empty ``tier`` and no ``rank`` (NaN).
        """
        require(actor, Action.SEE_MAP)
        snapshot = self._snapshot_reader.snapshot(snapshot_id)
        snapshot.check_kind(layer)
        filtered = bool(communities or kinds) or not actor.scope.street
        if layer == BUILDING_KIND or filtered:
            buildings = self._buildings(snapshot, communities=communities, kinds=kinds)
            buildings = actor.scope.of_frame(buildings, building="unit")
            empty: Sequence[str] = ()
            if not kinds:
                grids = _empty_grids(snapshot, actor, communities=communities)
                empty = self._units_of_grids(snapshot, grids, layer)
            units = buildings if layer == BUILDING_KIND else _sum(buildings, layer, snapshot, empty)
        else:
            units = snapshot.ranked(layer)
        return self._seen(actor, self._described(units, layer))

    def state(self, actor: Actor) -> str:
        """Name what is drawn beside a snapshot: an import that may change any of it renames it.

        Costs a look at the names of files, no table is read.
        """
        require(actor, Action.SEE_MAP)
        lake = self._workspace.lake
        imported = lake.import_ids(("buildings",))
        sources = () if imported else self._workspace.settings.buildings.made_from
        return short_hash([imported, lake.import_ids(("grids", "basemap", *sources))])

    def waiting_reports(self, actor: Actor) -> list[str]:
        """Return the buildings one may see about which a report waits for a visit, by id."""
        import pandas as pd

        from risk.config.score import read_score_config
        from risk.events.open_reports import read_waiting

        require(actor, Action.SEE_COMPLAINTS)
        config = read_score_config(self._workspace.settings)
        waiting = read_waiting(self._engine, cut=self._local_now(), config=config)
        frame = pd.DataFrame({"building_id": waiting.index.astype(str)})
        table = self._engine.table("buildings").select("building_id", "grid_code", "community_code")
        codes = table.filter(table["building_id"].isin(frame["building_id"].tolist())).to_pandas()
        inside: list[str] = actor.scope.of_frame(codes)["building_id"].sort_values().tolist()
        return inside

    def note_export(self, actor: Actor, *, file: str, **facts: object) -> None:
        """Write down that something seen leaves the office as a file."""
        require(actor, Action.EXPORT)
        self._record(actor, Action.EXPORT, file=file, **facts)

    def top(
        self,
        actor: Actor,
        *,
        unit: str = BUILDING_KIND,
        k: int = 20,
        leaves_as: str | None = None,
    ) -> list[dict[str, Any]]:
        """List the k highest-ranked units of a kind.

        ``leaves_as``: name of the file in which the list leaves the office, which needs its own
        permission and is written down; None when it is only looked at.

        Returns rows with `TOP_COLUMNS`, as far as the actor may see them, best rank first. Ties as
        in `risk.scoring.ranking.add_ranks`.
        """
        require(actor, Action.SEE_REASONS if leaves_as is None else Action.EXPORT)
        snapshot = self._snapshot_reader.snapshot(None)
        if actor.scope.street and may(actor, Action.SEE_REASONS):
            rows = snapshot.first(unit, k=k, columns=TOP_COLUMNS)
            names = self._names(unit, [row["unit"] for row in rows])
            rows = [row | {"name": name} for row, name in zip(rows, names, strict=True)]
        else:
            named = self.layer(actor, layer=unit, snapshot_id=snapshot.snapshot_id).head(k)
            rows = [{str(name): row[name] for name in row} for row in named.to_dict("records")]
        if leaves_as is not None:
            facts = {"file": leaves_as, "snapshot_id": snapshot.snapshot_id, "unit": unit}
            self._record(actor, Action.EXPORT, **facts, rows=len(rows))
        return [{name: row[name] for name in TOP_COLUMNS if name in row} for row in rows]

    def find(
        self, actor: Actor, text: str, *, snapshot_id: str | None = None, limit: int = 20
    ) -> pd.DataFrame:
        """Find buildings whose name, address or code holds all the words, whatever their case.

        Returns what `layer` returns of the first ``limit`` of them.
        """
        from data.derived.answers.unit_names import buildings_holding

        require(actor, Action.SEE_MAP)
        snapshot = self._snapshot_reader.snapshot(snapshot_id)
        held = buildings_holding(self._engine, text.split())
        columns = ("building_id", "rank", "grid_code", "community_code")
        units = actor.scope.of_frame(_ranked(snapshot, held, columns), building="unit")
        if not may(actor, Action.SEE_REASONS):
            units = units.sort_values("unit")
        found = self._buildings(snapshot, only=units["unit"].head(limit).tolist())
        return self._seen(actor, self._described(found, BUILDING_KIND))

    def _names(self, unit_kind: str, units: Sequence[str]) -> list[str]:
        """Return the names of a few units, "" where there is none."""
        if unit_kind.startswith("cell:"):
            return [""] * len(units)
        known = self._names_at_hand(units) if unit_kind == BUILDING_KIND else None
        if known is None:
            from data.derived.answers.unit_names import UnitNames

            return UnitNames(self._engine).of(unit_kind, units)
        return [known.get(unit, "") for unit in units]

    def _buildings(
        self,
        snapshot: Snapshot,
        *,
        communities: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
        only: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Return what snapshot and register say of buildings, best rank first."""
        import pandas as pd

        from data.derived.backends.duckdb_sessions import ask_about_texts, in_lists

        register = self._engine.table("buildings").select(*REGISTER)
        if only is None:
            rows, scored = register.to_pandas(), snapshot.ranked(BUILDING_KIND)
        else:
            rows = ask_about_texts(register, {"building_id": only}, in_lists).to_pandas()
            scored = _ranked(snapshot, only)
        rows = rows.rename(columns={"building_id": "unit"})
        scored = scored.drop(columns=[n for n in rows if n in scored and n != "unit"])
        frame = scored.merge(rows, on="unit", how="left")
        keep = pd.Series(data=True, index=frame.index)
        if communities:
            keep &= frame["community_code"].isin(list(communities))
        if kinds:
            keep &= frame["kind"].isin(list(kinds))
        return frame[keep]

    def _seen(self, actor: Actor, described: pd.DataFrame) -> pd.DataFrame:
        if may(actor, Action.SEE_REASONS):
            return described
        plain: pd.DataFrame = described[[name for name in described if name in PLAIN]]
        return plain.assign(tier="", rank=math.nan).sort_values("unit", ignore_index=True)

    def _units_of_grids(
        self, snapshot: Snapshot, grids: Sequence[str], layer: str
    ) -> Sequence[str]:
        """Return the units of a layer that stand for grids without a building."""
        if layer == "grid" or not grids:
            return grids
        if not layer.startswith("cell:"):
            return ()
        from geo.cells import parents
        from risk.features.official_grids import cells_of_empty_grids, read_grids

        every = read_grids(self._engine, cut=snapshot.cut)
        cells = cells_of_empty_grids(every, set(every["grid_code"]) - set(grids))["h3_r10"]
        coarse = parents(cells.to_numpy(dtype="U15"), int(layer.removeprefix("cell:")))
        return sorted(set(coarse.tolist()) - {""})

    def _described(self, units: pd.DataFrame, layer: str) -> pd.DataFrame:
        from data.derived.answers.unit_names import UnitNames

        names = UnitNames(self._engine)
        frame = units.reset_index(drop=True)
        frame = frame.assign(name=names.of(layer, frame["unit"]))
        if layer == BUILDING_KIND:
            community = names.of("community", frame["community_code"])
            text = ("std_address", "estate", "building_no", "kind")
            return frame.fillna(dict.fromkeys(text, "")).assign(
                community=community, rate=frame["rate_smoothed"]
            )
        if layer == "grid":
            borders = self._engine.table("grids").select("grid_code", "geom").to_pandas()
            borders = borders.rename(columns={"grid_code": "unit"})
            frame = frame.merge(borders, on="unit", how="left")
            frame = frame.assign(community=names.of("community", frame["unit"].str[:12]))
        kept = [*SHOWN, "name", "community", "buildings", "geom"]
        return frame[[name for name in kept if name in frame]]


def _ranked(
    snapshot: Snapshot, buildings: Collection[str], columns: Sequence[str] | None = None
) -> pd.DataFrame:
    rows = snapshot.select("buildings", "building_id", buildings, columns=columns)
    return rows.rename(columns={"building_id": "unit"}).sort_values("rank", ignore_index=True)


def _empty_grids(
    snapshot: Snapshot, actor: Actor, *, communities: Sequence[str] | None
) -> list[str]:
    """Return the grids without a building in some communities, as far as one may see."""
    grids = snapshot.select("units", "unit_kind", ["grid"])
    grids = grids.loc[grids["buildings"] == 0, ["unit"]]
    grids = grids.assign(community_code=grids["unit"].str[:12])
    if communities:
        grids = grids[grids["community_code"].isin(list(communities))]
    units: list[str] = actor.scope.of_frame(grids, grid="unit")["unit"].tolist()
    return units


def _sum(
    buildings: pd.DataFrame, layer: str, snapshot: Snapshot, empty: Sequence[str]
) -> pd.DataFrame:
    """Sum the scores of some buildings into cells, grids or communities, and rank these.

    ``empty``: units without a building, which get a row of zeros unless buildings have them.
    """
    import pandas as pd

    from geo.cells import parents
    from risk.config.score import ScoreConfig
    from risk.scoring.ranking import add_ranks

    if layer.startswith("cell:"):
        cells = buildings["h3_r10"].to_numpy(dtype="U15")
        unit = pd.Series(parents(cells, int(layer.removeprefix("cell:"))), index=buildings.index)
    else:
        unit = buildings[f"{layer}_code"]
    inside = buildings.assign(unit=unit)[unit != ""]
    groups = inside.groupby("unit", sort=True)
    sums = groups[["score", "exposure"]].sum().assign(buildings=groups.size()).reset_index()
    added = [unit for unit in empty if unit not in set(sums["unit"])]
    if added:
        zeros = {"unit": added, "score": 0.0, "exposure": 0.0, "buildings": 0}
        sums = pd.concat([sums, pd.DataFrame(zeros)], ignore_index=True)
    config = ScoreConfig.from_mapping(snapshot.config())
    return add_ranks(sums, key="unit", shares=config.tier_shares).sort_values("rank")
