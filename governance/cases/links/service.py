"""Links between buildings by who is named there, for those who may see them."""

import hmac
from typing import Final

import numpy as np
import pandas as pd

from data.derived.unit_names import MOST_LISTED, UnitNames
from data.privacy.keys import derive_key
from governance.access.permissions import Action, Actor, require
from governance.cases.links.mentions import mentions, shared
from governance.cases.links.moves import moves_after_checks
from governance.cases.links.network import NOBODY, Network, network_around
from governance.service import Service

PARTY_COLUMNS: Final = ("party", "kind", "label", "buildings", "building_ids", "elsewhere", "hub",
                        "moves", "moved_on", "visited_on", "newest", "weight")  # fmt: skip
_CODE_DIGITS: Final = 8


class LinkService(Service):
    """Services about links between buildings.

    For the enforcement officer, who follows a lead to whoever is behind it, and the office
    manager, who answers for the street; a planner plans by the score and needs no names. Rows
    elsewhere tell that there is another building, and neither which nor when.
    """

    def parties(self, actor: Actor, *, search: str = "", limit: int = 200) -> pd.DataFrame:
        """List who is named at more than one building, those who moved after a check first.

        ``search``: in the label, the code or the name of a building.

        Returns
        -------
        DataFrame
            `PARTY_COLUMNS`. ``party`` is a code made for showing, ``label`` a firm's name or a
            masked one, ``buildings`` their names; ``hub`` whether so many buildings share it that
            it makes no link; ``weight`` is 1 / log2(1 + buildings) (Adamic and Adar 2003).
        """
        require(actor, Action.SEE_LINKS)
        told = self._told(actor)
        if told.empty:
            return pd.DataFrame(columns=list(PARTY_COLUMNS))
        found = _parties_of(told, self._moves(told))
        if search.strip():
            text = found["party"] + " " + found["label"].str.cat(
                self._with_buildings(found, told)["buildings"].str.join(" "), sep=" ")  # fmt: skip
            wanted = search.strip().casefold()
            found = found[text.str.casefold().str.contains(wanted, regex=False)]
        order = ["hub", "moves", "weight", "newest"]
        ranked = found.sort_values(order, ascending=[True, False, False, False], kind="stable")
        return self._with_buildings(ranked.head(limit).reset_index(drop=True), told)

    def around(self, actor: Actor, building_id: str) -> Network:
        """Return the network around a building, as far as the actor sees it.

        `NOBODY` where nobody there is on file elsewhere, or the building is out of scope.
        """
        require(actor, Action.SEE_LINKS)
        told = self._told(actor, building_id=building_id)
        told = told[~told["hub"]]
        if building_id not in set(told["building_id"]):
            return NOBODY
        moves = self._moves(told)
        came = pd.MultiIndex.from_frame(moves[["party", "to_building"]])
        at = pd.MultiIndex.from_frame(told[["party", "building_id"]])
        told = told.assign(moved=at.isin(came), label=told["name"].fillna(""))
        names = UnitNames(self._engine).buildings(told["building_id"])
        return network_around(building_id, told, names)

    def of_building(self, actor: Actor, building_id: str) -> pd.DataFrame:
        """List who is named at a building and at others, as `parties` does."""
        require(actor, Action.SEE_LINKS)
        told = self._told(actor, building_id=building_id)
        if told.empty:
            return pd.DataFrame(columns=list(PARTY_COLUMNS))
        return self._with_buildings(_parties_of(told, self._moves(told)), told)

    def moved_in(self, actor: Actor) -> pd.Series:
        """Count by building who came there after a check at another; index ``building_id``."""
        require(actor, Action.SEE_LINKS)
        moves = self._moves(self._told(actor))
        return moves.groupby("to_building").size().rename_axis("building_id")

    def _told(self, actor: Actor, *, building_id: str | None = None) -> pd.DataFrame:
        """Return mentions in the actor's scope of parties that more buildings share."""
        rows = mentions(self._engine)
        if building_id is not None:
            here = rows.filter(rows["building_id"] == building_id)
            here = actor.scope.of_rows(here).select("party", "kind").distinct()
            rows = rows.semi_join(here, ["party", "kind"])
        rows = rows.inner_join(shared(rows), ["party", "kind"])
        frame = actor.scope.of_rows(rows).to_pandas()
        inside = frame["degree"]
        if not actor.scope.street:
            inside = frame.groupby(["party", "kind"])["building_id"].transform("nunique")
        key = derive_key(self._workspace.secret, "links")
        at, parties = pd.factorize(frame["party"])
        codes = [hmac.digest(key, each.encode(), "sha256").hex()[:_CODE_DIGITS] for each in parties]
        told: pd.DataFrame = frame.assign(
            party=np.array(codes, dtype=object)[at], elsewhere=inside < frame["degree"]
        )
        return told

    def _moves(self, told: pd.DataFrame) -> pd.DataFrame:
        told = told[~told["hub"]]
        wanted = told["building_id"].unique()
        visits = self._engine.table("inspections").select("building_id", "at")
        if len(wanted) <= MOST_LISTED:
            visits = visits.filter(visits["building_id"].isin(sorted(wanted)))
        return moves_after_checks(told, visits.to_pandas().dropna())

    def _with_buildings(self, found: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
        """Return parties with the buildings where they are named, the earliest first."""
        some = told[told["party"].isin(found["party"])]
        named = some.sort_values(["party", "since"]).drop_duplicates(["party", "building_id"])
        names = UnitNames(self._engine).buildings(named["building_id"])
        named = named.assign(building=[names.get(each, each) for each in named["building_id"]])
        lists = named.groupby("party").agg(
            building_ids=("building_id", list), buildings=("building", list)
        )
        return found.merge(lists, on="party", how="left")[list(PARTY_COLUMNS)]


def _parties_of(told: pd.DataFrame, moves: pd.DataFrame) -> pd.DataFrame:
    """Return `PARTY_COLUMNS` of each party without its buildings, in the order of their codes."""
    grouped = told.sort_values(["party", "since"]).groupby("party")
    found = grouped.agg(
        kind=("kind", "first"), label=("name", "first"), elsewhere=("elsewhere", "any"),
        hub=("hub", "any"), newest=("since", "max"), degree=("degree", "max"),
    ).reset_index()  # fmt: skip
    last = moves.groupby("party").agg(
        moves=("moved_on", "size"),
        moved_on=("moved_on", "max"),
        visited_on=("visited_on", "max"),
    )
    found = found.merge(last, left_on="party", right_index=True, how="left")
    return found.assign(
        label=found["label"].fillna(""),
        moves=found["moves"].fillna(0).astype("int64"),
        weight=1.0 / np.log2(1.0 + found["degree"].to_numpy(float)),
    )
