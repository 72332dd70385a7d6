"""Checks a page with axe-core in headless Chromium, where both are found: rules of WCAG 2.2 and good practice.

axe-core is the file axe.min.js that the variable AXE_CORE names, or that npm installed globally.
"""

import json
import os
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

NARROW, WIDE = 500, 1280  # pixels; a window of Chromium is at least 500 wide, and the page is narrow up to 544
_RUN = """
<script>
axe.run(document, {{resultTypes: ["violations"]}}).then(found => {{
  const told = found.violations.map(each => ({{
    rule: each.id, impact: each.impact, help: each.help, width: innerWidth,
    nodes: each.nodes.map(node => node.html.slice(0, 200) + " " + node.failureSummary)
  }}));
  const place = document.createElement("pre");
  place.id = "axe-found";
  place.textContent = JSON.stringify(told);
  document.body.append(place);
}});
</script>
"""


def chromium() -> str | None:
    """The browser."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def axe_core() -> Path | None:
    """The script of axe-core."""
    given = [Path(os.environ["AXE_CORE"])] if "AXE_CORE" in os.environ else []
    known = [Path(f"/usr{part}/lib/node_modules/axe-core/axe.min.js") for part in ("", "/local")]
    return next((path for path in given + known if path.is_file()), None)


def violations(html: str, folder: Path, width: int = WIDE, dark: bool = False) -> list[dict]:
    """What axe finds wrong: rule, impact, help, and the elements."""
    script = axe_core().read_text(encoding="utf-8").replace("</script", "<\\/script")
    page = folder / "page.html"
    page.write_text(html.replace("</body>", f"<script>{script}</script>{_RUN.format()}</body>"), encoding="utf-8")
    words = [chromium(), "--headless", "--no-sandbox", "--disable-gpu", f"--window-size={width},2000"]
    words += [f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=60000"]
    words += ["--blink-settings=preferredColorScheme=0"] * dark
    done = subprocess.run(
        [*words, "--dump-dom", page.as_uri()], capture_output=True, text=True, check=True, timeout=300
    )
    found = re.search(r'<pre id="axe-found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stderr[-2000:]
    return json.loads(unescape(found[1]))


needed = pytest.mark.skipif(not (chromium() and axe_core()), reason="needs Chromium and axe-core: tests/helpers/axe.py")
