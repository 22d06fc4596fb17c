"""Ground truth of reading and placing, for every row written.

One line per written row: `file`, `sheet` ('' in a text file), `source_row` (the row number a
spreadsheet program shows; a text file's header is row 1), `table`, `key`, `building_id` ('' where
the row names no single building), `room`, `level` (room, building, estate, community or cell: the
surest that the words allow), `style` (how it was written), `problem` ('' or why the row should be
refused or noticed).
"""

from dataclasses import dataclass, field

import pandas as pd

COLUMNS = (
    "file", "sheet", "source_row", "table", "key", "building_id", "room", "level", "style",
    "problem",
)  # fmt: skip


@dataclass
class AnswerBook:
    """Collects the answers of all files of one demonstration city."""

    parts: list[pd.DataFrame] = field(default_factory=list)

    def note(
        self, answers: pd.DataFrame, *, file: str, table: str, sheet: str = "", first_row: int = 2
    ) -> None:
        """Add the answers of consecutive rows that begin at `first_row` of `file`."""
        numbered = answers.assign(
            file=file,
            table=table,
            sheet=sheet,
            source_row=range(first_row, first_row + len(answers)),
        )
        missing = {name: "" for name in COLUMNS if name not in numbered}
        self.parts.append(numbered.assign(**missing)[list(COLUMNS)])

    def frame(self) -> pd.DataFrame:
        """Return all answers in the order they were written."""
        joined = pd.concat(self.parts, ignore_index=True)
        text = [name for name in COLUMNS if name != "source_row"]
        return joined.astype(dict.fromkeys(text, "str"))
