"""Which rights go together, who may be the first to name whom, and which codes exist."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from data.store.repositories.accounts import Account
from geo.errors import GridwardenError
from governance.access.roles import ADMINISTRATORS, GRANTED, ROLES
from governance.access.scopes import COLUMN_OF, Scope
from governance.security.accounts.person_scopes import OUTSIDER

if TYPE_CHECKING:
    from data.engine import Engine

SYSTEM, SECURITY, AUDIT = ADMINISTRATORS


def check_roles(roles: Sequence[str], *, error: type[GridwardenError]) -> None:
    """Refuse roles that there are not, and roles that do not go together.

    Raises `GridwardenError`: of the given type: ``role_unknown`` or ``roles_conflict``.
    """
    unknown = [name for name in roles if name not in GRANTED]
    if unknown:
        raise error("role_unknown", seen=unknown, expected=list(GRANTED))
    alone = [name for name in roles if ROLES[name].exclusive or name == OUTSIDER]
    if alone and len(set(roles)) > 1:
        raise error("roles_conflict", seen=alone, roles=list(roles))


def is_administrator(roles: Collection[str]) -> bool:
    """Say whether somebody runs, guards or checks the system."""
    return any(name in ROLES and ROLES[name].exclusive for name in roles)


def may_name_first(roles: Collection[str], *, held: Collection[str]) -> bool:
    """Say whether the system administrator may give these roles without the right to.

    Only while nobody could: there is no security administrator, and it is exactly that one or an
    audit administrator whom there is not yet.
    """
    if SECURITY in held or len(roles) != 1:
        return False
    (role,) = roles
    return role in {SECURITY, AUDIT} and role not in held


def is_last_administrator(account: Account, *, among: Collection[Account]) -> bool:
    """Say whether nobody else could make, unlock and reset accounts."""
    if SYSTEM not in account.roles or account.locked_at is not None:
        return False
    others = [other for other in among if other.login != account.login]
    return not any(SYSTEM in other.roles and other.locked_at is None for other in others)


def unknown_codes(engine: Engine, scope: Scope) -> list[str]:
    """Return the codes of a scope that no table knows; where there is no table, all are known."""
    codes_by_kind = {name: codes for name in COLUMN_OF if (codes := getattr(scope, name))}
    if not codes_by_kind:
        return []
    known: dict[str, set[str]] = {name: set() for name in COLUMN_OF}
    for table in ("buildings", "grids"):
        rows = engine.table(table)
        for name in codes_by_kind:
            if (column := COLUMN_OF[name]) in rows.columns:
                known[name] |= set(rows[column].to_pandas().dropna())
    return sorted(
        code for name, codes in codes_by_kind.items() if known[name] for code in codes - known[name]
    )
