"""The list of points that a run is judged by: `python -m scripts.judged_points RUN STORE` writes it.

It goes to the file that `experiments.validation.targets.JUDGED` names, after the month in which it was made. It is made
once, so that later counts are of the same points, whatever targets are added.
"""

import csv
import io
import sys

from experiments.store.store import Store
from experiments.validation import targets, verdicts
from experiments.validation.verdicts import Row


def as_csv(rows: list[Row]) -> str:
    """The keys of the rows with a verdict, in their order."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(targets.Key._fields)
    writer.writerows(row.key for row in rows if row.verdict)
    return made.getvalue()


if __name__ == "__main__":
    run, store = sys.argv[1:]
    found = verdicts.compare([Store(store).find(run)], targets.load())
    targets.JUDGED.write_text(as_csv(found), encoding="utf-8")
