"""What Chicago's register says that a licence's holder is registered for, beside each visit.

An office's list of visits often has it on each row (经营范围); here it stands in the register, as
one column for each further licence of the holder, with the day from which each term runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

COLUMN: Final = "Activities"
REGISTER: Final = "register.parquet"
_LICENCE, _FROM = "LICENSE_NUMBER", "LICENSE_TERM_START_DATE"
_FURTHER: Final = (
    "consumption_on_premises_incidental_activity", "tobacco", "package_goods", "outdoor_patio",
    "public_place_of_amusement", "limited_business_license", "childrens_services_facility_license",
    "tavern", "regulated_business_license", "filling_station", "caterers_liquor_license",
    "mobile_food_license",
)  # fmt: skip
_NONE_FURTHER: Final = "no further licence"


def with_activities(file: Path, folder: Path) -> Path:
    """Write a file of visits with `COLUMN` into a folder, by the terms begun by then; return it.

    ``file``: beside it lies the register.
    """
    visits = pd.read_parquet(file)
    licence = pd.to_numeric(visits["License"], errors="coerce").astype("float64")
    asked = pd.DataFrame({"row": range(len(visits)), "at": visits["Inspection_Date"],
                          "licence": licence}).dropna().sort_values("at")  # fmt: skip
    told = pd.merge_asof(asked, _terms(file.with_name(REGISTER)), on="at", by="licence")
    of_row = told.set_index("row")[COLUMN].reindex(range(len(visits)))
    made = folder / made_name(file.name)
    visits.assign(**{COLUMN: of_row.to_numpy()}).to_parquet(made)
    return made


def made_name(name: str) -> str:
    """Return what a file of visits is called once it has `COLUMN`."""
    return f"{name.removesuffix('.parquet')}_{COLUMN.lower()}.parquet"


def _terms(file: Path) -> pd.DataFrame:
    """Return ``licence, at`` and the activities of each term, by its first day."""
    register = pd.read_parquet(file, columns=[_LICENCE, _FROM, *_FURTHER])
    has = register[list(_FURTHER)].fillna(0).gt(0)
    words = [each.removesuffix("_license").replace("_", " ") for each in _FURTHER]
    told = has.apply(
        lambda row: "; ".join(w for w, there in zip(words, row, strict=True) if there), axis=1
    )
    terms = pd.DataFrame({"licence": register[_LICENCE].astype("float64"), "at": register[_FROM],
                          COLUMN: told.where(told != "", _NONE_FURTHER)})  # fmt: skip
    return terms.dropna(subset=["licence", "at"]).sort_values("at")
