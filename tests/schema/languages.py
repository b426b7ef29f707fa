"""Languages for tests of the form engine: one that marks each text, and some without a catalog."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playground.schema.translation import Translations, use

_PLACE = re.compile(r"(%\(\w+\)s)")
_MARKED = re.compile("⟦[^⟦⟧]*⟧")


def mark(message: str) -> str:
    """Return a message with its text in brackets and its placeholders outside of them."""
    return "".join(
        part if _PLACE.fullmatch(part) or not part.strip() else f"⟦{part}⟧"
        for part in _PLACE.split(message)
    )


def unmarked(text: str) -> str:
    """Remove the marked texts of the form engine from a text."""
    return _MARKED.sub(" ", text)


@contextmanager
def using_language(language: str = "x-marked", *, marked: bool = False) -> Iterator[None]:
    """Use a language in the form engine; `marked` puts its texts in brackets."""
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
