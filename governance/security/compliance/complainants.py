"""Who complained: for the hotline clerk alone, one ticket at a time, written down first."""

from collections.abc import Iterator
from dataclasses import dataclass

from data.privacy.identities import Person
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, require
from governance.service import Service

TABLE = "complaints"


class ComplaintUnknownError(GridwardenError):
    """No complaint of this number lies in the actor's scope."""


class IdentityNotKeptError(GridwardenError):
    """Nobody said who complained, or it was not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complainant:
    """Who complained, as they said it; None where they did not."""

    ticket_no: str
    name: str | None
    phone: str | None


class ComplainantService(Service):
    """The one service that tells who complained."""

    def look_up(self, actor: Actor, ticket_no: str) -> Complainant:
        """Return the name and number behind a ticket; the look-up is logged before it is made.

        Raises
        ------
        ComplaintUnknownError
            When no such complaint lies in the actor's scope.
        IdentityNotKeptError
            When nobody said who complained, or it was not kept.
        IdentityError
            When what was kept is missing or changed.
        """
        require(actor, Action.SEE_IDENTITY)
        rows = actor.scope.of_rows(self._engine.table(TABLE))
        found = rows.filter(rows["ticket_no"] == ticket_no)
        row = found.select("import_id", "row_key", "reporter_key").to_pyarrow().to_pylist()
        if not row:
            raise ComplaintUnknownError("complaint_unknown", seen=ticket_no)
        self._record(actor, Action.SEE_IDENTITY, ticket_no=ticket_no)
        for person in self._persons(**row[0]):
            if person.name or person.phone:
                return Complainant(ticket_no=ticket_no, name=person.name, phone=person.phone)
        raise IdentityNotKeptError("identity_not_kept", seen=ticket_no)

    def _persons(self, import_id: str, row_key: str, reporter_key: str | None) -> Iterator[Person]:
        """Yield who the row's own import names, then others that brought it or knew the person.

        A row that came back from quarantine comes masked; the import that refused it knows whose
        keyed hash it carries.
        """
        kept = self._workspace.identities
        named = [m.import_id for m in self._workspace.lake.imports(TABLE) if m.identities]
        for name in sorted(named, key=lambda each: (each == import_id, each), reverse=True):
            person = kept.find(name, row_key=row_key, key=reporter_key)
            if person is not None:
                yield person
