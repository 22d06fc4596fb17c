"""Buildings that no longer stand: said once, taken back, and asked for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import pandas as pd

from data.contracts.registry import TABLES
from data.derived.answers.unit_names import UnitNames, buildings_holding
from data.derived.backends.duckdb_sessions import ask_about_texts, in_lists
from data.derived.placing.building_ends import BuildingEnd, ends_in, read_ends, write_ends
from data.derived.placing.waiting_rows import has_addresses
from data.derived.visits import TABLE as VISITS
from data.lake.imports import RowsByImport
from data.lake.schema import ENDED_ON, EVENT_AT, IMPORT_ID, ROW_KEY
from data.privacy.pseudonyms import hide_numbers
from data.workspace.clock import start_of
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, may, require, require_whole
from governance.importing.address_review import UnknownBuildingError
from governance.importing.address_rows import masked_rows
from governance.responsibility.people import account_names
from governance.service import Service, SnapshotReader
from governance.visits.base import VisitReader, are_among

END_COLUMNS: Final = ("building_id", "name", "ended_on", "reason", "by", "at", "later_rows")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredBuilding:
    """What a building's page says of one by the register alone."""

    name: str
    ended_on: date | None
    """The first day without it; None where it stands."""
    reason: str = ""
    by: str = ""
    """A name. Both are empty where an imported table says so, and to who may not say so."""
    said_here: bool = False
    """Whether its end was said here, and can be taken back."""


class BuildingEndError(GridwardenError):
    """What was said about the end of a building is not usable, or nothing was said."""


class BuildingEndService(Service):
    """Services about buildings that were pulled down, and sites that were cleared.

    From its day on such a building is on no plan and no day's list, in no count of what is due and
    in no score; what there is of it stays. An imported table of buildings says the same by its
    field ``ended_on``.
    """

    _visit_reader: VisitReader
    _snapshot_reader: SnapshotReader

    def end(
        self, actor: Actor, building_ids: Collection[str], *, ended_on: date, reason: str
    ) -> None:
        """Say that buildings no longer stand: all of them, or nothing is said.

        ``ended_on``: the first day without them, today at the latest.

        Raises `UnknownBuildingError` when the register does not hold one.
        Raises `BuildingEndError`: ``building_end_reason_missing``, ``building_end_later``,
        ``building_ended_already``.
        """
        require_whole(actor, Action.END_BUILDINGS)
        ids, today = sorted(set(building_ids)), self._local_now().date()
        if not reason.strip():
            raise BuildingEndError("building_end_reason_missing")
        if ended_on > today:
            raise BuildingEndError("building_end_later", seen=str(ended_on), expected=str(today))
        ended = self._ended()
        if unknown := sorted(set(ids) - self._known(ids)):
            raise UnknownBuildingError("building_unknown", seen=", ".join(unknown))
        new = BuildingEnd(
            ended_on=ended_on, reason=hide_numbers(reason.strip()), by=actor.id, at=self._now()
        )
        with self._workspace.store.begin() as unit:
            # The line comes first: with the head of the log it holds off whoever says so meanwhile.
            self._record_in(unit, actor, Action.END_BUILDINGS, building=", ".join(ids),
                            ended_on=str(ended_on), change="building_ended")  # fmt: skip
            ends = read_ends(unit)
            if already := [each for each in ids if each in ends or each in ended]:
                raise BuildingEndError("building_ended_already", seen=", ".join(already))
            write_ends(unit, ends | dict.fromkeys(ids, new))
            unit.commit()

    def take_back(self, actor: Actor, building_ids: Collection[str]) -> None:
        """Take back what was said here about buildings, all of it or nothing.

        Raises `BuildingEndError`: ``building_end_missing`` when nothing was said here of one; what
        an imported table says is taken back with its import, or by a corrected one.
        """
        require_whole(actor, Action.END_BUILDINGS)
        ids = sorted(set(building_ids))
        with self._workspace.store.begin() as unit:
            self._record_in(unit, actor, Action.END_BUILDINGS, building=", ".join(ids),
                            change="building_stands")  # fmt: skip
            ends = read_ends(unit)
            if missing := [each for each in ids if each not in ends]:
                raise BuildingEndError("building_end_missing", seen=", ".join(missing))
            write_ends(unit, {each: end for each, end in ends.items() if each not in set(ids)})
            unit.commit()

    def all(self, actor: Actor) -> pd.DataFrame:
        """List the buildings that no longer stand, the last one first: `END_COLUMNS`.

        ``by`` is a name, and with ``reason`` and ``at`` (local) empty where an imported table says
        so; ``later_rows`` counts the rows of `later_rows`.
        """
        require_whole(actor, Action.END_BUILDINGS)
        with self._workspace.store.begin() as unit:
            ends, names = read_ends(unit), account_names(unit)
        ended = self._ended()
        rows = [
            (building, day, end.reason if end else "", names.get(end.by, end.by) if end else "",
             self.clock.to_local(end.at) if end else None)
            for building, day in ended.items()
            for end in [ends.get(building)]
        ]  # fmt: skip
        frame = pd.DataFrame(rows, columns=["building_id", "ended_on", "reason", "by", "at"])
        later = self._later(ended)["building_id"]
        frame = frame.assign(
            name=UnitNames(self._engine).of("building", frame["building_id"]),
            later_rows=[int((later == unit).sum()) for unit in frame["building_id"]],
        )
        frame = frame.sort_values(["ended_on", "building_id"], ascending=[False, True])
        return frame[list(END_COLUMNS)].reset_index(drop=True)

    def later_rows(self, actor: Actor, building_id: str) -> pd.DataFrame:
        """Return the rows at a building that tell of a day on which it no longer stood.

        They count in no score. Either it stands, or they mean another one, whose code they lack.

        Returns `governance.importing.address_rows.ROW_COLUMNS` of the newest, masked; none of
        visits: who visits names the building that is meant, and may say that it is not there.
        """
        require_whole(actor, Action.END_BUILDINGS)
        ended = self._ended()
        later = self._later({each: day for each, day in ended.items() if each == building_id})
        lake = self._workspace.lake
        return masked_rows(later, RowsByImport(lake, lake.imports()))

    def count_later_rows(self, actor: Actor) -> int:
        """Count the rows of `later_rows` at all buildings."""
        require_whole(actor, Action.END_BUILDINGS)
        return len(self._later(self._ended()))

    def of(self, actor: Actor, building_id: str) -> RegisteredBuilding | None:
        """Return what is known of a building of the actor's; None where the register lacks it."""
        require(actor, Action.SEE_REGISTER)
        seen = self._visit_reader.buildings(actor, only=[building_id], scored=False)
        if seen.empty:
            return None
        known = _registered(seen.iloc[0])
        if known.ended_on is None:
            return known
        with self._workspace.store.begin() as unit:
            end, names = read_ends(unit).get(building_id), account_names(unit)
        shown = end if may(actor, Action.END_BUILDINGS) else None
        return replace(
            known, reason=shown.reason if shown else "",
            by=names.get(shown.by, shown.by) if shown else "", said_here=end is not None,
        )  # fmt: skip

    def find(
        self, actor: Actor, text: str, *, snapshot_id: str, limit: int = 20
    ) -> dict[str, RegisteredBuilding]:
        """Return buildings of the actor's that no longer stand, or that a score does not have.

        Each holds all the words of the text in its name, address or code. ``reason`` and ``by`` are
        empty.
        """
        require(actor, Action.SEE_REGISTER)
        held = buildings_holding(self._engine, text.split())
        snapshot = self._snapshot_reader.snapshot(snapshot_id)
        scored = snapshot.select("buildings", "building_id", held, columns=["building_id"])
        register = self._engine.table("buildings").select("building_id", ENDED_ON)
        register = ask_about_texts(register, {"building_id": held}, in_lists).to_pandas()
        ended = register[ENDED_ON].notna()
        wanted = ended | ~are_among(register["building_id"], {*scored["building_id"]})
        rows = self._visit_reader.buildings(
            actor, only=register.loc[wanted, "building_id"].tolist(), scored=False
        )
        found = rows.sort_values("building_id").head(limit)
        return {str(row["building_id"]): _registered(row) for _, row in found.iterrows()}

    def days(self, actor: Actor, building_ids: Collection[str]) -> dict[str, date]:
        """Return the first day without each of some buildings; those that stand are left out.

        So are those that are neither in the actor's scope nor delegated.
        """
        require(actor, Action.SEE_REGISTER)
        seen = self._visit_reader.buildings(
            actor, only=building_ids, also=building_ids, scored=False
        )
        ended = seen.dropna(subset=ENDED_ON)
        return {str(unit): day.date() for unit, day in zip(ended["building_id"], ended[ENDED_ON],
                                                           strict=True)}  # fmt: skip

    def _later(self, ended: Mapping[str, date]) -> pd.DataFrame:
        """Return the rows of the days on which some buildings no longer stood.

        ``ended``: the first day without each.

        Returns ``table, import_id, row_key, event_at, building_id``.
        """
        columns = [IMPORT_ID, ROW_KEY, EVENT_AT, "building_id"]
        parts = [pd.DataFrame(columns=["table", *columns])]
        tables = [each for each, contract in TABLES.items() if has_addresses(contract)]
        for name in [each for each in tables if ended and each != VISITS]:
            rows = self._engine.table(name)
            first = start_of(min(ended.values()))
            rows = rows.filter(rows["building_id"].isin(sorted(ended)), rows[EVENT_AT] >= first)
            parts.append(rows.select(*columns).to_pandas().assign(table=name))
        found = pd.concat([each for each in parts if len(each)] or parts, ignore_index=True)
        days = pd.to_datetime(found["building_id"].map(ended))
        return found[pd.to_datetime(found[EVENT_AT]) >= days].reset_index(drop=True)

    def _ended(self) -> dict[str, date]:
        return ends_in(self._engine.table("buildings"))

    def _known(self, ids: Collection[str]) -> set[str]:
        """Return those of some buildings that the register holds."""
        register = self._engine.table("buildings").select("building_id")
        rows = register.filter(register["building_id"].isin(list(ids))).to_pyarrow()
        return {*rows["building_id"].to_pylist()}


def _registered(row: pd.Series) -> RegisteredBuilding:
    """Return what a row of `VisitReader.buildings` says of a building."""
    ended = row[ENDED_ON]
    return RegisteredBuilding(
        name=str(row["name"] or ""), ended_on=None if pd.isna(ended) else ended.date()
    )
