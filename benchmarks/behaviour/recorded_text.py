"""Write answers so that two recordings of the same behaviour are the same text; compare them."""

import difflib
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

Value = Any
"""Whatever JSON can hold; also, what services answer."""
SHOWN_ITEMS = 60
"""A longer list is cut after so many: the hash of the whole tells whether the rest differs."""
SHOWN_CHARACTERS = 2_000
DIFF_LINES = 12
ZONES = (UTC, timezone(timedelta(hours=8)))
_MOMENT = re.compile(r"(?<!\d)20\d\d-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")
_RANDOM = (
    (re.compile(r"\b\d{8}T\d{6}-[0-9a-f]{6}\b"), "<import>"),
    (re.compile(r"\b([A-Za-z]?\d{8})-[0-9a-f]{6,16}\b"), r"\1-<random>"),
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<uuid>"),
    (re.compile(r"\b[0-9a-f]{32,64}\b"), "<hash>"),
    (re.compile(r"\bV[0-9A-F]{16}\b"), "<visit>"),
    (re.compile(r"\b(?:[a-z0-9]{5}-){3}[a-z0-9]{5}\b"), "<one-time password>"),
    (re.compile(r'(\\?")seconds\1: [\d.]+'), r"\1seconds\1: \1<seconds>\1"),
    (re.compile(r"(?<=排了 )\d+(?= 秒)|(?<=Searched for )\d+(?= s)"), "<seconds>"),
    (re.compile(r"\b127\.0\.0\.1:\d+"), "<server>"),
)


@dataclass(frozen=True)
class Normaliser:
    """Replace what differs from run to run."""

    begun: datetime
    """When the recorded workspace began to be made, aware. Every later moment is ``<now>``."""
    folders: Mapping[str, str] = field(default_factory=dict)
    """Path → what to write instead."""

    def text(self, text: str) -> str:
        """Return a text without random names, moments of the run and paths of this machine."""
        for folder, name in self.folders.items():
            text = text.replace(folder, name)
        text = _MOMENT.sub(lambda found: "<now>" if self._is_now(found[0]) else found[0], text)
        for day in {datetime.now(tz=zone).date() for zone in ZONES}:
            text = text.replace(f"{day}", "<today>").replace(f"{day:%Y%m%d}-", "<today>-")
        for pattern, instead in _RANDOM:
            text = pattern.sub(instead, text)
        return text

    def json(self, value: object) -> str:
        """Return an answer as normalised JSON, indented, its long lists cut."""
        whole = json.loads(self.text(json.dumps(plain(value), ensure_ascii=False)))
        return json.dumps(_cut(whole), ensure_ascii=False, indent=1) + "\n"

    def summary(self, value: object) -> Value:
        """Return the first level of an answer; what lies below by its size and a hash."""
        value = plain(value)
        if isinstance(value, dict) and "columns" not in value:
            return {name: self._brief(each) for name, each in value.items()}
        return self._brief(value)

    def file(self, content: bytes) -> dict[str, Any]:
        """Return what a file holds: how many lines, the first, and a hash in whatever order.

        The order of an exported table's rows is not the same in every run.
        """
        lines = self.text(text_of_file(content)).splitlines()
        first = lines[0][: SHOWN_CHARACTERS // 10] if lines else ""
        return {"lines": len(lines), "first": first, "sha": _sha("\n".join(sorted(lines)))}

    def _brief(self, value: Value) -> Value:
        text = self.text(json.dumps(value, ensure_ascii=False))
        if len(text) <= SHOWN_CHARACTERS // 10:
            return json.loads(text)
        found: dict[str, Any] = {"sha": _sha(text)}
        if isinstance(value, dict) and "columns" in value:
            first = json.loads(self.text(json.dumps(value["rows"][:1], ensure_ascii=False)))
            return found | {"rows": len(value["rows"]), "columns": value["columns"], "first": first}
        if isinstance(value, list | dict):
            return found | {"items": len(value), "starts": text[: SHOWN_CHARACTERS // 10]}
        return found | {"characters": len(text), "starts": text[: SHOWN_CHARACTERS // 10]}

    def _is_now(self, text: str) -> bool:
        moment = datetime.fromisoformat(text)
        said = [moment] if moment.tzinfo else [moment.replace(tzinfo=zone) for zone in ZONES]
        begun = self.begun.replace(second=0, microsecond=0)
        return any(begun <= each <= datetime.now(tz=UTC) + timedelta(minutes=1) for each in said)


def plain(value: Value) -> Value:  # noqa: PLR0911 -- one line per kind of value
    """Return anything that a service answers as what JSON can hold; a table keeps its columns."""
    if isinstance(value, pd.DataFrame):
        rows = [plain(row) for row in value.itertuples(index=False, name=None)]
        return {"columns": [str(name) for name in value.columns], "rows": rows}
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(each) for each in value), key=str)
    if isinstance(value, list | tuple | np.ndarray | pd.Series | pd.Index):
        return [plain(each) for each in value]
    if isinstance(value, bytes):
        return text_of_file(value)
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(f"{value:.9g}") if np.isfinite(value) else None
    return value if value is None or isinstance(value, str) else str(value)


def text_of_file(content: bytes) -> str:
    """Return what a file says; of a workbook and of a Parquet file, a line for every row."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if "xl/workbook.xml" in archive.namelist():
                sheets = pd.read_excel(io.BytesIO(content), sheet_name=None, header=None, dtype=str)
                return "\n".join(
                    f"{name}\n{rows.to_csv(index=False, header=False)}"
                    for name, rows in sheets.items()
                )
            names = sorted(name for name in archive.namelist() if "docProps" not in name)
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in names)
    if content[:4] == b"PAR1":
        return pd.read_parquet(io.BytesIO(content)).to_csv(index=False)
    return content.decode("utf-8", "replace")


def compare(before: Path, after: Path, *, names: Mapping[str, str]) -> Iterator[str]:
    """Yield one short report for every file that two recordings do not share.

    ``before``, ``after``: folders that were recorded. Pictures are left out: they are for looking
    at.
    ``names``: service as recorded after → as recorded before, e.g. ``plans.publish`` →
    ``publish_plan``.
    """
    old, new = _texts(before, {}), _texts(after, names)
    for name in sorted(old.keys() | new.keys()):
        if name not in old or name not in new:
            yield f"only {'after' if name in new else 'before'}: {name}"
        elif old[name] != new[name]:
            changes = difflib.unified_diff(
                old[name].splitlines(), new[name].splitlines(), n=0, lineterm=""
            )
            lines = [line[:200] for line in changes][2:]
            more = [f"… {len(lines) - DIFF_LINES} more lines"] if len(lines) > DIFF_LINES else []
            yield "\n".join([f"differs: {name}", *lines[:DIFF_LINES], *more])


def _texts(folder: Path, names: Mapping[str, str]) -> dict[str, str]:
    files = (each for each in sorted(folder.rglob("*")) if each.suffix in {".json", ".txt"})
    return {
        str(file.relative_to(folder).with_stem(names.get(file.stem, file.stem))): file.read_text(
            encoding="utf-8"
        )
        for file in files
    }


def _cut(value: Value) -> Value:
    if isinstance(value, dict):
        return {name: _cut(each) for name, each in value.items()}
    if not isinstance(value, list) or len(value) <= SHOWN_ITEMS:
        return [_cut(each) for each in value] if isinstance(value, list) else value
    more = {"more": len(value) - SHOWN_ITEMS, "sha": _sha(json.dumps(value, ensure_ascii=False))}
    return [*(_cut(each) for each in value[:SHOWN_ITEMS]), more]


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
