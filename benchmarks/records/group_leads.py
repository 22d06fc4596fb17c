"""Which leads are of one event: how right, beside two plain rules, and how fast.

Run ``python -m benchmarks.records.group_leads`` for listings and complaints whose truth is known;
``--scale 100000`` times so many leads. Listings are of `simulation.adverts.listings`, complaints
of `simulation.messy.complaints`, which was written for other ends: no weight was learnt from
either.
"""

import argparse
import resource
import time
from datetime import date

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geo.addresses.match import AddressMatcher, RegisteredBuilding
from governance.cases.merging.propose import group_leads
from governance.cases.merging.rows import rows_of_leads
from simulation.adverts.listings import listings_of_places
from simulation.city.city import City, CityPlan, build_city
from simulation.messy.complaints import put_into_words
from simulation.truth.history import simulate_town
from simulation.truth.records import record_events

LISTINGS, PLACES, TOLERANCE = 200, 58, 2
_DAYS = 30


def matcher_of(city: City) -> AddressMatcher:
    """Return what finds the buildings of a city, as the importer does."""
    b = city.buildings
    of = city.communities.iloc[b["community"]]
    columns = (b["building_id"], b["estate"], b["building_no"], b["std_address"], b["aliases"],
               of["street"], of["community"] + ";" + of["community_code"])  # fmt: skip
    return AddressMatcher(
        RegisteredBuilding(
            building_id=building, estate=estate, building_no=number, std_address=address,
            aliases=tuple(name for name in str(aliases).split(";") if name),
            street=street, community=community,
        )
        for building, estate, number, address, aliases, street, community in zip(
            *columns, strict=True
        )
    )  # fmt: skip


def placed(leads: pd.DataFrame, matcher: AddressMatcher) -> pd.DataFrame:
    """Return leads with the building to which their address leads by itself, '' for none."""
    found = matcher.match(leads["address"].tolist())
    sure = found["level"].isin(["room", "building"])
    return leads.assign(building_id=found["building_id"].where(sure, "").to_numpy())


def leads_of_listings(listings: pd.DataFrame, matcher: AddressMatcher) -> pd.DataFrame:
    """Return listings as `rows_of_leads` takes them."""
    names = {"listing_id": "lead_id", "posted_at": "received_at"}
    return placed(listings.rename(columns=names), matcher)


def leads_of_complaints(city: City, matcher: AddressMatcher, *, seed: int) -> pd.DataFrame:
    """Return two years of complaints as leads; ``event`` is the truth: the site, or the matter."""
    rngs = [np.random.default_rng(seed + at) for at in range(3)]
    truth = simulate_town(city, start=date(2024, 11, 1), rng=rngs[0])
    events = record_events(city, truth, rng=rngs[1])
    facts, c = put_into_words(city, truth, events, rng=rngs[2]).facts, events.complaints
    names = {"content": "text", "ticket": "ticket_no", "at": "received_at", "phone": "caller"}
    told = facts.drop(columns="building").rename(columns=names)
    event = np.where(c["site"] >= 0, c["site"], -1 - c["first"])
    return placed(told.assign(lead_id=np.arange(len(told)), event=event), matcher)


def same_address(leads: pd.DataFrame) -> np.ndarray:
    """Return groups by the address as written."""
    return pd.factorize(leads["address"])[0]


def same_building(leads: pd.DataFrame) -> np.ndarray:
    """Return groups by building, each within 30 days of the one before it."""
    leads = leads.reset_index(drop=True)
    order = leads[leads["building_id"] != ""].sort_values(["building_id", "received_at"])
    first, second = order.iloc[:-1], order.iloc[1:]
    gap = second["received_at"].to_numpy() - first["received_at"].to_numpy()
    near = (first["building_id"].to_numpy() == second["building_id"].to_numpy()) & (
        gap <= np.timedelta64(_DAYS, "D")
    )
    ends = first.index.to_numpy()[near], second.index.to_numpy()[near]
    graph = coo_matrix((np.ones(near.sum()), ends), shape=(len(leads), len(leads)))
    return connected_components(graph, directed=False)[1]


def ours(leads: pd.DataFrame) -> np.ndarray:
    """Return the groups of `governance.cases.merging`."""
    return group_leads(rows_of_leads(leads)).group


METHODS = {"same address": same_address, "same building": same_building, "proposed": ours}


def pairs_right(group: np.ndarray, event: np.ndarray) -> tuple[float, float]:
    """Return precision and recall over all pairs of leads."""
    table = pd.crosstab(group, event).to_numpy()
    together, of_group, of_event = (
        float((n * (n - 1) / 2).sum()) for n in (table, table.sum(axis=1), table.sum(axis=0))
    )
    return together / max(of_group, 1.0), together / max(of_event, 1.0)


def measure_listings(*, seeds: range) -> pd.DataFrame:
    """Return a row for each method, kind of template and town."""
    rows = []
    for seed in seeds:
        city = build_city(CityPlan(buildings=600, seed=seed), rng=np.random.default_rng(seed))
        matcher = matcher_of(city)
        for held_out in (False, True):
            rng = np.random.default_rng(seed)
            listings = listings_of_places(city, rng=rng, listings=LISTINGS, places=PLACES,
                                          held_out=held_out)  # fmt: skip
            leads = leads_of_listings(listings, matcher)
            for name, method in METHODS.items():
                group = method(leads)
                right = pairs_right(group, leads["place"].to_numpy())
                rows.append((held_out, name, len(np.unique(group)), *right))
    return pd.DataFrame(rows, columns=["held_out", "method", "groups", "precision", "recall"])


def _print_listings(seeds: range) -> None:
    found = measure_listings(seeds=seeds)
    found["within"] = (found["groups"] - PLACES).abs() <= TOLERANCE
    shown = found.groupby(["held_out", "method"]).agg(
        groups=("groups", "mean"), least=("groups", "min"), most=("groups", "max"),
        within=("within", "mean"), precision=("precision", "mean"), recall=("recall", "mean"),
    )  # fmt: skip
    print(f"{LISTINGS} listings of {PLACES} places, {len(seeds)} towns\n{shown.round(3)}\n")


def _print_complaints() -> None:
    for seed in (3, 4):
        city = build_city(CityPlan(buildings=1500, seed=seed), rng=np.random.default_rng(seed))
        leads = leads_of_complaints(city, matcher_of(city), seed=seed)
        for name, method in METHODS.items():
            right = pairs_right(method(leads), leads["event"].to_numpy())
            print(f"complaints, seed {seed}, {len(leads)}: {name:14s}"
                  f" precision {right[0]:.3f} recall {right[1]:.3f}")  # fmt: skip


def _print_scale(count: int) -> None:
    city = build_city(CityPlan(buildings=3000, seed=3), rng=np.random.default_rng(3))
    some = leads_of_complaints(city, matcher_of(city), seed=3)
    times = -(-count // len(some))
    copies = [_elsewhere(some, at) for at in range(times)]
    leads = pd.concat(copies, ignore_index=True).iloc[:count]
    leads = leads.assign(lead_id=np.arange(len(leads)))
    begun = time.process_time()
    rows = rows_of_leads(leads)
    read = time.process_time()
    grouped = group_leads(rows)
    done = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count} leads: read {read - begun:.1f} s, grouped {done - read:.1f} s CPU, "
          f"{peak:.0f} MB at most, {len(np.unique(grouped.group))} groups")  # fmt: skip


def _elsewhere(leads: pd.DataFrame, at: int) -> pd.DataFrame:
    """Return leads as of another part of a larger city."""

    def moved(name: str) -> pd.Series:
        return leads[name].where(leads[name] == "", f"{at}" + leads[name])

    numbers = {name: leads[name].where(leads[name] == "", leads[name] + f"{at:02d}")
               for name in ("ticket_no", "related")}  # fmt: skip
    return leads.assign(
        building_id=moved("building_id"), caller=moved("caller"), **numbers,
        address=chr(ord("甲") + at) + leads["address"],
    )  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=40, help="how many towns")
    parser.add_argument("--first", type=int, default=0, help="the seed of the first of them")
    parser.add_argument("--scale", type=int, default=0)
    chosen = parser.parse_args()
    if chosen.scale:
        _print_scale(chosen.scale)
    else:
        _print_listings(range(chosen.first, chosen.first + chosen.seeds))
        _print_complaints()
