"""What services are built from: the workspace, a clock, and an audit line for every change."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, wraps
from inspect import isfunction, signature
from threading import RLock
from typing import TYPE_CHECKING, Any, Self, TypeVar, get_type_hints

from data.workspace.clock import Clock
from data.workspace.folder import Workspace
from geo.errors import GridwardenError
from geo.late_parts import late_parts
from governance.access.permissions import Action, Actor, NotAllowedError, require

if TYPE_CHECKING:  # imported by what needs them: small commands do not
    from data.engine import Engine
    from data.integrity.file_changes import Announce, FileChanges, FileKind
    from data.results.snapshot import Snapshot
    from data.results.snapshots import SnapshotStore
    from data.store.tables.base import AuditEvent
    from data.store.unit_of_work import UnitOfWork
    from data.workspace.installation import Place

Part = TypeVar("Part", bound="Component")
REFUSED = "refused"
"""Action of the audit lines about what somebody was not allowed."""


@dataclass(frozen=True, kw_only=True)
class Resources:
    """What every service of one office works on."""

    workspace: Workspace
    now: Callable[[], datetime]
    """Gives the moment, aware."""
    place: Place | None = None
    """Which office of an installation it is; None where it stands alone."""
    _parts: dict[type, Component] = field(default_factory=dict, init=False, repr=False)
    _building: RLock = field(default_factory=RLock, init=False, repr=False)

    def part(self, kind: type[Part]) -> Part:
        """Return the one component of a kind that this office has; it is built when first asked."""
        with self._building:
            part = self._parts.get(kind)
            if not isinstance(part, kind):
                part = self._parts[kind] = kind(self)
            return part

    @cached_property
    def engine(self) -> Engine:
        """What reads the tables of the workspace."""
        from data.engine import Engine

        return Engine(self.workspace)

    @property
    def has_engine(self) -> bool:
        """Whether anybody asked for the engine."""
        return "engine" in vars(self)

    @cached_property
    def snapshots(self) -> SnapshotStore:
        """The scoring results of the workspace."""
        from data.results.snapshots import SnapshotStore

        def today() -> date:
            return Clock(self.now, self.workspace.settings.office.zone).today()

        return SnapshotStore(self.workspace.snapshots_path, today)

    @property
    def file_changes(self) -> FileChanges:
        """What changes files together with their audit lines."""
        from data.integrity.file_changes import FileChanges

        return FileChanges(self.workspace, self.snapshots, self.now)

    def close(self) -> None:
        """Let every connection go."""
        if self.has_engine:
            self.engine.close()
        self.workspace.close()


class Component:
    """A part of the office that asks nobody's permission: services use it after they asked.

    What a class annotates with another component is built before it and set on it under that name;
    with ``@lazy_parts`` it is imported and built when it is first asked for.
    """

    def __init__(self, resources: Resources) -> None:
        self._workspace = resources.workspace
        self._resources = resources
        self._other_engine: Engine | None = None
        for name, kind in _parts_of(type(self)).items():
            setattr(self, name, resources.part(kind))

    @property
    def _engine(self) -> Engine:
        return self._other_engine or self._resources.engine

    @property
    def _snapshots(self) -> SnapshotStore:
        return self._resources.snapshots

    @property
    def clock(self) -> Clock:
        """The time of the office, in the zone of its settings; no secret, so for pages as well."""
        return Clock(self._now, self._workspace.settings.office.zone)

    def _names_at_hand(self, buildings: Collection[str]) -> dict[str, str] | None:
        """Return building → name of a few buildings, without waiting for an engine to be imported.

        None where there is one already, or the register is still to be made.
        """
        if self._resources.has_engine:
            return None
        from data.derived.answers.building_names import names_at_hand

        return names_at_hand(self._workspace, buildings)

    def _now(self) -> datetime:
        """Return the moment by the clock of the office, aware."""
        return self._resources.now()

    def _over(self, engine: Engine) -> Self:
        """Return this part and all it uses over another engine."""
        other = copy(self)
        other._other_engine = engine  # noqa: SLF001 -- of its own class
        for name, part in vars(self).items():
            if isinstance(part, Component):
                setattr(other, name, part._over(engine))  # noqa: SLF001 -- of its own class
        return other

    def _pinned(self) -> Self:
        """Return this part over what is known now, whatever comes during its work."""
        return self._over(self._engine.pinned())

    def _local_now(self) -> datetime:
        """Return the office's wall-clock time, naive as every stored time."""
        return self.clock.local()

    def _record_in(
        self,
        unit: UnitOfWork,
        actor: Actor | str,
        action: str,
        /,
        **facts: Any,  # noqa: ANN401 -- facts are of any kind
    ) -> AuditEvent:
        """Write down what a person, or an account, changes; the last thing before a commit."""
        account = actor if isinstance(actor, str) else actor.id
        return unit.audit.add(at=self._now(), actor=account, action=str(action), facts=facts)

    def _commit(self, unit: UnitOfWork, actor: Actor | str, action: str, /, **facts: Any) -> None:  # noqa: ANN401 -- as above
        """Write down what is changed in a unit of work and commit it: both or neither."""
        self._record_in(unit, actor, action, **facts)
        unit.commit()


def _part_of(owner: Component, kind: type[Part]) -> Part:
    """Return the office's component of a kind, over the engine that its owner works over."""
    part = owner._resources.part(kind)  # noqa: SLF001 -- of its own class
    engine = owner._other_engine  # noqa: SLF001 -- of its own class
    return part if engine is None else part._over(engine)  # noqa: SLF001 -- of its own class


lazy_parts = late_parts(_part_of)
"""Makes the parts that a component annotates, by module and class, `geo.late_parts`."""


class NothingScoredError(GridwardenError):
    """The workspace holds no score yet."""


class SnapshotReader(Component):
    """Finds the score that a service was asked about."""

    def snapshot(self, snapshot_id: str | None) -> Snapshot:
        """Return a snapshot by its id, the latest when None."""
        if snapshot_id is not None:
            return self._snapshots.open(snapshot_id)
        latest = self._snapshots.latest()
        if latest is None:
            raise NothingScoredError(
                "nothing_scored", what_to_do="Import files, then score: gridwarden -w DIR score"
            )
        return latest


class Service(Component):
    """One use case; each public method takes the acting user first and asks permission.

    Without it, it raises `NotAllowedError`; a method's docstring names that error only where more
    than a permission decides. Whoever is refused leaves a line in the audit log. A full disk, a
    folder that cannot be written to and a damaged file are told as such.
    """

    def __init_subclass__(cls) -> None:
        """Let every public method that takes the acting user note its refusals."""
        super().__init_subclass__()
        for name, method in list(vars(cls).items()):
            if isfunction(method) and not name.startswith("_"):
                _, *rest = signature(method).parameters.values()
                if rest and rest[0].name == "actor":
                    needed = [
                        each.name
                        for each in rest[1:]
                        if each.default is each.empty and each.kind is not each.VAR_KEYWORD
                    ]
                    setattr(cls, name, _noting_refusals(method, target=[*needed, ""][0]))

    def _record(self, actor: Actor, action: Action, **facts: Any) -> None:  # noqa: ANN401 -- facts are of any kind
        """Write down what a permitted person did and that changed nothing in the store."""
        require(actor, action)
        self._write_down(actor, action, facts)

    def _record_hourly(self, actor: Actor, action: str, **facts: Any) -> None:  # noqa: ANN401 -- facts are of any kind
        """Write a line, unless the actor left the same one in this hour (of UTC)."""
        hour = self.clock.utc().replace(minute=0, second=0, microsecond=0)
        with self._workspace.store.begin() as unit:
            if not unit.audit.says(person=actor.id, action=action, facts=facts, since=hour):
                self._commit(unit, actor, action, **facts)

    def _note_refusal(self, actor: Actor, refusal: NotAllowedError, **facts: str) -> None:
        """Write down that somebody was refused: each service once an hour, so as not to flood."""
        if not refusal.noted:
            refusal.noted = True
            action = str(refusal.facts.get("action", ""))
            with suppress(GridwardenError):  # a log that cannot go on must not let anybody in
                self._record_hourly(actor, REFUSED, asked=action, reason=refusal.code, **facts)

    def _record_own_export(self, actor: Actor, **facts: Any) -> None:  # noqa: ANN401 -- facts are of any kind
        """Write down that somebody exports what they were just permitted to read.

        That needs no right to export.
        """
        self._write_down(actor, Action.EXPORT, facts)

    @contextmanager
    def _file_change(self, actor: Actor, action: Action, kind: FileKind) -> Iterator[Announce]:
        """Change a file and write the line about it: both or neither (`FileChanges.change`)."""
        require(actor, action)
        changes = self._resources.file_changes
        with changes.change(kind, actor=actor.id, action=action.value) as announce:
            yield announce

    def _write_down(self, actor: Actor, action: Action, facts: dict[str, Any]) -> None:
        with self._workspace.store.begin() as unit:
            self._commit(unit, actor, action, **facts)


def _parts_of(kind: type[Component]) -> dict[str, type[Component]]:
    hints = get_type_hints(kind)
    return {
        name: part
        for name, part in hints.items()
        if isinstance(part, type) and issubclass(part, Component)
    }


def _noting_refusals(method: Callable[..., Any], *, target: str) -> Callable[..., Any]:
    """Return a service that writes down whom it refuses.

    ``target``: name of what it must be told first: the kind of thing that was asked for; may be
    empty.
    """
    facts = {"service": method.__qualname__, "target": target.removesuffix("_id")}

    @wraps(method)
    def call(self: Service, actor: Actor, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 -- as the service
        try:
            return method(self, actor, *args, **kwargs)
        except NotAllowedError as refusal:
            self._note_refusal(actor, refusal, **facts)
            raise
        except GridwardenError:
            raise
        except Exception as error:
            from data.integrity.storage_failures import storage_error_of

            storage_error = storage_error_of(self._workspace, error)
            if storage_error is None:
                raise
            raise storage_error from error

    return call
