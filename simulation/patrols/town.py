"""Simulate two years of the demonstration city week by week under a given visit policy.

The first half year passes as in the demonstration, alike for everybody; from then on a policy sends
the teams out. It is told what an office could know: complaints made before the week, and what its
own visits found. The chance to find a site that is there is the same for every policy: that of the
demonstration's planned campaigns, by day and in the evening.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from simulation.city.city import CityPlan, build_city
from simulation.patrols.dispatch import Policy, Sender
from simulation.patrols.movers import Movers
from simulation.patrols.office import START, Office, Scene, open_office
from simulation.truth.history import WARM_UP_WEEKS, Truth, found_town, live_one_week, what_happened


@dataclass(frozen=True, kw_only=True)
class Record:
    """What a policy did in a town, and what was true.

    `stops`: every visit of the teams with day, night, building, arm, minutes, chance (what the
    policy foretold), site, operator, result, told (a complaint pointed there within a year), eye
    (chance to find a site that is there), true (chance to find something had the building been
    drawn from all). `weeks`: day, walked_m, minutes, open_share (of the buildings), open_sites.
    """

    policy: str
    seed: int
    scene: Scene
    office: Office
    truth: Truth
    planted: pd.DataFrame
    stops: pd.DataFrame
    weeks: pd.DataFrame


def simulate(scene: Scene, policy: Policy, *, seed: int) -> Record:
    """Let a policy decide the visits of the town of a seed; the same seed gives the same town.

    Raises `TooMuchError`: the policy gave its teams more than they have time for.
    """
    layout, living, planting, drawing = np.random.SeedSequence([20_261_125, seed]).spawn(4)
    plan = CityPlan(buildings=scene.buildings, seed=seed)
    city = build_city(plan, rng=np.random.default_rng(layout))
    town = found_town(city, start=START, rng=np.random.default_rng(living))
    office = open_office(scene, town, int(drawing.generate_state(1)[0]))
    sender = Sender(scene=scene, policy=policy, office=office, seed=seed)
    movers = Movers(scene=scene, rng=np.random.default_rng(planting))
    for week in range(-WARM_UP_WEEKS, scene.weeks):
        day = 7 * week
        # The same newcomers for every policy, whatever its visits have drawn before.
        town.rng = np.random.default_rng([seed, week + WARM_UP_WEEKS])
        if week == 0:
            movers.settle(town)
        live_one_week(town, day, visiting=sender.visit)
        movers.move_on(town)
    return Record(
        policy=policy.name,
        seed=seed,
        scene=scene,
        office=office,
        truth=what_happened(town),
        planted=movers.places(town),
        stops=pd.concat(sender.stops, ignore_index=True),
        weeks=pd.DataFrame(sender.weeks),
    )
