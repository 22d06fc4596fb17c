"""Lead material and evidence as people work on it: lists, one piece, its custody."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from data.contracts.evidence_vocabulary import Custody
from data.derived.answers.unit_names import UnitNames
from data.privacy.export_masks import hide_rooms
from data.privacy.pseudonyms import hide_numbers
from data.store.repositories.records.evidence_lists import EvidenceQuery
from data.store.repositories.repository import MOST_ROWS
from data.store.tables.records.evidence import CustodyEvent, Evidence
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Action, Actor, may, require
from governance.access.persons import own_names
from governance.cases.rules.workflow.views import ListPage, with_names
from governance.records.evidence.custody import (
    NEEDS,
    make_step,
    may_correct,
    may_open_original,
    open_steps,
)
from governance.records.evidence.description import YES, EvidenceError, columns_of
from governance.records.evidence.intake.media import READABLE
from governance.records.evidence.places import EvidencePlaces
from governance.records.evidence.views import SHOWN, PieceView
from governance.records.evidence.writer import CustodyWriter
from governance.service import Service

CORRECTED: Final = ("place", "note", "witness_id", "has_minor", "case_no", "building_id")
"""What can be said otherwise later; all else is as it was taken in."""


class EvidenceService(Service):
    """Services about pieces; none is for wardens, who must not learn of a case."""

    _places: EvidencePlaces
    _writer: CustodyWriter

    def page(self, actor: Actor, query: EvidenceQuery | None = None) -> ListPage:
        """List a part of the asked-for pieces, by default the newest.

        Returns `ListPage`: `data.store.repositories.records.evidence_lists.LISTED`, with
        ``building`` and ``community_name``.
        """
        require(actor, Action.SEE_EVIDENCE)
        with self._workspace.store.begin() as unit:
            rows, total = unit.evidence_lists.page(
                query or EvidenceQuery(), inside=actor.scope.inside, account=actor.id
            )
        return ListPage(with_names(rows, UnitNames(self._engine), place="building"), total)

    def list_for_file(
        self, actor: Actor, query: EvidenceQuery | None = None, *, file: str
    ) -> pd.DataFrame:
        """Return all of the asked-for pieces as `page` tells them, for a file of that name.

        Rooms, telephone and identity numbers are masked for everybody. Who took them is in the
        audit log.

        Raises `NotAllowedError` when the actor does not see material, or may not export.
        """
        require(actor, Action.SEE_EVIDENCE)
        require(actor, Action.EXPORT)
        part = replace(query or EvidenceQuery(), limit=MOST_ROWS, offset=0)
        parts, total = [], 1
        with self._workspace.store.begin() as unit:
            while part.offset < total:
                rows, total = unit.evidence_lists.page(
                    part, inside=actor.scope.inside, account=actor.id
                )
                parts.append(rows)
                part = replace(part, offset=part.offset + MOST_ROWS)
            found = _masked(pd.concat(parts, ignore_index=True))
            self._commit(unit, actor, Action.EXPORT, file=file, rows=len(found))
        return with_names(found, UnitNames(self._engine), place="building")

    def communities(self, actor: Actor) -> Mapping[str, str]:
        """Return the communities of which the actor may see evidence, code → name."""
        require(actor, Action.SEE_EVIDENCE)
        known = UnitNames(self._engine).communities
        return {code: name for code, name in known.items() if actor.scope.covers(community=code)}

    def people(self, actor: Actor) -> Mapping[str, str]:
        """Return login → name of those who add evidence or take it over: who may be named."""
        require(actor, Action.SEE_EVIDENCE)
        with self._workspace.store.begin() as unit:
            actors = [Actor(e.login, e.name, tuple(e.roles)) for e in unit.accounts.all()]
        found = {each.id: each.name for each in actors if may(each, Action.ADD_EVIDENCE)}
        return dict(sorted(found.items(), key=lambda each: (each[1], each[0])))

    def piece(self, actor: Actor, evidence_no: str) -> PieceView:
        """Return a piece with its custody and what the actor can do with it.

        Raises `EvidenceError`: ``evidence_missing``, also where the actor may not know of it.
        """
        require(actor, Action.SEE_EVIDENCE)
        with self._workspace.store.begin() as unit:
            piece = self._places.get(unit, actor, evidence_no)
            custody = self._custody(unit.evidence.custody([piece.id])[piece.id])
            unit.session.expunge(piece)
            actor_names = own_names(unit, actor)
        return PieceView(
            facts={name: getattr(piece, name) for name in SHOWN},
            custody=custody,
            steps=open_steps(piece, actor, actor_names),
            readable=piece.media in READABLE,
            original=may_open_original(piece, actor),
            correct=may_correct(piece, actor),
        )

    def act(
        self, actor: Actor, evidence_no: str, action: str,
        facts: Mapping[str, str] | None = None, *, version: int | None = None,
    ) -> int:  # fmt: skip
        """Take a step of a piece's custody; return its number.

        ``action``: one of `governance.records.evidence.custody.STEPS`.
        ``version``: the version that the actor saw; another one is refused.

        Raises `EvidenceError`: ``evidence_missing``, ``custody_unknown`` or what `make_step`
        raises.
        Raises `ChangedMeanwhileError` when somebody else changed the piece since it was seen, or
        now.
        """
        require(actor, Action.SEE_EVIDENCE)
        if action not in set(Custody):
            raise EvidenceError("custody_unknown", seen=action)
        with self._workspace.store.begin() as unit:
            piece = self._writer.seen(unit, actor, evidence_no, version)
            actor_names = own_names(unit, actor)
            require(actor, NEEDS.get(Custody(action), Action.ADD_EVIDENCE))
            step = make_step(piece, actor, actor_names, Custody(action), facts or {})
            if step.facts.get("handed_to"):
                self._check_person(unit, step.facts["handed_to"], besides=actor_names)
            after = self._writer.append(unit, actor, piece, step.action, step.facts)
            number = after.version
            unit.commit()
        return number

    def correct(
        self, actor: Actor, evidence_no: str, description: Mapping[str, str], *,
        version: int | None = None,
    ) -> int:  # fmt: skip
        """Say otherwise some of what was said of a piece; return the number of the step.

        ``description``: some of `CORRECTED`, as text. That there are minors in it is taken back by
        officers alone.

        Raises `EvidenceError`: ``evidence_missing``, ``evidence_same``, or what is told is wrong.
        Raises `ChangedMeanwhileError` as of `act`.
        """
        require(actor, Action.ADD_EVIDENCE)
        if unknown := sorted(description.keys() - set(CORRECTED)):
            raise EvidenceError("evidence_fact_unknown", seen=unknown, expected=list(CORRECTED))
        with self._workspace.store.begin() as unit:
            piece = self._writer.seen(unit, actor, evidence_no, version)
            if not may_correct(piece, actor) or (
                piece.has_minor and description.get("has_minor", YES) != YES
            ):
                require(actor, Action.TAKE_OVER_EVIDENCE)
            values = self._corrected(unit, actor, piece, description)
            if not values:
                raise EvidenceError("evidence_same", seen=evidence_no)
            number = self._writer.append(unit, actor, piece, Custody.CORRECTED, values).version
            unit.commit()
        return number

    def _check_person(self, unit: UnitOfWork, login: str, *, besides: frozenset[str]) -> None:
        found = unit.accounts.of_login(login)
        if (
            found is None
            or login in besides
            or not may(Actor(login, found.name, tuple(found.roles)), Action.ADD_EVIDENCE)
        ):
            raise EvidenceError("custody_person_unknown", seen=login)

    def _corrected(
        self, unit: UnitOfWork, actor: Actor, piece: Evidence, description: Mapping[str, str]
    ) -> dict[str, Any]:
        """Return the columns that what is told gives other values."""
        columns = columns_of({**description, "taker_id": piece.taker_id}, taker=piece.taker_id,
                          now=self._local_now())  # fmt: skip
        values = {name: columns[name] for name in description if name in columns}
        if description.keys() & {"case_no", "building_id"}:
            values |= asdict(self._places.place(
                unit, actor, case_no=description.get("case_no", piece.case_no or ""),
                building_id=description.get("building_id", piece.building_id or ""),
            ))  # fmt: skip
        return {name: value for name, value in values.items() if value != getattr(piece, name)}

    def _custody(self, events: Sequence[CustodyEvent]) -> pd.DataFrame:
        rows = [(e.number, self.clock.to_local(e.at), e.actor, e.action, e.facts) for e in events]
        return pd.DataFrame(rows, columns=["number", "at", "actor", "action", "facts"])


def _masked(rows: pd.DataFrame) -> pd.DataFrame:
    """Return pieces with what somebody typed of a place, and what a file is called, masked."""
    places = pa.array(rows["place"].map(hide_numbers), pa.string())
    return rows.assign(
        place=pd.Series(hide_rooms(places).to_pylist(), rows.index, object),
        filename=rows["filename"].map(hide_numbers),
    )
