"""A real object store that speaks S3, on this machine only: SeaweedFS, which requirements-slow.lock brings."""

import json
import os
import shutil
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pyarrow import fs

from tests.helpers.clusters import Process, free_ports, plain, soon

WEED = Path(sys.executable).with_name("weed")
HERE, KEY, SECRET = "127.0.0.1", "key", "secretsecret"
BUCKET = "runs"


@contextmanager
def objects(folder: Path) -> Iterator[str]:
    """The URI of an empty bucket. Raises AssertionError where the server is not installed."""
    assert WEED.exists(), "the object store for tests is missing: 'make slow' installs requirements-slow.lock"
    place = Path(tempfile.mkdtemp(prefix="abm"))
    ports = free_ports(8)
    try:
        with served(place, ports, folder):
            options = f"scheme=http&endpoint_override={HERE}:{ports[6]}&region=us-east-1&allow_bucket_creation=true"
            system, root = fs.FileSystem.from_uri(f"s3://{KEY}:{SECRET}@{BUCKET}?{options}")
            soon(lambda: created(system, root), what="the bucket")
            yield f"s3://{KEY}:{SECRET}@{BUCKET}/store?{options}"
    finally:
        shutil.rmtree(place, ignore_errors=True)
        for port in ports:  # it leaves sockets behind
            for left in Path(tempfile.gettempdir()).glob(f"seaweedfs-*-{port}.sock"):
                left.unlink()


@contextmanager
def served(place: Path, ports: list[int], folder: Path) -> Iterator[None]:
    """Master and server of SeaweedFS, until the block ends."""
    env = plain() | {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    for name in ("master", "volumes"):
        (place / name).mkdir()
    common = [f"-ip={HERE}", f"-ip.bind={HERE}"]
    master = [str(WEED), "-logtostderr=true", "master", *common, f"-port={ports[0]}", f"-port.grpc={ports[1]}",
              f"-mdir={place / 'master'}", "-volumeSizeLimitMB=64"]  # fmt: skip
    server = [str(WEED), "-logtostderr=true", "server", "-master=false", *common,
              f"-master.peers={HERE}:{ports[0]}.{ports[1]}", f"-dir={place / 'volumes'}", "-volume.max=0",
              f"-volume.port={ports[2]}", f"-volume.port.grpc={ports[3]}", "-volume.preStopSeconds=0",
              f"-filer.port={ports[4]}", f"-filer.port.grpc={ports[5]}", "-s3", f"-s3.port={ports[6]}",
              f"-s3.port.grpc={ports[7]}", "-s3.port.iceberg=0", "-s3.port.lance=0"]  # fmt: skip
    started = [Process(master, env, folder / "master.log")]
    try:
        soon(lambda: leads(ports[0]), what="the master")
        started.append(Process(server, env, folder / "server.log"))
        yield
    finally:
        for each in reversed(started):
            each.end()


def leads(port: int) -> bool:
    """Whether the master is ready."""
    with (
        suppress(OSError, ValueError),
        urllib.request.urlopen(f"http://{HERE}:{port}/cluster/status", timeout=1) as page,
    ):
        return bool(json.load(page).get("IsLeader"))
    return False


def created(system: fs.FileSystem, root: str) -> bool:
    """Whether the bucket takes objects."""
    with suppress(OSError):
        system.create_dir(root)
        with system.open_output_stream(f"{root}/first") as stream:
            stream.write(b"x")
        system.delete_file(f"{root}/first")
        return True
    time.sleep(0.1)
    return False


def environment() -> dict[str, str]:
    """The environment for a driver; the key is in the URI."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
