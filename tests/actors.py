"""People of one role each, for tests."""

from governance.access.permissions import Actor, Scope


def person(role: str, name: str = "", *, scope: Scope | None = None) -> Actor:
    """Return somebody of a role, who sees the whole street unless a scope says otherwise."""
    return Actor(name or role, role, (role,), Scope.whole() if scope is None else scope)
