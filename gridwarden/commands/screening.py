"""The command that screens texts into the policy's forms."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from gridwarden.console.command import command
from gridwarden.console.invocation import Invocation
from gridwarden.console.terminal import Answer

SHOWN = ("text", "tutoring:screened", "forms:term_part", "marks")
_BETWEEN = "、"


@command("screen")
def screen(
    call: Invocation,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="Texts, one a line; standard input without it."),
    ] = None,
    *,
    words: Annotated[
        bool, typer.Option("--words", help="Say by which words each is told; takes longer.")
    ] = False,
    export_to: Annotated[
        Path | None, typer.Option("--export", metavar="FILE.csv", help="Write them as CSV.")
    ] = None,
) -> Answer:
    """Say which forms of hidden tutoring texts tell of; nothing is kept."""
    text = file.read_text(encoding="utf-8-sig") if file else sys.stdin.read()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    service = call.office.screening
    rows: list[dict[str, Any]] = [
        {"text": line, "tutoring": each.tutoring, "forms": list(each.forms)}
        for line, each in zip(lines, service.screen(call.actor, lines), strict=True)
    ]
    for row in rows if words else ():
        marks = service.try_out(call.actor, row["text"]).marks
        row["marks"] = [f"{row['text'][m.start : m.end]}={m.term} ({m.why})" for m in marks]
    if export_to is not None:
        _write(export_to, rows)
    names = SHOWN if words else SHOWN[:-1]
    shown = [row | {"tutoring": "yes" if row["tutoring"] else "no"} for row in rows]
    return Answer({"texts": rows}, [call.table(call.say("Screened texts"), shown, names)])


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write rows as CSV that a spreadsheet opens, and in which it runs nothing."""
    import pandas as pd

    from data.export.writers import write_frame

    texts = [{name: _as_text(value) for name, value in row.items()} for row in rows]
    write_frame(pd.DataFrame(texts, columns=None if texts else ["text"], dtype=str), path)


def _as_text(value: object) -> str:
    return _BETWEEN.join(value) if isinstance(value, list) else str(value)
