"""Commands that import files, undo imports, and export the quarantine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gridwarden.console.invocation import Json, invocation
from gridwarden.console.terminal import records, records_table

if TYPE_CHECKING:
    from rich.console import Console

    from data.ingest.results import ImportResult


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("import")(import_)
    app.command("imports")(imports)
    app.command("undo-import")(undo_import)
    app.command("quarantine")(quarantine)


def import_(  # noqa: PLR0913 -- one parameter per option of the command
    ctx: typer.Context,
    table_name: Annotated[str, typer.Argument(metavar="TABLE")],
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files, or URL#SELECT ...")],
    *,
    mapped: Annotated[
        list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help="Overrule a guess.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Only this sheet.")] = None,
    datum: Annotated[
        str | None, typer.Option(help="wgs84, gcj02, bd09, cgcs2000 or EPSG:n.")
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN=VALUE", help="Only rows with this value.")
    ] = None,
    value: Annotated[
        list[str] | None, typer.Option(metavar="FIELD:SEEN=MEANT", help="What a value means.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Check and count; write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Import files into a table: read, check, locate, count, keep."""
    call = invocation(ctx, as_json=as_json)
    means, where_pairs = _values(value), _pairs(where, "--where", "COLUMN=VALUE")
    mapping = _pairs(mapped, "--map", "FIELD=COLUMN")
    office, terminal = call.office(), call.terminal
    results: dict[str, ImportResult] = {}
    for file in files:
        with terminal.progress() as advance:
            results[file] = office.imports.import_file(
                call.actor(),
                table_name,
                file,
                mapping=mapping,
                sheet=sheet,
                datum=datum,
                where=where_pairs,
                values=means,
                dry_run=dry_run,
                progress=advance,
            )

    def show(out: Console) -> None:
        for file, result in results.items():
            _show_result(out, file, result)

    answer = results[files[0]] if len(results) == 1 else _together(results)
    terminal.result(answer, show=show)


def imports(ctx: typer.Context, *, as_json: Json = False) -> None:
    """List the imports, newest first."""
    call = invocation(ctx, as_json=as_json)
    listed = records(call.office().imports.history(call.actor()))
    call.terminal.result(
        {"imports": listed}, show=lambda out: out.print(records_table("Imports", _brief(listed)))
    )


def undo_import(
    ctx: typer.Context,
    import_id: Annotated[str, typer.Argument(metavar="ID")],
    *,
    as_json: Json = False,
) -> None:
    """Take an import back, exactly as if it had never been."""
    call = invocation(ctx, as_json=as_json)
    undone = call.office().imports.undo(call.actor(), import_id)
    call.terminal.result(
        undone,
        show=lambda out: out.print(
            f"Took back {undone.import_id}: {undone.accepted} rows of {undone.table} from "
            f"{undone.file_name}.",
            markup=False,
        ),
    )


def quarantine(
    ctx: typer.Context,
    *,
    export_to: Annotated[
        Path | None, typer.Option("--export", metavar="FILE.xlsx", help="Write a marked Excel.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the rows that could not be used, or write them to an Excel to correct."""
    call = invocation(ctx, as_json=as_json)
    office = call.office()
    waiting = records(office.imports.quarantine(call.actor()))
    files: list[Path] = []
    if export_to is not None:
        for each in waiting:
            path = export_to if len(waiting) == 1 else _numbered(export_to, each)
            path.write_bytes(
                office.imports.export_quarantine(call.actor(), import_id=each["import_id"])
            )
            files.append(path)
    answer = {"rows": sum(each["rows"] for each in waiting), "imports": waiting, "files": files}

    def show(out: Console) -> None:
        shown = [each | {"reasons": _counts(each["reasons"])} for each in waiting]
        out.print(records_table("Quarantine", shown))
        for path in files:
            out.print(f"Wrote {path}", markup=False)

    call.terminal.result(answer, show=show)


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


def _numbered(path: Path, kept: dict[str, object]) -> Path:
    """Name one workbook per import, since each has its own table and headers."""
    return path.with_stem(f"{path.stem}-{kept['table']}-{kept['import_id']}")


def _pairs(items: list[str] | None, option: str, form: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for item in items or []:
        name, found, value = item.partition("=")
        if not found or not name:
            raise typer.BadParameter(f"{option} {item!r}: expected {form}")
        pairs[name.strip()] = value
    return pairs


def _values(items: list[str] | None) -> dict[str, dict[str, str]]:
    values: dict[str, dict[str, str]] = {}
    for item in items or []:
        field, found, rest = item.partition(":")
        if not found:
            raise typer.BadParameter(f"--value {item!r}: expected FIELD:SEEN=MEANT")
        values.setdefault(field, {}).update(_pairs([rest], "--value", "FIELD:SEEN=MEANT"))
    return values


def _together(by_file: dict[str, ImportResult]) -> dict[str, object]:
    """Add several files' counts up, and keep each file's own answer."""
    results = list(by_file.values())
    counts = ("rows_in", "accepted", "quarantined", "duplicates", "replaced", "left_out")
    answer: dict[str, object] = {
        "import_id": [each.import_id for each in results],
        "table": results[0].table,
    }
    answer |= {name: sum(getattr(each, name) for each in results) for name in counts}
    for name in ("reasons", "located", "dropped_personal"):
        added: dict[str, int] = {}
        for each in results:
            for key, number in getattr(each, name).items():
                added[key] = added.get(key, 0) + number
        answer[name] = added
    return answer | {"files": by_file}


def _show_result(out: Console, file: str, result: ImportResult) -> None:
    head = "dry run, nothing written" if result.dry_run else result.import_id
    again = " (imported before, nothing changed)" if result.repeated else ""
    out.print(f"{result.table} · {file} · {head}{again}", markup=False)
    out.print(
        f"  rows in {result.rows_in} = accepted {result.accepted} + quarantined "
        f"{result.quarantined} + duplicates {result.duplicates}"
        f" (replaced {result.replaced}, left out by --where {result.left_out})",
        markup=False,
    )
    facts: list[tuple[str, object]] = [
        ("columns", " ".join(f"{field}={column}" for field, column in result.mapping.items())),
        ("located", _counts(result.located)),
        ("quarantine", _counts(result.reasons)),
        ("dropped", _counts(result.dropped_personal)),
        ("datum", f"{result.datum or ''} {_counts(result.datum_shares)}".strip()),
    ]
    for name, fact in facts:
        if fact:
            out.print(f"  {name}: {fact}", markup=False)
    for warning in result.warnings:
        out.print(f"  ! {warning}", markup=False)


def _counts(counts: dict[str, int] | dict[str, float]) -> str:
    return ", ".join(f"{name} {number:g}" for name, number in counts.items())
