"""Rules of chance in a plan: uniform, blind, and the same for whoever holds the seed."""

import hmac

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.patrols.routing.selection.seeded_draw import (
    chances,
    jitter,
    random_arm,
    solver_seed,
)

IDS = [f"B{number:03}" for number in range(200)]
SEEDS = [str(number) for number in range(300)]
few = settings(max_examples=40)


def test_every_building_is_drawn_as_often_as_any_other() -> None:
    drawn = np.mean([random_arm(IDS, count=50, seed=seed) for seed in SEEDS], axis=0)
    spread = np.sqrt(0.25 * 0.75 / len(SEEDS))
    assert np.abs(drawn - 0.25).max() < 5 * spread


@few
@given(st.permutations(IDS[:12]), st.integers(0, 14), st.text(min_size=1, max_size=4))
def test_the_draw_knows_nothing_but_the_codes(ids: list[str], count: int, seed: str) -> None:
    def drawn(order: list[str]) -> set[str]:
        return {order[row] for row in np.flatnonzero(random_arm(order, count=count, seed=seed))}

    assert drawn(ids) == drawn(sorted(ids))
    assert len(drawn(ids)) == min(count, len(ids))


@few
@given(st.integers(0, 200), st.integers(0, 200))
def test_of_a_larger_draw_the_first_are_those_of_a_smaller(one: int, other: int) -> None:
    fewer, more = (random_arm(IDS, count=count, seed="s") for count in sorted((one, other)))
    assert not (fewer & ~more).any()


@few
@given(st.sets(st.integers(0, 199), max_size=9), st.integers(0, 20))
def test_what_was_drawn_before_stays_drawn_and_counts(before: set[int], count: int) -> None:
    kept = np.isin(np.arange(200), sorted(before))
    drawn = random_arm(IDS, count=count, seed="s", kept=kept)
    assert drawn[kept].all()
    assert drawn.sum() == max(count, len(before))


def test_whoever_lacks_the_seed_cannot_tell_what_is_drawn() -> None:
    one, other = (chances(IDS, use="random", seed=seed) for seed in ("a", "b"))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.25
    assert (chances(IDS, use="random", seed="a") == one).all()


@few
@given(st.lists(st.text(max_size=9), max_size=6), st.text(max_size=90), st.text(max_size=9))
def test_a_draw_is_the_keyed_hash_of_its_use_and_text(
    texts: list[str], seed: str, use: str
) -> None:
    hashes = [hmac.digest(seed.encode(), f"{use}|{text}".encode(), "sha256") for text in texts]
    plain = [int.from_bytes(each[:8], "big") / (1 << 64) for each in hashes]
    assert chances(texts, use=use, seed=seed).tolist() == plain
    assert chances(pd.Series(texts, dtype="str"), use=use, seed=seed).tolist() == plain


def test_lists_that_read_alike_are_drawn_apart() -> None:
    one, other = (chances(texts, use="random", seed="s") for texts in (["ab", "c"], ["a", "bc"]))
    assert (one != other).all()


def test_draws_for_other_uses_are_others() -> None:
    assert (chances(IDS, use="random", seed="a") != chances(IDS, use="turn", seed="a")).all()


def test_jitter_lies_about_nothing() -> None:
    moved = jitter([f"B{number}" for number in range(4000)], seed="a")
    assert moved.min() >= -1
    assert moved.max() <= 1
    assert abs(moved.mean()) < 0.05


def test_the_solver_is_given_a_seed_of_its_own_kind() -> None:
    seeds = {solver_seed(seed) for seed in SEEDS}
    assert len(seeds) == len(SEEDS)
    assert all(0 <= seed < 1 << 31 for seed in seeds)
