"""Decision capacity after the observed years: it follows its queue, as fast as staff is hired and trained.

    wanted   = queue / (wait wanted x capacity at a ratio of one), at most the ceiling
    ratio(t) = ratio(t-1) + (wanted - ratio(t-1)) / lag, at most ratio(t-1) x (1 + growth)^(1/12)

By Little's law a queue that is served at the wanted capacity waits as long as is wanted. Hiring and training take the
lag, and trainers limit the growth; offices and budgets set the ceiling. In the observed years capacity is what was
observed, a ratio of one.
"""

from abm.engine.clock import MONTHS
from abm.facts.csv_tables import YEARS

OBSERVED = len(YEARS) * MONTHS  # months with observed decisions


def followed(
    ratio: float, month: int, queue: float, base: float, wait: float, lag: float, growth: float, most: float
) -> float:
    """Capacity over that of the series after a month; 1 in the observed years.

    queue: [persons]; base: capacity of the series [persons/month], of the same scale; wait: [months] wanted; lag:
    [months] of hiring and training; growth: at most [share/year]; most: the ceiling of the ratio.
    """
    if month < OBSERVED or base <= 0:
        return 1.0
    wanted = min(queue / (wait * base), most)
    return min(ratio + (wanted - ratio) / lag, ratio * (1 + growth) ** (1 / MONTHS))
