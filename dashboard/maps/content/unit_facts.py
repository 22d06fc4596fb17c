"""What is told first of a unit: its name, tier, score, rank and exposure."""

from dashboard.documents.html import render
from dashboard.i18n import Translator
from dashboard.maps.layer_cache import LayerChoice, for_actor, map_layer
from dashboard.maps.palette import tier_style
from dashboard.runtime import context
from governance.scores.scoring import ExplainedUnit


def explained(unit: str, *, snapshot_id: str) -> ExplainedUnit:
    """Return why a unit stands where it stands, without rows, to whoever acts.

    Kept for a person's next question: the card and the page beside it ask for the same unit.

    Raises `UnknownUnitError` when nothing scored has this name, or it is not the actor's to see.
    Raises `NotAllowedError` when the actor may not see reasons.
    """
    return for_actor(
        ("explained", snapshot_id, unit),
        lambda: context.office().scores.explain(
            context.actor(), unit, snapshot_id=snapshot_id, rows=False
        ),
    )


def title(explanation: ExplainedUnit, *, say: Translator) -> str:
    """Name a unit; a cell is called by the estates it covers."""
    if explanation.name:
        return str(explanation.name)
    layer = map_layer(LayerChoice(explanation.unit_kind, explanation.snapshot_id))
    names = layer.loc[layer["unit"] == explanation.unit, "name"]
    where = next((name for name in names if name), explanation.unit)
    return say("Around {place}", place=where)


def kind_and_id(explanation: ExplainedUnit, *, say: Translator) -> str:
    """Say what a unit is, and its id."""
    return f"{say.name('unit', explanation.unit_kind.split(':')[0])} {explanation.unit}"


def facts_html(explanation: ExplainedUnit, *, say: Translator) -> str:
    """Lay out tier, score, rank and exposure as HTML."""
    facts = {
        say("Score"): f"{explanation.score:,.1f}",
        say("Likely between"): f"{explanation.low:,.1f} – {explanation.high:,.1f}",
        say("Rank"): say(
            "{rank} of {of}", rank=f"{explanation.rank:,}", of=f"{explanation.ranked:,}"
        ),
        say("Exposure"): _exposure(explanation, say=say),
    }
    return render("places/facts.html", unit=explanation.unit, tier=say("Tier"),
                  chip=chip_of(explanation.tier, say=say), facts=facts)  # fmt: skip


def rates(explanation: ExplainedUnit, *, say: Translator) -> str:
    """Say the rate as counted and as smoothed: small numbers alone would mislead."""
    rate = explanation.rates
    return say(
        "Confirmed per 1,000 dwellings and registrations: {smoothed} smoothed, {raw} as "
        "counted, own weight {weight}",
        smoothed=f"{1000 * rate.smoothed:.1f}",
        raw="—" if rate.raw is None else f"{1000 * rate.raw:.1f}",
        weight=f"{rate.weight:.0%}",
    )


def _exposure(explanation: ExplainedUnit, *, say: Translator) -> str:
    count = f"{explanation.exposure:,.0f}"
    return count if explanation.exposure_known is not False else say("about {count}", count=count)


def chip_of(tier: str, *, say: Translator) -> dict[str, str]:
    """Return a tier as templates draw it: its colour, its border and always its name."""
    style = tier_style(tier)
    name = say.name("tier", tier) if tier else say("not scored")
    return {"name": name, "fill": style.fill, "outline": style.outline}


def tier_chip(tier: str, *, say: Translator) -> str:
    """Return a tier as HTML."""
    return render("places/chip.html", chip=chip_of(tier, say=say))
