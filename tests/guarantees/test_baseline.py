"""Results move only with a reason in CHANGELOG.md."""

import json

from tests.guarantees.baseline import FILE, results


def test_results_are_those_of_the_golden_baseline():
    golden, now = json.loads(FILE.read_text(encoding="utf-8")), results()
    assert now.keys() == golden.keys()
    moved = [f"{name} by {by}" for name in now for by in now[name] if now[name][by] != golden[name][by]]
    assert moved == [], (
        "results moved: say why in CHANGELOG.md under 'Results change', then python -m tests.guarantees.baseline"
    )
