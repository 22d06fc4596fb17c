"""A labelled set of texts, some disguised in ways of which no rule was told."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from data.contracts.screening.spelling import syllable_of

_SENSITIVE: Final = (
    "补课",
    "数学",
    "英语",
    "语文",
    "物理",
    "化学",
    "老师",
    "托管",
    "辅导",
    "一对一",
    "补习",
    "冲刺",
)
_BETWEEN: Final = (" ", "·", "|", "_", ".", "-", "~", "*", "🌟", "✨")
_CIRCLED: Final = {"一": "①", "1": "①", "二": "②", "三": "③"}
_TRADITIONAL: Final = str.maketrans(
    "数学英语补课师导习级们语辅线辅营赛", "數學英語補課師導習級們語輔線輔營賽"
)
_HELD_OUT: Final = 3
"""Every third template."""
_COMMON: Final = range(0x4E00, 0x9FA6)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text, the forms that it tells of, and how it was disguised (empty: not at all)."""

    text: str
    forms: frozenset[str]
    disguise: str


def labelled(rng: np.random.Generator, *, count: int, held_out: bool) -> list[Labelled]:
    """Return so many texts, a third of them disguised.

    ``held_out``: take every third template, which the others leave out, and substitutes by sound
    that are drawn from all characters; otherwise the other templates.
    """
    source = _source()
    choices = [
        (template, frozenset([*each["forms"], *each.get("also", {}).get(str(at), [])]))
        for each in source["texts"]
        for at, template in enumerate(each["templates"])
        if (at % _HELD_OUT == 0) == held_out
    ]
    made = []
    for _ in range(count):
        template, forms = choices[int(rng.integers(len(choices)))]
        text = _filled(template, source["slots"], rng)
        ways = DISGUISES if rng.random() < 1 / 3 else {"": lambda text, _: text}
        name = str(rng.choice(list(ways)))
        made.append(Labelled(ways[name](text, rng), forms, name))
    return made


def _filled(template: str, slots: dict[str, list[str]], rng: np.random.Generator) -> str:
    drawn = {name: str(rng.choice(values)) for name, values in slots.items()}
    return template.format_map(drawn)


def _sounding_alike(text: str, rng: np.random.Generator) -> str:
    """Write one character of a word that filters know as another of the same sound."""
    return _changed(text, rng, lambda each: str(rng.choice(_homophones(each) or [each])))


def _in_letters(text: str, rng: np.random.Generator) -> str:
    return _changed(text, rng, syllable_of)


def _split(text: str, rng: np.random.Generator) -> str:
    sign = str(rng.choice(_BETWEEN))
    for word in _SENSITIVE:
        text = text.replace(word, sign.join(word))
    return text


def _traditional(text: str, _rng: np.random.Generator) -> str:
    return text.translate(_TRADITIONAL)


def _circled(text: str, _rng: np.random.Generator) -> str:
    return "".join(_CIRCLED.get(each, each) for each in text)


def _wide(text: str, _rng: np.random.Generator) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


DISGUISES: Final = {"sound": _sounding_alike, "letters": _in_letters, "signs": _split,
                    "traditional": _traditional, "circled": _circled, "wide": _wide}  # fmt: skip


def _changed(text: str, rng: np.random.Generator, change: Any) -> str:  # noqa: ANN401 -- a function of a character
    """Change one character of each word that filters know."""
    for word in _SENSITIVE:
        if word in text:
            at = int(rng.integers(len(word)))
            text = text.replace(word, word[:at] + change(word[at]) + word[at + 1 :])
    return text


@cache
def _homophones(character: str) -> Sequence[str]:
    sound = syllable_of(character)
    return [
        other
        for code in _COMMON
        if (other := chr(code)) != character and syllable_of(other) == sound and _is_usual(other)
    ]


def _is_usual(character: str) -> bool:
    """Say whether GB2312 has a character: what people type."""
    try:
        return bool(character.encode("gb2312"))
    except UnicodeEncodeError:
        return False


@cache
def _source() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("texts.toml").read_text(encoding="utf-8"))
