"""The head of a unit's explanation: tier, score, rank, in words and numbers."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.maps.palette import tier_style

if TYPE_CHECKING:
    from dashboard.i18n import Words
    from governance.scores.scoring import ExplainedUnit


def show(explanation: ExplainedUnit, *, say: Words) -> None:
    """Show tier, score, rank and exposure of an explained unit."""
    facts = [
        (say("Tier"), tier_chip(explanation.tier, say=say)),
        (say("Score"), f"{explanation.score:,.1f}"),
        (say("Likely between"), f"{explanation.low:,.0f} – {explanation.high:,.0f}"),
        (say("Rank"), escape(say("{rank} of {of}", rank=explanation.rank, of=explanation.ranked))),
    ]
    facts.append((say("Exposure"), _exposure(explanation, say=say)))
    cells = "".join(
        f'<div><div class="k">{escape(name)}</div><div class="v">{value}</div></div>'
        for name, value in facts
    )
    st.html(f'<div class="gw-facts">{cells}</div>')
    st.caption(_rate(explanation, say=say))


def _exposure(explanation: ExplainedUnit, *, say: Words) -> str:
    count = f"{explanation.exposure:,.0f}"
    known = explanation.exposure_known
    return escape(count if known is not False else say("about {count}", count=count))


def _rate(explanation: ExplainedUnit, *, say: Words) -> str:
    """Say the rate as counted and as smoothed: small numbers alone would mislead."""
    rates = explanation.rates
    raw = "—" if rates.raw is None else f"{1000 * rates.raw:.1f}"
    return say(
        "Confirmed per 1,000 dwellings and registrations: {smoothed} smoothed, {raw} as counted, "
        "own weight {weight}",
        smoothed=f"{1000 * rates.smoothed:.1f}",
        raw=raw,
        weight=f"{rates.weight:.0%}",
    )


def tier_chip(tier: str, *, say: Words) -> str:
    """Return a tier as HTML: its colour, its border and always its name."""
    style = tier_style(tier)
    name = escape(say.name("tier", tier) if tier else say("not scored"))
    return (
        f'<span class="gw-chip" style="color:{style.outline};border-color:{style.outline}">'
        f'<i style="background:{style.fill};border-color:{style.outline}"></i>{name}</span>'
    )
