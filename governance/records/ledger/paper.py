"""The ledger as it leaves on paper or as a file: masked, and written down."""

from dataclasses import replace

import pandas as pd
import pyarrow as pa

from data.contracts.ledger_vocabulary import LedgerKind
from data.privacy.export_masks import hide_rooms
from data.privacy.pseudonyms import mask_name
from data.store.repositories.records.ledger_lists import LedgerQuery
from data.store.repositories.repository import MOST_ROWS
from governance.access.permissions import Action, Actor, require
from governance.records.ledger.service import LedgerService
from governance.service import Service


class LedgerPaperService(Service):
    """The service that hands the ledger out."""

    _ledger: LedgerService

    def rows(self, actor: Actor, query: LedgerQuery | None = None, *, file: str) -> pd.DataFrame:
        """Return all of the asked-for lines as `LedgerService.lines` tells them, masked.

        People's names and rooms are masked for everybody. Who took them is in the audit log.

        ``file``: what the file or page is called.

        Raises `NotAllowedError` when the actor does not see the ledger, or may not export.
        """
        require(actor, Action.SEE_LEDGER)
        require(actor, Action.EXPORT)
        part = replace(query or LedgerQuery(), limit=MOST_ROWS, offset=0)
        parts, total = [], 1
        while part.offset < total:
            found = self._ledger.lines(actor, part)
            total = found.total
            parts.append(found.rows)
            part = replace(part, offset=part.offset + MOST_ROWS)
        rows = pd.concat(parts, ignore_index=True)
        self._record_own_export(actor, file=file, rows=len(rows))
        people = rows["kind"].eq(LedgerKind.PERSON)
        addresses = hide_rooms(pa.array(rows["address"], pa.string())).to_pylist()
        return rows.assign(
            name=rows["name"].mask(people, rows["name"].map(mask_name)),
            address=pd.Series(addresses, index=rows.index, dtype=object),
        )
