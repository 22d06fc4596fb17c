"""What the map reads: one row per building, cell, grid or community, as far as one may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from data.snapshots import BUILDING_KIND, Snapshot
from geo.cells import parents
from governance.access import Action, Actor, require
from governance.assessment import AssessmentDesk
from governance.names import UnitNames
from risk.config import ScoreConfig
from risk.ranking import add_ranks

if TYPE_CHECKING:
    from collections.abc import Sequence

REGISTER = ("building_id", "std_address", "estate", "building_no", "kind", "household_count",
            "lon", "lat", "geom")  # fmt: skip
SHOWN = ("unit", "score", "low", "high", "tier", "rank", "exposure", "rate_raw", "rate_smoothed",
         "rate_weight")  # fmt: skip


class AtlasDesk(AssessmentDesk):
    """Services that hand the map its layers."""

    def atlas(
        self,
        actor: Actor,
        *,
        layer: str,
        snapshot_id: str | None = None,
        communities: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Return one layer of the map, best rank first.

        Parameters
        ----------
        layer
            ``building``, ``cell:8``, ``cell:9``, ``cell:10``, ``grid`` or ``community``.
        snapshot_id
            Which result; the latest when None.
        communities, kinds
            Only buildings of these; cells, grids and communities are then the sums of what is
            left, ranked among themselves.

        Returns
        -------
        DataFrame
            ``unit``, ``name``, ``score``, ``tier``, ``rank`` and, for buildings and grids,
            ``geom`` (WKB, WGS-84); for buildings what the register says as well.
        """
        require(actor, Action.SEE_MAP)
        snapshot = self._snapshot(snapshot_id)
        filtered = bool(communities or kinds)
        if layer == BUILDING_KIND or filtered:
            buildings = self._buildings(snapshot, communities=communities, kinds=kinds)
            units = buildings if layer == BUILDING_KIND else _sum(buildings, layer, snapshot)
        else:
            units = snapshot.ranked(layer)
        return self._described(units, layer)

    def find(
        self, actor: Actor, text: str, *, snapshot_id: str | None = None, limit: int = 20
    ) -> pd.DataFrame:
        """Find buildings whose address, estate, alias or code holds all the given words."""
        buildings = self.atlas(actor, layer=BUILDING_KIND, snapshot_id=snapshot_id)
        searched = buildings["unit"] + " " + buildings["name"] + " " + buildings["std_address"]
        hit = pd.Series(data=True, index=buildings.index)
        for word in text.casefold().split():
            hit &= searched.str.casefold().str.contains(word, regex=False)
        return buildings[hit].head(limit).reset_index(drop=True)

    def _buildings(
        self,
        snapshot: Snapshot,
        *,
        communities: Sequence[str] | None,
        kinds: Sequence[str] | None,
    ) -> pd.DataFrame:
        register = self._engine.table("buildings").select(*REGISTER).to_pandas()
        register = register.rename(columns={"building_id": "unit"})
        scored = snapshot.ranked(BUILDING_KIND)
        scored = scored.drop(columns=[n for n in register if n in scored and n != "unit"])
        frame = scored.merge(register, on="unit", how="left")
        keep = pd.Series(data=True, index=frame.index)
        if communities:
            keep &= frame["community_code"].isin(list(communities))
        if kinds:
            keep &= frame["kind"].isin(list(kinds))
        return frame[keep]

    def _described(self, units: pd.DataFrame, layer: str) -> pd.DataFrame:
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


def _sum(buildings: pd.DataFrame, layer: str, snapshot: Snapshot) -> pd.DataFrame:
    """Sum the scores of some buildings into cells, grids or communities, and rank these."""
    if layer.startswith("cell:"):
        cells = buildings["h3_r10"].to_numpy(dtype="U15")
        unit = pd.Series(parents(cells, int(layer.removeprefix("cell:"))), index=buildings.index)
    else:
        unit = buildings[f"{layer}_code"]
    inside = buildings.assign(unit=unit)[unit != ""]
    groups = inside.groupby("unit", sort=True)
    sums = groups[["score", "exposure"]].sum().assign(buildings=groups.size()).reset_index()
    config = ScoreConfig.from_mapping(snapshot.config())
    return add_ranks(sums, key="unit", shares=config.tier_shares).sort_values("rank")
