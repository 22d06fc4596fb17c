"""Notices as people write, review, publish, contest and withdraw them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from data.contracts.notice_vocabulary import (
    STANDING,
    Audience,
    NoticeAction,
    NoticeKind,
)
from data.store.tables.records.notices import Notice
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import (
    Action,
    Actor,
    may,
    require,
    require_whole,
)
from governance.cases.rules.workflow.transitions import ActionError
from governance.records.notices.building_facts import ReminderPlaces
from governance.records.notices.log import NoticeLog
from governance.records.notices.rules.conditions import Circumstances
from governance.records.notices.rules.state import NoticeState
from governance.records.notices.rules.transitions import WORKFLOW
from governance.records.notices.template_files import NoticeTemplateFiles
from governance.records.notices.texts import AUDIENCES, Office, entries_of, first_text, quarter_of
from governance.records.notices.upkeep import NoticeUpkeep
from governance.records.notices.views import UnknownNoticeError, find_notice
from governance.service import Service

COPIED: Final = ("kind", "period", "title", "body", "audience", "addressee", "building_id", "duty",
                 "case_nos", "entries")  # fmt: skip
"""What a corrected notice begins with."""


UNNAMED: Final = "本街道"
"""What an office is called whose settings give it no name."""


class NoticeService(Service):
    """Services that change notices; none is for whoever may not know that reports led somewhere."""

    _log: NoticeLog
    _templates: NoticeTemplateFiles
    _places: ReminderPlaces
    _upkeep: NoticeUpkeep

    def draft(
        self,
        actor: Actor,
        kind: str,
        *,
        period: str = "",
        case_nos: Sequence[str] = (),
        building_id: str | None = None,
        duty: str | None = None,
        title: str = "",
        body: str = "",
    ) -> str:
        """Begin a notice, filled in from what it is about; return its number.

        ``kind``: one of `NoticeKind`.
        ``period``: the quarter of today when empty.
        ``case_nos``: of cases that it tells of.
        ``building_id``, ``duty``: of a reminder: the building, and the duty of the one who is
        reminded.
        ``title``, ``body``: in place of what is filled in.

        Raises `NotAllowedError` when the actor drafts no notices, or what it tells of is not in the
        actor's scope.
        Raises `ActionError` when there is no such kind.
        Raises `UnknownNoticeError` when there is no such case in the actor's scope.
        Raises `UnknownTargetError` when there is no such building in the actor's scope.
        """
        require(actor, Action.DRAFT_NOTICES)
        if kind not in set(NoticeKind):
            raise ActionError("fact_wrong", field="kind", seen=kind,
                                    expected=list(NoticeKind))  # fmt: skip
        numbers = list(dict.fromkeys(case_nos))
        with self._workspace.store.begin() as unit:
            given = self._log.circumstances(unit, actor, numbers)
            self._check_cases(actor, numbers, given)
            place = self._places.of(actor, building_id, duty) if building_id else None
            when = period or quarter_of(given.now.date())
            text = first_text(
                kind, period=when, cases=[given.cases[no] for no in numbers],
                office=self._office(), about=place.name if place else "",
            )  # fmt: skip
            content = {
                "kind": kind, "period": when, "title": title or text.title,
                "body": body or text.body, "entries": text.entries, "case_nos": numbers,
                "audience": AUDIENCES.get(NoticeKind(kind), Audience.INTERNAL),
                "addressee": place.holder if place else "", "building_id": building_id,
                "duty": duty if place else None,
                "template_hash": self._templates.keep_in_use(unit, kind),
            }  # fmt: skip
            number = self._add(unit, actor, content, given)
            unit.commit()
        return number

    def draft_correction(self, actor: Actor, notice_no: str) -> str:
        """Begin a notice that is to stand in place of one that is out; return its number.

        Once the new one is published, the old one is marked as corrected and names it.

        Raises `UnknownNoticeError` when there is none of this number in the actor's scope.
        Raises `ActionError` when it is not out, or another one is to replace it already.
        """
        require(actor, Action.DRAFT_NOTICES)
        with self._workspace.store.begin() as unit:
            old = find_notice(unit, actor, notice_no)
            if old.stage not in STANDING:
                raise ActionError("action_illegal", action=NoticeAction.CORRECT,
                                        seen=old.stage, expected=sorted(STANDING))  # fmt: skip
            given = self._log.circumstances(unit, actor, old.case_nos)
            content = {name: getattr(old, name) for name in COPIED}
            content["replaces"] = notice_no
            content["template_hash"] = self._templates.keep_in_use(unit, old.kind)
            number = self._add(unit, actor, content, given)
            unit.commit()
        return number

    def act(
        self,
        actor: Actor,
        notice_no: str,
        action: str,
        facts: Mapping[str, Any] | None = None,
        *,
        note: str = "",
        version: int | None = None,
    ) -> NoticeState:
        """Change a notice by one of the actions that its stage allows.

        ``action``: one of `NoticeAction`.
        ``facts``: what the action asks for, as text; ``case_nos`` as a list.
        ``version``: the version that the actor saw; another one is refused.

        Raises `UnknownNoticeError` when there is no such notice, or case, in the actor's scope.
        Raises `ActionError` when the notice's stage, a fact or a rule does not allow it.
        Raises `ChangedMeanwhileError` when somebody else changed the notice since it was seen, or
        now.
        """
        require(actor, Action.SEE_NOTICES)
        stated = dict(facts or {})
        with self._workspace.store.begin() as unit:
            notice = find_notice(unit, actor, notice_no)
            unit.notices.check_seen(notice, version)
            permitted = WORKFLOW.require(notice.stage, action).require(actor)
            given = self._log.circumstances(unit, actor, stated.get("case_nos", notice.case_nos))
            more = self._follows(unit, actor, notice, action, stated, given)
            state = self._log.change(unit, notice, action, stated, given, more=more, note=note)
            self._settle(unit, actor, notice, state, action, given)
            self._commit(unit, actor, permitted, notice=notice_no, change=action,
                            stage=state.stage)  # fmt: skip
        return state

    def catch_up(self, actor: Actor) -> tuple[str, ...]:
        """Expire notices whose time is over, and doubt those whose decision stands no more.

        To be called when a list of notices is opened; it costs little where nothing changed. The
        history names the server itself.

        Returns the numbers of the notices that changed.
        """
        require(actor, Action.SEE_NOTICES)
        return self._upkeep.catch_up()

    def _add(
        self, unit: UnitOfWork, actor: Actor, content: Mapping[str, Any], given: Circumstances
    ) -> str:
        """Add a notice with its places and its line; one that names none is the whole street's."""
        number, notice_id = self._log.add(unit, content, given)
        places = self._places_of(content, given)
        if not places:
            require_whole(actor, Action.DRAFT_NOTICES)
        unit.notices.set_places(notice_id, places)
        self._record_in(unit, actor, Action.DRAFT_NOTICES, notice=number,
                        notice_kind=content["kind"], change=NoticeAction.DRAFT)  # fmt: skip
        return number

    def _follows(
        self, unit: UnitOfWork, actor: Actor, notice: Notice, action: str,
        stated: Mapping[str, Any], given: Circumstances,
    ) -> dict[str, Any]:  # fmt: skip
        """Return what an edit or a submission gives a notice beside what its authors write."""
        if action not in {NoticeAction.EDIT, NoticeAction.SUBMIT}:
            return {}
        more: dict[str, Any] = {"template_hash": self._templates.keep_in_use(unit, notice.kind)}
        if "case_nos" in stated:
            self._check_cases(actor, stated["case_nos"], given)
            if notice.kind == NoticeKind.BLACKLIST:
                cases = [given.cases[no] for no in dict.fromkeys(stated["case_nos"])]
                more["entries"] = entries_of(cases, self._office())
        return more

    def _settle(
        self, unit: UnitOfWork, actor: Actor, notice: Notice, state: NoticeState, action: str,
        given: Circumstances,
    ) -> None:  # fmt: skip
        """Do what a change brings with it: other places, a notice that is replaced, a pledge."""
        if action == NoticeAction.PLEDGE and may(actor, Action.EDIT_RESPONSIBILITY):
            self._places.note_pledge(unit, actor, state)
        if action == NoticeAction.EDIT:
            content = {"case_nos": state.case_nos, "building_id": state.building_id}
            unit.notices.set_places(notice.id, self._places_of(content, given))
        if action == NoticeAction.PUBLISH and state.replaces:
            old = unit.notices.get(state.replaces)
            if old is not None and old.stage in STANDING:
                replaced = {"replaced_by": notice.notice_no}
                self._log.change(unit, old, NoticeAction.CORRECT, replaced, given)

    def _places_of(self, content: Mapping[str, Any], given: Circumstances) -> list[dict[str, Any]]:
        """Return the places that a notice tells of: of its cases, or its building."""
        places = [
            {"case_no": case.case_no, "building_id": case.building_id,
             "community": case.community, "grid": case.grid}
            for no in content["case_nos"] if (case := given.cases.get(no))
        ]  # fmt: skip
        if building := content.get("building_id"):
            places.append({"case_no": None, **self._places.codes(building)})
        return places

    def _check_cases(self, actor: Actor, numbers: Iterable[str], given: Circumstances) -> None:
        for number in numbers:
            case = given.cases.get(number)
            if case is None or not actor.scope.covers_row(case):
                raise UnknownNoticeError("case_unknown", seen=number)

    def _office(self) -> Office:
        settings = self._workspace.settings.office
        street = settings.street or settings.name or UNNAMED
        return Office(settings.name or street, street)
