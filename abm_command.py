"""The command `abm`: checks that both packages are those of this project, then hands over to the command line.

It stands outside of them because another package named abm or experiments may be found first; there are such packages.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

BAD_INPUT = 2


def main() -> None:
    """Entry point of the command."""
    for name in ("abm", "experiments"):
        found = find_spec(name)
        places = [Path(place).resolve() for place in (found and found.submodule_search_locations) or ()]
        if Path(__file__).resolve().parent / name not in places:
            where = places[0] if places else found.origin if found else "no folder"
            print(
                f"abm: the package '{name}' in {where} is another than that of this project: "
                "remove it, or work elsewhere",
                file=sys.stderr,
            )
            sys.exit(BAD_INPUT)
    from experiments.__main__ import main as command_line

    command_line()
