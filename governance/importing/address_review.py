"""Addresses that only a person can decide: which building is meant, or none."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import ibis
import numpy as np
import pandas as pd

from data.derived.answers.unit_names import UnitNames
from data.derived.placing.address_keys import KEY
from data.derived.placing.addresses import key_of_now
from data.lake.imports import RowsByImport
from geo.addresses.areas import split_areas
from geo.addresses.lexicon import natural_key
from geo.addresses.spelling.compare import Doubt, doubts_of
from geo.addresses.spelling.suggest import likeliest_name
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, require_whole
from governance.importing.address_candidates import AddressCandidates, Candidate, Outline
from governance.importing.address_rows import masked_rows
from governance.importing.advert_leads import TABLE as ADVERTS
from governance.importing.advert_leads import AdvertLeads
from governance.importing.waiting_addresses import (
    Order,
    chosen,
    waiting_addresses,
    waiting_keys,
    waiting_rows,
)
from governance.service import Service

DECISION_COLUMNS = ("address", "example", "rows", "building_id", "name", "reviewer", "at")
SEARCHED = ("building_id", "std_address", "estate", "building_no", "aliases")
_ROAD_END: Final = re.compile(r"(?:大道|路|街|巷|胡同)$")


class UnknownBuildingError(GridwardenError):
    """No building of the register has this id."""


class NoWaitingAddressError(GridwardenError):
    """No row has this address, or it leads to a building by itself."""


@dataclass(frozen=True, slots=True)
class OpenAddress:
    """All that a person needs to decide about an address.

    ``address``, ``example``: normalised, and as most rows have it.
    ``candidates``, ``candidate_count``: the likeliest first, and how many there are.
    ``likely_street``, ``likely_estate``: of the register, where there is no candidate; '' where
    none is like it.
    """

    address: str
    example: str
    doubts: tuple[Doubt, ...]
    """Why the address by itself says no single building."""
    rows: pd.DataFrame
    """`governance.importing.address_rows.ROW_COLUMNS`, the newest."""
    count: int
    """How many rows the decision moves."""
    points: np.ndarray
    """Longitude and latitude of rows that have a point, shape (n, 2), degrees."""
    candidates: tuple[Candidate, ...]
    candidate_count: int
    namesakes: tuple[str, ...]
    """Estates of candidates whose name stands in several communities."""
    outlines: tuple[Outline, ...]
    """Candidates and what is beside them."""
    likely_street: str = ""
    likely_estate: str = ""


class AddressReviewService(Service):
    """Services about addresses that could mean several buildings, or are like none."""

    _candidates: AddressCandidates
    _advert_leads: AdvertLeads

    def queue(
        self,
        actor: Actor,
        *,
        containing: str = "",
        tables: Collection[str] = (),
        communities: Collection[str] = (),
        order: Order = "likely",
    ) -> pd.DataFrame:
        """List the addresses that a person must decide on; all rows that read alike are one.

        ``containing``: only addresses, as sent, with this text.
        ``tables``, ``communities``: only those of rows in such tables, and in such communities
        (codes); all when empty.
        ``order``: ``likely``: those with candidates first, then those with most rows; ``rows``;
        ``newest``.

        Returns `governance.importing.waiting_addresses.QUEUE_COLUMNS`.
        """
        require_whole(actor, Action.REVIEW_ADDRESS)
        self._engine.read_addresses()  # or whoever decides first would wait for it
        return chosen(
            waiting_addresses(*self._engine.waiting_files()),
            decided=self._decided(),
            containing=containing,
            tables=tables,
            communities=communities,
            order=order,
        )

    def count(self, actor: Actor) -> int:
        """Count the addresses that `queue` lists, without gathering what it tells of each."""
        require_whole(actor, Action.REVIEW_ADDRESS)
        return len(waiting_keys(self._engine.waiting_files()[0]) - self._decided())

    def look(self, actor: Actor, address: str) -> OpenAddress:
        """Return what speaks for and against each candidate of an address, and its rows.

        Raises `NoWaitingAddressError` when no row waits under this normalised address.
        """
        require_whole(actor, Action.REVIEW_ADDRESS)
        return self._pinned()._opened(address)  # noqa: SLF001 -- of its own class

    def _opened(self, address: str) -> OpenAddress:
        path, register = self._engine.waiting_files()
        line = waiting_addresses(path, register)
        line = line[line["address"] == address]
        if line.empty:
            raise NoWaitingAddressError("address_not_waiting", seen=address)
        row = line.iloc[0]
        example = str(row["example"])
        rows = waiting_rows(path)
        rows = rows[rows[KEY] == address]
        points = rows[["lon", "lat"]].dropna().to_numpy(float)
        candidates, count = self._candidates.of(example, row["candidates"], points)
        streets, estates = ([], []) if candidates else self._names_of_places()
        lake = self._workspace.lake
        files = RowsByImport(lake, lake.imports())
        return OpenAddress(
            address=address,
            example=example,
            doubts=tuple(doubts_of(example)),
            rows=masked_rows(rows, files),
            count=len(rows),
            points=points,
            candidates=tuple(candidates),
            candidate_count=count,
            namesakes=tuple(self._candidates.namesakes(candidates)),
            outlines=tuple(self._candidates.around(candidates)),
            likely_street=likeliest_name(example, streets),
            likely_estate=likeliest_name(example, estates),
        )

    def decide(self, actor: Actor, *, table: str, address: str, building_id: str | None) -> int:
        """Record which building an address means, or with None that it is no building.

        The decision holds for this address wherever it stands, now and in later imports. Returns
        how many rows waited under it.

        Raises `UnknownBuildingError` when the register holds no such building.
        """
        require_whole(actor, Action.REVIEW_ADDRESS)
        if building_id is not None and not self._known([building_id]):
            raise UnknownBuildingError("building_unknown", seen=building_id)
        rows = self._rows_of().get(address, 0)
        with self._workspace.store.begin() as unit:
            unit.address_reviews.decide(
                address,
                table=table,
                building_id=building_id,
                reviewer=actor.id,
                at=self._local_now(),
            )
            self._commit(
                unit, actor, Action.REVIEW_ADDRESS, address=address, building_id=building_id,
                rows=rows,
            )  # fmt: skip
        self._keep_leads_in_step(actor, address)
        return rows

    def withdraw(self, actor: Actor, *, address: str) -> bool:
        """End a decision about an address; False when there was none."""
        require_whole(actor, Action.REVIEW_ADDRESS)
        with self._workspace.store.begin() as unit:
            withdrawn = unit.address_reviews.withdraw(address, at=self._local_now())
            if withdrawn:
                self._commit(unit, actor, Action.REVIEW_ADDRESS, address=address, withdrawn=True)
        if withdrawn:
            self._keep_leads_in_step(actor, address)
        return withdrawn

    def _keep_leads_in_step(self, actor: Actor, address: str) -> None:
        """Move the leads of adverts with an address to where these are now."""
        waiting = waiting_addresses(*self._engine.waiting_files())
        tables = waiting.loc[waiting["address"] == address, "tables"]
        if not any(ADVERTS in each for each in tables):
            return
        with self._workspace.store.begin() as unit:
            if moved := self._advert_leads.take_in(unit, actor).updated:
                facts = {"address": address, "leads": moved}
                self._commit(unit, actor, Action.REVIEW_ADDRESS, **facts)

    def decisions(self, actor: Actor) -> pd.DataFrame:
        """List what is decided, the newest first: `DECISION_COLUMNS`.

        ``building_id`` and ``name`` are '' where it is no building; ``rows`` may be 0 where the
        rows were taken back since.
        """
        require_whole(actor, Action.REVIEW_ADDRESS)
        with self._workspace.store.begin() as unit:
            held = [
                (each.address, each.building_id or "", each.reviewer, each.at)
                for each in unit.address_reviews.all()
            ]
        frame = pd.DataFrame(held, columns=["address", "building_id", "reviewer", "at"])
        known = waiting_addresses(*self._engine.waiting_files()).set_index("address")
        frame["example"] = frame["address"].map(known["example"]).fillna(frame["address"])
        frame["rows"] = frame["address"].map(known["rows"]).fillna(0).astype(int)
        frame["name"] = UnitNames(self._engine).of("building", frame["building_id"])
        frame = frame.sort_values(["at", "address"], ascending=[False, True])
        return frame[list(DECISION_COLUMNS)].reset_index(drop=True)

    def communities(self, actor: Actor) -> dict[str, str]:
        """Return community code → name, to filter by."""
        require_whole(actor, Action.REVIEW_ADDRESS)
        return UnitNames(self._engine).communities

    def find_buildings(self, actor: Actor, text: str, *, limit: int = 20) -> dict[str, str]:
        """Return building → name of those whose code, address, estate or alias has every word."""
        require_whole(actor, Action.REVIEW_ADDRESS)
        register = self._engine.table("buildings")
        searched = (
            ibis.literal(" ").join([register[name].fill_null("") for name in SEARCHED]).lower()
        )
        for word in text.lower().split():
            register = register.filter(searched.contains(word))
        found = register.order_by("building_id").limit(limit).to_pandas()["building_id"].tolist()
        names = UnitNames(self._engine).buildings(found)
        return {unit: names.get(unit) or unit for unit in found}

    def _names_of_places(self) -> tuple[list[str], list[str]]:
        """Return the streets and the estates of the register, each once."""
        register = self._engine.table("buildings").select("std_address", "estate").to_pandas()
        estates = set(register["estate"].dropna())
        doors = {re.split(r"\d", text, maxsplit=1)[0] for text in register["std_address"].dropna()}
        streets = {split_areas(text)[1] for text in doors if _ROAD_END.search(text)}
        by = natural_key
        return sorted(streets - {""}, key=by), sorted(estates - {""}, key=by)

    def _rows_of(self) -> dict[str, int]:
        waiting = waiting_addresses(*self._engine.waiting_files())
        return dict(zip(waiting["address"], waiting["rows"], strict=True))

    def _decided(self) -> frozenset[str]:
        """Return the addresses that are decided; not those put in a building that is gone."""
        with self._workspace.store.begin() as unit:
            decisions = unit.address_reviews.decisions()
        known = self._known([each for each in decisions.values() if each])
        return frozenset(
            key_of_now(address)
            for address, unit in decisions.items()
            if unit is None or unit in known
        )

    def _known(self, ids: Collection[str]) -> set[str]:
        return set(UnitNames(self._engine).buildings(ids)) if ids else set()
