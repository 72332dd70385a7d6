"""Starts Ray on this machine or reaches a running cluster, and sees when it has died; each failure is one line."""

import os
import shutil
import socket
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from abm.engine import cache_place
from abm.engine.errors import InputError
from experiments.sweeps.ray_watch import WITHOUT

CONNECT_SECONDS = 3.0  # for a connection and an answer: time for a packet that is sent again
LONGEST = 40  # characters of the folder of Ray: the paths of its sockets have 66 more, and at most 107
ROOM = 50 * 2**20  # for the logs of Ray [bytes]
ELSEWHERE = ("/tmp", "/var/tmp", "/dev/shm")
LOCAL = ("localhost", "127.0.0.1", "::1")
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])  # RFC 9113, 3.4: and no settings
SETTINGS = 4  # kind of the frame with which a server of HTTP/2 begins


def start(ray, address: str | None, options: dict[str, Any]) -> None:
    """Start Ray, or connect to it at an address. Raises InputError."""
    try:
        options = options | ({"address": found(address, lambda: ray)} if address else {"_temp_dir": folder()})
        with _working_in(Path("/") if address else Path(__file__).parents[2]):
            ray.init(**options)
        if not address:
            _hush(ray)
    except SystemExit:  # Ray's reaction to SIGTERM
        raise KeyboardInterrupt from None
    except InputError:
        raise
    except Exception as error:  # Ray raises errors of many kinds, also plain ones
        raise _unreached(address, error) from None


def ask(address: str, imported: Callable[[], Any]) -> None:
    """Raise InputError where no cluster answers at an address, CONNECT_SECONDS from now at the latest."""
    try:
        found(address, imported)
    except Exception as error:  # as above
        raise _unreached(address, error) from None


def _unreached(address: str | None, error: Exception) -> InputError:
    """What to say where Ray cannot be started, or reached at an address."""
    where = f"--address {address}" if address else "Ray"
    reason = " ".join(str(error).split())[:200] or type(error).__name__
    way_out = WITHOUT
    if address:
        way_out = "start a cluster with 'ray start --head', and set its token here, see docs/clusters.md"
    return InputError(f"{where}: cannot be started or reached ({reason}): {way_out}")


def _hush(ray) -> None:
    """Leave out what a Ray of our own says on standard output: 40 lines of its log when one of its processes dies."""
    ray._private.worker.print_to_stdstream = lambda *_, **__: None  # no option of Ray turns it off


def found(address: str, imported: Callable[[], Any]) -> str:
    """The address of a cluster that answers; 'auto' is RAY_ADDRESS, a cluster here, or the last that Ray recorded.

    imported: gives Ray, which takes a second to import and which most addresses do not need.

    Raises OSError where nothing answers, which Ray itself would report after minutes; ValueError for a bad address.
    """
    if address == "auto":
        address = imported()._private.services.get_ray_address_from_environment("auto", None)
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not port.isdigit():
        raise ValueError("write it as auto, HOST:6379 or ray://HOST:10001")
    host = host.strip("[]")
    if host in LOCAL and not address.startswith("ray://"):
        # as Ray itself will; a Ray that takes only what comes from this machine is not there
        host = imported()._private.services.resolve_ip_for_localhost(host)
    try:
        _speaks(host or port, int(port))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OSError(f"nothing answers at {address}: {reason}") from None
    return address


def _speaks(host: str, port: int) -> None:
    """Raise OSError where no server of HTTP/2 answers, as those of Ray do; behind TLS only a connection is made."""
    end = time.monotonic() + CONNECT_SECONDS
    with socket.create_connection((host, port), CONNECT_SECONDS) as connection:
        connection.settimeout(max(end - time.monotonic(), 0.1))  # of both together
        if os.environ.get("RAY_USE_TLS", "0").lower() in ("1", "true"):
            return
        connection.sendall(PREFACE)
        answer = connection.recv(len(PREFACE))
    if len(answer) < 4 or answer[3] != SETTINGS:
        raise OSError("it is no cluster of Ray")


def folder() -> str:
    """Folder for the files of a Ray of our own, which nobody else can write. Raises InputError where there is none.

    RAY_TMPDIR or the folder of temporary files, or another where that has a long path, no room, or cannot be written.
    """
    for place in _candidates():
        with suppress(OSError):
            private = cache_place.private(place) / "ray"  # which Ray itself opens to everybody
            if len(str(private)) > LONGEST or not cache_place.writable(private):
                continue
            if shutil.disk_usage(private).free >= ROOM:
                return str(private)
    raise InputError(
        f"Ray: needs a folder for temporary files, with {ROOM >> 20} MB free and a path of less than 20 characters: "
        f"name one in RAY_TMPDIR, or {WITHOUT}"
    )


def _candidates() -> Iterator[str]:
    if named := os.environ.get("RAY_TMPDIR"):
        yield named
    with suppress(OSError):  # no folder at all can be written
        yield str(cache_place.temporary())
    yield from ELSEWHERE


@contextmanager
def _working_in(place: Path) -> Generator[None]:
    """Work in another folder for a moment: Ray has workers look for packages first in the folder that it starts in,
    where a folder named abm or a file statistics.py may stand.
    """
    try:
        before = os.open(".", os.O_RDONLY)
    except OSError:  # it is gone
        before = None
    os.chdir(place)
    try:
        yield
    finally:
        if before is not None:
            os.fchdir(before)
            os.close(before)
