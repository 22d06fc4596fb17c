"""One call of the command line: which workspace, which language, how to answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import typer

from geo.errors import GridwardenError
from gridwarden import settings
from gridwarden.console.options import UsageProblemError
from gridwarden.console.terminal import Advance, Answer, Terminal, cell_text, table

if TYPE_CHECKING:
    from rich.table import Table

    from dashboard.i18n import Translator
    from governance.access.permissions import Actor
    from governance.office import Office


@dataclass(frozen=True)
class Invocation:
    """What the options before a command's name said."""

    folder: Path | None = None
    """The workspace, or None where none was named."""
    chosen_language: str | None = None
    """``zh`` or ``en`` where the command line names one."""
    as_json: bool = False
    """Answer with one JSON object."""
    login: str | None = None
    """The account that acts, or None: the owner of this machine."""
    password: str | None = field(default=None, repr=False)
    """Of that account, or None: asked on the terminal."""

    @property
    def terminal(self) -> Terminal:
        """Return the terminal to answer on."""
        return Terminal(as_json=self.as_json)

    @cached_property
    def say(self) -> Translator:
        """Return the wording of the user's language.

        As the command line or the environment names it, else that of the office, else that of
        the machine, else Chinese.
        """
        from dashboard.i18n import LANGUAGES, language_of, translator

        named = (self.chosen_language, settings.language(), self._office_language())
        chosen = next((each for each in named if each in LANGUAGES), None)
        return translator(chosen or language_of(settings.system_locale()))

    def _office_language(self) -> str | None:
        if self.folder is None:
            return None
        from data.workspace.settings import SETTINGS_FILE, read_settings

        try:
            return read_settings(self.folder / SETTINGS_FILE).office.locale
        except (GridwardenError, OSError):  # whatever opens the office says so
            return None

    @contextmanager
    def progress(self, kind: str = "stage") -> Iterator[Advance]:
        """Show long work as a bar whose stages are called by their names of a kind."""
        with self.terminal.progress() as advance:
            yield lambda stage, done, total: advance(self.say.name(kind, stage), done, total)

    def table(
        self, title: str, rows: Iterable[Mapping[str, object]], columns: Iterable[str]
    ) -> Table:
        """Lay records out as a table for a person.

        ``rows``: what is shown of the records, by column.
        ``columns``: names of columns, called as the pages call them: ``name=key`` where the records
        call it otherwise, ``name:kind`` where the values are codes of a kind.
        """
        parted = [each.partition(":") for each in columns]
        keys = [name.rpartition("=")[2] for name, _, _ in parted]
        heads = [self.say.name("column", name.partition("=")[0]) for name, _, _ in parted]
        kinds = [kind for _, _, kind in parted]
        cells = [[*map(self._cell, (row[key] for key in keys), kinds)] for row in rows]
        return table(title, heads, cells)

    def _cell(self, value: object, kind: str) -> str:
        codes = value if isinstance(value, list | tuple) else [value]
        if kind:
            return ", ".join(self.say.name(kind, str(code)) for code in codes if code is not None)
        return self.say("yes") if value is True else "" if value is False else cell_text(value)

    @cached_property
    def office(self) -> Office:
        """Open the named workspace; :meth:`close` closes it.

        Says on standard error which of its settings are no longer used.

        Raises `UsageProblemError` when no workspace was named.
        """
        from gridwarden.compose import open_office, retired_settings

        folder = self.named_folder()
        office = open_office(folder)
        if names := retired_settings(folder):
            from data.workspace.settings import SETTINGS_FILE

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
            raise UsageProblemError("workspace_not_named")
        return self.folder

    @cached_property
    def actor(self) -> Actor:
        """Return who is acting: the account that was named, else the owner of this machine.

        Raises `SignInError` when the account may not sign in.
        """
        from governance.access.permissions import local_owner

        if self.login is None:
            return local_owner()
        sign_in = self.office.sign_in
        password = self.actor_password() if sign_in.needs_password(self.login) else None
        return sign_in.act_as(self.login, password)

    def actor_password(self) -> str:
        """Return the password of who acts: from the environment, or asked on the terminal."""
        if self.password is not None:
            return self.password
        prompt = self.say("Password of {login}", login=self.login)
        answer: str = typer.prompt(prompt, hide_input=True, err=True)
        return answer

    def store_url(self, named: str) -> str:
        """Return a database's address as ``--store`` names it; "" for none.

        ``-`` stands for that of the environment, which is asked on the terminal where it is not
        set. A password among the arguments can be read by everybody on the machine, so that is
        told.
        """
        if named == "-":
            prompt = self.say("URL of the database")
            return settings.store_url() or str(typer.prompt(prompt, hide_input=True, err=True))
        if urlsplit(named).password:
            self.terminal.say(
                self.say(
                    "Everybody on this machine can read the arguments of a program, and so the "
                    "database's password. Put the URL into {variable} and give --store -.",
                    variable=settings.STORE_VARIABLE,
                )
            )
        return named

    def owner_only(self) -> None:
        """Refuse ``--as`` for what only the owner of the machine does.

        Raises `UsageProblemError` when an account was named.
        """
        if self.login is not None:
            raise UsageProblemError("account_not_expected")

    def refuse(self, error: GridwardenError) -> None:
        """Say what was refused and why, in the user's language."""
        message = self.say.error(error)
        if self.as_json:
            self.terminal.print(
                Answer({"error": error.code, "message": message, "facts": error.facts})
            )
        self.terminal.say(message)
