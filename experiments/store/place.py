"""Places of a store as they may be said: a URI can hold keys and passwords, which no message or record repeats."""

import re
from urllib.parse import unquote

HIDDEN = "..."
_NAMED = ("abfs", "abfss", "hdfs", "viewfs")  # kinds of URI where the name before @ is part of the place
_PLAIN = (  # options of pyarrow that may be said; of any other, only the name
    "region", "scheme", "endpoint_override", "allow_bucket_creation", "allow_bucket_deletion",
    "allow_delayed_open", "background_writes", "force_virtual_addressing", "check_directory_existence_before_creation",
    "retry_limit_seconds", "project_id", "default_metadata", "enable_tls", "blob_storage_authority",
    "dfs_storage_authority", "blob_storage_scheme", "dfs_storage_scheme", "replication", "buffer_size",
    "default_block_size", "tls_verify_certificates", "smart_defaults",
)  # fmt: skip
_QUERY = re.compile(r"\?(?=[\w.-]+=)")  # a ? within a password begins no options
_NOBODY = "anonymous"  # the name of who has no credentials
_LONGEST, _SHORTEST = 200, 4  # characters of a message; of a piece of a secret that is worth hiding


def public(place: str) -> str:
    """A place as it may be said: s3://KEY:SECRET@BUCKET?secret_key=X -> s3://BUCKET?secret_key=..."""
    return _told_apart(str(place))[0]


def looks_like_uri(place: str) -> bool:
    """Whether it begins as a URI that lacks a slash, like s3:/BUCKET: not a folder, and it may hold a password."""
    return bool(re.match(r"[a-z][a-z0-9+.-]+:(/(?!/)|[^/]*@)", place))


def reason(error: BaseException, place: str = "") -> str:
    """The reason for an error of a file system, in one short line, without the secrets of the place."""
    text = getattr(error, "strerror", None) or " ".join(str(error).split())
    shown, secrets = _told_apart(str(place))
    if secrets:
        text = text.replace(str(place), shown)
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + HIDDEN


def _told_apart(place: str) -> tuple[str, set[str]]:
    """A place as it may be said, and the pieces of it that may not."""
    kind, mark, rest = place.partition("://")
    if not mark:
        return place, set()
    begin, *options = _QUERY.split(rest, maxsplit=1)
    begin, hidden = _without_user(kind, begin)
    begin, *fragments = begin.split("#")
    asked, *more = "".join(options).split("#")
    hidden += fragments + more
    said = []
    for option in asked.split("&") if asked else ():
        name, equals, value = option.partition("=")
        shown, inner = (value, []) if name in _PLAIN else (HIDDEN, [value])
        if name in _PLAIN and "@" in unquote(value):  # a server that is named with its own password
            shown, inner = HIDDEN + unquote(value).rpartition("@")[2], [value, unquote(value).rpartition("@")[0]]
        said.append(f"{name}{equals}{shown}" if equals else HIDDEN)
        hidden += inner if equals else [option]
    pieces = {
        piece for text in hidden for whole in (text, unquote(text)) for piece in (whole, *re.split(r"\W+", whole))
    }
    shown = f"{kind}://{begin}" + ("?" + "&".join(said) if said else "")
    return shown, {piece for piece in pieces if len(piece) >= _SHORTEST}


def _without_user(kind: str, rest: str) -> tuple[str, list[str]]:
    """What follows ://, without KEY:SECRET@, and what was left out. A secret may hold / and ? and @ unescaped."""
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    with_password = re.match(r"[^/@]*:.*@", rest)
    if not with_password and "@" not in host:
        return rest, []
    user, _, after = rest.rpartition("@") if with_password else rest.partition("@")
    name, _, password = user.partition(":")
    if kind.lower() in _NAMED or name == _NOBODY:
        return (f"{name}@" if name else "") + after, [password]
    return after, [name, password, user]
