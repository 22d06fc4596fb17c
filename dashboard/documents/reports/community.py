"""A community's situation for a meeting, as a report on A4: masked, and written down."""

from typing import Final

from dashboard.documents.columns import DAY, MINUTE, Column
from dashboard.documents.reports.paper import Section, report_page, table_section
from dashboard.i18n import Translator
from dashboard.i18n.score_words import what_scores_are
from governance.access.permissions import Actor
from governance.office import Office
from governance.overview.facts import CommunityFacts

FIRST: Final = (
    Column("rank"),
    Column("tier", kind="tier"),
    Column("name"),
    Column("score", digits=1),
    Column("factors", kind="factor"),
    Column("warden", empty="nobody"),
    Column("planned_on", format=DAY),
)
EVENTS: Final = (
    Column("kind", kind="table", header="What"),
    Column("week", header="Last 7 days"),
    Column("before", header="The 7 days before"),
)
COVERAGE: Final = (
    Column("due", header="due"),
    Column("visited", header="visited"),
    Column("share", header="share"),
)
SUSPECTED: Final = (
    Column("name"),
    Column("visited_at", source="at", format=MINUTE),
    Column("next_step", kind="next_step"),
    Column("retry_at", format=MINUTE),
    Column("working_days_left", digits=0),
    Column("chief", empty="nobody"),
)


def community_report(office: Office, actor: Actor, code: str, *, say: Translator) -> str:
    """Return a community's report as a page to print; it is written down as an export.

    Raises `NotAllowedError` when the actor may not export, has no start page, or the community is
    none of theirs.
    """
    report = office.overview.community(actor, code)
    title = say("{community}: situation", community=report.name or code)
    office.risk_map.note_export(actor, file=f"{title}.html", community_code=code)
    facts = report.facts
    return report_page(
        title,
        office=office.settings(actor).name,
        note=say("Today {on} · scores as of {day}", on=facts.on, day=facts.as_of or "–"),
        facts=_figures(report, say=say),
        sections=_sections(report, say=say),
        say=say,
    )


def _figures(report: CommunityFacts, *, say: Translator) -> dict[str, str]:
    tiers = {say.name("tier", tier): f"{count:,}" for tier, count in report.tiers.items() if count}
    overdue = {line.kind: line.count for line in report.facts.overdue}
    return {
        say("Buildings"): f"{sum(report.tiers.values()):,}",
        **tiers,
        say("Overdue visits"): f"{overdue.get('visits_due', 0):,}",
        say("Suspicions"): f"{len(report.suspicions):,}",
    }


def _sections(report: CommunityFacts, *, say: Translator) -> list[Section]:
    facts = report.facts
    gaps = [
        say.name("start_line", line.kind, count=line.count, **line.facts).replace("**", "")
        for line in facts.duties
        if line.kind != "proposals"
    ]
    covered = facts.coverage.assign(share=facts.coverage["share"].map("{:.0%}".format))
    about = say("Buildings due in the last 30 days, and those visited.")
    waiting = say.name("start_list", "suspected")
    return [
        table_section(
            say("Look here first"), facts.first, FIRST, say=say, note=what_scores_are(say=say)
        ),
        table_section(waiting, report.suspicions, SUSPECTED, say=say),
        table_section(say("Last 7 days"), facts.events, EVENTS, say=say),
        table_section(say("Coverage of visits"), covered, COVERAGE, say=say, note=about),
        Section(say("Gaps in responsibility"), (say("What"),), tuple((gap,) for gap in gaps)),
    ]
