"""A limit on the work of all checks of one form."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_KEYWORDS = 300_000  # some seconds; a form of 2,000 controls takes 20,000
_STEPS = 1_000_000_000  # each takes RE2 a nanosecond or less, at worst eight


class TooMuchError(Exception):
    """The value, or its schema, is too large to be checked to the end."""


@dataclass(slots=True)
class _Left:
    """The remaining budget.

    keywords  how many keywords of JSON Schema may still be tried on a value
    steps     how many steps patterns may still take
    """

    keywords: int = _KEYWORDS
    steps: int = _STEPS


_left: ContextVar[_Left | None] = ContextVar("left", default=None)


@contextmanager
def for_one_form() -> Iterator[None]:
    """Bound the checks of the block; a block inside another has what that one left."""
    if _left.get() is not None:
        yield
        return
    token = _left.set(_Left())
    try:
        yield
    finally:
        _left.reset(token)


def spend_keyword() -> None:
    """Count one keyword.

    Raises  TooMuchError when there were too many
    """
    left = _left.get()
    if left is None:
        return
    left.keywords -= 1
    if left.keywords < 0:
        raise TooMuchError


def spend_steps(count: int) -> bool:
    """Take so many steps for a pattern; False where not so many are left.

    In vain, it takes half of what is left: many that are a little too long have an end as well.
    """
    left = _left.get() or _Left()
    if count > left.steps:
        left.steps //= 2
        return False
    left.steps -= count
    return True


def are_steps_left(count: int) -> bool:
    left = _left.get()
    return left is None or left.steps >= count
