"""Bulletins of a period: what the paper will say, its files, and handing it on to review."""

from base64 import b64encode
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import streamlit as st

from dashboard.documents.html import render
from dashboard.documents.reports.bulletins.values import template_values
from dashboard.documents.reports.bulletins.words import period_words, title_words
from dashboard.i18n import Translator
from dashboard.i18n.markdown import plain
from dashboard.maps.layer_cache import cached
from dashboard.ui import change, download, frame, links, pick
from dashboard.ui.frame import Page
from dashboard.ui.task_panel import answer_in_background
from dashboard.views.records.bulletins import papers
from data.contracts.notice_vocabulary import NoticeKind
from governance.access.permissions import Action, may
from governance.records.bulletins.periods import BulletinKind, Period
from governance.records.bulletins.service import Bulletin
from governance.records.bulletins.templates import ONE_PAGE
from governance.records.rendering.pdf import can_make_pdf

_KIND: Final = {
    BulletinKind.WEEKLY: NoticeKind.WEEKLY,
    BulletinKind.MONTHLY: NoticeKind.MONTHLY,
    BulletinKind.QUARTERLY: NoticeKind.QUARTERLY,
    BulletinKind.CAMPAIGN: NoticeKind.CAMPAIGN,
}
"""As what a bulletin is handed on."""


def show(page: Page) -> None:
    """Ask for kind and period, by default the last that is over; show what the paper will say."""
    period = _chosen(page)
    if period is None:
        page.info("The calendar knows no such period yet. Enter school breaks on the page Plan.")
        return
    with page.telling_failures():
        made = answer_in_background(
            page, ("bulletin", id(page.office), page.actor, period.key, page.say.language),
            lambda _tell: _gathered(page, period),
            text=page.say("Gathering this page; that takes long only the first time …"),
        )  # fmt: skip
        if made is None:
            return
        bulletin, values = made
        _show_page(page, values)
        _downloads(page, bulletin)
        if may(page.actor, Action.DRAFT_NOTICES):
            _draft_notice(page, bulletin, values)


def _gathered(page: Page, period: Period) -> tuple[Bulletin, dict[str, Any]]:
    """Return a bulletin and what its paper says, kept for the next click."""
    name, service = ("bulletin", period.kind, period.key), page.office.bulletins
    bulletin = cached(name, lambda: service.bulletin(page.actor, period.kind, period.key))
    return bulletin, cached((*name, page.say.language), lambda: _values(page, bulletin))


def _chosen(page: Page) -> Period | None:
    say, service = page.say, page.office.bulletins
    left, right = st.columns(2)
    kinds = say.names("bulletin_kind", BulletinKind)
    kind = BulletinKind(
        pick.one(say("Kind"), kinds, key=frame.translated("bulletin_kind"), at=left)
    )
    periods = {each.key: each for each in service.periods(page.actor, kind)}
    if not periods:
        return None
    last = service.last_full(page.actor, kind)
    names = {key: _name(page, each) for key, each in periods.items()}
    index = list(periods).index(last.key) if last else 0
    key = frame.translated(f"bulletin_{kind}")
    chosen = pick.one(say("Which period"), names, key=key, at=right, index=index)
    return periods[chosen]


def _name(page: Page, period: Period) -> str:
    name = period_words(period, say=page.say)
    over = period.last < page.office.clock.today()
    return name if over else page.say("{period} (not over)", period=name)


def _values(page: Page, bulletin: Bulletin) -> dict[str, Any]:
    facts = page.office.settings(page.actor)
    return template_values(
        bulletin, office=facts.name, street=facts.street,
        pictures=papers.pictures(page.office, page.actor, bulletin, say=page.say),
        chance=papers.chance(page.office, page.actor, bulletin, say=page.say),
        form=ONE_PAGE, say=page.say,
    )  # fmt: skip


def _show_page(page: Page, values: Mapping[str, Any]) -> None:
    say = page.say
    with st.container(border=True):
        page.heading(plain(f"{values['title']} · {values['period']}"))
        st.write(values["headline"])
        left, right = st.columns(2)
        title = say("Problems found, by community")
        left.image(_in_page(values["map"].png), caption=title, alt=title)
        right.html(_figures(values["figures"], say))
        page.subheader("What changed")
        st.markdown("\n".join(f"- {plain(line)}" for line in values["changes"]))
        page.subheader("List and chance")
        st.write(values["chance"])
        page.subheader("Overdue and to do")
        st.write(values["overdue"])
        st.html(_tasks(values["waiting"], say))
        st.caption("  \n".join([values["rest"], *values["notes"]]).strip())


def _in_page(png: bytes) -> str:
    """Return a picture as an address that holds it; Streamlit forgets its own at the next click."""
    return f"data:image/png;base64,{b64encode(png).decode()}"


def _figures(rows: list[dict[str, str]], say: Translator) -> str:
    heads = {"name": say("Figure"), "now": say("This period"), "of": say("Of"),
             "before": say("Period before"), "year": say("Same period last year")}  # fmt: skip
    return _table(rows, heads, say("Key figures"))


def _tasks(rows: list[dict[str, str]], say: Translator) -> str:
    heads = {"who": say("Who does it"), "what": say("Has to"), "place": say("Community"),
             "overdue": say("Cases overdue"), "soon": say("Due in 7 days"),
             "when": say("By when")}  # fmt: skip
    return _table(rows, heads, say("Who has to do what, and by when"))


def _table(rows: list[dict[str, str]], heads: Mapping[str, str], title: str) -> str:
    """Return a table in HTML; a value that says little is grey."""
    greyed = [[(row.get(f"{name}_grey") or row[name], row.get(f"{name}_grey")) for name in heads]
              for row in rows]  # fmt: skip
    table = render("pages/table.html", title=title, heads=heads.values(), rows=greyed)
    return f'<div class="gw-wide">{table}</div>'


def _downloads(page: Page, bulletin: Bulletin) -> None:
    """Offer the files to whoever may export."""
    say, street = page.say, page.office.settings(page.actor).street
    stem = papers.file_stem(bulletin, street=street, say=say)
    campaign = bulletin.period.kind == BulletinKind.CAMPAIGN
    long = {"summary.docx": say("Campaign summary as Word")} if campaign else {
        "full.docx": say("Full bulletin as Word")
    }  # fmt: skip
    files = {"one_page.docx": say("One page as Word"), **long,
             "figures.xlsx": say("Figures as Excel")}  # fmt: skip
    if can_make_pdf():
        files |= {"one_page.pdf": say("One page as PDF"), "one_page.png": say("Picture for groups")}
    for at, (name, label) in zip(st.columns(len(files)), files.items(), strict=True):
        with at:
            download.offer(
                page, label, made=partial(_made, page, bulletin, Path(name)),
                file_name=f"{stem} {name}", key=f"bulletin_{name}", period=bulletin.period.key,
            )  # fmt: skip
    if not can_make_pdf() and may(page.actor, Action.EXPORT):
        page.caption("This server has no LibreOffice: PDF and picture are not offered.")


def _made(page: Page, bulletin: Bulletin, file: Path) -> bytes:
    return papers.made(page.office, page.actor, bulletin, file, form=file.stem, say=page.say)


def _draft_notice(page: Page, bulletin: Bulletin, values: Mapping[str, Any]) -> None:
    """Begin a notice with the bulletin's text, which a reviewer lets go."""

    def draft() -> str:
        street = page.office.settings(page.actor).street
        number = page.office.notices.draft(
            page.actor, _KIND[bulletin.period.kind], period=str(values["period"]),
            title=page.say("{title} ({period})", period=values["period"],
                           title=title_words(bulletin, street=street, say=page.say)),
            body=papers.text(values, say=page.say),
        )  # fmt: skip
        links.open_here("notice", number)
        return number

    if st.button(page.say("Hand on to review"), key="bulletin_hand_on"):
        change.make(page, draft, done=lambda n: page.say("{notice} is a draft now.", notice=n))
