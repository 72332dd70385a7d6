"""The messages of the report: gathered from code and templates, and the files that have them in each language.

`python -m scripts.messages` renews experiments/report/locale/*/LC_MESSAGES/report.po: new messages are added (in Dutch
without a translation: then a test fails), those that are gone are dropped. The English file repeats the messages.
"""

import io
from pathlib import Path

from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from jinja2.ext import babel_extract

from experiments import text
from experiments.report import words

FOLDER = Path(words.__file__).parent
KEYWORDS = {"msg": None}
WIDTH = 118  # of a line


def gathered() -> list[str]:
    """The messages, sorted."""
    found: set[str] = set()
    for path in sorted(FOLDER.glob("*.py")):
        with path.open("rb") as file:
            found |= {message for _, message, _, _ in extract("python", file, KEYWORDS) if isinstance(message, str)}
    for path in sorted(FOLDER.glob("*.j2")):
        with path.open("rb") as file:
            options = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false", "newstyle_gettext": "true"}
            calls = [message for _, _, message, _ in babel_extract(file, ("_",), (), options)]
            found |= {str(message if isinstance(message, str) else message[0]) for message in calls if message}
    return sorted(found)


def renewed(language: str, messages: list[str]) -> bytes:
    """The file of a language with these messages."""
    known = Catalog(locale=language)
    path = words.catalogue(language)
    if path.exists():
        with path.open("rb") as file:
            known = pofile.read_po(file, locale=language)
    made = Catalog(locale=language, project="abm-reception", fuzzy=False)
    for message in messages:
        before = known.get(message)
        made.add(message, message if language == text.ENGLISH else before.string if before else "")
    content = io.BytesIO()
    pofile.write_po(content, made, width=WIDTH, omit_header=True, sort_output=True)
    return header(language) + content.getvalue()


def header(language: str) -> bytes:
    """The header of a file: its language and encoding, and no dates, so that the same messages give the same bytes."""
    lines = (f"Language: {language}", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8")
    words = "".join(f'"{line}\\n"\n' for line in (*lines, "Content-Transfer-Encoding: 8bit"))
    return f'msgid ""\nmsgstr ""\n{words}\n'.encode()


def main() -> None:
    """Renew the files."""
    messages = gathered()
    for language in words.LANGUAGES:
        path = words.catalogue(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(renewed(language, messages))


if __name__ == "__main__":
    main()
