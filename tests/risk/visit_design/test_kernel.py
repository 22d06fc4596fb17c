from __future__ import annotations

import numpy as np

from geo.cells import cells_of_points
from risk.visit_design.kernel import cell_positions_m, gaussian_kernel


def test_the_kernel_agrees_with_all_pairs() -> None:
    rng = np.random.default_rng(1)
    at = rng.uniform(0, 5000, (80, 2))
    apart = np.linalg.norm(at[:, None] - at[None], axis=2)
    plain = np.where(apart <= 2100, np.exp(-0.5 * (apart / 700) ** 2), 0.0)
    assert np.allclose(gaussian_kernel(at, bandwidth_m=700).toarray(), plain)


def test_neighbouring_cells_lie_their_spacing_apart() -> None:
    cells = cells_of_points([117.12, 117.13], [36.19, 36.19], resolution=9)
    positions = cell_positions_m(cells)
    assert 600 < np.linalg.norm(positions[0] - positions[1]) < 1300


def test_no_cells_have_an_empty_kernel() -> None:
    none = cell_positions_m(np.array([], dtype=np.str_))
    assert gaussian_kernel(none, bandwidth_m=500).shape == (0, 0)
