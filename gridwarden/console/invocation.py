"""One call of the command line: which workspace, which language, how to answer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridwarden.console.terminal import Terminal

if TYPE_CHECKING:
    from geo.errors import GridwardenError
    from governance.access.permissions import Actor
    from governance.office import Office

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]


@dataclass(frozen=True)
class Invocation:
    """What the options before a command's name said.

    Parameters
    ----------
    folder
        The workspace, or None where none was named.
    language
        ``zh`` or ``en``.
    as_json
        Answer with one JSON object.
    login
        The account that acts, or None: the owner of this machine.
    password
        Of that account, or None: asked on the terminal.
    """

    folder: Path | None = None
    language: str = "en"
    as_json: bool = False
    login: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def terminal(self) -> Terminal:
        """Return the terminal to answer on."""
        return Terminal(as_json=self.as_json)

    def office(self) -> Office:
        """Open the named workspace.

        Raises
        ------
        typer.BadParameter
            When no workspace was named.
        """
        from gridwarden.compose import open_office

        return open_office(self.named_folder())

    def named_folder(self) -> Path:
        """Return the workspace's folder, which must have been named."""
        if self.folder is None:
            raise typer.BadParameter("name the workspace: gridwarden -w DIR ...")
        return self.folder

    def actor(self) -> Actor:
        """Return who is acting: the account that was named, else the owner of this machine.

        Raises
        ------
        SignInError
            When the account may not sign in.
        """
        return self._actor

    @cached_property
    def _actor(self) -> Actor:
        from governance.access.permissions import local_owner

        if self.login is None:
            return local_owner()
        office = self.office()
        try:
            asked = office.sign_in.needs_password(self.login)
            return office.sign_in.act_as(self.login, self.asked_password() if asked else None)
        finally:
            office.close()

    def asked_password(self) -> str:
        """Return the password of who acts: from the environment, or asked on the terminal."""
        if self.password is not None:
            return self.password
        answer: str = typer.prompt(f"Password of {self.login}", hide_input=True, err=True)
        return answer

    def owner_only(self) -> None:
        """Refuse ``--as`` for what only the owner of the machine does.

        Raises
        ------
        typer.BadParameter
            When an account was named.
        """
        if self.login is not None:
            raise typer.BadParameter("--as goes with commands that work inside a workspace")

    def refuse(self, error: GridwardenError) -> None:
        """Say what was refused and why, in the user's language."""
        from dashboard.i18n import failure_sentence

        message = failure_sentence(error, language=self.language)
        if self.as_json:
            facts = {"error": error.code, "message": message, "facts": error.facts}
            self.terminal.result(facts, show=lambda _: None)
        self.terminal.say(message)


def invocation(ctx: typer.Context, *, as_json: bool) -> Invocation:
    """Return this call, answering in JSON if either place asked for it."""
    call: Invocation = ctx.obj
    if as_json and not call.as_json:
        call = replace(call, as_json=True)
        ctx.obj = call
        ctx.find_root().obj = call
    return call
