"""Notices as papers: Word, PDF and Excel, and the templates that the office edits."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

import pandas as pd

from data.contracts.notice_vocabulary import NoticeKind, NoticeStage
from data.export.writers import as_bytes, write_frame
from governance.access.permissions import Action, Actor, require, require_whole
from governance.cases.rules.workflow.transitions import ActionError
from governance.cases.rules.workflow.views import columns_of
from governance.records.bulletins.templates import NAMES as BULLETINS
from governance.records.notices.template_files import (
    NAMES,
    NoticeTemplateFiles,
    TemplateInUse,
    placeholders_for,
    sha256_of,
)
from governance.records.notices.texts import ENTRY_COLUMNS, ENTRY_FIELDS
from governance.records.notices.views import find_notice
from governance.records.rendering.pdf import can_make_pdf, to_pdf
from governance.records.rendering.template_files import TemplateError
from governance.records.rendering.word import placeholders_of, render_word
from governance.service import Service

WORD, PDF, EXCEL = FORMS = ("docx", "pdf", "xlsx")
_ALL: Final = (*NAMES, *BULLETINS)
_STATUS: Final[Mapping[str, str]] = {
    NoticeStage.DRAFT: "草稿", NoticeStage.IN_REVIEW: "送审稿", NoticeStage.APPROVED: "待发布",
    NoticeStage.WITHDRAWN: "已撤回", NoticeStage.EXPIRED: "已到期", NoticeStage.CORRECTED: "已更正",
    NoticeStage.DISCARDED: "已删除",
}  # fmt: skip
"""What stands at the head of a paper that is not in force."""


class NoticePaperService(Service):
    """Services that print notices and keep their templates."""

    _templates: NoticeTemplateFiles

    def paper(self, actor: Actor, notice_no: str, form: str = WORD) -> bytes:
        """Return a notice as a file; who took it is in the audit log.

        ``form``: one of `FORMS`; a workbook has the lines of a list that is handed over.

        Raises `UnknownNoticeError` when there is none of this number in the actor's scope.
        Raises `ActionError` when a notice has no list, or there is no such form.
        Raises `TemplateError` or `PdfError` when the template cannot be filled in, or no PDF be
        made.
        """
        require(actor, Action.SEE_NOTICES)
        with self._workspace.store.begin() as unit:
            known = columns_of(find_notice(unit, actor, notice_no))
        forms = {WORD: self._word, PDF: lambda each: to_pdf(self._word(each)), EXCEL: _workbook}
        if form not in forms:
            raise ActionError("fact_wrong", field="form", seen=form,
                                    expected=list(FORMS))  # fmt: skip
        content = forms[form](known)
        self._record_own_export(actor, file=f"{notice_no}.{form}", notice=notice_no)
        return content

    def forms(self, actor: Actor, kind: str) -> tuple[str, ...]:
        """Return the forms in which a notice of a kind can be had on this machine."""
        require(actor, Action.SEE_NOTICES)
        pdf = (PDF,) if can_make_pdf() else ()
        return (WORD, *pdf, *((EXCEL,) if kind == NoticeKind.BLACKLIST else ()))

    def templates(self, actor: Actor) -> tuple[TemplateInUse, ...]:
        """List which file is in use under each name."""
        require(actor, Action.DRAFT_NOTICES)
        with self._workspace.store.begin() as unit:
            return tuple(self._templates.in_use(unit, name) for name in _ALL)

    def template(self, actor: Actor, name: str) -> bytes:
        """Return the Word file that is in use under a name.

        Raises `TemplateError` when there is no such name.
        """
        require(actor, Action.SEE_NOTICES)
        _check_name(name)
        with self._workspace.store.begin() as unit:
            return self._templates.read(self._templates.in_use(unit, name).sha256)

    def set_template(self, actor: Actor, name: str, content: bytes) -> str:
        """Put the office's own file in use for notices that are written from now on.

        Returns its SHA-256.

        Raises `NotAllowedError` when the actor does not draft notices of the whole street.
        Raises `TemplateError` when it is no Word file that may be used, or asks for what no notice
        has: all such names are told.
        """
        require_whole(actor, Action.DRAFT_NOTICES)
        _check_name(name)
        allowed = placeholders_for(name)
        unknown = placeholders_of(content) - set(allowed)
        if unknown:
            raise TemplateError("template_unknown_placeholders", seen=sorted(unknown),
                                expected=", ".join(allowed))  # fmt: skip
        render_word(content, _values_of_nothing(allowed))
        at = self._local_now().isoformat(timespec="seconds")
        office_file = {"sha256": sha256_of(content), "at": at, "by": actor.id}
        with self._workspace.store.begin() as unit:
            self._templates.keep(content)
            self._templates.set_own(unit, name, office_file)
            self._commit(unit, actor, Action.DRAFT_NOTICES, template=name,
                            sha256=office_file["sha256"])  # fmt: skip
        return office_file["sha256"]

    def reset_template(self, actor: Actor, name: str) -> None:
        """Put the shipped file in use again; the office's own stays for what was printed with it.

        Raises `NotAllowedError` when the actor does not draft notices of the whole street.
        Raises `TemplateError` when there is no such name.
        """
        require_whole(actor, Action.DRAFT_NOTICES)
        _check_name(name)
        with self._workspace.store.begin() as unit:
            self._templates.set_own(unit, name, None)
            self._commit(unit, actor, Action.DRAFT_NOTICES, template=name, change="reset")

    def _word(self, known: Mapping[str, Any]) -> bytes:
        template = self._templates.read(str(known["template_hash"]))
        return render_word(template, self._values(known))

    def _values(self, known: Mapping[str, Any]) -> dict[str, Any]:
        office, day = self._workspace.settings.office, known["published_at"]
        replaced = f"，由{known['replaced_by']}代替" if known["replaced_by"] else ""
        status = _STATUS.get(known["stage"], "")
        return {
            "office": office.name or office.street, "street": office.street,
            "number": known["notice_no"], "period": known["period"], "title": known["title"],
            "paragraphs": [_paragraph(line) for line in known["body"].splitlines() if line.strip()],
            "addressee": known["addressee"], "audience": known["audience"],
            "day": f"{day.year}年{day.month}月{day.day}日" if day else "    年  月  日",
            "status": f"（{status}{replaced}）" if status else "",
            "count": len(known["entries"]),
            "entries": [_entry(number, cells) for number, cells in enumerate(known["entries"], 1)],
            "replaces": known["replaces"] or "",
        }  # fmt: skip


def _workbook(known: Mapping[str, Any]) -> bytes:
    if not known["entries"]:
        raise ActionError("notice_no_list", seen=known["notice_no"])
    frame = pd.DataFrame(known["entries"], columns=list(ENTRY_COLUMNS), dtype=str)
    frame.insert(0, "序号", [str(number) for number in range(1, len(frame) + 1)])
    return as_bytes("list.xlsx", partial(write_frame, frame))


def _paragraph(line: str) -> dict[str, Any]:
    """Return a paragraph as templates read it: ``head`` is whether it heads a case."""
    return {"text": line.strip(), "head": line.startswith("案例")}


def _entry(number: int, cells: Sequence[Any]) -> dict[str, Any]:
    """Return a line of a list as templates read it."""
    return {"no": number, **dict(zip(ENTRY_FIELDS, map(str, cells), strict=True))}


def _check_name(name: str) -> None:
    if name not in _ALL:
        raise TemplateError("template_unknown", seen=name, expected=", ".join(_ALL))


def _values_of_nothing(names: Sequence[str]) -> dict[str, Any]:
    """Return values of every kind, to try a template with."""
    lists = {"paragraphs": [_paragraph("")], "entries": [_entry(1, [""] * len(ENTRY_FIELDS))]}
    return {**dict.fromkeys(names, ""), **lists, "count": 1}
