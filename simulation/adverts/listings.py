"""Listings of known places: the same place told of on several sites, in several words."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from simulation.city.city import City
from simulation.draws import happens
from simulation.messy.addresses import say_addresses

LISTING_COLUMNS: Final = (
    *("listing_id", "place", "site", "text", "address", "contact", "url", "posted_at"),
    "true_building_id",
)
_HELD_OUT: Final = 3
"""Every third template."""
_SAME_BUILDING, _SAME_CONTACT = 0.15, 0.10
"""Shares of places in the building of another one, and with the telephone of another one."""
_REPOSTED, _SECOND_CONTACT, _NO_CONTACT, _URL_KEPT = 0.4, 0.2, 0.08, 0.1
_DAYS: Final = 75
"""Listings of one place are posted within so many days."""


def listings_of_places(
    city: City, *, rng: np.random.Generator, listings: int = 200, places: int = 58, held_out: bool
) -> pd.DataFrame:
    """Return listings of some places of a city, each place told of at least once.

    Among places some share a building and some a telephone (of an agent), and are others for all
    that. A listing may say another telephone of its place or none, and an address of any style of
    `simulation.messy.addresses`, vague ones among them. Some are posted again on another site with
    few words changed.

    ``held_out``: take every third template, which the others leave out; otherwise the other
    templates.

    Returns `LISTING_COLUMNS`; ``place`` is the truth, 0 to `places` − 1.
    """
    homes = _places(city, places, rng=rng)
    extra = rng.choice(places, listings - places, p=_fame(places, rng=rng))
    place = rng.permutation(np.concatenate([np.arange(places), extra]))
    of = homes.iloc[place].reset_index(drop=True)
    said = say_addresses(city, of["building"].to_numpy(), of, rng=rng)
    posted = of["opened"] + pd.to_timedelta(rng.integers(0, _DAYS * 1440, listings), unit="min")
    ids = city.buildings["building_id"].to_numpy()
    made = pd.DataFrame(
        {
            "listing_id": np.arange(listings),
            "place": place,
            "site": rng.choice(_source()["sites"]["names"], listings),
            "text": _texts(of, held_out=held_out, rng=rng),
            "address": said["text"],
            "contact": _contacts(of, rng=rng),
            "url": [f"https://listings.example/{number}" for number in range(listings)],
            "posted_at": posted,
            "true_building_id": ids[of["building"]],
        }
    )
    return _posted_again(made, rng=rng)


def _places(city: City, count: int, *, rng: np.random.Generator) -> pd.DataFrame:
    """Return the places: building, flat, telephones and what is taught there at which price."""
    building = rng.choice(len(city.buildings), count, replace=False)
    contact = np.arange(count)
    for at in np.flatnonzero(happens(count, share=_SAME_BUILDING, rng=rng))[1:]:
        building[at] = building[rng.integers(at)]
    for at in np.flatnonzero(happens(count, share=_SAME_CONTACT, rng=rng))[1:]:
        contact[at] = contact[rng.integers(at)]
    homes = city.buildings.iloc[building]
    floor = 1 + rng.integers(0, homes["floors"].to_numpy())
    stairwell = 1 + rng.integers(0, np.maximum(homes["stairwells"].to_numpy(), 1))
    facts = _source()["facts"]
    return pd.DataFrame(
        {
            "building": building,
            "stairwell": stairwell,
            "floor": floor,
            "room": floor * 100 + 1 + rng.integers(0, 4, count),
            "contact": contact,
            "price": rng.choice(np.arange(80, 400, 10), count),
            "opened": pd.Timestamp("2026-09-01")
            + pd.to_timedelta(rng.integers(0, 60, count), unit="D"),
            **{name: rng.choice(values, count) for name, values in facts.items()},
        }
    )


def _fame(places: int, *, rng: np.random.Generator) -> np.ndarray:
    """Return how much of the rest each place has: few are told of a lot."""
    fame = rng.pareto(1.5, places) + 0.2
    return np.asarray(fame / fame.sum())


def _texts(of: pd.DataFrame, *, held_out: bool, rng: np.random.Generator) -> list[str]:
    source = _source()
    every = [text for group in source["templates"] for text in group["texts"]]
    pool = [text for at, text in enumerate(every) if (at % _HELD_OUT == 0) == held_out]
    facts = of[["subject", "grade", "size", "price"]].to_dict("records")
    return [_filled(pool[rng.integers(len(pool))], each, rng) for each in facts]


def _filled(template: str, facts: Mapping[Any, Any], rng: np.random.Generator) -> str:
    drawn = {name: str(rng.choice(values)) for name, values in _source()["slots"].items()}
    return template.format(**drawn, **facts)


def _contacts(of: pd.DataFrame, *, rng: np.random.Generator) -> np.ndarray:
    """Return the telephone that each listing gives, '' where it gives none."""
    first = 13_800_000_000 + of["contact"].to_numpy() * 7_919
    second = 15_900_000_000 + of["contact"].to_numpy() * 6_007
    given = np.where(happens(len(of), share=_SECOND_CONTACT, rng=rng), second, first)
    silent = happens(len(of), share=_NO_CONTACT, rng=rng)
    return np.where(silent, "", given.astype(str))


def _posted_again(made: pd.DataFrame, *, rng: np.random.Generator) -> pd.DataFrame:
    """Let some listings be the words of an earlier one of their place, a few with its address."""
    text, url = made["text"].to_numpy(copy=True), made["url"].to_numpy(copy=True)
    first = made.groupby("place")["listing_id"].transform("first").to_numpy()
    closings = _source()["slots"]["closing"]
    for at in np.flatnonzero(happens(len(made), share=_REPOSTED, rng=rng)):
        text[at] = text[first[at]] + str(rng.choice(closings))
        if rng.random() < _URL_KEPT:
            url[at] = url[first[at]]
    return made.assign(text=text, url=url)


@cache
def _source() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("listings.toml").read_text(encoding="utf-8"))
