"""Commands that import files, undo imports, and export the quarantine."""

from __future__ import annotations

import re
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
    from dashboard.i18n import Translator
    from data.ingest.results import ImportResult

COUNTED = ("rows in", "accepted", "quarantined", "duplicates")
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
        list[str] | None,
        typer.Option(metavar=VALUE_FORM, help="What a value, or a limit such as <=85, means."),
    ] = None,
    header: Annotated[
        bool | None,
        typer.Option("--header/--no-header", help="Whether there is a header row; else 1, 2 ..."),
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Check and count; write nothing.")] = False,
) -> Answer:
    """Import files into a table: read, check, locate, count, keep."""
    options: dict[str, Any] = {
        "mapping": read_pairs(mapped, "--map", MAP_FORM), "sheet": sheet, "datum": datum,
        "where": read_pairs(where, "--where", WHERE_FORM), "values": _values(value),
        "header": header, "dry_run": dry_run,
    }  # fmt: skip
    imports, terminal = call.office.imports, call.terminal
    results: dict[str, ImportResult] = {}
    for file in files:
        with terminal.progress() as advance:
            results[file] = imports.import_file(
                call.actor, table_name, file, progress=advance, **options
            )
    answer = results[files[0]] if len(results) == 1 else _together(results)
    lines = (line for each in results.items() for line in _result_lines(*each, say=call.say))
    return Answer(answer, lines)


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
        limit = re.match(r"\s*[<>]=?[^=]*", rest)
        seen, meant = (rest[: limit.end()], rest[limit.end() + 1 :]) if limit else ("", "")
        pair = {seen.strip(): meant} if meant else read_pairs([rest], "--value", VALUE_FORM)
        values.setdefault(field, {}).update(pair)
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


def _result_lines(file: str, result: ImportResult, *, say: Translator) -> Iterator[str]:
    head = say.name("import", "dry_run") if result.dry_run else result.import_id
    again = " " + say.name("import", "repeated") if result.repeated else ""
    yield f"{result.table} · {file} · {head}{again}"
    counts = {name: getattr(result, name.replace(" ", "_")) for name in COUNTED}
    total, *parts = (f"{say.name('count', name).lower()} {count}" for name, count in counts.items())
    more = say.name("import", "more", replaced=result.replaced, left_out=result.left_out)
    yield f"  {total} = {' + '.join(parts)} ({more})"
    unknown = (f"{name} {_counts(values)}" for name, values in result.kept_unknown.items())
    facts = {
        say.name("import", "columns"): " ".join(map("=".join, result.mapping.items())),
        say.name("import", "unmapped"): " ".join(result.unmapped),
        say.name("import", "located"): _said(result.located, "level", say),
        say.name("import", "reasons"): _said(result.reasons, "reason", say),
        say.name("import", "dropped"): _counts(result.dropped_personal),
        say.name("import", "unknown"): "; ".join(unknown),
        say.name("import", "datum"): f"{result.datum or ''} {_counts(result.datum_shares)}".strip(),
    }
    yield from (f"  {name}: {fact}" for name, fact in facts.items() if fact)
    for code, count in result.noted.items():
        rows = ", ".join(result.noted_rows.get(code, ()))
        more = " …" if count > len(result.noted_rows.get(code, ())) else ""
        at = say.name("import", "rows", rows=rows + more)
        yield f"  ! {say.name('noted', code)} {count} ({at})"
    yield from (f"  ! {say.name('note', warning)}" for warning in result.warnings)


def _said(counts: Mapping[str, float], kind: str, say: Translator) -> str:
    return _counts({say.name(kind, code): number for code, number in counts.items()})


def _counts(counts: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {number:g}" for name, number in counts.items())
