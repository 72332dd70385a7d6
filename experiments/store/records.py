"""Records of the store: what stands in its JSON files, with a version and a digest, so that damage is seen.

A record of version 2 ends with the SHA-256 of all that comes before. Records without a version are of older runs: they
have no digest, and are checked for their keys and types alone.
"""

import hashlib
import json
import re
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from abm.engine.errors import InputError

VERSION = 2
NEW = (  # keys that records without a version do not have
    "run", "processor", "outcomes", "index_sha256", "plugins", "measures", "holds", "codes",
)  # fmt: skip
_SEAL = re.compile(rb',\n "sha256": "([0-9a-f]{64})"\n\}\n\Z')


class Damaged(InputError):
    """A file of the store that is gone or not as it was written; the message is one line that names it."""


class Part(BaseModel):
    """A stretch of a file: its bytes from `start` to `end`, which hold row groups from `first` to `last`, exclusive."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    start: int
    end: int
    first: int
    last: int
    sha256: str


class Seal(BaseModel):
    """Digests of the parts of a Parquet file, by what they hold, and of its footer."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    size: int
    footer: Part
    parts: dict[str, Part]


class Processor(BaseModel):
    """Kind of processor: two of one kind give the same bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    machine: str
    avx_512: bool


class Model(BaseModel):
    """Version of the model."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    version: str
    code: str


class PluginParameter(BaseModel):
    """A parameter of a plug-in: its default by month, and what shows it without the source."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    unit: str
    meaning: str
    default: dict[str, Any]


class PluginMeasure(BaseModel):
    """A measure of a plug-in: unit, labels, breakdowns, and the least scale of some of these."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    unit: str
    en: str
    nl: str
    by: list[str]
    floors: dict[str, float] = {}


class Plugged(BaseModel):
    """A plug-in: its path as somebody wrote it, the digest of its source, its parameters by path, its measures."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    path: str
    digest: str
    parameters: dict[str, PluginParameter]
    measures: dict[str, PluginMeasure]


class Record(BaseModel):
    """What every record may hold."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    version: Literal[2] | None = None

    @model_validator(mode="after")
    def _of_one_version(self) -> Self:
        if self.version is None and any(getattr(self, key, None) is not None for key in NEW):
            raise ValueError("has keys of a later version")
        return self


class Made(Record):
    """What something was made with."""

    model: Model
    measures: str | None = None  # digest of the source of all measures; older records have none
    data_digest: str
    python: str
    packages: dict[str, str]
    commit: str | None
    plugins: dict[str, Plugged] | None = None  # by name; absent where there are none


class OfRun(Made):
    """Everything needed to repeat a run."""

    run: str | None = None  # its name; older records have none
    name: str
    title: str | None
    source: str
    scenario: dict[str, Any]
    scenario_digest: str
    seed: int
    processor: Processor | None = None


class Kept(OfRun):
    """A set of outcomes of a run that is kept."""

    holds: dict[str, dict[str, str]] | None = None  # breakdown -> measure -> digest of its code; older: everything
    outcomes_sha256: str
    outcomes: Seal | None = None


class Failed(OfRun):
    """A run that failed."""

    traceback: str
    repeat: str


class OfDesign(Made):
    """A sweep: its design as given, and the digest of its index."""

    name: str
    title: str | None
    generation: int
    design: str
    given: dict[str, Any]
    source: str
    runs: int
    index_sha256: str | None = None


class Driver(Record):
    """The last that a running driver told of itself."""

    driver: str
    began: float
    at: float
    total: int
    counts: dict[str, int]
    per_minute: float
    seconds_left: float | None


class Gathered(Record):
    """Outcomes of many runs in one file."""

    runs: list[str]
    codes: dict[str, str] | None = None  # measure -> digest of its code
    outcomes: Seal


def written(content: dict) -> bytes:
    """A record as it is written: JSON in the order of its keys, its version first and its digest last.

    Raises InputError for text that no file can hold.
    """
    body = as_json({"version": VERSION} | content)
    return body[:-3] + f',\n "sha256": "{hashlib.sha256(body).hexdigest()}"\n}}\n'.encode()


def read[Kind: Record](kind: type[Kind], content: bytes, shown: str, way_out: str) -> tuple[Kind, dict]:
    """A record, and the mapping that it was written from. Raises Damaged where it is not as it was written."""
    try:
        sealed = _SEAL.search(content, max(len(content) - 100, 0))
        body = content[: sealed.start()] + b"\n}\n" if sealed else content
        if sealed and hashlib.sha256(body).hexdigest().encode() != sealed[1]:
            raise ValueError
        found = json.loads(body)
        if isinstance(found, dict) and isinstance(version := found.get("version"), int) and version > VERSION:
            raise Damaged(f"{shown}: was written by a later version (record {version}): use that one")
        if not isinstance(found, dict) or (found.pop("version", None) is None) != (sealed is None):
            raise ValueError
        return kind.model_validate(found | ({"version": VERSION} if sealed else {})), found
    except Damaged:
        raise
    except (ValueError, RecursionError):  # those of JSON and of pydantic are ValueErrors
        raise Damaged(f"{shown}: is missing or damaged: {way_out}") from None


def as_json(content: object) -> bytes:
    """Content as indented JSON, keys in their order: that of parameters in a design decides the order of its points.

    Raises InputError for text that no file can hold: half of a pair of surrogates.
    """
    try:
        return (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
    except UnicodeEncodeError as error:
        part = ascii(error.object[max(error.start - 20, 0) : error.end]).strip("'\"")
        raise InputError(
            f"text with {ascii(error.object[error.start])} cannot be kept (in {part}): it is half of a character: "
            "correct the title, name or value that holds it"
        ) from None
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"a value cannot be kept ({' '.join(str(error).split())[:200]}): correct it") from None
