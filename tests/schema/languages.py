"""Languages to try the form engine in: one that marks each text, and some without a catalog."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playground.schema.translation import Translations, use

_PLACE = re.compile(r"(%\(\w+\)s)")
_MARKED = re.compile("⟦[^⟦⟧]*⟧")


def mark(message: str) -> str:
    """Return a message with its own words in brackets, outside of them what is put into it."""
    return "".join(
        part if _PLACE.fullmatch(part) or not part.strip() else f"⟦{part}⟧"
        for part in _PLACE.split(message)
    )


def unmarked(text: str) -> str:
    """Return what is left of a text without what the form engine says."""
    return _MARKED.sub(" ", text)


@contextmanager
def speaking(language: str = "x-marked", *, marked: bool = False) -> Iterator[None]:
    """Let the form engine speak a language; `marked` puts brackets around all that it says."""
    before = use(
        Translations(
            gettext=mark,
            ngettext=lambda one, many, count: mark(one if count == 1 else many),
            pgettext=lambda _context, message: mark(message),
            language=lambda: language,
        )
        if marked
        else Translations(language=lambda: language)
    )
    try:
        yield
    finally:
        use(before)
