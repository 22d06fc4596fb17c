"""Coordinates written as text: degrees, minutes and seconds, pairs, brackets, full-width digits.

Spreadsheets carry ``23 6m 16.3102s N, 113 15m 26.6968s E``, ``(41.9, -87.6)``, ``117.12,36.19``,
``北纬36°11′24″ 东经117°7′12″``, ``POINT (117.12 36.19)`` and the like. What cannot be read without
guessing becomes NaN, value by value.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np

from geo.arrays import Floats

Order: TypeAlias = Literal["lat_lon", "lon_lat"]

_LONGEST: Final = 500
"""A longer text is no coordinate; to try would take seconds."""
_LON_LIMIT, _LAT_LIMIT, _SIXTY = 180.0, 90.0, 60.0

# NFKC would turn these marks into letters or break them apart, so they go first.
_MARKS: Final = str.maketrans(
    {
        **dict.fromkeys("º˚°", "°"),
        **dict.fromkeys("′’‘'´`ʹ＇", "′"),
        **dict.fromkeys('″”“"〃ʺ＂', "″"),
        **dict.fromkeys("−–—﹣－", "-"),
        **dict.fromkeys("、；;|/&\t\r\n", ","),
    }
)
_WORDS: Final = [
    (re.compile(pattern), mark)
    for pattern, mark in (
        ("′′", "″"),
        ("北纬", "N"),
        ("南纬", "S"),
        ("东经", "E"),
        ("西经", "W"),
        (r"纬度|(?i:\blatitude\b|\blat\b)", "Y"),
        (r"经度|(?i:\blongitude\b|\blong\b|\blng\b|\blon\b)", "X"),
        (r"(?<=\d)\s*(?:度|(?i:deg(?:rees?)?|d)(?![a-z]))", "°"),
        (r"(?<=\d)\s*(?:分|(?i:min(?:utes?)?|m)(?![a-z]))", "′"),
        # A capital S after a number is South, unless another letter still tells the hemisphere.
        (r"(?<=\d)\s*(?:秒|(?:sec(?:onds?)?|s)(?![a-z])|S(?=\s*[NSEW]))", "″"),
    )
]
_NUMBER: Final = r"\d+(?:\.\d*)?|\.\d+"
_SIZE: Final = (
    rf"(?P<sign#>[+-]\s*)?(?P<deg#>{_NUMBER})\s*°?"
    rf"(?:\s*(?P<min#>{_NUMBER})\s*′(?:\s*(?P<sec#>{_NUMBER})\s*″?)?"
    rf"|(?:\s*°\s*|\s+)(?P<min#b>\d+)\s+(?P<sec#b>{_NUMBER})\s*″?)?"
)


def _angle(which: int) -> str:
    before = rf"(?P<pre#>[NSEWXY])\s*[:=]?\s*{_SIZE.replace('#', '#p')}"
    after = rf"{_SIZE.replace('#', '#q')}(?:\s*(?P<post#>[NSEW]))?"
    return f"(?:{before}|{after})".replace("#", str(which))


_BETWEEN: Final = r"(?:\s*,\s*|\s+|(?<=[NSEW°′″])|(?=[NSEWXY]))"
_ONE: Final = re.compile(_angle(1))
_TWO: Final = re.compile(_angle(1) + _BETWEEN + _angle(2))
_TAGGED: Final = {
    axis: re.compile(rf"{axis}[^0-9A-Z.+-]{{0,6}}([+-]?(?:{_NUMBER}))") for axis in "XY"
}
_POINT: Final = re.compile(r"(?i)(?:point\s*z?\s*\(|coordinates\W*\[)\s*([-+.\d]+)[\s,]+([-+.\d]+)")
_DECIMALS: Final = re.compile(r"\(?\s*([+-]?\d+\.\d+)\s*,\s*([+-]?\d+\.\d+)\s*\)?")
_BEHIND_ADDRESS: Final = re.compile(r"\(([+-]?\d+\.\d+)\s*,\s*([+-]?\d+\.\d+)\)\s*$")
_PLAIN: Final = re.compile(rf"[+-]?(?:{_NUMBER})(?:[eE][+-]\d+)?")
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_UNIT_OF_LENGTH: Final = re.compile(r"(?<=\d)\s*(?:米|公尺|[mM])$")
_AXIS_OF: Final = {"N": "lat", "S": "lat", "Y": "lat", "E": "lon", "W": "lon", "X": "lon"}


class _Angle(NamedTuple):
    degrees: float
    axis: str  # "lat", "lon", or empty where the text does not say


def read_coordinates(
    texts: Iterable[object], *, order: Order | None = None, usual: Order | None = None
) -> tuple[Floats, Floats]:
    """Read texts that hold both coordinates of a place.

    ``texts``: one text a row; None, NaN, unreadable ones and those of more than 500 characters give
    NaN. Each distinct text is read once.
    ``order``: which of two bare numbers comes first. Without it letters (N, 东经, lat…) decide,
    then the notation (``POINT`` and GeoJSON put longitude first), then size (beyond 90 is a
    longitude); rows that stay open follow `usual`. A row that contradicts `order` gives NaN.
    ``usual``: the order of rows that stay open; None for that most often seen in these rows, and
    latitude first, the way it is written, if no row tells (`count_orders`, `usual_order`).

    Returns ``lat``, ``lon``: degrees, float64, as written: no datum is applied. Both are NaN where
    |lat| > 90, |lon| > 180, minutes or seconds exceed 60, both numbers claim the same axis, or only
    one carries a letter. Pairs of metres are not read: keep them in two columns.
    """
    rows = [_text_of(value) for value in texts]
    read = {text: _read_pair(text, order) for text in dict.fromkeys(rows)}
    default = order or usual or usual_order(*_count_firsts(read[text] for text in rows))
    placed = {text: _placed(pair, default) for text, pair in read.items()}
    both = np.array([placed[text] for text in rows], dtype=np.float64).reshape(-1, 2)
    return both[:, 0].copy(), both[:, 1].copy()


def count_orders(texts: Iterable[object]) -> tuple[int, int]:
    """Return how many rows say by letters, notation or size that longitude, or latitude is first.

    Counts of parts of a column add up to those of the whole.
    """
    rows = Counter(map(_text_of, texts))
    lon = lat = 0
    for text, times in rows.items():
        first = _count_firsts([_read_pair(text, None)])
        lon, lat = lon + first[0] * times, lat + first[1] * times
    return lon, lat


def usual_order(lon_first: int, lat_first: int) -> Order:
    """Return the order most often seen; latitude first, the way it is written, if none is."""
    return "lon_lat" if lon_first > lat_first else "lat_lon"


def read_ordinates(texts: Iterable[object]) -> Floats:
    """Read texts that hold one coordinate: degrees in any notation, or plain metres.

    ``texts``: one text or number a row, e.g. ``１１７．１２``, ``117°07′12″E``, ``东经117.12度``,
    ``4,006,632.5``, ``510794.1米``. Each distinct text is read once.

    Returns ``values``: float64; South and West are negative. NaN where unreadable, and where an
    angle with a letter or minutes goes beyond what exists.
    """
    rows = [_text_of(value) for value in texts]
    read = {text: _read_one(text) for text in dict.fromkeys(rows)}
    return np.array([read[text] for text in rows], dtype=np.float64)


def _text_of(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST else ""


def _normalised(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text.translate(_MARKS)).strip().strip("()[]{}<>【】 ")
    for pattern, mark in _WORDS:
        plain = pattern.sub(mark, plain)
    quoted = plain.startswith("″")  # quotation marks around the whole
    return (plain.strip("″") if quoted else plain).strip()


def _read_one(text: str) -> float:
    plain = unicodedata.normalize("NFKC", text.translate(_MARKS)).strip()
    number = _UNIT_OF_LENGTH.sub("", plain)
    if _PLAIN.fullmatch(number):
        return float(number)
    if _GROUPED.fullmatch(number):
        return float(number.replace(",", ""))
    found = _ONE.fullmatch(_normalised(text))
    angle = _angle_of(found, 1) if found else None
    return angle.degrees if angle else np.nan


def _read_pair(text: str, order: Order | None) -> tuple[_Angle, _Angle] | None:
    """Read two angles; their axes stay empty where the text leaves them open."""
    if point := _POINT.search(text):
        return _bare_pair(point[1], point[2], ("lon", "lat"))
    decimals = _DECIMALS.fullmatch(text) or _BEHIND_ADDRESS.search(text)
    if decimals:  # most files hold nothing else: five times faster
        return _open_pair(_Angle(float(decimals[1]), ""), _Angle(float(decimals[2]), ""), order)
    plain = _normalised(text)
    tagged = {axis: pattern.search(plain) for axis, pattern in _TAGGED.items()}
    if (x := tagged["X"]) and (y := tagged["Y"]):
        return _bare_pair(x[1], y[1], ("lon", "lat"))
    found = _TWO.fullmatch(plain)
    if not found:
        return None
    first, second = _angle_of(found, 1), _angle_of(found, 2)
    return None if first is None or second is None else _open_pair(first, second, order)


def _bare_pair(first: str, second: str, axes: tuple[str, str]) -> tuple[_Angle, _Angle] | None:
    if not (_PLAIN.fullmatch(first) and _PLAIN.fullmatch(second)):
        return None
    return _Angle(float(first), axes[0]), _Angle(float(second), axes[1])


def _open_pair(first: _Angle, second: _Angle, order: Order | None) -> tuple[_Angle, _Angle]:
    if order or first.axis or second.axis:
        return first, second
    if abs(first.degrees) > _LAT_LIMIT:
        return first._replace(axis="lon"), second._replace(axis="lat")
    if abs(second.degrees) > _LAT_LIMIT:
        return first._replace(axis="lat"), second._replace(axis="lon")
    return first, second


def _angle_of(found: re.Match[str], which: int) -> _Angle | None:
    """Put degrees, minutes and seconds together; None if they contradict themselves."""
    side = "p" if found[f"deg{which}p"] is not None else "q"
    name = f"{which}{side}"
    letter = (found[f"pre{which}"] if side == "p" else found[f"post{which}"]) or ""
    minutes = found[f"min{name}"] or found[f"min{name}b"] or ""
    seconds = found[f"sec{name}"] or found[f"sec{name}b"] or ""
    size, axis = _size(found[f"deg{name}"], minutes, seconds), _AXIS_OF.get(letter, "")
    minus = (found[f"sign{name}"] or "").startswith("-")
    if size is None or (minus and letter in {"N", "E"}):
        return None
    if (axis or minutes) and size > (_LAT_LIMIT if axis == "lat" else _LON_LIMIT):
        return None
    return _Angle(-size if minus or letter in {"S", "W"} else size, axis)


def _size(degrees: str, minutes: str, seconds: str) -> float | None:
    if not minutes:
        return float(degrees)
    if "." in degrees or (seconds and "." in minutes):
        return None
    parts = float(minutes), float(seconds or 0)
    # Exactly 60 is what rounding makes of 59.99996 and is harmless.
    return None if max(parts) > _SIXTY else float(degrees) + (parts[0] + parts[1] / 60) / 60


def _count_firsts(pairs: Iterable[tuple[_Angle, _Angle] | None]) -> tuple[int, int]:
    axes = Counter(pair[0].axis for pair in pairs if pair is not None)
    return axes["lon"], axes["lat"]


def _placed(pair: tuple[_Angle, _Angle] | None, default: Order) -> tuple[float, float]:
    nowhere = (np.nan, np.nan)
    if pair is None:
        return nowhere
    axes = (pair[0].axis, pair[1].axis)
    if axes == ("", ""):
        axes = ("lon", "lat") if default == "lon_lat" else ("lat", "lon")
    if sorted(axes) != ["lat", "lon"]:
        return nowhere
    values = dict(zip(axes, (pair[0].degrees, pair[1].degrees), strict=True))
    good = abs(values["lat"]) <= _LAT_LIMIT and abs(values["lon"]) <= _LON_LIMIT
    return (values["lat"], values["lon"]) if good else nowhere
