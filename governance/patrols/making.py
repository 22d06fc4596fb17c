"""Make a plan: who can be on it, who goes where and when, in which order, and what is left out."""

from __future__ import annotations

from governance.patrols.inputs import PlanInputs

__all__ = ["PlanInputs"]
