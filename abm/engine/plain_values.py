"""Values of NumPy, pandas and pathlib as the plain values that a file would hold, for who writes in Python."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePath
from typing import Any


def plain(value: Any) -> Any:
    """A value without types of NumPy and pandas: numbers, text, lists, mappings; any other value as it is.

    A month may be a Period or the first moment of a month; a Series with labels is a mapping, without them a list.
    """
    if isinstance(value, Mapping):
        return {plain(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | range):
        return [plain(each) for each in value]
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m}" if value == datetime(value.year, value.month, 1) else str(value)
    if hasattr(value, "freqstr") and hasattr(value, "ordinal"):  # a Period
        return str(value)
    if hasattr(value, "to_dict") and hasattr(value, "index") and hasattr(value, "dtype"):  # a Series
        labelled = value.index.dtype.kind not in "iu"
        return plain(dict(zip(value.index, value.tolist(), strict=True))) if labelled else plain(value.tolist())
    if hasattr(value, "tolist") and hasattr(value, "dtype"):
        return plain(value.tolist())
    return str(value) if isinstance(value, str) else value
