"""Checks a page with axe-core in Chromium, where both are found: rules of WCAG 2.2 and good practice.

axe-core is pinned in tests/browser/package-lock.json (`npm ci --prefix tests/browser` installs it there), or the file
axe.min.js that the variable AXE_CORE names.
"""

import os
from pathlib import Path

import pytest

from tests.helpers import browser

INSTALLED = Path(__file__).parents[1] / "browser" / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """
axe.run(document, {resultTypes: ["violations"]}).then(found => found.violations.map(each => ({
  rule: each.id, impact: each.impact, help: each.help,
  nodes: each.nodes.map(node => node.html.slice(0, 200) + " " + node.failureSummary)
})))
"""


def axe_core() -> Path | None:
    """The script of axe-core."""
    given = [Path(os.environ["AXE_CORE"])] if "AXE_CORE" in os.environ else []
    return next((path for path in (*given, INSTALLED) if path.is_file()), None)


def violations(page: browser.Page) -> list[dict]:
    """What axe finds wrong on a page that is open: rule, impact, help, and the elements."""
    script = axe_core()
    assert script
    page.evaluate(script.read_text(encoding="utf-8") + "\n;0")
    return page.evaluate(_RUN)


needed = pytest.mark.skipif(
    not (browser.chromium() and axe_core()), reason="needs Chromium and axe-core: tests/helpers/axe.py"
)
