"""What a person says of a file: checked, and turned into the columns of its piece."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from data.contracts.evidence_vocabulary import EvidenceKind, Origin
from geo.errors import GridwardenError

TOLD: Final = ("kind", "origin", "taken_at", "place", "device", "taker_id", "witness_id", "note",
               "case_no", "building_id", "has_minor")  # fmt: skip
"""What can be said of a file, each as text."""
LONGEST_NAME: Final = 150
LONGEST_TEXT: Final = 500
LONGEST_ENDING: Final = 10
_UNUSABLE: Final = '<>:"|?*'
YES: Final = "yes"


class EvidenceError(GridwardenError):
    """What was asked of evidence cannot be done; the code says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece belongs: "" and None where nobody says."""

    case_no: str | None = None
    building_id: str | None = None
    community: str = ""
    grid: str = ""


def clean_name(name: str) -> str:
    """Return a file's name alone: no folders, nothing that does not print, not too long."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(each for each in last if each.isprintable() and each not in _UNUSABLE)
    kept = kept.strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if len(kept) > LONGEST_NAME and dot and len(ending) < LONGEST_ENDING:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return kept[:LONGEST_NAME] or "file"


def columns_of(told: Mapping[str, str], *, taker: str, now: datetime) -> dict[str, Any]:
    """Return columns of a piece from what a person says of it.

    ``told``: some of `TOLD`; what is left out has its default.
    ``taker``: who took it where nothing else is said.
    ``now``: local time; nothing was taken after it.

    Raises `EvidenceError`: ``evidence_fact_unknown``, ``evidence_word_unknown``,
    ``evidence_time_wrong``, ``evidence_text_too_long`` or ``evidence_witness_same``.
    """
    if unknown := sorted(told.keys() - set(TOLD)):
        raise EvidenceError("evidence_fact_unknown", seen=unknown, expected=list(TOLD))
    said = {name: str(value or "").strip() for name, value in told.items()}
    for name, value in said.items():
        if len(value) > LONGEST_TEXT:
            raise EvidenceError("evidence_text_too_long", seen=len(value), expected=LONGEST_TEXT,
                                field=name)  # fmt: skip
    if (witness := said.get("witness_id") or None) == (said.get("taker_id") or taker):
        raise EvidenceError("evidence_witness_same", seen=witness)
    return {
        "kind": _word(said.get("kind", ""), EvidenceKind),
        "origin": _word(said.get("origin", ""), Origin) or Origin.PUBLIC_PLACE.value,
        "taken_at": _time(said.get("taken_at", ""), now=now),
        "place": said.get("place", ""),
        "device": said.get("device", ""),
        "taker_id": said.get("taker_id") or taker,
        "witness_id": witness,
        "note": said.get("note", ""),
        "has_minor": said.get("has_minor", "") == YES,
    }


def _word(said: str, words: type[EvidenceKind] | type[Origin]) -> str:
    if said and said not in set(words):
        raise EvidenceError("evidence_word_unknown", seen=said, expected=list(map(str, words)))
    return said


def _time(said: str, *, now: datetime) -> str | None:
    if not said:
        return None
    try:
        at = datetime.fromisoformat(said)
    except ValueError as error:
        raise EvidenceError("evidence_time_wrong", seen=said) from error
    if at.tzinfo is not None or at > now:
        raise EvidenceError("evidence_time_wrong", seen=said)
    return at.replace(microsecond=0).isoformat()
