"""A limit on the work of validating one form."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_KEYWORDS = 300_000  # a few seconds; a form of 2,000 controls needs 20,000
_STEPS = 1_000_000_000  # of RE2; each takes up to a nanosecond, at worst eight


class TooMuchError(Exception):
    """Validation was stopped: the value, or its schema, is too large."""


@dataclass(slots=True)
class _Left:
    """The remaining budget.

    keywords  evaluations of JSON Schema keywords
    steps     steps of regular expressions
    """

    keywords: int = _KEYWORDS
    steps: int = _STEPS


_left: ContextVar[_Left | None] = ContextVar("left", default=None)


@contextmanager
def for_one_form() -> Iterator[None]:
    """Limit the validation work in the block; nested blocks share the outer budget."""
    if _left.get() is not None:
        yield
        return
    token = _left.set(_Left())
    try:
        yield
    finally:
        _left.reset(token)


def spend_keyword() -> None:
    """Count one evaluation of a keyword.

    Raises  TooMuchError if the budget is spent
    """
    left = _left.get()
    if left is None:
        return
    left.keywords -= 1
    if left.keywords < 0:
        raise TooMuchError


def spend_steps(count: int) -> bool:
    """Spend steps of a pattern; return False if fewer are left.

    A failed call spends half of the rest, so that repeated failures end too.
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
