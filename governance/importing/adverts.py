"""Adverts that are pasted: what is understood of them, and taking them in as leads."""

import json
import tempfile
from pathlib import Path
from typing import Final

import pandas as pd

from data.contracts.screening.word_list import WordListError
from data.ingest.results import ImportResult
from governance.access.permissions import Action, Actor, require_whole
from governance.importing.advert_leads import TABLE
from governance.importing.files import ImportService
from governance.importing.pasted import Apart, Listing, listings_in, rows_of
from governance.importing.screening import ScreeningService
from governance.service import Service

MOST_PASTED: Final = 500_000
"""Characters of a text that is pasted."""
LISTING_COLUMNS: Final = ("text", "tutoring", "forms", "address", "contact")


class AdvertService(Service):
    """Services about online adverts; files of them come in as any other (`ImportService`)."""

    _imports: ImportService
    _screening: ScreeningService

    def read_pasted(self, actor: Actor, text: str, *, apart: Apart = "blank") -> pd.DataFrame:
        """Say what is understood of listings, and keep nothing.

        ``text``: one listing or many.
        ``apart``: what stands between them.

        Returns `LISTING_COLUMNS`, one row a listing: its text with every contact hidden, whether it
        is about tutoring, the forms (joined with ``、``), its address and its contact, hidden.

        Raises `WordListError`: ``text_too_long``, ``too_many_texts``.
        """
        require_whole(actor, Action.IMPORT)
        listings = _listings(text, apart)
        results = self._screening.screen(actor, [each.text for each in listings])
        rows = [
            (each.shown, screened.tutoring, "、".join(screened.forms), each.address, each.contact)
            for each, screened in zip(listings, results, strict=True)
        ]
        return pd.DataFrame(rows, columns=list(LISTING_COLUMNS))

    def take_in_pasted(
        self, actor: Actor, text: str, *, apart: Apart = "blank", kind: str = "", site: str = ""
    ) -> ImportResult:
        """Import listings as rows of the table adverts; those about tutoring become leads.

        What was pasted before adds nothing, whatever is pasted around it.

        ``kind``, ``site``: what they are (``adverts.kind``) and where they were found; empty where
        not known.

        Raises `WordListError`: ``text_too_long``.
        Raises `ImportRefusedError`: ``no_rows``.
        """
        require_whole(actor, Action.IMPORT)
        rows = rows_of(_listings(text, apart), kind=kind, site=site)
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "pasted.jsonl"
            path.write_text("\n".join(lines), encoding="utf-8")
            return self._imports.import_file(actor, TABLE, path)


def _listings(text: str, apart: Apart) -> list[Listing]:
    if len(text) > MOST_PASTED:
        raise WordListError("text_too_long", seen=len(text), expected=MOST_PASTED)
    return listings_in(text, apart=apart)
