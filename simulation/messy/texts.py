"""Write text files in the encodings that office programs choose."""

from datetime import datetime
from pathlib import Path

import pandas as pd

from simulation.answers import AnswerBook


def write_text_table(
    path: Path, cells: pd.DataFrame, answers: pd.DataFrame, book: AnswerBook,
    *, table: str, encoding: str,
) -> None:  # fmt: skip
    """Write `cells` as CSV with CRLF and note the answers of its rows.

    What an encoding lacks becomes a question mark.

    `encoding` is ``gbk``, ``utf-8`` or ``utf-8-sig`` (with a byte-order mark, as Excel writes).
    Moments are written as a spreadsheet shows them.
    """
    cells.map(_as_shown).to_csv(
        path, index=False, encoding=encoding, errors="replace", lineterminator="\r\n"
    )
    book.note(answers, file=path.name, table=table)


def _as_shown(value: object) -> object:
    return value.strftime("%Y/%m/%d %H:%M") if isinstance(value, datetime) else value
