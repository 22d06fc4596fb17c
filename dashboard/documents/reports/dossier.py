"""What the office knows of one building, as a report on A4: masked, and written down."""

from typing import Any, Final

import pandas as pd

from dashboard.documents.columns import DAY, MINUTE, Column
from dashboard.documents.evidence_rows import EVIDENCE, evidence
from dashboard.documents.reports.paper import Section, report_page, table_section
from dashboard.i18n import Translator
from dashboard.i18n.measures import points_text
from dashboard.i18n.score_words import meaning
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, NotAllowedError, may
from governance.office import Office
from governance.responsibility.chains import Chain
from governance.scores.scoring import ExplainedUnit

MOST_ROWS: Final = 8
"""Rows behind each factor that are printed, the weightiest."""
MOST_VISITS: Final = 20
POINTS: Final = (Column("factor", kind="factor"), Column("points"))
VISITS: Final = (
    Column("visited_at", source="at", format=MINUTE),
    Column("result", kind="visit_result"),
    Column("visit_kind", source="kind", kind="visit_kind"),
    Column("signs", kind="sign"),
    Column("next_step", kind="next_step"),
    Column("retry_at", format=MINUTE),
)
CASES: Final = (
    Column("case_no", header="Case"),
    Column("received_at", format=MINUTE),
    Column("channel", kind="lead_channel", header="Channel"),
    Column("stage", kind="case_stage", header="Where it stands"),
    Column("finding", kind="case_finding"),
    Column("outcome", kind="case_outcome", header="Outcome"),
    Column("due_at", format=MINUTE),
)
"""Of a case: nothing that somebody wrote."""
LINES: Final = (
    Column("ledger_no", header="Ledger no."),
    Column("status", kind="ledger_status", header="Where it stands"),
    Column("in_reason", kind="ledger_reason", header="Reason"),
    Column("in_on", header="On since", format=DAY),
    Column("next_on", header="Visited next", format=DAY),
)
CHAIN: Final = (
    Column("duty", kind="duty"),
    Column("who", header="Person", empty="nobody"),
    Column("valid_from", format=DAY),
    Column("pledge_on", format=DAY),
)


def dossier(
    office: Office, actor: Actor, unit: str, *, snapshot_id: str, place: pd.Series, say: Translator
) -> str:
    """Return a building's dossier as a page to print; it is written down as an export.

    ``place``: the building's row of `governance.scores.risk_map.RiskMapService.layer`.

    Raises `NotAllowedError` when the actor may not export or may not know reasons, or the building
    is none of theirs.
    """
    explained = office.scores.explain(actor, unit, snapshot_id=snapshot_id)
    title = say("{building}: dossier", building=explained.name or unit)
    office.risk_map.note_export(actor, file=f"{title}.html", building_id=unit)
    return report_page(
        title,
        office=office.settings(actor).name,
        note=say("As of {day} · snapshot {snapshot}", day=explained.as_of,
                 snapshot=explained.snapshot_id),
        facts=_facts(explained, place, say=say),
        sections=[
            *_why(explained, say=say), *_people(office, actor, unit, say=say),
            *_work(office, actor, unit, say=say),
        ],
        say=say,
    )  # fmt: skip


def _facts(explained: ExplainedUnit, place: pd.Series, *, say: Translator) -> dict[str, str]:
    facts = {
        say("Address"): place.get("std_address"),
        say.name("column", "community"): place.get("community"),
        say("Grid"): place.get("grid_code"),
        say("Kind"): place.get("kind"),
        say("Code"): explained.unit,
        say("Tier"): say.name("tier", explained.tier),
        say("Score"): f"{explained.score:,.1f}（{explained.low:,.1f}–{explained.high:,.1f}）",
        say("Rank"): say("{rank} of {of}", rank=f"{explained.rank:,}", of=f"{explained.ranked:,}"),
    }
    return {name: str(value) for name, value in facts.items() if value}


def _why(explained: ExplainedUnit, *, say: Translator) -> list[Section]:
    points = sorted(explained.points.items(), key=lambda each: (-abs(each[1]), each[0]))
    told = [(factor, points_text(value)) for factor, value in points if value]
    table = pd.DataFrame(told, columns=["factor", "points"])
    first = table_section(
        say("Why: points that add up to the score"), table, POINTS, say=say,
        note=meaning(explained, say=say),
    )  # fmt: skip
    behind = [
        table_section(
            say("{factor}: {count} rows, {points} points", factor=say.name("factor", name),
                count=len(rows), points=points_text(explained.points.get(name, 0.0))),
            evidence(rows[:MOST_ROWS], names={}, say=say), EVIDENCE[:-1], say=say,
            note=say("The {count} weightiest.", count=MOST_ROWS) if len(rows) > MOST_ROWS else "",
        )
        for name, rows in explained.rows.items()
        if any(row.facts for row in rows[:MOST_ROWS])
    ]  # fmt: skip
    return [first, *behind]


def _people(office: Office, actor: Actor, unit: str, *, say: Translator) -> list[Section]:
    sections = []
    if may(actor, Action.SEE_RESPONSIBILITY):
        title = say("Who answers for it")
        try:
            links = _links(office.responsibility.chain(actor, unit))
        except NotAllowedError:
            raise
        except GridwardenError as error:  # without staff there is no chain
            sections.append(Section(title, note=say.error(error)))
        else:
            sections.append(table_section(title, links, CHAIN, say=say))
    if may(actor, Action.SEE_VISITS):
        visits = office.worklist.visits(actor, building_id=unit, limit=MOST_VISITS)
        title = say("Visits recorded here ({count})", count=len(visits))
        sections.append(table_section(title, visits, VISITS, say=say))
    return sections


def _work(office: Office, actor: Actor, unit: str, *, say: Translator) -> list[Section]:
    """Return the building's cases and lines of the ledger, to who may see them."""
    sections = []
    if may(actor, Action.SEE_CASES):
        cases = [dict(view.facts) for view in office.case_desk.at_building(actor, unit)]
        title = say("Cases of this building ({count})", count=len(cases))
        sections.append(table_section(title, _frame(cases, CASES), CASES, say=say))
    if may(actor, Action.SEE_LEDGER):
        lines = [dict(view.facts) for view in office.ledger.at_building(actor, unit)]
        title = say("On the ledger ({count})", count=len(lines))
        sections.append(table_section(title, _frame(lines, LINES), LINES, say=say))
    return sections


def _frame(facts: list[dict[str, Any]], columns: tuple[Column, ...]) -> pd.DataFrame:
    return pd.DataFrame(facts, columns=[each.name for each in columns])


def _links(chain: Chain) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "duty": link.duty,
                "who": " · ".join(str(each) for each in (link.person, link.org) if each),
                "valid_from": link.valid_from,
                "pledge_on": link.pledge_on,
            }
            for link in chain.links
        ]
    )
