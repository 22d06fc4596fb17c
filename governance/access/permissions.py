"""Who may do what: every service call asks here, and every answer carries its reason."""

from dataclasses import dataclass, field

from geo.errors import GridwardenError
from governance.access.roles import ROLES, Action, Role
from governance.access.scopes import Scope

__all__ = ["ROLES", "Action", "Actor", "NotAllowedError", "Permission", "Role", "Scope",
           "automatic_scorer", "local_owner", "may", "permission", "public_reporter",
           "require", "require_whole"]  # fmt: skip

LOCAL = "local"
MACHINE = "machine"
"""Name in the audit log of what the server does by itself."""
PUBLIC = "public"
"""Name in the audit log of whoever reports on the public page."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The acting user of a service call."""

    id: str
    """Stable name for the audit log."""
    name: str
    roles: tuple[str, ...]
    """Names of roles in :data:`governance.access.roles.ROLES`; an unknown name gives no permission.
    """
    scope: Scope = field(default_factory=Scope.nothing)
    """Which rows the person may see and change; the default is none."""
    person_id: str | None = None
    """The person of the table of staff that this account belongs to, or None."""
    delegated: frozenset[str] = frozenset()
    """Buildings outside the scope to which a published plan sends a team of the person. They can be
    visited, and nothing else of them is told: only services about visits read this.
    """


@dataclass(frozen=True, slots=True)
class Permission:
    """An answer to "may this person do that?", with its reason."""

    allowed: bool
    reason: str


class NotAllowedError(GridwardenError):
    """The acting user may not do this; ``noted`` once the refusal is in the audit log."""

    noted = False


def local_owner() -> Actor:
    """Return the person at this machine, whom the operating system already let at every file."""
    return Actor(id=LOCAL, name="本机用户", roles=("local_owner",), scope=Scope.whole())


def automatic_scorer() -> Actor:
    """Return who scores by itself, whatever person is there."""
    return Actor(id=MACHINE, name="自动评分", roles=("automatic_scorer",), scope=Scope.whole())


def public_reporter() -> Actor:
    """Return who reports on the public page; nothing is known of them."""
    return Actor(id=PUBLIC, name="公众", roles=(PUBLIC,))


def permission(actor: Actor, action: Action) -> Permission:
    """Say whether an actor may do something, and why."""
    for name in actor.roles:
        role = ROLES.get(name)
        if role and action in role.actions:
            return Permission(allowed=True, reason=f"{role.name}: {role.reason}")
    return Permission(
        allowed=False, reason=f"none of the roles {', '.join(actor.roles) or '(none)'} allows it"
    )


def may(actor: Actor, action: Action) -> bool:
    """Say whether an actor may do something."""
    return permission(actor, action).allowed


def require(actor: Actor, action: Action) -> Permission:
    """Return the permission.

    Raises `NotAllowedError` when no role of the actor allows the action.
    """
    answer = permission(actor, action)
    if not answer.allowed:
        raise NotAllowedError(
            "not_allowed", actor=actor.id, action=action.value, reason=answer.reason
        )
    return answer


def require_whole(actor: Actor, action: Action) -> Permission:
    """Return the permission to do what concerns the whole street and cannot be done in part.

    Raises `NotAllowedError` when no role of the actor allows the action, or the scope is a part of
    the street.
    """
    answer = require(actor, action)
    if not actor.scope.street:
        raise NotAllowedError(
            "not_allowed_in_part",
            actor=actor.id,
            action=action.value,
            reason="this concerns the whole street, and the account answers for a part of it",
        )
    return answer
