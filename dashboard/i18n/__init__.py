"""What the interface says, in Chinese and English, from gettext catalogues.

The catalogues are read straight from their ``.po`` files when first needed, so there is no
compiled copy to forget. Sentences are looked up by their English text; names of codes (tiers,
factors, tables, reasons, errors) by ``kind.code``.

A catalogue writes a count with its forms, in the order of the language's plural categories:
``{count} {count:row|rows}``. Which form stands there is Babel's (Unicode CLDR's) plural rule.
"""

from __future__ import annotations

import json
import re
import string
from decimal import Decimal, InvalidOperation
from functools import cache, cached_property
from itertools import chain
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from data.workspace.sections import SettingProblem
from geo.errors import GridwardenError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from babel.plural import PluralRule

LANGUAGES = {"zh": "中文", "en": "English"}
DEFAULT_LANGUAGE = "zh"
_FOLDER = Path(__file__).parent
_CATEGORIES = ("zero", "one", "two", "few", "many", "other")
_UNCOUNTED: Final = frozenset({"year", "week", "quarter", "number", "version", "seen", "expected"})
"""Facts whose numbers are written as they are: they name something, or repeat what was typed."""
_ENTRY: Final = re.compile(r'^msgid (".*"\n(?:".*"\n)*)msgstr (".*"\n(?:".*"\n)*)', re.MULTILINE)
"""An entry of a catalogue: what it is found by, what it says; ours have no contexts or plurals."""


class Translator:
    """One language's wording: ``say("Save")`` is what gettext calls ``_("Save")``.

    ``language``: ``zh`` or ``en``.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = _catalogue(language)

    def __call__(self, text: str, /, **facts: object) -> str:
        """Return the wording of an English sentence, with ``{facts}`` filled in."""
        sentence = self._catalogue.get(text, text)
        return self._fill(sentence, facts) if facts else sentence

    def name(self, kind: str, code: str, /, **facts: object) -> str:
        """Return the name of a code of some kind, with facts filled in where any are given.

        An unknown code names itself.
        """
        name = self._catalogue.get(f"{kind}.{code}")
        if name is None:
            return code
        return self._fill(name, facts) if facts else name

    def names(self, kind: str, codes: Iterable[str]) -> dict[str, str]:
        """Return the names of codes of some kind, by code."""
        return {code: self.name(kind, code) for code in codes}

    def all_names(self, kind: str) -> dict[str, str]:
        """Return the names of every code of some kind, by code."""
        prefix = f"{kind}."
        return {
            key.removeprefix(prefix): name
            for key, name in self._catalogue.items()
            if key.startswith(prefix)
        }

    def knows(self, kind: str, code: str) -> bool:
        """Say whether the catalogue has a name for a code."""
        return f"{kind}.{code}" in self._catalogue

    def part(self, part: str) -> dict[str, Any]:
        """Return what a part of the page says in the browser, whose script fills facts in.

        ``js.<part>.<name>`` is called ``name``, ``js.<part>.<group>.<name>`` lies in its group.
        """
        words: dict[str, Any] = {}
        prefix = f"js.{part}."
        for key, text in self._catalogue.items():
            if key.startswith(prefix):
                *groups, name = key.removeprefix(prefix).split(".")
                place = words
                for group in groups:
                    place = place.setdefault(group, {})
                place[name] = text
        return words

    def error(self, error: GridwardenError) -> str:
        """Return what the user reads about a failure: by its code, filled with its facts.

        A refused plan lists coded problems; each is named by its own code.
        """
        problems = [
            self.name(
                "plan_problem",
                str(problem.code),
                seen=problem.seen,
                expected=problem.expected,
                field=problem.field,
            )
            for problem in getattr(error, "problems", ())
            if hasattr(problem, "expected") and self.knows("plan_problem", str(problem.code))
        ]
        if problems:
            return " ".join(problems)
        sentence = self._catalogue.get(f"error.{error.code}")
        if sentence is None:
            return str(error)
        facts = {name: self._in_words(fact) for name, fact in error.facts.items()}
        if "action" in facts:
            facts["action"] = self.name("action", str(facts["action"]))
        return self._fill(sentence, _Facts(facts))

    def _fill(self, text: str, facts: Mapping[str, object]) -> str:
        return _filler(self.language).vformat(text, (), facts)

    def _in_words(self, fact: object) -> object:
        """Return a list of facts as people write one, an absent one as a dash.

        What was expected may be said in words, ``fact.<words>``.
        """
        if isinstance(fact, str):
            return self._catalogue.get(f"fact.{fact}", fact)
        if isinstance(fact, list | tuple | set | frozenset):
            between = " " if any(isinstance(item, SettingProblem) for item in fact) else self(", ")
            return between.join(str(self._in_words(item)) for item in fact)
        if isinstance(fact, SettingProblem):
            return self._setting_problem(fact)
        return "—" if fact is None else fact

    def _setting_problem(self, problem: SettingProblem) -> str:
        facts = {
            name: self(", ").join(map(str, fact)) if isinstance(fact, list | tuple) else fact
            for name, fact in problem.facts.items()
        }  # choices are written in the file as they are
        expected = self._fill(self.name("setting_expected", problem.expected), _Facts(facts))
        setting = f"[{problem.section}] {problem.key}".rstrip()
        sentence = self.name("error", "setting_invalid")
        return sentence.format(setting=setting, seen=problem.seen, expected=expected)


class _Filler(string.Formatter):
    """Fills facts into a sentence; ``{count:row|rows}`` gives the form for the count.

    Whole numbers are parted at the thousands, but for those that name something.

    ``language``: whose plural rule decides.
    """

    def __init__(self, language: str) -> None:
        self._language = language

    @cached_property
    def _category(self) -> PluralRule:
        from babel import Locale  # takes a while, and Chinese asks for no form

        return Locale.parse(self._language).plural_form

    def get_field(
        self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[Any, Any]:
        """Return a fact, and as a text one whose number counts nothing."""
        value, name = super().get_field(field_name, args, kwargs)
        return (str(value) if name in _UNCOUNTED else value), name

    def format_field(self, value: object, format_spec: str) -> str:
        """Write a fact, or choose the form that its number asks for."""
        if "|" in format_spec:
            return self._form(value, format_spec.split("|"))
        is_count = isinstance(value, Integral) and not isinstance(value, bool)
        return str(super().format_field(value, format_spec or ("," if is_count else "")))

    def _form(self, value: object, forms: Sequence[str]) -> str:
        try:
            category = self._category(Decimal(str(value).replace(",", "")))
        except (InvalidOperation, ValueError):  # no number: "some", "—"
            category = "other"
        known = [each for each in _CATEGORIES if each in {*self._category.tags, "other"}]
        return forms[known.index(category)]


@cache
def _filler(language: str) -> _Filler:
    return _Filler(language)


class _Facts(dict[str, object]):
    """Facts in which a missing one reads as a dash rather than failing the message."""

    def __missing__(self, key: str) -> str:
        return "—"


@cache
def translator(language: str) -> Translator:
    """Return the translator of a language; an unknown one reads as the default."""
    return Translator(language if language in LANGUAGES else DEFAULT_LANGUAGE)


def language_of(locale: str | None) -> str:
    """Return the interface language for a browser's locale such as ``zh-CN``."""
    wanted = (locale or "").lower().split("-")[0]
    return wanted if wanted in LANGUAGES else DEFAULT_LANGUAGE


def catalogue_path(language: str) -> Path:
    """Return the file of a language's catalogue."""
    return _FOLDER / f"{language}.po"


@cache
def _catalogue(language: str) -> dict[str, str]:
    """Read a catalogue as JSON, whose escapes are the same: seven times as fast as Babel."""
    entries = _ENTRY.findall(catalogue_path(language).read_text("utf-8"))
    quoted = ",".join(chain.from_iterable(entries)).replace('"\n"', "")
    texts = json.loads(f"[{quoted}]")
    return {id_: text for id_, text in zip(texts[::2], texts[1::2], strict=True) if text}
