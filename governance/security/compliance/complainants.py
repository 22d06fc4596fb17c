"""Who complained, and whom an advert names: one at a time, each look written down first."""

from collections.abc import Iterator
from dataclasses import dataclass

from data.privacy.identities import Person
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, may, require
from governance.service import Service

TABLE, ADVERTS = "complaints", "adverts"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Advertiser:
    """Whom an advert names and how they are reached, as it said; None where it did not."""

    name: str | None
    contact: str | None


class ComplainantService(Service):
    """The one service that tells who complained, and who advertises."""

    def look_up(self, actor: Actor, ticket_no: str) -> Complainant:
        """Return the name and number behind a ticket; the look-up is logged before it is made.

        Raises `ComplaintUnknownError` when no such complaint lies in the actor's scope.
        Raises `IdentityNotKeptError` when nobody said who complained, or it was not kept.
        Raises `IdentityError` when what was kept is missing or changed.
        """
        require(actor, Action.SEE_IDENTITY)
        rows = actor.scope.of_rows(self._engine.table(TABLE))
        found = rows.filter(rows["ticket_no"] == ticket_no)
        row = found.select("import_id", "row_key", "reporter_key").to_pyarrow().to_pylist()
        if not row:
            raise ComplaintUnknownError("complaint_unknown", seen=ticket_no)
        self._record(actor, Action.SEE_IDENTITY, ticket_no=ticket_no)
        for person in self._persons(TABLE, **row[0]):
            if person.name or person.phone:
                return Complainant(ticket_no=ticket_no, name=person.name, phone=person.phone)
        raise IdentityNotKeptError("identity_not_kept", seen=ticket_no)

    def look_up_advert(self, actor: Actor, row_key: str) -> Advertiser:
        """Return who stands behind an advert; the look-up is logged before it is made.

        ``row_key``: of the advert's row, which is the ``origin_key`` of its lead.

        Raises `NotAllowedError` when the actor may see neither who reported nor who is linked to
        buildings.
        Raises `ComplaintUnknownError` when no such advert lies in the actor's scope.
        Raises `IdentityNotKeptError` when it names nobody, or it came in before contacts were kept.
        Raises `IdentityError` when what was kept is missing or changed.
        """
        action = Action.SEE_LINKS if may(actor, Action.SEE_LINKS) else Action.SEE_IDENTITY
        require(actor, action)
        rows = actor.scope.of_rows(self._engine.table(ADVERTS))
        found = rows.filter(rows["row_key"] == row_key)
        row = found.select("import_id", "row_key", "contact_key").to_pyarrow().to_pylist()
        if not row:
            raise ComplaintUnknownError("advert_unknown", seen=row_key)
        self._record(actor, action, advert=row_key)
        key = row[0].pop("contact_key")
        for person in self._persons(ADVERTS, **row[0], reporter_key=key):
            return Advertiser(name=person.name, contact=person.phone)
        raise IdentityNotKeptError("contact_not_kept", seen=row_key)

    def _persons(
        self, table: str, *, import_id: str, row_key: str, reporter_key: str | None
    ) -> Iterator[Person]:
        """Yield who the row's own import names, then others that brought it or knew the person.

        A row that came back from quarantine comes masked; the import that refused it knows whose
        keyed hash it carries.
        """
        kept = self._workspace.identities
        named = [m.import_id for m in self._workspace.lake.imports(table) if m.identities]
        for name in sorted(named, key=lambda each: (each == import_id, each), reverse=True):
            person = kept.find(name, row_key=row_key, key=reporter_key)
            if person is not None:
                yield person
