from __future__ import annotations

import numpy as np

from geo.cells import cells_of_points
from risk.design.kernel import cell_positions_m, gaussian_kernels


def test_the_kernel_agrees_with_all_pairs() -> None:
    rng = np.random.default_rng(1)
    at = rng.uniform(0, 5000, (80, 2))
    apart = np.linalg.norm(at[:, None] - at[None], axis=2)
    kernels = gaussian_kernels(at, (700, 300))
    for width, kernel in kernels.items():
        plain = np.where(apart <= 3 * width, np.exp(-0.5 * (apart / width) ** 2), 0.0)
        assert np.allclose(kernel.toarray(), plain)


def test_neighbouring_cells_lie_their_spacing_apart() -> None:
    cells = cells_of_points([117.12, 117.13], [36.19, 36.19], resolution=9)
    positions = cell_positions_m(cells)
    assert 600 < np.linalg.norm(positions[0] - positions[1]) < 1300


def test_no_cells_have_an_empty_kernel() -> None:
    none = cell_positions_m(np.array([], dtype=np.str_))
    assert gaussian_kernels(none, (500,))[500].shape == (0, 0)
