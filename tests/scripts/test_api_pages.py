"""The pages of modules are built without a warning, and say what columns, parameters and kernels say of themselves."""

import html
import re
import subprocess
import sys

import pytest

from scripts.rooms import MODULES, ROOT

CALL = "import sys; from pathlib import Path; from scripts import api_pages; api_pages.main(Path(sys.argv[1]), {})"


def built(folder, modules: str) -> str:
    """Build pages in another process, because kernels are not compiled there; what it said."""
    words = [sys.executable, "-c", CALL.format(modules), str(folder)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def words_of(file) -> str:
    """The words of a page, without markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", file.read_text(encoding="utf-8"))).split())


@pytest.mark.slow  # builds the pages
def test_pages_say_what_columns_parameters_and_kernels_say_of_themselves(tmp_path):
    said = built(
        tmp_path / "api", "['abm', 'abm.homes.leases', 'abm.tables.people', 'abm.engine.kernels', 'experiments']"
    )
    assert said.startswith("5 pages")
    parameters = words_of(tmp_path / "api/abm/homes/leases.html")
    assert "term of these tenancies [months, from 6 to 60]; a lever. Source: lease_2016" in parameters
    assert "stage of the chain" in words_of(tmp_path / "api/abm/tables/people.html")
    assert "def parted(rows, flag):" in words_of(tmp_path / "api/abm/engine/kernels.html")
    assert "A run, month by month" in words_of(tmp_path / "api/abm.html")  # handed out by the package
    assert "Make the runs of a design" in words_of(tmp_path / "api/experiments.html")
    assert "leases" in (tmp_path / "api/search.js").read_text(encoding="utf-8")


@pytest.mark.slow
def test_every_module_has_its_page(tmp_path):
    built(tmp_path, "api_pages.MODULES")
    pages = {".".join(page.relative_to(tmp_path).with_suffix("").parts) for page in tmp_path.rglob("*.html")}
    assert {module for module in MODULES if not module.endswith("__main__")} <= pages
