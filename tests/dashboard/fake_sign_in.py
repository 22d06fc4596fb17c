# ruff: noqa: ARG002 -- it takes what the office takes
"""Accounts of the fake office: one for every role, one password for all, sessions in memory."""

from __future__ import annotations

import secrets
from types import SimpleNamespace
from typing import Any

from geo.errors import GridwardenError
from governance.access.permissions import Actor
from governance.access.roles import GRANTED
from governance.access.scopes import Scope

PASSWORD = "correct horse battery"  # noqa: S105 -- of invented people
PLANNER = Actor(id="planner", name="李示例", roles=("planner",), scope=Scope.whole())


class SignInAnswers:
    """Answer like the real office where people sign in."""

    demo: bool
    directory_people: dict[str, str]

    def _sessions(self) -> dict[str, list[Any]]:
        return self.__dict__.setdefault("open_sessions", {})

    def _enter(self, login: str, *, must_change: bool = False) -> Any:
        token = secrets.token_urlsafe(32)
        self._sessions()[token] = [login, must_change]
        return SimpleNamespace(token=token, login=login, name=login, must_change=must_change)

    def sign_in(self, login: str, password: str, *, address: str = "", agent: str = "") -> Any:
        if login.removeprefix("new_") not in GRANTED or password != PASSWORD:
            raise GridwardenError("sign_in_failed")
        return self._enter(login.removeprefix("new_"), must_change=login.startswith("new_"))

    def demo_sign_in(self, role: str, *, address: str = "", agent: str = "") -> Any:
        if not self.demo or role not in GRANTED:
            raise GridwardenError("demo_only")
        return self._enter(role)

    def demo_roles(self) -> tuple[str, ...]:
        return GRANTED if self.demo else ()

    def sign_in_by_directory(
        self, subject: str, login: str, *, address: str = "", agent: str = ""
    ) -> Any:
        if login not in GRANTED:
            raise GridwardenError("directory_unknown")
        return self._enter(login)

    def session_of_token(self, token: str) -> Any:
        found = self._sessions().get(token)
        if found is None:
            return None
        role, must_change = found
        actor = Actor(role, f"{role}示例", () if must_change else (role,), Scope.whole())
        return SimpleNamespace(actor=actor, must_change=must_change, demo=self.demo)

    def actor_of_token(self, token: str) -> Actor | None:
        session = self.session_of_token(token)
        return None if session is None or session.must_change else session.actor

    def sign_out(self, token: str) -> None:
        self._sessions().pop(token, None)

    def sign_out_everywhere(self, actor: Actor) -> int:
        ended = [token for token, (login, _) in self._sessions().items() if login == actor.id]
        for token in ended:
            del self._sessions()[token]
        return len(ended)

    def change_password(
        self, actor: Actor, *, old: str, new: str, token: str | None = None
    ) -> None:
        if old != PASSWORD:
            raise GridwardenError("password_wrong")
        if len(new) < 10:
            raise GridwardenError("password_refused", problems=["too_short", "too_plain"])
        self._sessions()[token or ""][1] = False

    def sign_in_facts(self) -> Any:
        return SimpleNamespace(least_length=10, idle_minutes=30)
