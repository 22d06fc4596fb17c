"""What people call buildings, by rows of the register, or by its file without a query engine."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from data.derived.cache import is_made
from data.derived.fingerprints import imports_by_table, register_file_name, register_fingerprint
from data.derived.placing.building_ends import read_end_days
from data.lake.selected_rows import select_rows

if TYPE_CHECKING:
    import pandas as pd

    from data.workspace.folder import Workspace

_NAMED: Final = ("building_id", "std_address", "estate", "building_no")
_HAN: Final = "[\u4e00-\u9fff]"
_STREET_OFFICE: Final = re.compile(rf"^{_HAN}{{1,20}}[区县市旗]{_HAN}{{1,6}}街道(?!办)(?=.)")
"""The district and street office that an address begins with: those of the office itself."""


def names_at_hand(workspace: Workspace, buildings: Collection[str]) -> dict[str, str] | None:
    """Return building → name, as `UnitNames` does; None where the register is still to be made.

    For commands that name a few buildings and end: importing the engine takes them longer.
    """
    imports = imports_by_table(workspace.lake.imports())
    with workspace.store.begin() as unit:
        ended = read_end_days(unit)
    fingerprint = register_fingerprint(imports, workspace.settings, ended=ended)
    path = workspace.derived_path / register_file_name(fingerprint)
    if not is_made(path):
        return None
    rows = select_rows(path, "building_id", buildings, _NAMED).to_pylist()
    return {row["building_id"]: display_name(*(row[name] or "" for name in _NAMED[1:]))
            for row in rows}  # fmt: skip


def display_name(address: str, estate: str, number: str) -> str:
    """Return what people call a building, as `display_names` does of many."""
    return estate + number if estate else _STREET_OFFICE.sub("", address)


def short_names(register: pd.DataFrame) -> dict[str, str]:
    """Return building → what it is called, of rows of the register; see `display_names`."""
    # As arrays of objects: pandas takes a microsecond for each text of a column that is iterated.
    ids, names = register["building_id"], display_names(register)
    return dict(zip(ids.to_numpy(object), names.to_numpy(object), strict=True))


def display_names(register: pd.DataFrame) -> pd.Series[str]:
    """Return what people call buildings: estate and number, or the address within the street.

    ``register``: ``estate, building_no, std_address``, which may be missing.
    """
    texts = register[["std_address", "estate", "building_no"]].fillna("")
    short = (texts["estate"] + texts["building_no"]).where(texts["estate"] != "", "")
    within = texts.loc[short == "", "std_address"].str.replace(_STREET_OFFICE, "", regex=True)
    return short.where(short != "", within).astype("str")
