"""The templates of pages with messages in a language."""

from pathlib import Path
from typing import TYPE_CHECKING

from experiments.report.words import translations

if TYPE_CHECKING:
    import jinja2


def engine(language: str) -> "jinja2.Environment":
    """Templates of this folder, with the messages of a language under `_`."""
    import jinja2

    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    # pyrefly: ignore[missing-attribute] (the extension adds it)
    found.install_gettext_translations(translations(language), newstyle=True)
    return found
