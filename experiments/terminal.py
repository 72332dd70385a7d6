"""The terminal: prints what a person wrote as it was written, never as markup, emoji or codes for the terminal."""

import io
import sys
from typing import Any

from rich.console import Console
from rich.progress import TextColumn
from rich.text import Text


def console(**options: Any) -> Console:
    """A console for results; styles come from Text objects only. options: of rich, such as `stderr`."""
    return Console(markup=False, emoji=False, highlight=False, **options)


def escape_what_cannot_be_written() -> None:
    """Have letters that the encoding of the terminal lacks written as escapes: 'é' as '\\xe9' where it is ASCII."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def printable(text: str) -> str:
    """Text with visible escapes in place of line breaks, terminal codes and lone surrogates: 'a\\x1bb' for ESC."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape", "backslashreplace").decode() for each in text
    )


def line(text: str) -> Text:
    """Text of a person as one line, for any console."""
    return Text(printable(text))


def column(words: str) -> TextColumn:
    """A column of a progress bar, with the names of the task as they were written."""
    return TextColumn(words, markup=False)
