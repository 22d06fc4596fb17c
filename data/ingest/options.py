"""Options of an import: column mapping, filter, datum, meaning of values."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts.model import Field, TableContract, Vocabulary, simplify
from data.contracts.vocabulary import VisitResult
from data.ingest.batches import SourceBatch
from data.ingest.reading.cells import clean, read_grades
from data.ingest.reading.headers.column_cells import (
    ASKS_PROBLEMS,
    FOUND_ANSWERS,
    NOTHING_ANSWERS,
    TELLS_PROBLEMS,
)
from data.ingest.reading.headers.column_mapping import fields_by_spelling, unknown_names

RESULT, GRADE = "result", "grade"
_LIMIT: Final = re.compile(r"^\s*(?P<sign><=|>=|<|>|≤|≥)\s*(?P<number>-?\d+(?:\.\d+)?)\s*$")
ANY_OTHER: Final = "*"
"""A value seen that stands for every text that neither the meanings nor the field's list have."""
_ANSWERS: Final = {
    **dict.fromkeys(FOUND_ANSWERS, VisitResult.FOUND.value),
    **dict.fromkeys(NOTHING_ANSWERS, VisitResult.NOTHING.value),
}
_ASKED_WELL: Final = re.compile(
    r"是否(?:合格|达标|符合|通过)|^\s*(?:passed|compliant|in[ _]?compliance)\s*$", re.IGNORECASE
)
_YES, _NO = ("是", "有", "Yes", "Y"), ("否", "无", "No", "N")
_WELL: Final = {
    **dict.fromkeys(_YES, VisitResult.NOTHING.value),
    **dict.fromkeys(_NO, VisitResult.FOUND.value),
}
_PROBLEM_IN_WORDS: Final = {ANY_OTHER: VisitResult.FOUND.value, "0": VisitResult.NOTHING.value}
_NO_PROBLEM: Final = re.compile(
    r"(?:经检查|现场|目前|均|暂|[,，])*(?:未|没有?|无)(?:发现|见)?(?:明显|其他|任何|违法|违规)*"
    r"(?:问题|异常|隐患|行为|情况)?[。.]?$"
)
_HOLDS: Final = {
    "<=": pc.less_equal, "≤": pc.less_equal, "<": pc.less,
    ">=": pc.greater_equal, "≥": pc.greater_equal, ">": pc.greater,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What a person says about a file beyond what is in it."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    """Field → header, over what is guessed and remembered."""
    sheet: str | None = None
    """Name of the sheet or layer; the fitting ones when None."""
    datum: str | None = None
    """Datum of coordinates whose rows name none, e.g. ``gcj02``."""
    where: Mapping[str, str] = field(default_factory=dict)
    """Header → value: only such rows are imported; the rest is left out before counting."""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Field → value seen → value meant; a value seen may be a limit such as ``<=85``, or ``*``."""
    header: bool | None = None
    """Whether a sheet or text has a header row; None to look for one. Columns without a header are
    called by their position (列1, 列2 …).
    """

    def decisive(self, mapping: Mapping[str, str], *, words: object = None) -> dict[str, Any]:
        """Return what decides the stored rows, given the mapping and the office's own words."""
        facts = asdict(self) | {"constants": {}, "year": None}  # as older imports were hashed
        if self.header is None:
            del facts["header"]
        return facts | {"mapping": dict(mapping)} | ({"words": words} if words else {})


NO_OPTIONS: Final = ImportOptions()
"""A file that speaks for itself."""


def meanings_by_field(
    contract: TableContract, values: Mapping[str, Mapping[str, str]]
) -> dict[str, Mapping[str, str]]:
    """Return meanings by name of their field, which may be given by its Chinese header.

    Raises `MappingError` naming all fields that the table does not have.
    """
    known = fields_by_spelling(contract)
    unknown = [name for name in values if simplify(name) not in known]
    if unknown:
        raise unknown_names(contract, unknown)
    return {known[simplify(name)]: meanings for name, meanings in values.items()}


def judged_by_grade(
    contract: TableContract, mapping: Mapping[str, str], options: ImportOptions
) -> dict[str, str]:
    """Return the columns that follow from limits of results: one column is result and grade."""
    if not has_limits(options.values.get(RESULT, {})) or contract.name != "inspections":
        return {}
    column = mapping.get(RESULT) or mapping.get(GRADE)
    open_ = [name for name in (RESULT, GRADE) if name not in options.mapping]
    return {name: column for name in open_ if column and mapping.get(name, column) == column}


def answered(
    contract: TableContract, mapping: Mapping[str, str], values: Mapping[str, Mapping[str, str]]
) -> dict[str, Mapping[str, str]]:
    """Return meanings with those of an answer, where the header of the results is a question.

    There 无 says that nothing was found; elsewhere it says that nothing is known. 是否合格 asks the
    other way round. Where the header says 存在的问题 or the like, a text that tells a problem is a
    find.
    """
    header = mapping.get(RESULT, "") if contract.name == "inspections" else ""
    by_header = (
        (TELLS_PROBLEMS, _ANSWERS | _PROBLEM_IN_WORDS),
        (ASKS_PROBLEMS, _ANSWERS),
        (_ASKED_WELL, _WELL),
    )
    meant = next((means for pattern, means in by_header if pattern.search(header)), None)
    return {**values} if meant is None else {**values, RESULT: {**meant, **values.get(RESULT, {})}}


def has_limits(meanings: Mapping[str, str]) -> bool:
    """Say whether values of a field follow from limits of a number (``<=85``)."""
    return any(map(_LIMIT.match, meanings))


def with_meanings(
    batch: SourceBatch,
    mapping: Mapping[str, str],
    values: Mapping[str, Mapping[str, str]],
    contract: TableContract,
) -> tuple[SourceBatch, dict[str, str]]:
    """Return a batch with the values that are meant, and the mapping to where they are now.

    A column that other fields use as well is left as it is; the field gets a copy. Limits are
    compared with the number that a cell is or stands for, as a grade is read; the first that holds
    counts, and a result on the other side of all of them is that nothing was found. `ANY_OTHER`
    is the meaning of texts that no other and no list tells, but of a result none that says that
    there is no problem.
    """
    mapping, rows = dict(mapping), batch.rows
    for name, meanings in values.items():
        column = mapping.get(name)
        if column is None or column not in rows.column_names:
            continue
        texts = rows[column]
        for seen, meant in meanings.items():
            is_seen = pc.equal(pc.utf8_trim_whitespace(texts), seen.strip())
            texts = pc.if_else(pc.fill_null(is_seen, fill_value=False), meant, texts)
        if has_limits(meanings):
            texts = _by_limits(rows[column], texts, meanings, name, contract)
        if ANY_OTHER in meanings:
            texts = _with_any_other(texts, meanings[ANY_OTHER], contract.field(name))
        if list(mapping.values()).count(column) > 1:
            mapping[name] = f"{column} ({name})"
            rows = rows.append_column(mapping[name], texts)
        else:
            rows = rows.set_column(rows.column_names.index(column), column, texts)
    return replace(batch, rows=rows), mapping


def _with_any_other(texts: pa.ChunkedArray, meant: str, field: Field) -> pa.ChunkedArray:
    """Replace texts that the list of a field does not have by what any of them means."""
    known = field.vocabulary.spellings() if field.vocabulary else {}

    def meaning(text: str | None) -> str | None:
        if text is None or simplify(text) in known:
            return text
        is_none = field.name == RESULT and _NO_PROBLEM.match(text)
        return VisitResult.NOTHING.value if is_none else meant

    coded = clean(texts.combine_chunks()).dictionary_encode()
    meanings = pa.array(map(meaning, coded.dictionary.to_pylist()), texts.type)
    return pa.chunked_array([meanings.take(coded.indices)])


def _by_limits(
    sent: pa.ChunkedArray,
    texts: pa.ChunkedArray,
    meanings: Mapping[str, str],
    name: str,
    contract: TableContract,
) -> pa.ChunkedArray:
    """Replace the numbers of a column by what the limits say of them."""
    words = contract.field(GRADE).vocabulary if name == RESULT else None
    numbers, _ = read_grades(sent.combine_chunks(), words or Vocabulary(()))
    numbers = pc.if_else(pc.fill_null(pc.equal(sent, texts), fill_value=False), numbers, None)
    for seen, meant in meanings.items():
        limit = _LIMIT.match(seen)
        if limit is not None:
            within = _HOLDS[limit["sign"]](numbers, float(limit["number"]))
            within = pc.fill_null(within, fill_value=False)
            texts, numbers = pc.if_else(within, meant, texts), pc.if_else(within, None, numbers)
    if name == RESULT:
        texts = pc.if_else(numbers.is_valid(), VisitResult.NOTHING.value, texts)
    return texts
