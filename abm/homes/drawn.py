"""Uniform draws inside compiled loops, for processes that look at a few of many households each month."""

import numpy as np

from abm.engine.compiled import njit
from abm.engine.draws import fill_uniform


@njit
def drawn(identity, rows, address):
    """A uniform draw in [0, 1) for each of the rows, (n,); identity: whole column, address: Draws.address."""
    u = np.empty(len(rows))
    fill_uniform(u, identity[rows], address.month, address.stream, address.k0, address.k1)
    return u


@njit
def below(identity, rows, address, bound):
    """Those of the rows that draw a number below `bound`, and the numbers; (n,) each."""
    u = drawn(identity, rows, address)
    low = np.flatnonzero(u < bound)
    return rows[low], u[low]
