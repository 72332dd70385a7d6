"""Products of matrices whose bytes do not depend on the processor."""

import numpy as np


def product(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The matrix product, (..., m) of (..., k) and (k, m), or (...,) of (..., k) and (k,).

    NumPy's `@` leaves the order of additions to the linear algebra library, which has another one for each kind of
    processor and number of threads, and so other last digits. Here they are added in the order of the rows.
    """
    right = np.asarray(right)
    if right.ndim == 1:
        return np.sum(left * right, axis=-1)
    return np.sum(np.asarray(left)[..., :, None] * right, axis=-2)
