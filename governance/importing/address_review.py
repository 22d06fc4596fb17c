"""Addresses that only a person can decide: which building is meant, or none."""

from __future__ import annotations

import ibis
import pandas as pd

from data.contracts.registry import TABLES
from data.derived.placing.place import is_placed
from data.derived.unit_names import UnitNames
from geo.addresses.normalise import normalise_address
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, require_whole
from governance.service import Service

QUEUE_COLUMNS = ("table", "address", "example", "rows", "candidates", "names", "score")
ADDRESS, CANDIDATES = "raw_address", "match_candidates"


class UnknownBuildingError(GridwardenError):
    """No building of the register has this id."""


class AddressReviewService(Service):
    """Services about addresses that could mean several buildings."""

    def queue(self, actor: Actor, *, limit: int = 50) -> pd.DataFrame:
        """List addresses a person must decide on, those with the most rows first.

        Returns
        -------
        DataFrame
            ``table``, ``address`` (normalised), ``example`` (as sent), ``rows``, ``candidates``
            and ``names`` (lists of the same length), ``score`` of the best candidate.
        """
        require_whole(actor, Action.REVIEW_ADDRESS)
        waiting = pd.concat([self._waiting(name) for name in TABLES if _has_addresses(name)])
        if waiting.empty:
            return pd.DataFrame(columns=list(QUEUE_COLUMNS))
        waiting["address"] = [normalise_address(text) for text in waiting["example"]]
        groups = waiting.sort_values("rows", ascending=False).groupby("address", sort=False)
        queue = groups.agg(
            table=("table", "first"),
            example=("example", "first"),
            rows=("rows", "sum"),
            candidates=("candidates", "first"),
            score=("score", "max"),
        ).reset_index()
        queue = queue.sort_values(["rows", "address"], ascending=[False, True]).head(limit)
        queue["candidates"] = [text.split(";") for text in queue["candidates"]]
        names = UnitNames(self._engine).buildings(queue["candidates"].explode().dropna())
        queue["names"] = [[names.get(each, "") for each in ids] for ids in queue["candidates"]]
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
        """Forget a decision about an address; False when there was none."""
        require_whole(actor, Action.REVIEW_ADDRESS)
        with self._workspace.store.begin() as unit:
            withdrawn = unit.address_reviews.withdraw(address)
            if withdrawn:
                self._record_in(unit, actor, Action.REVIEW_ADDRESS, address=address, withdrawn=True)
                unit.commit()
        return withdrawn

    def _waiting(self, table: str) -> pd.DataFrame:
        rows = self._engine.table(table)
        open_ = rows.filter(
            rows[CANDIDATES].notnull()  # noqa: PD004 -- an Ibis column
            & (rows[CANDIDATES] != "")
        )
        open_ = open_.filter(
            open_[ADDRESS].notnull()  # noqa: PD004 -- an Ibis column
            & (open_["match_method"] != "reviewed")
        )
        grouped = open_.group_by(example=open_[ADDRESS], candidates=open_[CANDIDATES]).agg(
            rows=ibis._.count(), score=ibis._.match_score.max()
        )
        frame: pd.DataFrame = grouped.to_pandas()
        return frame.assign(table=table)


def _has_addresses(table: str) -> bool:
    contract = TABLES[table]
    return is_placed(contract) and any(f.name == ADDRESS for f in contract.fields)
