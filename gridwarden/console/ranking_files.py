"""Write a ranked list to a file that leaves the office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.documents.workbook import Sheet, workbook
from geo.errors import GridwardenError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

FORMATS = (".xlsx", ".csv")
NOTE = "评分只提示先看哪里, 不是结论。"


class RankingFormatError(GridwardenError):
    """A list cannot be written to a file of this kind."""


def write_ranking(ranked: pd.DataFrame, path: Path, *, unit: str) -> None:
    """Write a ranked list as a workbook or as CSV (UTF-8 with mark, for Excel).

    Raises
    ------
    RankingFormatError
        When the file's ending is neither ``.xlsx`` nor ``.csv``.
    """
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise RankingFormatError(
            "export_format_unknown", seen=path.suffix or path.name, expected=" or ".join(FORMATS)
        )
    if ending == ".csv":
        ranked.to_csv(path, index=False, encoding="utf-8-sig")
    else:
        path.write_bytes(workbook([Sheet(title=f"先看哪里 {unit}", table=ranked, note=NOTE)]))
