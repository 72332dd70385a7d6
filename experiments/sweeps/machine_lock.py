"""Performs an action once per machine, whatever the number of processes that ask for it; the others wait."""

import hashlib
import os
import sys
from collections.abc import Callable

from abm.engine import cache_place


def on_this_machine(what: str, action: Callable[[], None]) -> bool:
    """Call `action` unless a process of this user, Python and installation has done so; True if it was called now.

    A file in the user's own folder among the temporary files marks it as done. If the result is lost while the mark
    stays (a cleared cache), each process performs the action when it needs it, as it would without this lock.
    """
    from filelock import FileLock  # slow to import, and only workers need it

    made_by = f"{what}/{sys.version}/{sys.prefix}/{os.environ.get('NUMBA_CACHE_DIR')}/{cache_place.chosen()}"
    digest = hashlib.sha256(made_by.encode()).hexdigest()[:16]
    mark = cache_place.private_temporary() / digest  # a folder that others can write could hold a link
    if mark.exists():
        return False
    with FileLock(f"{mark}.lock"):  # released also when the process is killed
        if mark.exists():
            return False
        action()
        mark.write_text(f"{what}\n", encoding="utf-8")
    return True
