"""The golden baseline: year-end results of a small run. `python -m tests.guarantees.baseline` writes it anew.

A change here needs a line in CHANGELOG.md under "Results change".
"""

import json
from pathlib import Path

from abm.measures import MEASURES
from abm.observe.breakdowns import SINCE
from tests.guarantees import headline
from tests.helpers.runs import recorded, small

FILE, DIGITS = Path(__file__).with_name("baseline.json"), 6


def results() -> dict[str, dict[str, list[str]]]:
    """Measures by way to split them (not by place or by single months) at the end of each year, to six digits."""
    recorder = recorded(small("2027-12", scale=0.03, seed=11))
    found: dict[str, dict[str, list[str]]] = {}
    for measure in MEASURES:
        for by in set(measure.by) - {"municipality", "region", *SINCE}:
            frame = recorder.frame(measure.name, by).iloc[11::12]
            found.setdefault(measure.name, {})[by] = [
                f"{month} {group} {value:.{DIGITS}g}" for month, row in frame.iterrows() for group, value in row.items()
            ]
    return found


if __name__ == "__main__":
    FILE.write_text(json.dumps(results(), indent=0, sort_keys=True) + "\n", encoding="utf-8")
    headline.write()
