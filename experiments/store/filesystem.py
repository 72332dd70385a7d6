"""Files of a store on any file system that pyarrow supports: a folder, s3://BUCKET/PREFIX, gs://, hdfs://.

Writing is atomic, so a file is complete or absent: on a disk it is written elsewhere and then moved; an object store
shows an object only when it is complete.
"""

import os
import time
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
from pyarrow import fs

from abm.engine.errors import InputError
from experiments.store.place import looks_like_uri, public, reason

ASIDE = ".aside"  # folder of half-written files; readers of Parquet folders skip names that begin with a dot
STALE = 3600  # seconds after which a half-written file is taken to be that of a killed process
OBJECT_STORES = ("s3", "gcs", "abfs")  # an object appears when it is complete, and moving it means copying it


class Files:
    """Complete files by key ('runs/abc.json') under a place: a folder or a URI. Raises InputError of one line."""

    def __init__(self, place: str | Path):
        self.place = str(place)
        if not self.place.strip():
            raise InputError("--store: is empty: give a folder or a URI like s3://BUCKET/PREFIX")
        if not _printable(os.path.abspath(self.place)):
            raise InputError(f"--store: {ascii(self.place)}: its path is not in UTF-8: give a folder whose path is")
        self.local = "://" not in self.place
        self.named = self.place if self.local else public(self.place)  # for messages and records
        if looks_like_uri(self.place):
            kind = self.place.partition(":")[0]
            raise InputError(f"--store: begins with {kind}: and is no URI: write {kind}://..., or ./... for a folder")
        if self.place[0] == "~" and os.path.expanduser(self.place)[0] == "~":
            raise InputError(
                f"--store: {self.named}: no home folder is known here: give a path that begins with / or ."
            )
        try:
            if self.local:
                self.system, self.root = fs.LocalFileSystem(), os.path.abspath(os.path.expanduser(self.place))
            else:
                self.system, self.root = fs.FileSystem.from_uri(self.place)
        except (pa.ArrowException, ValueError, OSError) as error:
            raise InputError(
                f"--store: {self.named}: is not a place that can be used ({self.why(error)}): "
                "give a folder or a URI like s3://BUCKET/PREFIX"
            ) from None
        self.direct = self.system.type_name in OBJECT_STORES

    def path(self, key: str) -> str:
        """Path of a key on the file system."""
        return f"{self.root}/{key}" if key else self.root

    def shown(self, key: str) -> str:
        """Path or URI of a key for messages, without credentials."""
        head, mark, query = (self.place, "", "") if self.local else self.named.partition("?")
        return f"{head.rstrip('/')}/{key}{mark}{query}"

    def why(self, error: BaseException) -> str:
        """The reason for an error of the file system, in one short line without credentials."""
        return reason(error, "" if self.local else self.place)

    def read(self, key: str) -> bytes:
        """Content of a file. Raises FileNotFoundError where there is none, InputError where it cannot be read."""
        try:
            with self.system.open_input_stream(self.path(key)) as stream:
                return stream.read()
        except FileNotFoundError:
            raise
        except (OSError, pa.ArrowException) as error:
            raise InputError(f"{self.shown(key)}: cannot be read ({self.why(error)})") from None

    def stretches(self, key: str, bounds: list[tuple[int, int]]) -> list[bytes]:
        """Some stretches of a file, each from a byte to another; shorter where the file ends. Errors as for `read`."""
        try:
            with self.system.open_input_file(self.path(key)) as file:
                return [file.read_at(end - start, start) for start, end in bounds]
        except FileNotFoundError:
            raise
        except (OSError, pa.ArrowException) as error:
            if self._ends_before(key, max(end for _, end in bounds)):
                return [b"" for _ in bounds]
            raise InputError(f"{self.shown(key)}: cannot be read ({self.why(error)})") from None

    def _ends_before(self, key: str, end: int) -> bool:
        """Whether a file is shorter than it should be, for which file systems have errors of their own."""
        try:
            return (self.system.get_file_info(self.path(key)).size or 0) < end
        except (OSError, pa.ArrowException):
            return False

    def stamp(self, key: str) -> tuple[int, ...]:
        """What changes when a file on a disk is written: its size and time; empty for other places."""
        if not self.local:
            return ()
        try:
            found = os.stat(self.path(key))
        except OSError:
            return (-1,)
        return found.st_size, found.st_mtime_ns, found.st_ino

    def exists(self, key: str) -> bool:
        """Whether there is a file of this key."""
        try:
            return self.system.get_file_info(self.path(key)).type == fs.FileType.File
        except (OSError, pa.ArrowException) as error:
            raise InputError(f"{self.shown(key)}: cannot be accessed ({self.why(error)})") from None

    def names(self, folder: str, ending: str) -> list[str]:
        """Names of the files in a folder with this ending, without it, sorted."""
        return sorted(name.removesuffix(ending) for name in self._listed(folder) if name.endswith(ending))

    def listed(self, folder: str, ending: str) -> dict[str, tuple[int, float]]:
        """Names of the files in a folder with this ending, without it: size [bytes] and when each was last used [s]."""
        selector = fs.FileSelector(self.path(folder), allow_not_found=True)
        try:
            found = self.system.get_file_info(selector)
        except (OSError, pa.ArrowException) as error:
            raise InputError(f"{self.shown(folder)}: cannot be listed ({self.why(error)})") from None
        return {
            file.base_name.removesuffix(ending): (file.size or 0, file.mtime.timestamp())
            for file in found
            if file.base_name.endswith(ending) and file.mtime
        }

    def touch(self, key: str) -> None:
        """Note that a file on a disk was used."""
        if self.local:
            with suppress(OSError):  # somebody else's, or gone
                os.utime(self.path(key))

    def folders(self, folder: str) -> list[str]:
        """Names of the subfolders of a folder, sorted."""
        return sorted(name for name, is_folder in self._listed(folder).items() if is_folder)

    def _listed(self, folder: str) -> dict[str, bool]:
        """Visible names in a folder, and whether each is a folder; empty where the folder does not exist."""
        path = self.path(folder)
        try:
            if self.local:  # scandir does not query the size and time of each file
                with os.scandir(path) as entries:
                    found = {entry.name: entry.is_dir() for entry in entries}
            else:
                listed = self.system.get_file_info(fs.FileSelector(path, allow_not_found=True))
                found = {file.base_name: file.type == fs.FileType.Directory for file in listed}
        except FileNotFoundError:
            return {}
        except (OSError, pa.ArrowException) as error:
            raise InputError(f"{self.shown(folder)}: cannot be listed ({self.why(error)})") from None
        return {name: is_folder for name, is_folder in found.items() if name and name[0] != "." and _printable(name)}

    def write(self, key: str, content: bytes) -> None:
        """Write a file, completely or not at all."""
        target = self.path(key)
        try:
            if self.direct:
                self._put(target, content)
                return
            aside = self.path(f"{ASIDE}/{key.replace('/', '-')}-{os.getpid()}-{uuid4().hex}")
            for folder in (aside, target):
                self.system.create_dir(os.path.dirname(folder), recursive=True)
            try:
                self._put(aside, content)
                if self.local:
                    _synced(aside)
                    os.replace(aside, target)
                else:
                    self.system.move(aside, target)
            except BaseException:
                self._drop(aside)
                raise
        except (OSError, pa.ArrowException) as error:
            way_out = "free space or permissions there, or give another place with --store; what was kept before stays"
            raise InputError(f"{self.shown(key)}: cannot be written ({self.why(error)}): {way_out}") from None

    def delete(self, key: str) -> None:
        """Remove a file if it exists."""
        self._drop(self.path(key))

    def clear(self) -> None:
        """Remove half-written files of killed processes, once they are STALE."""
        if self.direct:
            return
        selector = fs.FileSelector(self.path(ASIDE), allow_not_found=True)
        with suppress(OSError, pa.ArrowException):  # what cannot be cleared does no harm
            for left in self.system.get_file_info(selector):
                if time.time() - left.mtime.timestamp() > STALE:
                    self._drop(left.path)

    def _put(self, path: str, content: bytes) -> None:
        with self.system.open_output_stream(path, buffer_size=0) as stream:
            stream.write(content)

    def _drop(self, path: str) -> None:
        with suppress(OSError, pa.ArrowException):  # it is gone, or it is cleared later
            self.system.delete_file(path)


def _printable(name: str) -> bool:
    """Whether the name of a file is text: what is not in UTF-8 comes with halves of characters in it."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _synced(path: str) -> None:
    """Wait until the file is on the disk, so that a power cut after the move does not leave an empty one."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
