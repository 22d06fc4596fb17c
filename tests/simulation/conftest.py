"""One street office of the usual size and one small one, made once for all tests here."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest

from simulation.city.city import City, CityPlan, build_city
from simulation.generate import DemoFiles, generate_demo

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="session")
def city() -> City:
    return build_city(CityPlan(), rng=np.random.default_rng(5))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    return generate_demo(tmp_path_factory.mktemp("demo"), today=TODAY)


@pytest.fixture(scope="session")
def small_demo(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    return generate_demo(tmp_path_factory.mktemp("small"), buildings=60, today=TODAY)


@pytest.fixture(scope="session")
def hidden(demo: DemoFiles) -> Callable[[str], pd.DataFrame]:
    return lambda name: pd.read_parquet(demo.truth / f"{name}.parquet")
