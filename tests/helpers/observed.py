"""Runs with outcomes that can be worked out by hand, and targets to compare them with."""

import pyarrow as pa

from experiments.store.store import Run, Store
from experiments.validation import targets
from tests.helpers.runs import small
from tests.helpers.stores import record

MONTHS = [f"{year}-{month:02d}" for year in (2015, 2016) for month in range(1, 13)]
RECEPTION = {"measure": "in_reception", "take": "end"}


def tiny(place, name: str = "made", seed: int = 1, persons: float = 100, **others) -> Run:
    """A run of 24 months, m = 1..24. In reception: 100 m; homes: 1 m of 10 m freed in Alpha, 3 of 10 m in Beta.

    Housed 10 a month; task 50 in every month of 2015, 70 in 2016; wait m; places 0, 0.4 and 7 in three towns.
    persons: in reception in the first month. others: of its scenario.
    """
    rows = []
    for number, month in enumerate(MONTHS, 1):
        rows += [
            ("in_reception", "total", "all", month, persons * number),
            ("housed", "total", "all", month, 10.0),
            ("task", "total", "all", month, 50.0 if number <= 12 else 70.0),
            ("homes_let", "region", "Alpha", month, 1.0 * number),
            ("homes_let", "region", "Beta", month, 3.0),
            ("homes_freed", "region", "Alpha", month, 10.0 * number),
            ("homes_freed", "region", "Beta", month, 10.0 * number),
            ("wait_decision", "statistic", "mean", month, float(number)),
            ("places_by_municipality", "municipality", "A", month, 0.0),
            ("places_by_municipality", "municipality", "B", month, 0.4),
            ("places_by_municipality", "municipality", "C", month, 7.0),
        ]
    rows.sort(key=lambda row: row[1])
    made = {name: pa.array([row[at] for row in rows]) for at, name in enumerate(("measure", "by", "group", "month"))}
    made = {name: values.dictionary_encode() for name, values in made.items()}
    kept, scenario = Store(place), small(**({"until": "2016-12", "seed": seed} | others))
    kept.keep(name, record(scenario, name), pa.table(made | {"value": pa.array([row[4] for row in rows])}))
    return kept.run(name)


def target(measure, *points, kind="relative", value=0.1, **more) -> targets.Target:
    """A target with points given as (period, value)."""
    listed = [{"period": period, "value": observed} for period, observed in points]
    tolerance = {"kind": kind, "value": value}
    made = {"id": "C1", "title": "t", "role": "calibrate", "source": ["s"], "tolerance": tolerance, "points": listed}
    return targets.Target.model_validate(made | ({"measure": measure} if measure else {}) | more)
