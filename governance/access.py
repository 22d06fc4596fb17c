"""Who may do what: every service call asks here, and every answer carries its reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from geo.errors import GridwardenError


class Action(StrEnum):
    """What a person can ask the product to do."""

    SEE_MAP = "see_map"
    SEE_ROWS = "see_rows"
    IMPORT = "import"
    UNDO_IMPORT = "undo_import"
    REVIEW_ADDRESS = "review_address"
    SCORE = "score"
    EVALUATE = "evaluate"
    EXPORT = "export"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions, with the reason for having them."""

    name: str
    actions: frozenset[Action]
    reason: str


LOCAL_OWNER = Role(
    name="local_owner",
    actions=frozenset(Action),
    reason="the workspace lies on this person's own machine",
)
ROLES: dict[str, Role] = {LOCAL_OWNER.name: LOCAL_OWNER}


@dataclass(frozen=True, slots=True)
class Actor:
    """The acting user of a service call.

    Parameters
    ----------
    id
        Stable name for the audit log.
    name
        What the interface calls the person.
    roles
        Names of roles in :data:`ROLES`; an unknown name gives no permission.
    """

    id: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Permission:
    """An answer to "may this person do that?", with its reason."""

    allowed: bool
    reason: str


class NotAllowedError(GridwardenError):
    """The acting user may not do this."""


def local_owner() -> Actor:
    """Return the person at this machine, who may do everything until accounts exist."""
    return Actor(id="local", name="本机用户", roles=(LOCAL_OWNER.name,))


def permission(actor: Actor, action: Action) -> Permission:
    """Say whether an actor may do something, and why."""
    for name in actor.roles:
        role = ROLES.get(name)
        if role and action in role.actions:
            return Permission(allowed=True, reason=f"{role.name}: {role.reason}")
    return Permission(
        allowed=False, reason=f"none of the roles {', '.join(actor.roles) or '(none)'} allows it"
    )


def require(actor: Actor, action: Action) -> Permission:
    """Return the permission.

    Raises
    ------
    NotAllowedError
        When no role of the actor allows the action.
    """
    answer = permission(actor, action)
    if not answer.allowed:
        raise NotAllowedError(
            "not_allowed", actor=actor.id, action=action.value, reason=answer.reason
        )
    return answer
