"""An office's own words over the contracts: more headers of fields, more spellings of values.

They stand in ``words.toml`` of its workspace, in the form of the contracts' own files::

    [complaints.ticket_no]
    aliases = ["热线流水"]

    [complaints.urgency.words]
    "紧急" = ["十万火急"]

A list that is open may get new values as well, and so may the words of a grade, each with the
number that it stands for; the numbers of the others can be changed::

    [inspections.grade.numbers]
    "红牌" = 20
    "优秀" = 100
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Any

from data.contracts.model import Field, Kind, TableContract, Vocabulary, simplify
from data.workspace.sections import (
    WORDS_FILE,
    SettingProblem,
    SettingsError,
    check_section,
    section,
)

Words = Mapping[str, tuple[str, ...]]
Numbers = Mapping[str, float]


@section
class FieldWords:
    """What an office adds to a field: other headers, value → other spellings, value → number."""

    aliases: tuple[str, ...] = ()
    words: Words = field(default_factory=dict)
    numbers: Numbers = field(default_factory=dict)


def with_office_words(
    tables: Mapping[str, TableContract], raw: Mapping[str, Any]
) -> dict[str, TableContract]:
    """Return the contracts with the words of an office's parsed file.

    Raises `SettingsError`: ``settings_invalid``, naming every table, field, key and value that does
    not exist, and every word that means something else already.
    """
    problems: list[SettingProblem] = []
    extended = dict(tables)
    for name, fields in raw.items():
        if name not in tables:
            problems.append(_problem(name, "", fields, "known_key", choices=[*tables]))
        elif not isinstance(fields, dict):
            problems.append(_problem(name, "", fields, "object"))
        else:
            extended[name] = _extended_table(tables[name], fields, problems)
    if problems:
        raise SettingsError("settings_invalid", file=WORDS_FILE, problems=problems)
    return extended


def _extended_table(
    contract: TableContract, raw: Mapping[str, Any], problems: list[SettingProblem]
) -> TableContract:
    fields = {f.name: f for f in contract.fields}
    headers = {
        simplify(h): f.header for f in contract.fields for h in (f.name, f.header, *f.aliases)
    }
    for name, facts in raw.items():
        place = f"{contract.name}.{name}"
        if name not in fields:
            problems.append(_problem(contract.name, name, facts, "known_key", choices=[*fields]))
            continue
        added = check_section(place, {place: facts}, FieldWords, problems)
        if added is not None:
            header, aliases = fields[name].header, fields[name].aliases
            problems += _clashes(place, "aliases", headers, {header: added.aliases})
            vocabulary = _extended_list(fields[name], added, place, problems)
            fields[name] = replace(
                fields[name], aliases=(*aliases, *added.aliases), vocabulary=vocabulary
            )
    return replace(contract, fields=tuple(fields.values()))


def _extended_list(
    of: Field, added: FieldWords, place: str, problems: list[SettingProblem]
) -> Vocabulary | None:
    listed = of.vocabulary or Vocabulary(())
    words: dict[str, tuple[str, ...]] = {**dict.fromkeys(added.numbers, ()), **added.words}
    wrong = [
        _problem(f"{place}.words", value, spellings, "choice", choices=[*listed.values])
        for value, spellings in added.words.items()
        if value not in {*listed.values, *added.numbers} and not listed.open
    ]
    if added.numbers and of.kind is not Kind.GRADE:
        known = ["aliases", "words"]
        wrong.append(_problem(place, "numbers", added.numbers, "known_key", choices=known))
    given = {value: (value, *spellings) for value, spellings in words.items()}
    wrong += _clashes(f"{place}.words", "", listed.spellings(), given)
    if wrong or not words:
        problems += wrong
        return of.vocabulary
    return replace(
        listed,
        values=tuple(dict.fromkeys((*listed.values, *words))),
        aliases={
            v: (*listed.aliases.get(v, ()), *words.get(v, ())) for v in {*given, *listed.aliases}
        },
        numbers={**listed.numbers, **added.numbers},
    )


def _clashes(place: str, key: str, taken: dict[str, str], given: Words) -> Iterator[SettingProblem]:
    """Yield the words that mean something else already; `taken` is simplified → its meaning."""
    for meaning, texts in given.items():
        for text in texts:
            other = taken.setdefault(simplify(text), meaning)
            if other != meaning:
                yield _problem(place, key or meaning, text, "one_meaning", other=other)


def _problem(place: str, key: str, seen: object, expected: str, **facts: object) -> SettingProblem:
    shown = json.dumps(seen, ensure_ascii=False, default=str)
    return SettingProblem(section=place, key=key, seen=shown, expected=expected, facts=facts)
