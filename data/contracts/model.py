"""The classes of a table contract: fields, vocabularies and row rules."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from geo.addresses.traditional import SIMPLIFIED


class Kind(StrEnum):
    """What a field holds once it is read.

    Stored as Arrow types: ``INT`` as ``int64``, ``FLOAT`` and ``GRADE`` as ``float64``, ``DATE``
    and ``DATETIME`` as ``timestamp[us]`` (naive, local), ``BOOL`` as ``bool``, ``GEOMETRY`` as
    ``large_binary`` (WKB), the rest as ``large_string``. ``POINT``, ``PERIOD`` and ``PROBLEM`` are
    read but never stored: they fill two other fields (longitude and latitude, start and end, the
    numbers of serious and of other problems). A ``GRADE`` is a number, or a word of its vocabulary
    that stands for one, a ``PROBLEM`` one of several rows of a visit, each a thing that it found.
    """

    TEXT = "text"
    INT = "int"
    FLOAT = "float"
    DATE = "date"
    DATETIME = "datetime"
    BOOL = "bool"
    ENUM = "enum"
    ENUM_LIST = "enum_list"
    GEOMETRY = "geometry"
    POINT = "point"
    PERIOD = "period"
    GRADE = "grade"
    PROBLEM = "problem"


class Personal(StrEnum):
    """How a field about a person is treated before anything is kept."""

    NO = "no"
    NAME = "name"
    """Masked (张**) unless it is plainly an organisation."""
    PHONE = "phone"
    """Masked (138****5678)."""
    PROSE = "prose"
    """Free text: telephone and identity numbers inside it are masked."""
    CONTACTS = "contacts"
    """Free text of somebody who wants to be reached: as prose, and with every telephone number,
    WeChat and QQ account hidden, in whatever disguise (`data.privacy.contacts`)."""
    STAFF = "staff"
    """A member of staff, kept as given: masked where it leaves the office, not where it is kept."""


FREE_TEXT = frozenset([Personal.PROSE, Personal.CONTACTS])
"""Treatments of what people wrote in their own words."""


LATIN = {
    code: base
    for code in (*range(0x00E0, 0x0250), *range(0x1E00, 0x1F00))
    if (base := unicodedata.normalize("NFKD", chr(code))[0]).isascii()
} | {ord("ł"): "l", ord("ø"): "o", ord("đ"): "d", ord("ı"): "i", ord("ё"): "е", 0x0307: ""}
"""Code of a small letter with an accent → the letter without; the dot is of İ in small letters."""
_COMPARED = SIMPLIFIED | LATIN


def simplify(text: str) -> str:
    """Return `text` as it is compared: NFKC, lower case, simplified, without accents and joiners.

    Examples
    --------
    >>> simplify("Ｐａｓｓ　w/ Conditions"), simplify("À améliorer")
    ('passw/conditions', 'aameliorer')
    """
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_COMPARED)
    return "".join(c for c in folded if not c.isspace() and c not in "_-*")


_simplified_word = cache(simplify)
"""Of words of contracts, which are few; what a sender writes is not kept in memory."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The values an enumeration may hold, with what else they are called."""

    values: tuple[str, ...]
    """Canonical Chinese values, in the order a list shows them."""
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Canonical value → other spellings, Chinese and English. Compared by `simplify`."""
    open: bool = False
    """Whether an unknown value is kept as it was sent (and counted) rather than refused."""
    numbers: Mapping[str, float] = field(default_factory=dict)
    """Canonical value → the number it stands for; of a ``GRADE`` only, there for every value."""
    sentence: Callable[[str], str | None] | None = None
    """Returns the canonical value that a whole sentence says; None where lists of words do."""

    def __post_init__(self) -> None:
        """Refuse aliases of values that do not exist and aliases that mean two things."""
        seen: dict[str, str] = {}
        for value in self.values:
            for spelling in (value, *self.aliases.get(value, ())):
                if seen.setdefault(_simplified_word(spelling), value) != value:
                    msg = f"{spelling!r} means both {seen[simplify(spelling)]!r} and {value!r}"
                    raise ValueError(msg)
        unknown = set(self.aliases) - set(self.values)
        if unknown:
            msg = f"aliases of unknown values: {sorted(unknown)}"
            raise ValueError(msg)
        unknown = set(self.numbers) - set(self.values)
        if unknown:
            msg = f"numbers of unknown values: {sorted(unknown)}"
            raise ValueError(msg)

    def reader(self) -> Callable[[str], str | None]:
        """Return what gives the canonical value of a spelling or a sentence, None of others."""
        known, of_sentence = self.spellings(), self.sentence

        def read(text: str) -> str | None:
            value = known.get(simplify(text))
            return of_sentence(text) if value is None and of_sentence else value

        return read

    def spellings(self) -> dict[str, str]:
        """Return every known spelling, simplified, with the canonical value it stands for."""
        return {
            _simplified_word(spelling): value
            for value in self.values
            for spelling in (value, *self.aliases.get(value, ()))
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a table.

    ``header``, ``header_en``: Chinese header of the template and of exports, and what English pages
    call it.
    ``minimum``, ``maximum``: inclusive bounds of a number.
    """

    name: str
    """Column name in frames and Parquet."""
    header: str
    header_en: str = ""
    kind: Kind = Kind.TEXT
    aliases: tuple[str, ...] = ()
    """Other headers real sheets use: Chinese, pinyin initials, plain English. The header and the
    name itself are always understood and need not be repeated.
    """
    vocabulary: Vocabulary | None = None
    """Allowed values; only for enumerations and grades."""
    required: bool = False
    """The column must be there and every row must have a value."""
    code: bool = False
    """Text that identifies something (ticket number, area code): a numeric cell of more than 15
    digits has lost its end and is refused.
    """
    personal: Personal = Personal.NO
    """How the field is treated on import."""
    unit: str = ""
    """Unit of a number, as words that may follow it in a cell (户, 元, ㎡)."""
    minimum: float | None = None
    maximum: float | None = None
    blank: bool | None = None
    """Value of an empty cell where it means something (是否保密: blank is 是)."""
    past: bool = False
    """A time that cannot lie after the moment of the import."""
    fills: tuple[str, ...] = ()
    """Names of the two fields that a ``POINT`` or ``PERIOD`` fills."""
    key_from: tuple[str, ...] = ()
    """Fields, best first, from which a keyed hash of a person is computed. Such a field is not
    asked for in the template; it is read only from our own quarantine workbook.
    """
    of_words: bool = False
    """The keyed hashes are those of the words of the name, separated by spaces
    (`data.privacy.name_words`), not of the name.
    """
    words_of: str = ""
    """The ``GRADE`` whose words this field keeps as they were sent, null where a number was. Such a
    field is not asked for in the template; it is read only from our own export.
    """
    taken_from: tuple[str, ...] = ()
    """Fields, best first, that fill an empty cell: with a code as it is, or with the address, the
    contact or the result that their text tells (`data.ingest.text_extraction`).
    """
    example: str = ""
    """Value of the template's example row."""

    def __post_init__(self) -> None:
        """Refuse combinations that mean nothing."""
        has_words = self.kind in {Kind.ENUM, Kind.ENUM_LIST, Kind.GRADE, Kind.PROBLEM}
        if has_words != (self.vocabulary is not None):
            msg = f"{self.name}: a vocabulary belongs to an enumeration, grade or problem only"
            raise ValueError(msg)
        if self.vocabulary is not None:
            numbered = self.vocabulary.values if self.kind is Kind.GRADE else ()
            if set(self.vocabulary.numbers) != set(numbered):
                msg = f"{self.name}: every word of a grade, and no other, stands for a number"
                raise ValueError(msg)
        if bool(self.fills) != (self.kind in {Kind.POINT, Kind.PERIOD, Kind.PROBLEM}):
            msg = f"{self.name}: only a point, a period or a problem fills other fields"
            raise ValueError(msg)

    @property
    def stored(self) -> bool:
        """Whether the field is a column of the lake."""
        return not self.fills

    @property
    def treatment(self) -> Personal:
        """How a cell is treated on import: whatever people may write freely counts as prose."""
        free = self.kind is Kind.TEXT or (self.vocabulary is not None and self.vocabulary.open)
        if self.personal is Personal.NO and free and not self.code and not self.key_from:
            return Personal.PROSE
        return self.personal

    @property
    def computed(self) -> bool:
        """Whether the field is made from others: a keyed hash, or the words of a grade."""
        return bool(self.key_from or self.words_of)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TableContract:
    """One table: its fields and the rules between them. It is equal to itself alone.

    ``name``, ``title``: code name and the name people read.
    """

    name: str
    title: str
    fields: tuple[Field, ...]
    """In the order of the template."""
    key: str
    """Field that identifies a row. Where the file has no such column, or the cell of an event is
    empty, the hash of the row's content is its key (see `key_required`).
    """
    key_required: bool = False
    """Whether an empty key cell makes the row unusable once the column is there. True for
    registers, which other tables point at; false for events.
    """
    event_fields: tuple[str, ...] = ()
    """Fields that say when it happened; the first one known counts. Empty for registers."""
    learnt_fields: tuple[str, ...] = ()
    """Fields that say when the office learnt of it; the first one known counts. Empty for
    registers, which describe what stands there and are known at any date.
    """
    same_line: tuple[str, ...] = ()
    """Fields that two rows with one key share when they are two states of one line (a ticket listed
    once per step). If they differ, the number was given twice.
    """
    later: tuple[str, ...] = ()
    """Fields that are filled in or change later (`data.ingest.held_rows.later_states`)."""
    corrected: tuple[str, ...] = ()
    """Texts of which one may be corrected later, best first."""
    ordered: tuple[tuple[str, str], ...] = ()
    """Pairs of fields whose first must not be after the second."""
    one_of: tuple[str, ...] = ()
    """At least one of these must be known, or the row says nothing about any place."""
    screened: tuple[str, ...] = ()
    """Texts that are screened, together, for the policy's forms (`data.derived.screened`)."""
    kept_apart: tuple[str, ...] = ()
    """Name, number and its hash: kept apart as sent, encrypted (`data.privacy.identities`)."""

    def __post_init__(self) -> None:
        """Refuse two fields of one name and rules about fields that do not exist."""
        names = [f.name for f in self.fields]
        if len(set(names)) != len(names):
            msg = f"{self.name}: two fields share a name"
            raise ValueError(msg)
        cited = [self.key, *self.event_fields, *self.learnt_fields, *self.same_line, *self.one_of]
        cited += [*self.later, *self.corrected, *self.screened, *self.kept_apart]
        cited += [n for pair in self.ordered for n in pair]
        cited += [n for f in self.fields for n in (*f.fills, *f.key_from, *f.taken_from)]
        cited += [f.words_of for f in self.fields if f.words_of]
        unknown = set(cited) - set(names)
        if unknown:
            msg = f"{self.name}: rules about unknown fields {sorted(unknown)}"
            raise ValueError(msg)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the fields without which nothing can be imported."""
        return tuple(f.name for f in self.fields if f.required)

    @property
    def stored(self) -> tuple[Field, ...]:
        """Fields that are columns of the lake, in order."""
        return tuple(f for f in self.fields if f.stored)

    def field(self, name: str) -> Field:
        """Return the field called `name`; KeyError if there is none."""
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise KeyError(name)
