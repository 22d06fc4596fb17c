"""Record visits that waited on a phone, also of buildings that passed on meanwhile.

A plan was changed, a team replaced, a duty given to somebody else while a phone had no connection:
the visit counts where the building was the person's then, in the office's own records. Of the phone
only the time is believed. What imported tables said before they were imported again is not kept, so
a duty that stood only there and is gone cannot be told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pandas as pd

from data.store.unit_of_work import TextError, UnitOfWork
from governance.access.permissions import Action, Actor, NotAllowedError, Scope, may, require
from governance.access.problems import InputProblem
from governance.responsibility.duty_reader import DutyReader
from governance.responsibility.resolve import TARGETS
from governance.service import Component, Service
from governance.visits.base import VisitReader, ids_of
from governance.visits.rules.earlier_right import EarlierRight
from governance.visits.rules.new_visit import NewVisit, VisitAnswer, VisitRefusedError
from governance.visits.service import VisitService

_TICK: Final = timedelta(microseconds=1)


class EarlierRights(Component):
    """Finds rights to visit that somebody had, from versions of plans and of duties."""

    _visit_reader: VisitReader
    _duties: DutyReader

    def find(self, actor: Actor, building_id: str, at: datetime) -> EarlierRight | None:
        """Return by what an actor might visit a building at a time, None where they might not.

        Nor where their account is locked or might record no visit then, where nobody had signed in
        by it so shortly before that a phone could still show its list, or where the register knows
        no such building.

        ``at``: local.
        """
        moment, places = self.clock.to_utc(at), self._visit_reader.places([building_id])
        with self._workspace.store.begin() as unit:
            then = self._actor_then(unit, actor, moment)
            if then is None or not len(places):
                return None
            for stop in unit.earlier_stops.at(building_id, moment=moment, day=at.date()):
                if set(ids_of(then)) & _members_then(unit, stop.team_id, moment):
                    facts = {"plan": stop.plan_id, "plan_version": stop.version}
                    return EarlierRight(stop=stop, facts=facts | {"team": stop.team_id})
            return self._by_duty(unit, then, building_id, at=at, moment=moment)

    def _actor_then(self, unit: UnitOfWork, actor: Actor, moment: datetime) -> Actor | None:
        """Return who acted by an account that is open; None where it recorded no visits then."""
        account = unit.accounts.of_login(actor.id)
        if account is None or account.locked_at is not None:
            return None
        shown = timedelta(hours=self._workspace.settings.sign_in.absolute_hours)
        until = moment + _TICK
        signed_in = unit.audit.find(
            person=actor.id, action="sign_in", since=moment - shown, before=until, limit=1
        )
        rights: dict[str, Any] = {
            "roles": account.roles, "scope": account.scope, "person": account.person_id
        }  # fmt: skip
        for change in unit.audit.find(
            action="rights_set", since=until, about={"login": actor.id}
        ):  # the newest first, so what the earliest found holds last
            rights |= change.facts["before"]
        then = replace(
            actor, roles=tuple(rights["roles"]), scope=Scope.of_mapping(rights["scope"]),
            person_id=rights["person"], delegated=frozenset(),
        )  # fmt: skip
        return then if signed_in and may(then, Action.RECORD_VISIT) else None

    def _by_duty(
        self, unit: UnitOfWork, then: Actor, building_id: str, *, at: datetime, moment: datetime
    ) -> EarlierRight | None:
        """Return the right by what was given to the account, or decided about duties by then."""
        register = self._duties.register(unit=unit).of_targets({"building": [building_id]})
        if len(then.scope.of_frame(register.buildings)):
            return EarlierRight(facts={"reason": "given_to_account"})
        targets = {kind: [*register.buildings[name].dropna()] for kind, name in TARGETS.items()}
        known = unit.duties.history(targets)
        withdrawn = known["withdrawn_at"] <= pd.Timestamp(moment)
        known = known[(known["recorded_at"] <= pd.Timestamp(moment)) & ~withdrawn]
        held = register.as_decided(known, on=at.date()).resolved
        held = held[held["person_id"].fillna("").ne("") & (held["person_id"] == then.person_id)]
        if not len(held):
            return None
        duty = held.iloc[0]
        decided = {} if pd.isna(duty["duty_id"]) else {"duty_id": int(duty["duty_id"])}
        return EarlierRight(facts={"duty": str(duty["duty"])} | decided)


class SentVisitService(Service):
    """Services that record what a phone sends."""

    _visits: VisitService
    _earlier_rights: EarlierRights

    def record_many(
        self, actor: Actor, visits: Sequence[NewVisit | Mapping[str, Any]]
    ) -> list[VisitAnswer]:
        """Record visits that waited on a device; each has its answer, and none harms another.

        What is no fault of a visit, such as a full disk, is raised: then all are sent again.
        """
        require(actor, Action.RECORD_VISIT)
        return [self._answer(actor, visit) for visit in visits]

    def _answer(self, actor: Actor, sent: NewVisit | Mapping[str, Any]) -> VisitAnswer:
        key = str(sent.key if isinstance(sent, NewVisit) else sent.get("key", ""))
        try:
            if not isinstance(sent, NewVisit):
                sent = NewVisit.of_mapping(sent, zone=self.clock.zone)
            find = self._earlier_rights.find
            return VisitAnswer(key, self._visits.record(actor, sent, earlier=find))
        except VisitRefusedError as error:
            return VisitAnswer(key, None, error.problems)
        except (NotAllowedError, TextError) as error:
            return VisitAnswer(key, None, (InputProblem(error.code, "building_id"),))


def _members_then(unit: UnitOfWork, team_id: str, moment: datetime) -> set[str]:
    """Return who was in a team; nobody where it was off the list, or no record goes back so far."""
    now = {team.team_id: team for team in unit.patrols.teams(everybody=True)}.get(team_id)
    if now is not None and now.changed_at <= moment:
        return set(now.members) if now.active else set()
    changes = unit.audit.find(
        action=Action.MAKE_PLAN.value, before=moment + _TICK, about={"team": team_id}, limit=1
    )
    return {member for change in changes for member in change.facts.get("members", ())}
