"""Lists within a sentence: "a, b and c", joined as the reader's language does it."""

from collections.abc import Iterable

from django.utils.translation import pgettext


def join(items: Iterable[object]) -> str:
    """Return "a, b, c"."""
    return pgettext("between the items of a list", ", ").join(map(str, items))


def join_and(items: Iterable[object]) -> str:
    """Return "a, b and c"."""
    return join_last(items, pgettext("before the last of several items, all meant", " and "))


def join_or(items: Iterable[object]) -> str:
    """Return "a, b or c"."""
    return join_last(items, pgettext("before the last of several items, one meant", " or "))


def join_last(items: Iterable[object], joiner: str) -> str:
    *most, last = list(items) or [""]
    return f"{join(most)}{joiner}{last}" if most else str(last)
