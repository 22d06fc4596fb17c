"""Read the numbers that spreadsheets keep for days and times."""

import pyarrow as pa
import pyarrow.compute as pc

_SERIAL = r"^[0-9]{1,6}(?:\.[0-9]+)?$"
_ZERO = -25_569  # serial 0 is 1899-12-30, in days since 1970
_LIKELY = (20_000.0, 80_000.0)  # 1954 to 2119: smaller numbers are years, ages, counts


def read_serials(texts: pa.Array) -> pa.Array:
    """Read spreadsheet serials of the 1900 system, rounded to the second they stand for."""
    plain = pc.if_else(pc.match_substring_regex(texts, _SERIAL), texts, None)
    numbers = pc.cast(plain, pa.float64())
    low, high = _LIKELY
    fits = pc.and_(pc.greater_equal(numbers, low), pc.less(numbers, high))
    numbers = pc.if_else(fits, numbers, None)
    seconds = pc.round(pc.multiply(pc.add(numbers, float(_ZERO)), 86_400.0))
    moments = pc.multiply(pc.cast(seconds, pa.int64()), 1_000_000)
    return pc.cast(moments, pa.timestamp("us"))
