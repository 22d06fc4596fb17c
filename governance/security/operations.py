"""What those who watch a server may know of it: whether it works, and counts of nobody."""

import hashlib
import hmac
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from data.privacy.key_derivation import derive_key
from data.store.tables.base import NEWEST_MIGRATION
from data.store.unit_of_work import StoreError
from data.workspace.folder import Workspace
from data.workspace.sections import SettingsError
from data.workspace.settings import SETTINGS_FILE, read_section
from governance.access.permissions import Action
from governance.security.operation_rules import SECTION, OperationRules
from governance.service import Service

PURPOSE: Final = "gridwarden log actor"
LEAST_TOKEN: Final = 32
_PSEUDONYM_DIGITS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Whether the server can do its work."""

    problems: tuple[str, ...] = ()
    """Codes of what is wrong: ``workspace_missing``, ``store_unreachable`` or
    ``store_not_migrated``.
    """
    store_seconds: float | None = None
    """How long the store took to answer; None where it did not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFigures:
    """Counts and ages in seconds; what never was has no age.

    ``waiting``, ``oldest``: queue → how many wait, and the age of the oldest.
    """

    store_seconds: float
    """How long the store took to answer."""
    active_people: int
    """Who was signed in and active within the time after which one is signed out."""
    imports: int
    """How many there are, those taken back not counted."""
    waiting: dict[str, int] = field(default_factory=dict)
    oldest: dict[str, float] = field(default_factory=dict)
    ages: dict[str, float] = field(default_factory=dict)
    """``import``, ``score`` and ``backup`` → age of the newest."""


class OperationsService(Service):
    """Asked by programs before anybody is known; none of its answers is about a person or place."""

    @cached_property
    def rules(self) -> OperationRules:
        """The section of the settings."""
        return read_section(self._workspace.settings, SECTION, OperationRules)

    @cached_property
    def _token(self) -> str:
        return metrics_token(self._workspace)

    def may_read_figures(self, *, token: str, local: bool) -> bool:
        """Say whether a program may read figures: by the token, where none is set from here."""
        if self._token:
            return hmac.compare_digest(token.encode(), self._token.encode())
        return local

    def pseudonym(self, account: str) -> str:
        """Return what logs call an account: always the same, and no name without the secret."""
        key = derive_key(self._workspace.secret, PURPOSE)
        return hmac.digest(key, account.encode(), hashlib.sha256).hex()[:_PSEUDONYM_DIGITS]

    def readiness(self) -> Readiness:
        """Say whether the store answers, is migrated, and the folder is there."""
        problems = []
        if not (self._workspace.root / SETTINGS_FILE).is_file():
            problems.append("workspace_missing")
        began = time.perf_counter()
        try:
            if self._workspace.store.revision() != NEWEST_MIGRATION:
                problems.append("store_not_migrated")
        except StoreError:
            return Readiness(problems=(*problems, "store_unreachable"))
        return Readiness(problems=tuple(problems), store_seconds=time.perf_counter() - began)

    def answers_state(self) -> int:
        """Return what changes whenever a server of this office finds its answers out of date."""
        return self._workspace.answers_state()

    def outdate_answers(self) -> None:
        """Let every server of this office forget the answers that it keeps."""
        self._workspace.outdate_answers()

    def figures(self) -> ServerFigures:
        """Return counts and ages.

        Raises `StoreError` where the store does not answer.
        """
        began = time.perf_counter()
        self._workspace.store.revision()
        seconds = time.perf_counter() - began
        idle = timedelta(minutes=self._workspace.settings.sign_in.idle_minutes)
        utc = self.clock.utc()
        with self._workspace.store.begin() as unit:
            people = unit.figures.sessions(seen_since=utc - idle)
            queues = unit.figures.queues()
            backup = unit.audit.find(action=Action.BACK_UP.value, limit=1)
            backed_up = backup[0].at if backup else None
        local = self._local_now()
        imports = self._workspace.lake.imports()
        made = [run.at for run in self._snapshots.runs() if run.at]
        newest = {
            "import": _age(max((each.imported_at for each in imports), default=None), local),
            "score": _age(max(made, default=None), self._now()),
            "backup": _age(backed_up, utc),
        }
        oldest = {
            name: _age(queue.oldest, local if name == "cases" else utc)
            for name, queue in queues.items()
        }
        return ServerFigures(
            store_seconds=seconds,
            active_people=people,
            imports=len(imports),
            waiting={name: queue.waiting for name, queue in queues.items()},
            oldest={name: age for name, age in oldest.items() if age is not None},
            ages={name: age for name, age in newest.items() if age is not None},
        )


def metrics_token(workspace: Workspace) -> str:
    """Return the token by which other machines read figures, empty where there is none.

    Raises `SettingsError` when the section is wrong; ``metrics_token_missing`` when the file is not
    there or the token too short.
    """
    name = read_section(workspace.settings, SECTION, OperationRules).metrics_token_file
    if not name:
        return ""
    path = workspace.root / name
    token = path.read_text(encoding="utf-8").strip() if path.is_file() else ""
    if len(token) < LEAST_TOKEN:
        raise SettingsError("metrics_token_missing", setting=f"{SECTION}.metrics_token_file",
                            seen=name, expected=LEAST_TOKEN)  # fmt: skip
    return token


def _age(since: datetime | None, now: datetime) -> float | None:
    return None if since is None else max(0.0, (now - since).total_seconds())
