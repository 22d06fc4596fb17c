"""A unit's card: what a person reads first after a click, before the page has drawn the rest."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dashboard.charts.score import points_table
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
    points = "".join(
        f"<tr><td>{escape(factor)}</td><td>{escape(text)}</td></tr>"
        for factor, text in zip(factors["factor"], factors["text"], strict=True)
    )
    return (
        f"<h2>{escape(title(explanation, say=say))}</h2>"
        f"<small>{escape(kind_and_id(explanation, say=say))}</small>"
        f"{facts_html(explanation, say=say)}"
        f"<p><b>{escape(meaning(explanation, say=say))}</b></p>"
        f"<small>{escape(rates(explanation, say=say))}</small>"
        f"<h3>{escape(say('Why'))}</h3><table>{points}</table>"
    )
