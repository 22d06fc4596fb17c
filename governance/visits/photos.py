"""Photos of a visit: pixels alone, no faces, seen by whoever sees the visit."""

from datetime import timedelta

from data.integrity.kept_photos import OF_VISITS, kept_photos
from data.privacy.photos import CleanPhoto, PhotoError, clean_photo, read_photo
from data.store.tables.visits import VisitVersion
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Action, Actor, require
from governance.service import Service
from governance.visits.base import VisitReader
from governance.visits.rules.new_visit import VisitRefusedError


class PhotoService(Service):
    """Services about photos; none is ever asked for."""

    _visit_reader: VisitReader

    def attach(self, actor: Actor, of_visit: str, raw: bytes, *, no_faces: bool) -> CleanPhoto:
        """Keep the bare picture of a photo with a visit of one's own.

        ``of_visit``: the visit's id, or the key under which this account sent it.
        ``raw``: a JPEG, PNG or WebP file. Place, camera, time and thumbnail are thrown away with
        it.
        ``no_faces``: that the person confirmed: no face can be recognised.

        Raises `PhotoError`: ``photo_faces_not_confirmed``, ``photo_unreadable``,
        ``photo_too_large`` or ``photo_too_many``.
        Raises `VisitRefusedError` when the actor has no such visit, or took it back; or
        ``visit_too_late``: it was recorded longer ago than a visit may be old that is recorded now.
        """
        require(actor, Action.RECORD_VISIT)
        if not no_faces:
            raise PhotoError("photo_faces_not_confirmed")
        photo = clean_photo(raw)
        with self._workspace.store.begin() as unit:
            unit.visits.hold_photos()  # or two uploads would pass the limit together
            version = _own_visit(unit, actor, of_visit)
            self._refuse_late(unit, version.visit_id)
            if self._add_row(unit, actor, version, photo):
                with kept_photos(unit, [photo], self._workspace, within=OF_VISITS):
                    unit.commit()
        return photo

    def read(self, actor: Actor, sha256: str) -> bytes:
        """Return a photo (JPEG) of a visit at one of the actor's buildings.

        At a delegated building, of a visit of one's own.

        Raises `NotAllowedError` when the actor sees no visits, or the building is not one of
        theirs.
        Raises `PhotoError` when there is none, its visit was taken back, or the file was changed.
        """
        require(actor, Action.SEE_VISITS)
        with self._workspace.store.begin() as unit:
            buildings = unit.visits.buildings_of_photo(sha256)
            own_photos = unit.visits.buildings_of_photo(sha256, recorded_by=actor.id)
        seen = self._visit_reader.buildings(actor, only=buildings, also=own_photos, scored=False)
        if buildings and not len(seen):
            self._visit_reader.refuse(actor)
        if not buildings:
            raise PhotoError("photo_missing", seen=sha256[:12])
        content = read_photo(self._workspace.evidence_path, sha256)
        self._record_hourly(actor, Action.SEE_VISITS.value, photo=sha256)
        return content

    def _refuse_late(self, unit: UnitOfWork, visit_id: str) -> None:
        """Refuse to add to a visit of long ago, whose building may be others' by now."""
        within = timedelta(days=self._visit_reader.rules.late_days)
        recorded_at = unit.visits.versions(visit_id)["recorded_at"].min()
        if self.clock.utc() - recorded_at > within:
            raise VisitRefusedError("visit_too_late", seen=visit_id, limit=str(within))

    def _add_row(
        self, unit: UnitOfWork, actor: Actor, version: VisitVersion, photo: CleanPhoto
    ) -> bool:
        """Add the row of a photo and its line in the audit log; False where it is there already."""
        held = unit.visits.photos([version.visit_id]).get(version.visit_id, [])
        if photo.sha256 in held:
            return False
        most = self._visit_reader.rules.photos_a_visit
        if len(held) >= most:
            raise PhotoError("photo_too_many", seen=len(held), expected=most)
        unit.visits.add_photo(
            visit_id=version.visit_id,
            sha256=photo.sha256,
            bytes=len(photo.content),
            width=photo.width,
            height=photo.height,
            added_at=self.clock.utc(),
            added_by=actor.id,
        )
        facts = {"visit_id": version.visit_id, "photo": photo.sha256}
        self._record_in(unit, actor, Action.RECORD_VISIT, **facts)
        return True


def _own_visit(unit: UnitOfWork, actor: Actor, visit: str) -> VisitVersion:
    """Return the newest version of an actor's visit, by its id or by the key it was sent under."""
    sent = unit.visits.by_key(actor.id, visit)
    newest = unit.visits.newest(sent.visit_id if sent else visit)
    if newest is None or newest.recorded_by != actor.id or newest.withdrawn:
        raise VisitRefusedError("visit_missing", seen=visit)
    return newest
