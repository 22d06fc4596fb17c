"""Clean text cells, recognise blanks, and read numbers and choices.

Every function takes and returns Arrow arrays of one column and works on whole columns or on their
distinct values, never row by row. A reader returns `Read`: the values, and which cells it could
not understand (a blank cell is understood: it is null).
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.contracts.loader import read_cell_words
from data.contracts.model import Vocabulary, simplify
from data.ingest.batches import SourceBatch
from data.lake.schema import one_array
from data.lake.text_bytes import (
    FIRST_NOT_ASCII,
    INVISIBLE,
    SPACES,
    are_within,
    begins_with,
    bytes_of,
    cells_of,
    flags_of,
    holds,
    is_ascii,
)

_INVISIBLE_BYTES = tuple(c.encode() for c in INVISIBLE.strip("[]"))
_UNTIDY_CODE = r"^['’`=\"]|[\s\"]|\.0$|[^ -~]"
_WORDS = read_cell_words()
_NOTHING, _UNKNOWN = (pa.array(_WORDS[n], pa.large_string()) for n in ("nothing", "unknown"))
_ANSWERS = dict.fromkeys(_WORDS["yes"], True) | dict.fromkeys(_WORDS["no"], False)
_NUMBER = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
_THOUSANDS = r"^([+-]?[1-9][0-9]{0,2})((?:,[0-9]{3})+)(\.[0-9]+)?$"
_DECIMAL_COMMA = r"^[+-]?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+),[0-9]+$"
_SCIENTIFIC = r"^[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+$"
_UNITS = (
    r"(?:元/月|元|户|人次|人|间|层|套|栋|个|名|次|件|岁|㎡|m2|m²|平方米|平米|平|米|分钟|分|min"
    r"|个?工作日|天|日|度|°|RMB|圆)(?:整)?$"
)
_FRACTION = r"^(?P<part>[0-9]+(?:\.[0-9]+)?)\s*分?\s*/\s*(?P<whole>5|10|100)\s*分?$"
_LARGEST_INT = 2.0**53
_FEWEST_CUT = 3
_TEN_THOUSAND = 10_000.0


@dataclass(frozen=True, slots=True)
class Read:
    """A column as understood: ``values`` (null where blank), and which cells were not."""

    values: pa.Array
    unreadable: NDArray[np.bool_]


def mask_of(condition: pa.Array) -> NDArray[np.bool_]:
    """Return an Arrow condition as a mask; null counts as no."""
    filled = pc.fill_null(condition, fill_value=False)
    mask: NDArray[np.bool_] = filled.to_numpy(zero_copy_only=False)
    return mask


def clean(texts: pa.Array) -> pa.Array:
    """Return cells trimmed, without invisible characters, null where they say nothing."""
    if _holds_invisible(texts):
        texts = pc.replace_substring_regex(texts, INVISIBLE, "")
    if _is_clean(texts):
        return texts
    texts = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.is_in(texts, value_set=_NOTHING), None, texts)


def clean_code(texts: pa.Array) -> pa.Array:
    """Return codes in half width, without the apostrophe and the blanks that spreadsheets add.

    Null where they say nothing, or a word for "unknown".
    """
    texts = clean(texts)
    is_plain = are_within(texts, "0z") and not begins_with(texts, _UNTIDY_FIRST)
    if not is_plain and pc.any(pc.match_substring_regex(texts, _UNTIDY_CODE)).as_py():
        texts = _tidy_code(texts)
    return known_or_null(texts)


def _tidy_code(texts: pa.Array) -> pa.Array:
    texts = pc.utf8_normalize(texts, form="NFKC")
    texts = pc.replace_substring_regex(texts, r"^['’`=\"]+|[\s\"]+$", "")
    texts = pc.replace_substring_regex(texts, r"\s+", " ")
    # a program that took the code for a float
    texts = pc.replace_substring_regex(texts, r"^([0-9]{1,15})\.0$", r"\1")
    return pc.if_else(pc.equal(texts, ""), None, texts)


def known_or_null(texts: pa.Array) -> pa.Array:
    """Return `texts` with words for "unknown" as null: for anything that is not free text."""
    if not begins_with(texts, _UNKNOWN_FIRST):
        return texts
    return pc.if_else(pc.is_in(pc.utf8_lower(texts), value_set=_UNKNOWN), None, texts)


def scientific(texts: pa.Array) -> NDArray[np.bool_]:
    """Return which cells read like ``2.50912E+17``: a code that a spreadsheet has shortened."""
    if are_within(texts, "09"):
        return np.zeros(len(texts), bool)
    return mask_of(pc.match_substring_regex(texts, _SCIENTIFIC))


def digits_cut(texts: pa.Array) -> NDArray[np.bool_]:
    """Return which codes have nothing but zeros after their fifteenth digit, and two or more.

    One code of 17 digits or more may well end so. Whether a spreadsheet has rounded them before it
    wrote them as text is for the whole column to say (`were_cut`).
    """
    cut = mask_of(pc.ends_with(texts, "00"))
    if cut.any():
        ends = texts.filter(pa.array(cut))
        cut[cut] = mask_of(pc.match_substring_regex(ends, r"^[0-9]{15}0{2,}$"))
    return cut


def count_cut(texts: pa.Array) -> tuple[int, int]:
    """Return how many codes look cut, and how many have 17 digits or more."""
    long = mask_of(pc.match_substring_regex(texts, r"^[0-9]{17,}$"))
    return int(digits_cut(texts).sum()), int(long.sum())


def were_cut(cut: int, long: int) -> bool:
    """Say whether long codes of a column were cut: three or more look so, and half of them all."""
    return cut >= _FEWEST_CUT and cut * 2 >= long


def text_of(batch: SourceBatch, column: str | None) -> pa.Array | None:
    """Return a column of a batch; None where it has no such column."""
    if column is not None and column in batch.rows.column_names:
        return one_array(batch.rows.column(column))
    return None


def read_numbers(texts: pa.Array) -> Read:
    """Read float64 with thousands separators (1,234), decimal commas (1,5), units behind and 万.

    Blank cells, "无" and "未知" are null.
    """
    texts = known_or_null(clean(texts))
    given = mask_of(texts.is_valid())
    if are_within(texts, "+9"):  # what can be cast without a letter is such a number
        with suppress(pa.ArrowInvalid):
            return _finite(pc.cast(texts, pa.float64()), given)
    plain = mask_of(pc.match_substring_regex(texts, _NUMBER))
    if not (given & ~plain).any():
        return _finite(pc.cast(texts, pa.float64()), given)
    text = pc.replace_substring_regex(pc.utf8_normalize(texts, form="NFKC"), r"[\s¥￥$约]+", "")
    text = pc.replace_substring_regex(text, _UNITS, "")
    ten_thousands = pc.ends_with(text, "万")
    text = pc.replace_substring_regex(text, "万$", "")
    grouped = pc.match_substring_regex(text, _THOUSANDS)
    text = pc.if_else(grouped, pc.replace_substring(text, ",", ""), text)
    point = pc.replace_substring(pc.replace_substring(text, ".", ""), ",", ".")
    text = pc.if_else(pc.match_substring_regex(text, _DECIMAL_COMMA), point, text)
    numbers = pc.if_else(pc.match_substring_regex(text, _NUMBER), text, None).cast(pa.float64())
    numbers = pc.if_else(ten_thousands, pc.multiply(numbers, _TEN_THOUSAND), numbers)
    return _finite(numbers, given)


def multiply_bare(numbers: pa.Array, texts: pa.Array, times: float) -> pa.Array:
    """Return `numbers` multiplied where their cell says no unit of its own."""
    text = pc.utf8_normalize(clean(texts), form="NFKC").fill_null("")
    bare = pc.match_substring_regex(text, f"{_NUMBER}|{_THOUSANDS}")
    return pc.if_else(bare, pc.multiply(numbers, times), numbers)


def _finite(numbers: pa.Array, given: NDArray[np.bool_]) -> Read:
    """Return numbers, of which those too large for a float are unreadable."""
    numbers = pc.if_else(pc.is_finite(numbers), numbers, None)
    return Read(numbers, given & mask_of(numbers.is_null()))


def as_whole(numbers: pa.Array) -> Read:
    """Return float64 `numbers` as int64; those with a fraction are unreadable."""
    whole = pc.and_(pc.equal(pc.floor(numbers), numbers), pc.less(pc.abs(numbers), _LARGEST_INT))
    exact = pc.if_else(whole, numbers, None)
    lost = mask_of(numbers.is_valid()) & mask_of(exact.is_null())
    return Read(pc.cast(exact, pa.int64()), lost)


def read_flags(texts: pa.Array) -> Read:
    """Read yes and no in the ways people tick them: 是, √, Y, true, 1 and 否, ×, N, false, 0."""

    def answer(text: str) -> bool | None:
        plain = simplify(text)
        return _ANSWERS.get(plain, _ANSWERS.get(plain[:1]) if plain[:1] in "是否√×" else None)

    return _read_by_value(texts, answer, pa.bool_())


def read_choices(texts: pa.Array, vocabulary: Vocabulary) -> Read:
    """Read one value of a vocabulary; unknown ones are kept if it is open, else unreadable."""
    read = vocabulary.reader()

    def choice(text: str) -> str | None:
        return read(text) or (text if vocabulary.open else None)

    return _read_by_value(texts, choice, pa.large_string())


def read_choice_lists(texts: pa.Array, vocabulary: Vocabulary) -> Read:
    """Read several values in one cell, parted by ; , 、 / or a line break; kept joined by ``;``."""
    known = vocabulary.spellings()
    parts = str.maketrans(dict.fromkeys("；，、,/|\n\r+", ";"))

    def choices(text: str) -> str | None:
        whole = known.get(simplify(text))
        chosen = [whole] if whole else []
        for part in () if whole else text.translate(parts).split(";"):
            word = part.strip()
            value = known.get(simplify(word), word if vocabulary.open else None)
            if word and value is None:
                return None
            if value and value not in chosen:
                chosen.append(value)
        return ";".join(chosen) or None

    return _read_by_value(texts, choices, pa.large_string())


def read_grades(texts: pa.Array, vocabulary: Vocabulary) -> tuple[pa.Array, pa.Array]:
    """Read grades: numbers (95, 95分, 95%), parts of a whole (87/100), or words for a number.

    Returns ``numbers``, ``words``: float64, and the cell as sent wherever it is no number; a word
    that stands for no number is kept beside a null. Blank cells and words for "unknown" are null in
    both.
    """
    spellings = vocabulary.spellings()

    def meant(text: str) -> float | None:
        return vocabulary.numbers.get(spellings.get(simplify(text), ""))

    texts = known_or_null(clean(texts))
    by_word = _read_by_value(texts, meant, pa.float64()).values
    bare = pc.replace_substring_regex(texts, r"\s*(?:[%％点點점]|(?i:points?|pts?|puntos))\.?$", "")
    numbers = read_numbers(pc.if_else(by_word.is_valid(), None, bare)).values
    numbers = pc.coalesce(numbers, _percent_of_fractions(bare))
    return pc.coalesce(by_word, numbers), pc.if_else(numbers.is_valid(), None, texts)


def _percent_of_fractions(texts: pa.Array) -> pa.Array:
    """Return 87 for 87/100, 80 for 4/5, and null for what is no part of 5, 10 or 100."""
    parts = pc.extract_regex(pc.utf8_normalize(texts, form="NFKC"), _FRACTION)
    part, whole = (pc.struct_field(parts, name).cast(pa.float64()) for name in ("part", "whole"))
    part = pc.if_else(pc.less_equal(part, whole), part, None)
    return pc.divide(pc.multiply(part, 100.0), whole)


def _read_by_value(texts: pa.Array, read: Callable[[str], object], kind: pa.DataType) -> Read:
    """Read each distinct text once; where `read` returns None the cell is unreadable."""
    texts = clean(texts)
    coded = texts.dictionary_encode()
    meant = pa.array([None if v is None else read(v) for v in coded.dictionary.to_pylist()], kind)
    values = meant.take(coded.indices)
    return Read(values, mask_of(texts.is_valid()) & mask_of(values.is_null()))


def _holds_invisible(texts: pa.Array) -> bool:
    return not is_ascii(texts) and holds(bytes_of(texts), _INVISIBLE_BYTES)


def _is_clean(texts: pa.Array) -> bool:
    """Say whether no cell begins as one that says nothing or begins or ends with a blank.

    Empty cells say nothing. Looking at the ends of cells is a third of the work of trimming them.
    """
    raw, starts, ends = cells_of(texts)
    if len(texts) - len(starts) > texts.null_count or _DIRTY_FIRST[raw[starts]].any():
        return False
    one = raw[ends - 1]
    ends, one = ends[_BLANK_LAST[one]], one[_BLANK_LAST[one]]
    if not len(ends):
        return True
    if (one < FIRST_NOT_ASCII).any():
        return False
    two = raw[np.maximum(ends - 2, 0)].astype(np.int32) << 8 | one
    ends, two = ends[_BLANK_LAST_TWO[two]], two[_BLANK_LAST_TWO[two]]
    three = raw[np.maximum(ends - 3, 0)].astype(np.int32) << 16 | two
    return not (np.isin(two, _BLANK_CODES).any() or np.isin(three, _BLANK_CODES).any())


_BLANKS = [space.encode() for space in SPACES]
_BLANK_CODES = np.array([int.from_bytes(blank) for blank in _BLANKS])
_BLANK_LAST = flags_of(_BLANK_CODES & 0xFF)
_BLANK_LAST_TWO = flags_of(_BLANK_CODES & 0xFFFF, 2**16)
_DIRTY_FIRST = flags_of(t[0] for t in (*_BLANKS, *(w.encode() for w in _WORDS["nothing"])) if t)
_UNKNOWN_FIRST = flags_of(
    cased.encode()[0] for word in _WORDS["unknown"] for cased in (word, word.upper())
)
_UNTIDY_FIRST = flags_of(b"=`")
