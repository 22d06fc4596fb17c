"""A unit's card: what a person reads first after a click, before the page has drawn the rest."""

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dashboard.charts.score import points_table
from dashboard.documents.html import render
from dashboard.i18n import Translator
from dashboard.i18n.score_words import meaning
from dashboard.maps.content.unit_facts import explained, facts_html, kind_and_id, rates, title
from dashboard.server import answers
from governance.scores.scoring import ExplainedUnit


def answer(request: Request) -> Response:
    """Answer a unit's card as a piece of HTML, to who may see its reasons."""
    unit = explained(request.path_params["unit"], snapshot_id=request.path_params["snapshot"])
    return HTMLResponse(card(unit, say=answers.say_of(request)))


def card(explanation: ExplainedUnit, *, say: Translator) -> str:
    """Return the card, in the words and the order of the page: name, facts, points."""
    factors = points_table(explanation.points, say=say)
    return render(
        "places/unit_card.html", title=title(explanation, say=say),
        kind=kind_and_id(explanation, say=say),
        facts=Markup(facts_html(explanation, say=say)),  # noqa: S704 -- escaped there
        meaning=meaning(explanation, say=say), rates=rates(explanation, say=say), why=say("Why"),
        points=zip(factors["factor"], factors["text"], strict=True),
    )  # fmt: skip
