"""Who is behind it: links between buildings by who is named there, for those who may."""

import hmac
from typing import Final

import numpy as np
import pandas as pd

from data.derived.unit_names import UnitNames
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

        Parameters
        ----------
        search
            In the label, the code or the name of a building.

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
        found = self._by_party(told, self._moves(told))
        if search.strip():
            text = (found["party"] + " " + found["label"] + " "
                    + found["buildings"].str.join(" ")).str.casefold()  # fmt: skip
            found = found[text.str.contains(search.strip().casefold(), regex=False)]
        order = ["hub", "moves", "weight", "newest"]
        ranked = found.sort_values(order, ascending=[True, False, False, False], kind="stable")
        return ranked.head(limit).reset_index(drop=True)

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
        return self._by_party(told, self._moves(told))

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
        inside = frame.groupby(["party", "kind"])["building_id"].transform("nunique")
        frame = frame.assign(elsewhere=inside < frame["degree"])
        key = derive_key(self._workspace.secret, "links")
        codes = {party: hmac.digest(key, party.encode(), "sha256").hex()[:_CODE_DIGITS]
                 for party in frame["party"].unique()}  # fmt: skip
        coded: pd.DataFrame = frame.assign(party=frame["party"].map(codes))
        return coded

    def _moves(self, told: pd.DataFrame) -> pd.DataFrame:
        wanted = sorted(told["building_id"].unique())
        visits = self._engine.table("inspections").select("building_id", "at")
        seen = visits.filter(visits["building_id"].isin(wanted)).to_pandas().dropna()
        return moves_after_checks(told[~told["hub"]], seen)

    def _by_party(self, told: pd.DataFrame, moves: pd.DataFrame) -> pd.DataFrame:
        names = UnitNames(self._engine).buildings(told["building_id"])

        def named(ids: list[str]) -> list[str]:
            return [names.get(each, each) for each in ids]

        grouped = told.sort_values(["party", "since"]).groupby("party")
        found = grouped.agg(
            kind=("kind", "first"), label=("name", "first"),
            building_ids=("building_id", lambda ids: list(dict.fromkeys(ids))),
            elsewhere=("elsewhere", "any"), hub=("hub", "any"), newest=("since", "max"),
            degree=("degree", "max"),
        ).reset_index()  # fmt: skip
        last = moves.groupby("party").agg(
            moves=("moved_on", "size"),
            moved_on=("moved_on", "max"),
            visited_on=("visited_on", "max"),
        )
        found = found.merge(last, left_on="party", right_index=True, how="left")
        return found.assign(
            label=found["label"].fillna(""),
            buildings=found["building_ids"].map(named),
            moves=found["moves"].fillna(0).astype("int64"),
            weight=1.0 / np.log2(1.0 + found["degree"].to_numpy(float)),
        )[list(PARTY_COLUMNS)]
