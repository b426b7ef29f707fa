"""Matches regular expressions of schemas in linear time; decides which ones browsers get.

Patterns have the semantics of ECMA-262 with the `u` flag. RE2 runs them without backtracking
(https://github.com/google/re2/wiki/WhyRE2). Patterns that RE2 does not support, or that would take
too long, are unchecked: they accept every text, and the provider decides.
"""

from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

from playground.schema.translation import gettext_noop

from . import budget
from .regex.parser import parse
from .regex.sets import are_apart
from .regex.tree import (
    Alternation,
    Anchor,
    Assertion,
    Characters,
    PatternError,
    PatternSyntaxError,
    Repeat,
    Sequence,
    Tree,
)
from .regex.writer import TOO_LARGE, Search, write_searches

_LARGEST_PROGRAM = 100_000  # RE2 instructions; each can cost one step per byte of text
_MEMORY = (2**20, 8 * 2**20)  # bytes for one pattern: first attempt, and second if it needs more
_STEPS_OF_A_TRY = 2_000
_STEPS_TO_READ = 20_000  # per character of a pattern
_STEPS_TO_COMPILE = 500  # per instruction

# The subset that means the same with the `v` flag, which browsers use for `pattern`.
_FOR_BROWSERS = (
    r"\^(?:[A-Za-z0-9 _,:;@#=!%\"'<>-]|\\[.\-/+*?dDwWsS]|\[(?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9_.]"
    r"|\\[dDwWsS.])+\]|[+*?()|.]|\{\d+(?:,\d*)?\})*\$"
)
_TOO_MANY = gettext_noop("The schema has too many patterns, or too long ones.")
_REPEATED_GROUP = r"\)[+*?{]"


def _make_options(memory: int) -> Any:
    options = re2.Options()
    options.max_mem = memory
    options.log_errors = False
    options.never_capture = True
    return options


_OPTIONS = tuple(map(_make_options, _MEMORY))


@dataclass(frozen=True, slots=True)
class _Compiled:
    search: Search
    regex: Any  # re2 has no types

    def accepts(self, text: str, encoded: bytes) -> bool:
        most = self.search.most
        if len(text) < self.search.least or (most is not None and len(text) > most):
            return False
        return self.regex.search(encoded) is not None


class Pattern:
    """A compiled pattern."""

    __slots__ = ("_searches", "size")

    def __init__(self, searches: tuple[Search, ...]) -> None:
        self._searches = [_Compiled(each, _compile(each.expression)) for each in searches]
        self.size = sum(each.regex.programsize for each in self._searches)
        if self.size > _LARGEST_PROGRAM:
            raise PatternError(TOO_LARGE)

    def accepts(self, text: str) -> bool:
        """Return whether a text matches; also True if matching would take too long."""
        return self.decide(text) is not False

    def decide(self, text: str) -> bool | None:
        """Return whether a text matches; None if matching would take too long."""
        encoded = _encode(text)
        if not budget.spend_steps(len(encoded) * self.size + _STEPS_OF_A_TRY):
            return None
        return any(each.accepts(text, encoded) for each in self._searches)


def _encode(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # a lone surrogate, which UTF-8 cannot encode
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _compile(expression: str) -> Any:
    for options in _OPTIONS:
        with suppress(re2.error):
            return re2.compile(expression.encode(), options)
    raise PatternError(TOO_LARGE)


def can_try() -> bool:
    """Return whether this form's budget allows one more match."""
    return budget.are_steps_left(_STEPS_OF_A_TRY)


class _TooManyError(PatternError):
    """The form's budget for compiling is spent; an exception, so that lru_cache stores nothing."""


@lru_cache(maxsize=1024)
def _read(text: str) -> Pattern | PatternError:
    if not budget.spend_steps(len(text) * _STEPS_TO_READ):
        raise _TooManyError(_TOO_MANY)
    try:
        parsed = parse(text)
        if parsed.unsupported:
            return PatternError(parsed.unsupported)
        pattern = Pattern(write_searches(parsed.tree))
    except PatternError as error:
        return error
    budget.spend_steps(pattern.size * _STEPS_TO_COMPILE)
    return pattern


def read_pattern(text: str) -> Pattern:
    """Compile a pattern.

    Raises  PatternError if it is unchecked; PatternSyntaxError if it is not a regular expression
    """
    found = _read(text)
    if isinstance(found, PatternError):
        raise found.with_traceback(None)
    return found


def find_pattern(text: str) -> Pattern | None:
    """Compile a pattern; return None for an unchecked one."""
    try:
        return read_pattern(text)
    except PatternError:
        return None


def is_regular_expression(text: str) -> bool:
    """Return whether a text is an ECMA-262 regular expression, checked or not."""
    try:
        parse(text)
    except PatternSyntaxError:
        return False
    return True


@lru_cache(maxsize=1024)
def is_for_browsers(text: str) -> bool:
    """Return whether browsers can check a `pattern`: same result as the server, linear time.

    Browsers backtrack, so they only get patterns that can match in one way.
    """
    if not re2.fullmatch(_FOR_BROWSERS, text, _OPTIONS[0]) or find_pattern(text) is None:
        return False
    if re2.search(_REPEATED_GROUP, text, _OPTIONS[0]):
        return False
    return _has_one_way(parse(text).tree)


def _has_one_way(tree: Tree) -> bool:
    parts = tree.parts if isinstance(tree, Sequence) else ()
    ends = (Assertion(Anchor.START), Assertion(Anchor.END))
    if (parts[:1], parts[-1:]) != (ends[:1], ends[1:]):
        return False
    inside = parts[1:-1]
    if sum(isinstance(part, Alternation) for part in inside) > 1:
        return False
    return all(_is_definite(part, inside[n + 1 : n + 2]) for n, part in enumerate(inside))


def _is_definite(part: Tree, after: tuple[Tree, ...]) -> bool:
    """Return whether a part can end at only one position, for any text."""
    match part:
        case Characters():
            return True
        case Alternation(branches):
            words = [each.parts if isinstance(each, Sequence) else (each,) for each in branches]
            return all(isinstance(letter, Characters) for word in words for letter in word)
        case Repeat(Characters(), least, most) if least == most:
            return True
        case Repeat(Characters(ranges), _, _):
            return not after or _must_begin_apart(after[0], ranges)
        case _:
            return False


def _must_begin_apart(part: Tree, ranges: tuple[tuple[int, int], ...]) -> bool:
    match part:
        case Characters(other) | Repeat(Characters(other), 1, _):
            return are_apart(ranges, other)
        case _:
            return False
