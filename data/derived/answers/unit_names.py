"""Display names of buildings, grids and communities."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Final

import pandas as pd

from data.derived.answers.building_names import short_names
from data.derived.backends.duckdb_sessions import ask_about_texts, in_lists
from data.engine import Engine
from data.workspace.cache import Cache

_GRIDS: Final[Cache[pd.DataFrame]] = Cache(16)
"""What the rows of the grids are named → codes and names: pages ask for them at every run."""


class UnitNames:
    """Names of units, read from the register and the grids.

    A cell has no name: people find their way by the official grids, never by a hexagon.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._buildings: dict[str, str] = {}

    def of(self, unit_kind: str, units: Iterable[str]) -> list[str]:
        """Return the names of units of one kind, empty where there is none."""
        wanted = list(units)
        names = self.buildings(wanted) if unit_kind == "building" else self._areas(unit_kind)
        return [names.get(unit, "") for unit in wanted]

    def buildings(self, ids: Iterable[str]) -> dict[str, str]:
        """Return building → estate and number, or the standard address.

        Only these are read of the register, and each once; one that it does not know is missing.
        """
        wanted = {*ids}
        if missing := wanted - self._buildings.keys():
            self._buildings |= self._read_buildings(missing)
        return {each: self._buildings[each] for each in wanted & self._buildings.keys()}

    def _read_buildings(self, ids: set[str]) -> dict[str, str]:
        table = self._engine.table("buildings")
        table = table.select("building_id", "std_address", "estate", "building_no")
        return short_names(ask_about_texts(table, {"building_id": ids}, in_lists).to_pandas())

    def _areas(self, unit_kind: str) -> dict[str, str]:
        if unit_kind == "grid":
            return self.grids
        return self.communities if unit_kind == "community" else {}

    @cached_property
    def grids(self) -> dict[str, str]:
        """Grid code → community and grid name."""
        frame = self._grids
        return dict(zip(frame["grid_code"], frame["community"] + frame["name"], strict=True))

    @cached_property
    def communities(self) -> dict[str, str]:
        """Community code (the grid code's first twelve digits) → name."""
        frame = self._grids
        return dict(zip(frame["grid_code"].str[:12], frame["community"], strict=True))

    @cached_property
    def _grids(self) -> pd.DataFrame:
        engine = self._engine.pinned()  # named and read at the same moment
        return _GRIDS.get(engine.name_of_rows("grids"), lambda: _read_grids(engine))


def _read_grids(engine: Engine) -> pd.DataFrame:
    table = engine.table("grids")
    columns = [name for name in ("grid_code", "name", "community") if name in table.columns]
    frame: pd.DataFrame = table.select(*columns).to_pandas().fillna("")
    return frame.reindex(columns=["grid_code", "name", "community"], fill_value="")


def buildings_holding(engine: Engine, words: Iterable[str]) -> set[str]:
    """Return the buildings whose code, name or address holds all the words, whatever their case."""
    table = engine.table("buildings")
    called = table["estate"].fill_null("") + table["building_no"].fill_null("")
    codes = table["building_id"] + " " + table["other_code"].fill_null("")
    text = codes + " " + called + " " + table["std_address"].fill_null("")
    held = table.select("building_id", searched=text.lower())
    for word in words:
        held = held.filter(held["searched"].contains(word.lower()))
    return {*held.select("building_id").to_pandas()["building_id"].to_numpy(object)}
