"""Products of matrices whose bytes do not depend on the processor."""

import numpy as np

AT_ONCE = 2**22  # products that are held at once; more take too much memory


def product(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The matrix product, (..., m) of (..., k) and (k, m), or (...,) of (..., k) and (k,).

    NumPy's `@` leaves the order of additions to the linear algebra library, which has another one for each kind of
    processor and number of threads, and so other last digits. Here they are added in the order of the rows.
    """
    left, right = np.asarray(left), np.asarray(right)
    if right.ndim == 1:
        return np.sum(left * right, axis=-1)
    if left.size * right.shape[1] <= AT_ONCE:
        return np.sum(left[..., :, None] * right, axis=-2)
    found = np.zeros((*left.shape[:-1], right.shape[1]))
    for row in range(len(right)):
        found += left[..., row, None] * right[row]
    return found
