"""The head of a unit's explanation: tier, score, rank, in words and numbers."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.palette import tier_style

if TYPE_CHECKING:
    from dashboard.office import Explanation
    from dashboard.words import Words


def show(explanation: Explanation, *, say: Words) -> None:
    """Show tier, score, rank and exposure of an explained unit."""
    facts = [
        (say("Tier"), tier_chip(explanation.tier, say=say)),
        (say("Score"), f"{explanation.score:,.1f}"),
        (say("Rank"), escape(say("{rank} of {of}", rank=explanation.rank, of=explanation.of))),
    ]
    if explanation.exposure is not None:
        facts.append((say("Exposure"), f"{explanation.exposure:,.0f}"))
    cells = "".join(
        f'<div><div class="k">{escape(name)}</div><div class="v">{value}</div></div>'
        for name, value in facts
    )
    st.html(f'<div class="gw-facts">{cells}</div>')


def tier_chip(tier: str, *, say: Words) -> str:
    """Return a tier as HTML: its colour, its border and always its name."""
    style = tier_style(tier)
    name = escape(say.name("tier", tier) if tier else say("not scored"))
    return (
        f'<span class="gw-chip" style="color:{style.outline};border-color:{style.outline}">'
        f'<i style="background:{style.fill};border-color:{style.outline}"></i>{name}</span>'
    )
