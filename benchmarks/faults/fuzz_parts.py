"""What reads parts of ledgers, and what is sent to the server, for `fuzz.py`."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC
from functools import cache
from typing import Any, Final

import pyarrow as pa

from benchmarks.faults.fuzz_inputs import NOW, plain
from benchmarks.faults.fuzz_ledgers import BEFORE, BEHIND, FIELDS
from dashboard.maps.tiles.squares import tiles_named
from dashboard.server import request_facts
from dashboard.server.visits import routes as visit_routes
from data.contracts.registry import TABLES
from data.ingest.batches import CheckOptions, SourceBatch
from data.ingest.checking.check import check_batch
from data.ingest.checking.deduplicate import SeenRows
from data.ingest.checking.fields import read_field
from data.ingest.checking.problems import Problems
from data.ingest.reading.cell_text import batch_of_texts, texts_of_values
from data.ingest.reading.headers.column_mapping import guess_mapping
from data.ingest.reading.headers.names import unique_names
from data.ingest.reading.headers.spread.joined_columns import ColumnJoiner
from data.ingest.reading.headers.spread.visits_beside import taken_apart, visit_columns
from geo.errors import GridwardenError
from governance.cases.public_reports.report_form import read_form
from governance.visits.rules.new_visit import NewVisit
from governance.visits.rules.redaction import is_unit, redact

_OPTIONS: Final = CheckOptions(now=NOW, secret=b"s" * 32)


def _batch(texts: list[str]) -> SourceBatch:
    """Return texts as the headers of a table whose rows they are as well."""
    texts = [plain(text) for text in texts]
    names = unique_names([header(text) for text in texts])
    rows = [texts[at:] + texts[:at] for at in range(3)]
    cells = [
        texts_of_values(list(each), integers_are_floats=False) for each in zip(*rows, strict=True)
    ]
    return batch_of_texts(cells, names, first_row=2, count=len(rows))


def header(text: str) -> str:
    """Return a text as a header could name it that numbers a visit, by its length."""
    named = FIELDS[len(text) % len(FIELDS)]
    return BEFORE[len(text) % 7] + named + text[:5] + BEHIND[len(text) % 11]


def _headers(texts: list[str]) -> None:
    for at in range(0, len(texts), 20):
        some = _batch(texts[at : at + 20])
        for contract in (TABLES["inspections"], TABLES["buildings"]):
            joined = ColumnJoiner(contract).join(some)
            found = visit_columns(joined.columns, contract)
            for batch in taken_apart(joined, found) if found else (joined,):
                guess_mapping(batch.columns, contract, sample=batch.rows)


def _fields(texts: list[str]) -> None:
    cells = pa.array([plain(each) for each in texts], pa.large_string())
    batch = SourceBatch(
        rows=pa.table({"x": cells}), source_row=pa.array(range(len(cells))).to_numpy()
    )
    for field in _kinds():
        read_field(field, cells, None, _OPTIONS, Problems(batch, {field.name: "x"}))


@cache
def _kinds() -> tuple[Any, ...]:
    """Return one field of each kind that is read, of each closed list its own."""
    every = [field for contract in TABLES.values() for field in contract.fields]
    by_kind = {(f.kind, f.personal, f.code, f.vocabulary and f.name, f.name in {"lon", "lat"}): f
               for f in every}  # fmt: skip
    return tuple(by_kind.values())


def _checked(texts: list[str]) -> None:
    """Check a batch of visits, and one of complaints, of which every cell is one of the texts."""
    for name in ("inspections", "complaints"):
        contract = TABLES[name]
        fields = [field for field in contract.fields if field.name != "geom"]
        rows = {f.header: [plain(texts[(at + n) % len(texts)])
                           for n in range(40)] for at, f in enumerate(fields)}  # fmt: skip
        table = pa.table({k: pa.array(v, pa.large_string()) for k, v in rows.items()})
        batch = SourceBatch(rows=table, source_row=pa.array(range(40)).to_numpy())
        check_batch(
            batch, contract, {f.name: f.header for f in fields}, options=_OPTIONS, seen=SeenRows()
        )


def _sent(texts: list[str]) -> None:
    """Read each text as what a phone, a browser or a stranger's program sends."""
    for text in texts:
        for read in (_as_address, _as_body, _as_form, _as_visit):
            with suppress(GridwardenError):
                read(text)


def _as_address(text: str) -> None:
    request_facts.own_path(text)
    request_facts.own_path("/" + text)
    with suppress(GridwardenError):
        tiles_named(text)
    tiles_named("-".join(text.split(".")) + ",15-1-1")


def _as_body(text: str) -> None:
    entry = {"key": text, "kind": "visit", "age_s": len(text), "building_id": text, "note": text}
    body = json.dumps({"account": text, "entries": [entry]}).encode()
    at = len(text) % len(body)
    for each in (
        text.encode("utf-8", "replace"),
        body,
        body[:at] + text.encode("utf-8", "replace") + body[at:],
    ):
        with suppress(GridwardenError):
            visit_routes._read(each)  # noqa: SLF001 -- what a stranger reaches


def _as_form(text: str) -> None:
    sent = {
        "text": text,
        "address": text,
        "contact_name": text[:9],
        "contact_phone": text[:20],
        "key": text,
    }
    for without in ((), ("key", "contact_phone")):
        with suppress(GridwardenError):
            read_form({name: value for name, value in sent.items() if name not in without})


def _as_visit(text: str) -> None:
    redact(text)
    is_unit(text)
    names = (
        "key",
        "building_id",
        "at",
        "result",
        "note",
        "unit",
        "retry_at",
        "signs",
        "pupils",
        "origin",
    )
    NewVisit.of_mapping({name: text for name in names if len(name) + len(text) & 3}, zone=UTC)


PART_TARGETS: Final[Mapping[str, Callable[[list[str]], object]]] = {
    "headers": _headers, "fields": _fields, "checked": _checked, "sent": _sent,
}  # fmt: skip
"""What reads parts of ledgers, and what is sent to the server, given some texts at a time."""
