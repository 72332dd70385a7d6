"""Does something once per machine, however many processes ask for it at the same time; the others wait."""

import hashlib
import os
import sys
from collections.abc import Callable

from abm.engine import cache_place


def on_this_machine(what: str, action: Callable[[], None]) -> bool:
    """Call `action` unless a process of this user, Python and installation has; whether it was called now.

    A mark in the user's own folder among the temporary files says so. If the mark outlives what was done (a cache that
    was cleared), each process does it for itself, as without this.
    """
    from filelock import FileLock  # slow to import, and only workers need it

    made_by = f"{what}/{sys.version}/{sys.prefix}/{os.environ.get('NUMBA_CACHE_DIR')}/{cache_place.chosen()}"
    digest = hashlib.sha256(made_by.encode()).hexdigest()[:16]
    mark = cache_place.private_temporary() / digest  # a folder that others can write could hold a link
    if mark.exists():
        return False
    with FileLock(f"{mark}.lock"):  # let go also by a process that is killed
        if mark.exists():
            return False
        action()
        mark.write_text(f"{what}\n", encoding="utf-8")
    return True
