"""Read the names of months of sixteen languages, whole or cut short, in the dates of a column."""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Final

from data.contracts.model import simplify

_NAMES: Final = {
    "en": "january february march april may june july august september october november december",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre|setiembre octubre "
    "noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro "
    "dezembro",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
    "dicembre",
    "de": "januar|jänner februar|feber märz|maerz april mai juni juli august september oktober "
    "november dezember",
    "nl": "januari februari maart|mrt april mei juni juli augustus september oktober november "
    "december",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "pl": "stycznia|styczeń lutego|luty marca|marzec kwietnia|kwiecień maja|maj czerwca|czerwiec "
    "lipca|lipiec sierpnia|sierpień września|wrzesień października|październik listopada|listopad "
    "grudnia|grudzień",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie "
    "decembrie",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "id": "januari februari maret april mei juni juli agustus september oktober november desember",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "no": "januar februar mars april mai juni juli august september oktober november desember",
    "hr": "siječnja|siječanj veljače|veljača ožujka|ožujak travnja|travanj svibnja|svibanj "
    "lipnja|lipanj srpnja|srpanj kolovoza|kolovoz rujna|rujan listopada|listopad "
    "studenoga|studenog|studeni prosinca|prosinac",
    "cs": "ledna|leden února|únor března|březen dubna|duben května|květen června|červen "
    "července|červenec srpna|srpen září října|říjen listopadu|listopad prosince|prosinec",
}
"""Of each language the months, with what else they are called.

Some are there for what others contradict: *listopada* is November in Polish, October in Croatian.
"""
_FEWEST_LETTERS: Final = 3


def months_of_names(names: Iterable[str]) -> dict[str, int]:
    """Return name → month, 1 to 12, of the names of months in a column.

    A name is whole, or cut to three letters or more. One that means two months counts as the
    languages have it that know most names of the column, and is left out where these differ.
    """
    read = {name: _readings(simplify(name)) for name in set(names)}
    known = Counter(language for months in read.values() for language in months)
    found: dict[str, int] = {}
    for name, months in read.items():
        most = max((known[language] for language in months), default=0)
        meant = {month for language, month in months.items() if known[language] == most}
        if len(meant) == 1:
            found[name] = meant.pop()
    return found


def _readings(name: str) -> dict[str, int]:
    """Return language → the month that a simplified name is in it, where it is just one."""
    if len(name) < _FEWEST_LETTERS:
        return {}
    begun = {
        language: {at for spelling, at in months.items() if spelling.startswith(name)}
        for language, months in _months().items()
    }
    read = {language: found.pop() for language, found in begun.items() if len(found) == 1}
    return read | {each: months[name] for each, months in _months().items() if name in months}


@cache
def _months() -> dict[str, dict[str, int]]:
    return {
        language: {
            simplify(name): at
            for at, alternatives in enumerate(names.split(), start=1)
            for name in alternatives.split("|")
        }
        for language, names in _NAMES.items()
    }
