"""Watches the processes of a Ray of our own: one that dies ends the wait for it, with one line and nothing left behind.

Where the raylet or the server of a Ray dies, Ray itself waits up to a minute and then ends this process from compiled
code, without a word to the user.
"""

import _thread
import os
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress

from abm.engine.errors import InputError

NEEDED = ("gcs_server", "raylet")
IN_RAY = f"{os.sep}ray{os.sep}"  # where the programs of Ray are
LOOK_SECONDS = 2.0
GRACE_SECONDS = 10.0  # in which the main thread may say itself what happened, and end
BAD_INPUT = 2  # exit status, as of an InputError
WITHOUT = "use --workers 1, which needs no Ray"
KEPT = "finished runs are kept; the same command continues from there"


class Watch(threading.Thread):
    """A thread that looks at the processes of the Ray that this process started, until `over` is set."""

    def __init__(self):
        super().__init__(name="watch-ray", daemon=True)
        import psutil

        self.me = psutil.Process()
        self.before = set(self.me.children())
        self.seen: dict = {}  # processes, with their names, which one that has gone no longer tells
        self.over, self.died = threading.Event(), ""

    def error(self) -> InputError:
        """What is said of the process that died."""
        return InputError(f"Ray: its process {self.died} has died, was memory short?: {KEPT}; or {WITHOUT}")

    def rest(self) -> None:
        """Stop looking, before Ray is shut down in order."""
        if not self.died:
            self.over.set()

    def run(self) -> None:
        """Look until it is over; a process that died interrupts the main thread, or ends this process."""
        while not self.over.wait(LOOK_SECONDS):
            if self.look():
                _thread.interrupt_main()  # where it runs Python: it waits in compiled code otherwise
                if not self.over.wait(GRACE_SECONDS):
                    print(f"abm: {self.error()}", file=sys.stderr, flush=True)
                    self.end()
                    os._exit(BAD_INPUT)
                return

    def look(self) -> str:
        """The name of a needed process that has died; empty where all live."""
        import psutil

        for each in set(self.me.children()) - self.before:
            with suppress(psutil.Error):
                if _of_ray(each):  # another child of this process may have a Ray of its own
                    self.seen |= {process: process.name() for process in (each, *each.children(recursive=True))}
        for each, name in self.seen.items():
            if name in NEEDED and not _lives(each):
                self.died = name
        return self.died

    def end(self) -> None:
        """Kill what is left of the processes that were seen."""
        import psutil

        for each in self.seen:
            with suppress(psutil.Error):
                each.kill()  # psutil never takes another process of the same number for it


def _of_ray(child) -> bool:
    """Whether a child of this process is one that Ray starts; it has its own name only when it runs."""
    return child.name() in NEEDED or any(IN_RAY in word for word in child.cmdline())


def _lives(process) -> bool:
    import psutil

    with suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


@contextmanager
def watched() -> Generator[Watch]:
    """Watch the Ray that is started within. Raises InputError where it has died."""
    watch = Watch()
    watch.start()
    try:
        yield watch
    except BaseException:
        if watch.died:
            raise watch.error() from None
        raise
    finally:
        watch.over.set()
        if watch.died:
            watch.end()
