"""Addresses that only a person can decide: which building is meant, or none."""

import re
from typing import Final

import ibis
import pandas as pd

from data.contracts.registry import TABLES
from data.derived.placing.place import is_placed
from data.derived.unit_names import UnitNames
from geo.addresses.areas import split_areas
from geo.addresses.normalise import normalise_address
from geo.addresses.spelling.suggest import likeliest_name
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, require_whole
from governance.service import Service

QUEUE_COLUMNS = ("table", "address", "example", "rows", "candidates", "names", "score",
                 "likely_street", "likely_estate")  # fmt: skip
_ROAD_END: Final = re.compile(r"(?:大道|路|街|巷|胡同)$")
ADDRESS, CANDIDATES = "raw_address", "match_candidates"
SEARCHED = ("building_id", "std_address", "estate", "building_no", "aliases")


class UnknownBuildingError(GridwardenError):
    """No building of the register has this id."""


class AddressReviewService(Service):
    """Services about addresses that could mean several buildings, or are like none."""

    def queue(self, actor: Actor, *, limit: int = 50, containing: str = "") -> pd.DataFrame:
        """List addresses a person must decide on: those with candidates first, then by rows.

        Parameters
        ----------
        limit
            How many at most.
        containing
            Only addresses, as sent, with this text.

        Returns
        -------
        DataFrame
            ``table``, ``address`` (normalised), ``example`` (as sent), ``rows``, ``candidates``
            and ``names`` (lists of the same length, empty where no address of the register is like
            it), ``score`` of the best candidate, and where there is none the ``likely_street`` and
            ``likely_estate`` of the register ('' where none is like it).
        """
        require_whole(actor, Action.REVIEW_ADDRESS)
        waiting = pd.concat([self._waiting(name) for name in TABLES if _has_addresses(name)])
        waiting = waiting[waiting["example"].str.contains(containing.strip(), regex=False)]
        waiting["address"] = [normalise_address(text) for text in waiting["example"]]
        waiting = waiting[~waiting["address"].isin(["", *self._called_no_building()])]
        if waiting.empty:
            return pd.DataFrame(columns=list(QUEUE_COLUMNS))
        groups = waiting.sort_values("rows", ascending=False).groupby("address", sort=False)
        queue = groups.agg(
            table=("table", "first"),
            example=("example", "first"),
            rows=("rows", "sum"),
            candidates=("candidates", "max"),
            score=("score", "max"),
        ).reset_index()
        queue["unlike"] = queue["candidates"] == ""
        order = ["unlike", "rows", "address"]
        queue = queue.sort_values(order, ascending=[True, False, True]).head(limit)
        queue["candidates"] = [text.split(";") if text else [] for text in queue["candidates"]]
        names = UnitNames(self._engine).buildings(queue["candidates"].explode().dropna())
        queue["names"] = [[names.get(each, "") for each in ids] for ids in queue["candidates"]]
        streets, estates = self._names_of_places() if queue["unlike"].any() else ([], [])
        for column, known in (("likely_street", streets), ("likely_estate", estates)):
            queue[column] = [
                likeliest_name(text, known) if unlike else ""
                for text, unlike in zip(queue["example"], queue["unlike"], strict=True)
            ]
        return queue[list(QUEUE_COLUMNS)].reset_index(drop=True)

    def decide(self, actor: Actor, *, table: str, address: str, building_id: str | None) -> None:
        """Record which building an address means, or with None that it is no building.

        The decision holds for this address wherever it stands, now and in later imports.

        Raises
        ------
        UnknownBuildingError
            When the register holds no such building.
        """
        require_whole(actor, Action.REVIEW_ADDRESS)
        if building_id is not None and building_id not in UnitNames(self._engine).buildings(
            [building_id]
        ):
            raise UnknownBuildingError("building_unknown", seen=building_id)
        with self._workspace.store.begin() as unit:
            unit.address_reviews.decide(
                address,
                table=table,
                building_id=building_id,
                reviewer=actor.id,
                at=self._local_now(),
            )
            self._record_in(
                unit, actor, Action.REVIEW_ADDRESS, address=address, building_id=building_id
            )
            unit.commit()

    def withdraw(self, actor: Actor, *, address: str) -> bool:
        """End a decision about an address; False when there was none."""
        require_whole(actor, Action.REVIEW_ADDRESS)
        with self._workspace.store.begin() as unit:
            withdrawn = unit.address_reviews.withdraw(address, at=self._local_now())
            if withdrawn:
                self._record_in(unit, actor, Action.REVIEW_ADDRESS, address=address, withdrawn=True)
                unit.commit()
        return withdrawn

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
        return sorted(streets - {""}), sorted(estates - {""})

    def _called_no_building(self) -> list[str]:
        with self._workspace.store.begin() as unit:
            decisions = unit.address_reviews.decisions()
        return [address for address, building in decisions.items() if building is None]

    def _waiting(self, table: str) -> pd.DataFrame:
        """Return the addresses of rows that were put in no building, with their candidates.

        Without any building nothing could be chosen, so that none waits.
        """
        rows = self._engine.table(table)
        rows = rows.filter(~rows[ADDRESS].isnull())  # noqa: PD003 -- an Ibis column
        rows = rows.mutate(candidates=rows[CANDIDATES].fill_null(""))
        waits = rows["candidates"] != ""
        if self._engine.table("buildings").count().to_pyarrow().as_py():
            waits |= rows["match_level"] == "none"
        grouped = (
            rows.filter(waits)
            .group_by(example=rows[ADDRESS], candidates=rows["candidates"])
            .agg(rows=ibis._.count(), score=ibis._.match_score.max())
        )
        frame: pd.DataFrame = grouped.to_pandas()
        return frame.assign(table=table)


def _has_addresses(table: str) -> bool:
    contract = TABLES[table]
    return is_placed(contract) and any(f.name == ADDRESS for f in contract.fields)
