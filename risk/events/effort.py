"""Search effort of visits: how thorough each was.

Not having found anything says as much as was looked: an evening in every room is worth more than
two minutes at noon. Who looked is never asked.
"""

from __future__ import annotations

import ibis
from ibis import ir

from risk.config.score import Effort
from risk.events.expressions import Rows, evidence_weight, real, text_of


def effort_of(table: Rows, rule: Effort) -> ir.FloatingValue:
    """Return how thoroughly each visit looked, `Effort.least` to 1.

        max(least, mode · min(1, minutes / full_minutes))

    never less for more minutes, nor for a kind of visit that sees more. What a file does not tell
    takes nothing away.

    ``table``: inspections; ``mode`` and ``minutes`` are read where there are such columns.
    """
    effort = real(1.0)
    if "minutes" in table.columns:
        minutes = table["minutes"].cast("float64").fill_null(real(rule.full_minutes))
        effort = (minutes / real(rule.full_minutes)).clip(real(0.0), real(1.0))
    effort = effort * evidence_weight(text_of(table, "mode"), rule.mode, otherwise=1.0)
    return ibis.greatest(effort, real(rule.least))
