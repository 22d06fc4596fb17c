"""Commands that import files, undo imports, and export the quarantine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gridwarden.console.command import command
from gridwarden.console.invocation import Invocation
from gridwarden.console.options import read_pairs
from gridwarden.console.terminal import Answer, records, records_table

if TYPE_CHECKING:
    from data.ingest.results import ImportResult

MAP_FORM, WHERE_FORM, VALUE_FORM = "FIELD=COLUMN", "COLUMN=VALUE", "FIELD:SEEN=MEANT"


@command("import")
def import_(
    call: Invocation,
    table_name: Annotated[str, typer.Argument(metavar="TABLE")],
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files, or URL#SELECT ...")],
    *,
    mapped: Annotated[
        list[str] | None, typer.Option("--map", metavar=MAP_FORM, help="Overrule a guess.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Only this sheet.")] = None,
    datum: Annotated[
        str | None, typer.Option(help="wgs84, gcj02, bd09, cgcs2000 or EPSG:n.")
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option(metavar=WHERE_FORM, help="Only rows with this value.")
    ] = None,
    value: Annotated[
        list[str] | None, typer.Option(metavar=VALUE_FORM, help="What a value means.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Check and count; write nothing.")] = False,
) -> Answer:
    """Import files into a table: read, check, locate, count, keep."""
    options: dict[str, Any] = {
        "mapping": read_pairs(mapped, "--map", MAP_FORM), "sheet": sheet, "datum": datum,
        "where": read_pairs(where, "--where", WHERE_FORM), "values": _values(value),
        "dry_run": dry_run,
    }  # fmt: skip
    imports, terminal = call.office.imports, call.terminal
    results: dict[str, ImportResult] = {}
    for file in files:
        with terminal.progress() as advance:
            results[file] = imports.import_file(
                call.actor, table_name, file, progress=advance, **options
            )
    answer = results[files[0]] if len(results) == 1 else _together(results)
    return Answer(answer, (line for each in results.items() for line in _result_lines(*each)))


@command("imports")
def list_imports(call: Invocation) -> Answer:
    """List the imports, newest first."""
    imports = records(call.office.imports.history(call.actor))
    return Answer({"imports": imports}, [records_table("Imports", _brief(imports))])


@command("undo-import")
def undo_import(
    call: Invocation, import_id: Annotated[str, typer.Argument(metavar="ID")]
) -> Answer:
    """Take an import back, exactly as if it had never been."""
    undone = call.office.imports.undo(call.actor, import_id)
    line = (
        f"Took back {undone.import_id}: {undone.accepted} rows of {undone.table} from "
        f"{undone.file_name}."
    )
    return Answer(undone, [line])


@command("quarantine")
def quarantine(
    call: Invocation,
    *,
    export_to: Annotated[
        Path | None, typer.Option("--export", metavar="FILE.xlsx", help="Write a marked Excel.")
    ] = None,
) -> Answer:
    """List the rows that could not be used, or write them to an Excel to correct."""
    service = call.office.imports
    waiting = records(service.quarantine(call.actor))
    files: list[Path] = []
    if export_to is not None:
        several = len(waiting) > 1  # one workbook each, since each has its own table and headers
        files = [_numbered(export_to, each) if several else export_to for each in waiting]
    for path, each in zip(files, waiting, strict=False):
        path.write_bytes(service.export_quarantine(call.actor, import_id=each["import_id"]))
    rows = [each | {"reasons": _counts(each["reasons"])} for each in waiting]
    return Answer(
        {"rows": sum(each["rows"] for each in waiting), "imports": waiting, "files": files},
        [records_table("Quarantine", rows), *(f"Wrote {path}" for path in files)],
    )


def _brief(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep what fits a terminal's eighty columns."""
    return [
        {
            "import": each["import_id"] + (" (taken back)" if each["undone"] else ""),
            "table": each["table"],
            "file": each["file"],
            "in = accepted + quarantined + duplicates": "{rows_in} = {accepted} + {quarantined} + "
            "{duplicates}".format(**each),
        }
        for each in listed
    ]


def _numbered(path: Path, waiting: dict[str, object]) -> Path:
    return path.with_stem(f"{path.stem}-{waiting['table']}-{waiting['import_id']}")


def _values(items: list[str] | None) -> dict[str, dict[str, str]]:
    values: dict[str, dict[str, str]] = {}
    for item in items or []:
        field, separator, rest = item.partition(":")
        if not separator:
            raise typer.BadParameter(f"--value {item!r}: expected {VALUE_FORM}")
        values.setdefault(field, {}).update(read_pairs([rest], "--value", VALUE_FORM))
    return values


def _together(by_file: dict[str, ImportResult]) -> dict[str, object]:
    """Add several files' counts up, and keep each file's own answer."""
    results = list(by_file.values())
    numbers = ("rows_in", "accepted", "quarantined", "duplicates", "replaced", "left_out")
    by_name = ("reasons", "located", "dropped_personal")
    return {
        "import_id": [each.import_id for each in results],
        "table": results[0].table,
        **{name: sum(getattr(each, name) for each in results) for name in numbers},
        **{
            name: sum((Counter(getattr(each, name)) for each in results), Counter())
            for name in by_name
        },
        "files": by_file,
    }


def _result_lines(file: str, result: ImportResult) -> Iterator[str]:
    head = "dry run, nothing written" if result.dry_run else result.import_id
    again = " (imported before, nothing changed)" if result.repeated else ""
    yield f"{result.table} · {file} · {head}{again}"
    yield (
        f"  rows in {result.rows_in} = accepted {result.accepted} + quarantined "
        f"{result.quarantined} + duplicates {result.duplicates}"
        f" (replaced {result.replaced}, left out by --where {result.left_out})"
    )
    facts = {
        "columns": " ".join(f"{field}={column}" for field, column in result.mapping.items()),
        "located": _counts(result.located),
        "quarantine": _counts(result.reasons),
        "dropped": _counts(result.dropped_personal),
        "not in the list": "; ".join(
            f"{field} {_counts(values)}" for field, values in result.kept_unknown.items()
        ),
        "datum": f"{result.datum or ''} {_counts(result.datum_shares)}".strip(),
    }
    yield from (f"  {name}: {fact}" for name, fact in facts.items() if fact)
    yield from (f"  ! {warning}" for warning in result.warnings)


def _counts(counts: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {number:g}" for name, number in counts.items())
