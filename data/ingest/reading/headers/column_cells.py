"""What the first cells of a column say of the field that its header names."""

import re
from collections.abc import Sequence
from itertools import compress
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts.loader import read_purpose_words
from data.contracts.model import Field, Kind
from data.contracts.vocabulary import VisitResult

_MOST_DEGREES: Final = 360.0
_FEWEST_ACCOUNTS, _MOSTLY = 5, 0.8
TELLS_PROBLEMS: Final = re.compile(
    r"(?<!是否)(?<!有无)(?:存在|发现)的?(?:主要)?(?:问题|隐患)|问题(?:描述|隐患)|隐患描述"
)
"""Headers of which a cell says what was wrong, in any words."""
_OF_LANGUAGES: Final = read_purpose_words()
_ROUTINE: Final = (
    rf"(?i)(?:^|\PL)(?:{'|'.join(_OF_LANGUAGES['routine'])})|"
    r"\b(?:routine|regular|periodic|rutina|rotina|programad[ao]|programmat[ao])\b|regelkontroll|"
    r"例行|日常|定期|정기"
)
_NOT_ROUTINE: Final = (
    rf"(?i){'|'.join((*_OF_LANGUAGES['revisit'], *_OF_LANGUAGES['complaint']))}|"
    r"follow[- ]?up|\bre(?:-|turn )?(?:inspection|visit|check)|\bcomplaint|nachkontroll|"
    r"seguimiento|retorno|denuncia|denúncia|queja|plainte|beschwerde|повторн|жалоб|재점검|민원|"
    r"复查|複查|覆查|复检|複檢|再検査|回头看|投诉|投訴|举报|檢舉|陈情|陳情|苦情"
)
_LONGEST_PURPOSE: Final = 60
COUNT: Final = r"^[0-9]{1,3}(?:\.0)?$"
"""A number of problems, as a spreadsheet may write it."""
ASKS_PROBLEMS: Final = re.compile(
    r"是否(?:发现|存在|违规|下达|责令|需)|有无(?:问题|异常|隐患|违[规法]|补课|培训)"
)
"""Headers that ask whether something was found: 是 says so, and so does a tick."""
FOUND_ANSWERS: Final = ("有", "是", "√", "✓", "✔", "☑")
NOTHING_ANSWERS: Final = ("无", "否", "没有", "×", "✗", "✘")
_DAY: Final = (
    r"^\s*(?:[A-Z][a-z]{2,8},?\s+)?(?:"
    r"(?:19|20)[0-9]{2}\s*[-/.年]\s*[0-9]{1,2}\s*[-/.月]\s*[0-9]{1,2}(?:\D|$)"
    r"|[0-9]{1,2}[-/.]\s?[0-9]{1,2}[-/.]\s?(?:(?:19|20)?[0-9]{2}|25[4-9][0-9])(?:[\sT]|$)"
    r"|(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:T?[0-9]{4,6}Z?)?$"
    r"|1[0-8][0-9]{11}$"
    r"|[0-9]{1,2}[-\s.]+(?:[A-Z][a-z]{2,8}|[A-Z]{3})\.?,?[-\s]+[0-9]{2,4}(?:\s|$)"
    r"|[A-Z][a-z]{2,8}\.?\s+[0-9]{1,2},?\s+(?:19|20)[0-9]{2}(?:\D|$)"
    r"|(?:\pL{2,12}[.,]*\s+)?[0-9]{1,2}(?:er|º|°)?[\s./-]+(?:d[ei]\s+)?\pL{3,12}\.?[\s,/-]+(?:del?\s+)?"
    r"(?:19|20)[0-9]{2}(?:\D|$)|(?:[Nn]gày\s+)?[0-9]{1,2}\s+th(?:áng|g)\.?\s+[0-9]{1,2}(?:\D|$)"
    r"|[0-9]{1,2}\s*月\s*[0-9]{1,2}\s*[日号]"
    r"|(?:民[國国]|令和|平成|[RH])?\s*[0-9]{1,3}\s*[-/.年]\s*[0-9]{1,2}\s*[-/.月]\s*[0-9]{1,2}日?$)"
)
_NEARLY_ALL, _HALF, _SOME, _FEWEST_CELLS = 0.9, 0.5, 0.05, 5


def is_empty(sample: pa.Table | None, column: str) -> bool:
    """Say whether there are rows and none has anything in a column."""
    if sample is None or column not in sample.column_names or not len(sample):
        return False
    return not any((text or "").strip() for text in sample[column].to_pylist())


def is_metres(sample: pa.Table | None, column: str) -> bool:
    """Say whether most cells of a column are numbers too large for degrees."""
    if sample is None or column not in sample.column_names:
        return False
    cells = sample[column].combine_chunks().drop_null()
    numbers = cells.filter(pc.match_substring_regex(cells, r"^-?[0-9]+(?:\.[0-9]+)?$"))
    large = pc.greater(pc.abs(pc.cast(numbers, pa.float64())), _MOST_DEGREES)
    return bool(len(numbers)) and 2 * pc.sum(large).as_py() > len(numbers)


def count_prose(sample: pa.Table | None, column: str, field: Field) -> int:
    """Return how many different texts a column holds in which the words of its field are few.

    0 for a field without a closed list of words, and where most cells are words of the list.
    """
    words = field.vocabulary if field.kind is Kind.ENUM else None
    if sample is None or column not in sample.column_names or words is None or words.open:
        return 0
    read = words.reader()
    cells = [text for text in sample[column].to_pylist() if (text or "").strip()]
    unknown = [text for text in cells if read(text) is None]
    return len(set(unknown)) if 2 * len(unknown) > len(cells) else 0


def has_no_results(sample: pa.Table | None, column: str, field: Field) -> bool:
    """Say whether most rows have nothing in a column, the others mostly no word of its field.

    Each visit has a result; what a court decided later (*Pending*), few have.
    """
    if sample is None or column not in sample.column_names or TELLS_PROBLEMS.search(column):
        return False
    blank = bool(sample[column].null_count > _HALF * len(sample))
    return blank and (is_empty(sample, column) or count_prose(sample, column, field) > 0)


def is_free_text(sample: pa.Table | None, column: str, field: Field) -> bool:
    """Say whether hardly two cells of a column agree, none of them a word of its field's list.

    检查情况 is a result in one ledger and an account of the visit in another. A header that asks
    for problems is answered by any text (`data.ingest.options.answered`).
    """
    different = count_prose(sample, column, field)
    if different < _FEWEST_ACCOUNTS or sample is None or TELLS_PROBLEMS.search(column):
        return False
    cells = sample[column].combine_chunks().drop_null()
    in_words = cells.filter(pc.match_substring_regex(cells, r"\pL{2}"))
    return min(different, len(in_words)) > _MOSTLY * len(cells)


def tells_purposes(sample: pa.Table | None, column: str) -> bool:
    """Say whether most cells of a column tell what a visit was for, some of them a round."""
    kinds = _kinds_of_purposes(sample, column)
    return kinds is not None and all(pc.any(each).as_py() for each in kinds)


def purposes_of_one_kind(sample: pa.Table) -> list[str]:
    """Return the columns of which most cells tell what a visit was for, all of them the same."""
    kinds = {name: _kinds_of_purposes(sample, name) for name in sample.column_names}
    return [
        name
        for name, of_column in kinds.items()
        if of_column and sum(bool(pc.any(each).as_py()) for each in of_column) == 1
    ]


def first_row_of_another_kind(rows: pa.Table, column: str, *, sample: pa.Table) -> pa.Table:
    """Return the first row with a purpose of the kind that a column of the sample lacks, or none.

    ``column``: one of `purposes_of_one_kind`.
    """
    lacking = [not pc.any(each).as_py() for each in _kinds_of_purposes(sample, column) or ()]
    telling = _routine_and_other(rows[column].combine_chunks())
    found = [pc.fill_null(each, fill_value=False) for each in compress(telling, lacking)]
    return rows.filter(found[0]).slice(0, 1) if found else rows.slice(0, 0)


def _kinds_of_purposes(sample: pa.Table | None, column: str) -> tuple[pa.Array, pa.Array] | None:
    """Return which filled cells speak of a round and which of anything else, if most do."""
    if sample is None or column not in sample.column_names:
        return None
    routine, other = _routine_and_other(sample[column].combine_chunks().drop_null())
    telling = pc.sum(pc.or_(routine, other)).as_py() or 0
    return (routine, other) if telling and telling >= _MOSTLY * len(routine) else None


def _routine_and_other(cells: pa.Array) -> tuple[pa.Array, pa.Array]:
    short = pc.less_equal(pc.utf8_length(cells), _LONGEST_PURPOSE)
    routine, other = (
        pc.and_(short, pc.match_substring_regex(cells, each)) for each in (_ROUTINE, _NOT_ROUTINE)
    )
    return routine, pc.and_not(other, routine)


def holds_days(sample: pa.Table | None, column: str) -> bool:
    """Say whether most rows have a day in a column, and nearly no cell is anything else."""
    if sample is None or column not in sample.column_names:
        return False
    cells = sample[column].combine_chunks().drop_null()
    if len(cells) < max(_FEWEST_CELLS, _HALF * len(sample)) or len(cells.unique()) == 1:
        return False
    return int(pc.sum(pc.match_substring_regex(cells, _DAY)).as_py()) >= _NEARLY_ALL * len(cells)


def holds_counts(sample: pa.Table | None, column: str) -> bool:
    """Say whether a column holds whole numbers and nothing else."""
    if sample is None or column not in sample.column_names:
        return False
    cells = pc.utf8_trim_whitespace(sample[column].combine_chunks().drop_null())
    cells = cells.filter(pc.not_equal(cells, ""))
    return len(cells) > 0 and bool(pc.all(pc.match_substring_regex(cells, COUNT)).as_py())


def tells_results(sample: pa.Table | None, column: str, field: Field) -> bool:
    """Say whether nearly all cells are results, of finds and of nothing, or a question's answers.

    ``field``: the one of results.
    """
    if sample is None or column not in sample.column_names or field.vocabulary is None:
        return False
    read = field.vocabulary.reader()
    cells = sample[column].combine_chunks().drop_null()
    if len(cells) < max(_FEWEST_CELLS, _HALF * len(sample)):
        return False
    if ASKS_PROBLEMS.search(column):
        return set(cells.unique().to_pylist()) <= {*FOUND_ANSWERS, *NOTHING_ANSWERS}
    meant = list(map(read, cells.to_pylist()))
    apart = {VisitResult.FOUND.value, VisitResult.NOTHING.value} <= {*meant}
    return apart and sum(each is not None for each in meant) >= _NEARLY_ALL * len(cells)


def differs_within(sample: pa.Table, column: str, *, by: Sequence[str]) -> bool:
    """Say whether rows that agree in some columns often differ in another, a row a problem."""
    if not by:
        return False
    rows = sample.select(list(dict.fromkeys([*by, column]))).group_by([*dict.fromkeys(by)])
    counts = rows.aggregate([(column, "count_distinct")])
    differing = pc.sum(pc.greater(counts[f"{column}_count_distinct"], 1)).as_py() or 0
    return bool(differing > _SOME * len(counts))
