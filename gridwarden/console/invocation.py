"""One call of the command line: which workspace, which language, how to answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from data.workspace.settings import SETTINGS_FILE
from gridwarden.console.terminal import Answer, Terminal

if TYPE_CHECKING:
    from dashboard.i18n import Translator
    from geo.errors import GridwardenError
    from governance.access.permissions import Actor
    from governance.office import Office


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

    @cached_property
    def say(self) -> Translator:
        """Return the wording of the user's language."""
        from dashboard.i18n import translator

        return translator(self.language)

    @cached_property
    def office(self) -> Office:
        """Open the named workspace; :meth:`close` closes it.

        Says on standard error which of its settings are no longer used.

        Raises
        ------
        typer.BadParameter
            When no workspace was named.
        """
        from gridwarden.compose import open_office, retired_settings

        folder = self.named_folder()
        office = open_office(folder)
        if names := retired_settings(folder):
            facts = {"file": SETTINGS_FILE, "names": ", ".join(names)}
            self.terminal.say(self.say.name("settings", "retired", **facts))
        return office

    def close(self) -> None:
        """Close the office, if it was opened."""
        if "office" in vars(self):
            self.office.close()

    def named_folder(self) -> Path:
        """Return the workspace's folder, which must have been named."""
        if self.folder is None:
            raise typer.BadParameter("name the workspace: gridwarden -w DIR ...")
        return self.folder

    @cached_property
    def actor(self) -> Actor:
        """Return who is acting: the account that was named, else the owner of this machine.

        Raises
        ------
        SignInError
            When the account may not sign in.
        """
        from governance.access.permissions import local_owner

        if self.login is None:
            return local_owner()
        sign_in = self.office.sign_in
        password = self.asked_password() if sign_in.needs_password(self.login) else None
        return sign_in.act_as(self.login, password)

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
        message = self.say.error(error)
        if self.as_json:
            self.terminal.print(
                Answer({"error": error.code, "message": message, "facts": error.facts})
            )
        self.terminal.say(message)
