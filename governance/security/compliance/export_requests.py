"""Requests to take a table out unmasked, as they are told, and what each would hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from data.contracts.registry import contract_of
from data.store.tables.export_requests import ExportRequest as StoredRequest
from data.workspace.clock import Clock
from geo.errors import GridwardenError
from governance.access.permissions import Actor, Scope
from governance.security.accounts.rules import is_administrator
from governance.security.compliance.export_selection import ExportSelection

if TYPE_CHECKING:
    from data.engine import Engine

VALID_DAYS = 7
"""An approval that was not used for so many days is void."""


class UnmaskedError(GridwardenError):
    """An unmasked export cannot be asked for, decided or made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """A request to take a table out unmasked.

    ``asked_at``, ``decided_at``, ``used_at``: local times.
    """

    number: int
    table: str
    reason: str
    asker: str
    asker_name: str
    asked_at: datetime
    approver: str | None
    approver_name: str | None
    decided_at: datetime | None
    used_at: datetime | None
    file: str | None
    state: str
    """``open``, ``approved``, ``refused``, ``used`` or ``expired``."""
    selection: dict[str, str]
    """Which rows, as `ExportSelection.to_mapping`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportContents:
    """What an unmasked export would hold, known before anybody asks for it or approves it.

    ``selection``, ``place``: which rows, and the name of their building or community with its code,
    "" for all.
    """

    table: str
    selection: ExportSelection
    place: str
    rows: int
    """How many rows there are now."""
    clear: tuple[str, ...]
    """Headers of the columns that it shows in clear and a masked export does not."""
    masked: Mapping[str, str]
    """Header → why, of columns that stay masked: ``complainant`` or ``door``."""


def read_request(row: StoredRequest | None, number: int, *, clock: Clock) -> ExportRequest:
    """Return a stored request as it is told.

    Raises `UnmaskedError`: ``request_unknown`` where there is none.
    """
    if row is None:
        raise UnmaskedError("request_unknown", seen=number)
    return ExportRequest(
        number=row.id,
        table=row.table,
        reason=row.reason,
        asker=row.asker,
        asker_name=row.asker_name,
        asked_at=clock.to_local(row.asked_at),
        approver=row.approver,
        approver_name=row.approver_name,
        decided_at=row.decided_at and clock.to_local(row.decided_at),
        used_at=row.used_at and clock.to_local(row.used_at),
        file=row.file,
        state=state_of(row, clock.utc()),
        selection=dict(row.selection or {}),
    )


def read_contents(
    engine: Engine, table: str, selection: ExportSelection, scope: Scope
) -> ExportContents:
    """Count the rows of a selection within a scope, and name the columns that would be in clear."""
    from data.privacy.export_masks import masked_for_good, shown_unmasked

    contract = contract_of(table)
    rows = selection.of_rows(scope.of_rows(engine.table(contract.name)))
    headers = {field.name: field.header for field in contract.stored}
    return ExportContents(
        table=contract.name,
        selection=selection,
        place=_place_of(engine, selection),
        rows=int(rows.count().to_pyarrow().as_py()),
        clear=tuple(headers[name] for name in shown_unmasked(contract)),
        masked={headers[name]: why for name, why in masked_for_good(contract).items()},
    )


def _place_of(engine: Engine, selection: ExportSelection) -> str:
    """Name the building or community of a selection, with its code."""
    from data.derived.answers.unit_names import UnitNames

    names = UnitNames(engine)
    parts = {"building": selection.building_id, "community": selection.community_code}
    places = [f"{names.of(kind, [code])[0] or ''} {code}" for kind, code in parts.items() if code]
    return " · ".join(each.strip() for each in places)


def watermark(request: ExportRequest, *, now: datetime) -> str:
    """Return who takes the rows out, when (local), why, and who approved it."""
    asker = f"{request.asker_name}（{request.asker}）"
    approver = f"{request.approver_name}（{request.approver}）"
    when = now.strftime("%Y-%m-%d %H:%M")
    return (
        f"未脱敏 UNMASKED · 申请 {request.number} · 导出 {asker} {when} · "
        f"事由：{request.reason} · 批准 {approver}"
    )


def state_of(row: StoredRequest, now: datetime) -> str:
    """Return how far a request is at a moment (UTC), as `ExportRequest.state` calls it."""
    if row.used_at is not None:
        return "used"
    if row.decided_at is None:
        return "open"
    if not row.approved:
        return "refused"
    return "approved" if now < row.decided_at + timedelta(days=VALID_DAYS) else "expired"


def may_decide_about(engine: Engine, actor: Actor, row: StoredRequest) -> bool:
    """Say whether somebody who approves may know of a request.

    It must ask for nothing outside of what they see; who guards the system sees no row and decides
    about all.
    """
    if actor.scope.street or is_administrator(actor.roles):
        return True
    selection = ExportSelection.of_mapping(row.selection)
    place = ExportSelection(
        building_id=selection.building_id, community_code=selection.community_code
    )
    scope = Scope.of_mapping(row.scope)
    if scope.street and not place.to_mapping():
        return False
    chosen = place.of_rows(scope.of_rows(engine.table("buildings")))
    inside = actor.scope.of_rows(chosen)
    every, seen = (int(rows.count().to_pyarrow().as_py()) for rows in (chosen, inside))
    return every == seen > 0


def require_seen(engine: Engine, actor: Actor, row: StoredRequest | None, number: int) -> None:
    """Refuse a request that somebody who approves may not know of, as one that there is not."""
    if row is None or not may_decide_about(engine, actor, row):
        raise UnmaskedError("request_unknown", seen=number)


def require_approved(request: ExportRequest) -> None:
    """Refuse to make what was not approved, or not lately, or was made before."""
    if request.state != "approved":
        code = {"expired": "request_expired", "used": "request_used"}.get(request.state)
        raise UnmaskedError(code or "request_not_approved", number=request.number, days=VALID_DAYS)


def is_by(actor_names: frozenset[str], row: StoredRequest) -> bool:
    """Say whether a request is of somebody whom rows know by these names."""
    return not actor_names.isdisjoint((row.asker, row.asker_person))
