"""Joins lists in a sentence, "a, b and c", "a or b", "a, b"; and sentences."""

from collections.abc import Callable, Iterable

from .translation import pgettext


def list_all(parts: Iterable[object]) -> str:
    """Return "a, b and c"."""
    return _joined(parts, lambda: pgettext("list of all", "%(first)s and %(last)s"))


def list_any(parts: Iterable[object]) -> str:
    """Return "a, b or c"."""
    return _joined(parts, lambda: pgettext("list of alternatives", "%(first)s or %(last)s"))


def list_plain(parts: Iterable[object]) -> str:
    """Return "a, b, c"."""
    return _joined(parts, _comma)


def list_sentences(parts: Iterable[object]) -> str:
    """Join messages: "a; b"."""
    return _joined(parts, _semicolon, _semicolon)


def join_sentences(parts: Iterable[object]) -> str:
    """Join sentences: "A. B."."""
    return _joined(parts, _after, _after)


def _comma() -> str:
    return pgettext("list", "%(first)s, %(last)s")


def _semicolon() -> str:
    return pgettext("list of sentences", "%(first)s; %(last)s")


def _after() -> str:
    return pgettext("sentence after sentence", "%(first)s %(last)s")


def _joined(
    parts: Iterable[object], end: Callable[[], str], between: Callable[[], str] = _comma
) -> str:
    """Join parts to one text.

    between, end  return the message with the placeholders first and last that joins two parts, and
                  the last two
    """
    first, *others = [str(part) for part in parts] or [""]
    text = first
    for number, part in enumerate(others, start=1):
        pattern = end() if number == len(others) else between()
        text = pattern % {"first": text, "last": part}
    return text
