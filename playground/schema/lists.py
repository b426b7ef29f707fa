"""Lists in a sentence: "a, b and c", "a or b", "a, b"."""

from collections.abc import Callable, Sequence

from .translation import pgettext


def list_all(parts: Sequence[str]) -> str:
    """Return "a, b and c"."""
    return _joined(parts, lambda: pgettext("list of all", "%(first)s and %(last)s"))


def list_any(parts: Sequence[str]) -> str:
    """Return "a, b or c"."""
    return _joined(parts, lambda: pgettext("list of alternatives", "%(first)s or %(last)s"))


def list_plain(parts: Sequence[str]) -> str:
    """Return "a, b, c"."""
    return _joined(parts, _comma)


def list_sentences(parts: Sequence[str]) -> str:
    """Return several messages as one: "a; b"."""
    return _joined(parts, _semicolon, _semicolon)


def _comma() -> str:
    return pgettext("list", "%(first)s, %(last)s")


def _semicolon() -> str:
    return pgettext("list of sentences", "%(first)s; %(last)s")


def _joined(
    parts: Sequence[str], end: Callable[[], str], between: Callable[[], str] = _comma
) -> str:
    """Return parts as one text.

    between, end  give the message with two places that joins two parts, and the last two
    """
    text = parts[0] if parts else ""
    for number, part in enumerate(parts[1:], start=2):
        pattern = end() if number == len(parts) else between()
        text = pattern % {"first": text, "last": part}
    return text
