"""What services about evidence answer with."""

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from data.contracts.evidence_vocabulary import Custody
from data.store.tables.records.evidence import Evidence

SHOWN: Final = tuple(
    each.name for each in Evidence.__table__.columns if each.name not in {"id", "upload", "seal"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceView:
    """A piece, its custody, and what the actor can do with it.

    ``original``, ``correct``: whether the actor may open the file as it came, and say otherwise
    what was said.
    """

    facts: dict[str, Any]
    """The columns `SHOWN`; times are local."""
    custody: pd.DataFrame
    """A row for each step, the oldest first: ``number, at`` (local), ``actor, action, facts``."""
    steps: tuple[Custody, ...]
    """Steps that the actor can take now."""
    readable: bool
    """Whether there is a picture to read."""
    original: bool
    correct: bool
