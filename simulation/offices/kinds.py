"""The kinds of office there are: how a town behaves, and what its office writes down of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from simulation.truth.behaviour import BEHAVIOUR, Behaviour


@dataclass(frozen=True, kw_only=True)
class OfficeKind:
    """One kind of office.

    ``complaints``, ``rentals``: whether there is a register of complaints, and one of leases.
    """

    name: str
    """By which it is asked for."""
    behaviour: Behaviour
    """Who is visited and how often, what complaints depend on, and what there is to find."""
    units: bool = False
    """Visits are to licensed units, several in a building, rather than to whole buildings."""
    graded: bool = False
    """Every visit that got in carries a grade and numbers of problems."""
    complaints: bool = True
    rentals: bool = True


STREET = OfficeKind(name="street", behaviour=BEHAVIOUR)
"""The demonstration: hidden sites that open, are reported, found and move on; visits by habit."""

GRADED = OfficeKind(
    name="graded",
    units=True,
    graded=True,
    complaints=False,
    rentals=False,
    behaviour=BEHAVIOUR._replace(
        weeks=156,
        openings=0.0,
        find_rate=0.3,
        closed_doors=0.05,
        rate_reports=2.0,
        false_reports=1.0,
        other_reports=0.0,
        patrols=0.0,
        rota=26.0,
        spot_checks=0.0,
        revisit_share=0.85,
        revisit_days=(21,),
        revisit_sees=0.4,
        campaign_weeks=(),
        evenings=False,
    ),
)
"""Licences inspected by rota about 1.3 times a year, for complaints, and again after a find; no
complaints and no leases on file."""

QUIET = OfficeKind(
    name="quiet",
    behaviour=BEHAVIOUR._replace(
        openings=0.0,
        find_rate=0.15,
        rate_reports=8.0,
        false_reports=5.0,
        reporting_spread=1.0,
        patrols=0.08,
        spot_checks=0.03,
        follow_up_share=0.016,
        revisit_share=0.3,
        campaign_weeks=(),
    ),
)
"""Some 35 visits per 1,000 buildings in two years, and two thousand complaints. How readily a
community reports has nothing to do with what is there."""

RANDOM = OfficeKind(
    name="random",
    complaints=False,
    rentals=False,
    behaviour=BEHAVIOUR._replace(
        openings=0.0,
        find_rate=0.15,
        false_reports=0.0,
        other_reports=0.0,
        patrols=0.0,
        spot_checks=9.6,
        follow_up_share=0.0,
        revisit_share=0.0,
        campaign_weeks=(),
        evenings=False,
    ),
)
"""Visits to buildings drawn at random, about one per building in two years, and nothing else."""

KINDS: Mapping[str, OfficeKind] = MappingProxyType(
    {kind.name: kind for kind in (STREET, GRADED, QUIET, RANDOM)}
)
