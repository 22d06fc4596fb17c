"""Links between buildings by who is named there, for those who may see them."""

import hmac
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from data.derived.answers.followed_answers import FollowedAnswers
from data.derived.answers.unit_names import UnitNames
from data.derived.backends.duckdb_sessions import ask_about_texts, in_lists
from data.engine import Engine
from data.privacy.key_derivation import derive_key
from governance.access.permissions import Action, Actor, require
from governance.cases.links.mentions import mentions, mentions_around, shared, with_hubs
from governance.cases.links.moves import MOVE_ORDER, moves_after_checks
from governance.cases.links.network import NOBODY, Network, network_around
from governance.service import Resources, Service

PARTY_COLUMNS: Final = ("party", "kind", "label", "buildings", "building_ids", "elsewhere", "hub",
                        "moves", "moved_on", "visited_on", "newest", "weight")  # fmt: skip
MOST_PARTIES: Final = 200
_CODE_DIGITS: Final = 8
_OF_MOVES: Final = ("party", "building_id", "since", "until")
_KEPT: Final = 64
_SCOPES_KEPT: Final = 8


@dataclass(frozen=True, slots=True)
class _Links:
    """What follows from all mentions of a scope: `parties`, and `moved_in` of all buildings.

    ``linking``: mentions that make links. ``moves``: as of `moves_after_checks`.
    """

    parties: pd.DataFrame
    moved_in: pd.Series
    linking: pd.DataFrame
    moves: pd.DataFrame


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What is read for a building: mentions of whoever is named there, wherever they are named.

    ``mentioned``: as of `with_hubs`. ``visits``: to their buildings. ``names``: knows these.
    """

    mentioned: pd.DataFrame
    visits: pd.DataFrame
    names: UnitNames


class LinkService(Service):
    """Services about links between buildings.

    For the enforcement officer, who follows a lead to whoever is behind it, and the office
    manager, who answers for the street; a planner plans by the score and needs no names. Rows
    elsewhere tell that there is another building, and neither which nor when.
    """

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._kept: FollowedAnswers[_Surroundings] = FollowedAnswers(_KEPT)
        self._of_scopes: FollowedAnswers[_Links] = FollowedAnswers(_SCOPES_KEPT)

    def parties(self, actor: Actor) -> pd.DataFrame:
        """List who is named at more than one building, those who moved after a check first.

        Returns `PARTY_COLUMNS`. ``party`` is a code made for showing, ``label`` a firm's name or a
        masked one, ``buildings`` their names; ``hub`` whether so many buildings share it that it
        makes no link; ``weight`` is 1 / log2(1 + buildings) (Adamic and Adar 2003).
        """
        require(actor, Action.SEE_LINKS)
        return self._links_of(actor).parties.copy(deep=False)

    def around(self, actor: Actor, building_id: str) -> Network:
        """Return the network around a building, as far as the actor sees it.

        `NOBODY` where nobody there is on file elsewhere, or the building is out of scope.
        """
        require(actor, Action.SEE_LINKS)
        read = self._surroundings(building_id)
        mentioned = _linking(self._seen_around(actor, read, building_id))
        if building_id not in set(mentioned["building_id"]):
            return NOBODY
        moves = moves_after_checks(mentioned, read.visits)
        came = pd.MultiIndex.from_frame(moves[["party", "to_building"]])
        at = pd.MultiIndex.from_frame(mentioned[["party", "building_id"]])
        mentioned = mentioned.assign(moved=at.isin(came), label=mentioned["name"].fillna(""))
        return network_around(
            building_id, mentioned, read.names.buildings(mentioned["building_id"])
        )

    def of_building(self, actor: Actor, building_id: str) -> pd.DataFrame:
        """List who is named at a building and at others, as `parties` does."""
        require(actor, Action.SEE_LINKS)
        read = self._surroundings(building_id)
        mentioned = self._seen_around(actor, read, building_id)
        if mentioned.empty:
            return pd.DataFrame(columns=list(PARTY_COLUMNS))
        moves = moves_after_checks(_linking(mentioned), read.visits)
        return _with_buildings(_parties_of(mentioned, moves), mentioned, read.names)

    def moved_in(self, actor: Actor) -> pd.Series:
        """Count by building who came there after a check at another; index ``building_id``."""
        require(actor, Action.SEE_LINKS)
        return self._links_of(actor).moved_in

    def _links_of(self, actor: Actor) -> _Links:
        """Return what all mentions of the actor's scope come to; a page asks at each click."""
        engine = self._engine.pinned()

        def follow(before: _Links, visited: set[str]) -> _Links:
            came = _moves_again(engine, before, visited)
            return before if came.equals(before.moves) else self._read_links(actor, engine)

        return self._of_scopes.get(
            actor.scope, engine, self._workspace.store,
            read=lambda: self._read_links(actor, engine), follow=follow,
        )  # fmt: skip

    def _read_links(self, actor: Actor, engine: Engine) -> _Links:
        mentioned = self._mentioned(actor, engine)
        linking = _linking(mentioned)[list(_OF_MOVES)]
        moves = _moves(engine, linking)
        moved_in = moves.groupby("to_building").size().rename_axis("building_id")
        if mentioned.empty:
            parties = pd.DataFrame(columns=list(PARTY_COLUMNS))
            return _Links(parties, moved_in, linking, moves)
        order = ["hub", "moves", "weight", "newest"]
        ranked = _parties_of(mentioned, moves).sort_values(
            order, ascending=[True, False, False, False], kind="stable"
        )
        first = ranked.head(MOST_PARTIES).reset_index(drop=True)
        parties = _with_buildings(first, mentioned, UnitNames(engine))
        return _Links(parties, moved_in, linking, moves)

    def _mentioned(self, actor: Actor, engine: Engine) -> pd.DataFrame:
        """Return mentions in the actor's scope of parties that more buildings share."""
        rows = actor.scope.of_rows(shared(mentions(engine)))
        return self._coded(actor, with_hubs(rows.to_pandas()))

    def _surroundings(self, building_id: str) -> _Surroundings:
        """Return what is read for a building, whoever asks; a page asks again at each click."""
        engine = self._engine.pinned()

        def follow(before: _Surroundings, visited: set[str]) -> _Surroundings:
            places = _linking(before.mentioned)["building_id"]
            if visited.isdisjoint(places):
                return before
            return replace(before, visits=_visits(engine, places))

        return self._kept.get(
            building_id, engine, self._workspace.store,
            read=lambda: _read_surroundings(engine, building_id), follow=follow,
        )  # fmt: skip

    def _seen_around(self, actor: Actor, read: _Surroundings, building_id: str) -> pd.DataFrame:
        """Return as `_mentioned` the mentions of whoever is named at a building."""
        inside = actor.scope.of_frame(read.mentioned)
        parties = inside.loc[inside["building_id"] == building_id, ["party", "kind"]]
        return self._coded(actor, inside.merge(parties.drop_duplicates(), on=["party", "kind"]))

    def _coded(self, actor: Actor, frame: pd.DataFrame) -> pd.DataFrame:
        """Call parties by codes made for showing, and say which are named out of scope as well."""
        inside = frame["degree"]
        if not actor.scope.street:
            inside = frame.groupby(["party", "kind"])["building_id"].transform("nunique")
        key = derive_key(self._workspace.secret, "links")
        at, parties = pd.factorize(frame["party"])
        codes = [hmac.digest(key, each.encode(), "sha256").hex()[:_CODE_DIGITS] for each in parties]
        coded: pd.DataFrame = frame.assign(
            party=np.array(codes, dtype=object)[at], elsewhere=inside < frame["degree"]
        )
        return coded


def _read_surroundings(engine: Engine, building_id: str) -> _Surroundings:
    mentioned, names = mentions_around(engine, building_id), UnitNames(engine)
    names.buildings(mentioned["building_id"])
    return _Surroundings(mentioned, _visits(engine, _linking(mentioned)["building_id"]), names)


def _linking(mentioned: pd.DataFrame) -> pd.DataFrame:
    return mentioned[~mentioned["hub"]]


def _visits(engine: Engine, buildings: pd.Series) -> pd.DataFrame:
    visits = engine.table("inspections").select("building_id", "at")
    condition = {"building_id": set(buildings)}
    read: pd.DataFrame = ask_about_texts(visits, condition, in_lists).to_pandas()
    return read.dropna()


def _moves(engine: Engine, linking: pd.DataFrame) -> pd.DataFrame:
    return moves_after_checks(linking, _visits(engine, linking["building_id"]))


def _moves_again(engine: Engine, before: _Links, visited: set[str]) -> pd.DataFrame:
    """Return the moves again, worked out anew of who is named where a visit came."""
    linking, moves = before.linking, before.moves
    parties = linking.loc[linking["building_id"].isin(visited), "party"].unique()
    if not len(parties):
        return moves
    others = moves[~moves["party"].isin(parties)]
    theirs = _moves(engine, linking[linking["party"].isin(parties)])
    parts = [each for each in (others, theirs) if len(each)]
    return pd.concat(parts).sort_values(MOVE_ORDER, ignore_index=True) if parts else moves.head(0)


def _with_buildings(found: pd.DataFrame, mentioned: pd.DataFrame, names: UnitNames) -> pd.DataFrame:
    """Return parties with the buildings where they are named, the earliest first."""
    some = mentioned[mentioned["party"].isin(found["party"])]
    named = some.sort_values(["party", "since"]).drop_duplicates(["party", "building_id"])
    called = names.buildings(named["building_id"])
    named = named.assign(building=[called.get(each, each) for each in named["building_id"]])
    lists = named.groupby("party").agg(
        building_ids=("building_id", list), buildings=("building", list)
    )
    return found.merge(lists, on="party", how="left")[list(PARTY_COLUMNS)]


def _parties_of(mentioned: pd.DataFrame, moves: pd.DataFrame) -> pd.DataFrame:
    """Return `PARTY_COLUMNS` of each party without its buildings, in the order of their codes."""
    grouped = mentioned.sort_values(["party", "since"]).groupby("party")
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
