"""Regular expressions from schemas: which are safe to run, and which a browser may check too."""

import re
from collections.abc import Iterator
from functools import lru_cache
from re import _constants as sre  # type: ignore[attr-defined] # the only reader of patterns there is
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

STEPS = 4_000_000  # what one check may cost, roughly
SHORTEST_LIMIT = 500
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
_SAMPLE = [*map(chr, range(128)), "é", "中", "\u00a0", "٣"]
_CATEGORIES = {
    sre.CATEGORY_DIGIT: r"\d",
    sre.CATEGORY_NOT_DIGIT: r"\D",
    sre.CATEGORY_SPACE: r"\s",
    sre.CATEGORY_NOT_SPACE: r"\S",
    sre.CATEGORY_WORD: r"\w",
    sre.CATEGORY_NOT_WORD: r"\W",
}
_FEW = 16  # a part repeated at most so often multiplies, but does not explode
# What Python and JavaScript (with its v flag) read alike; \d and \w differ beyond ASCII.
_COMMON = re.compile(
    r"\^(?:[A-Za-z0-9 _,:;@#=!%\"'<>]|\\[.\-/+*?]|\[[A-Za-z0-9_.]+\]|[+*?()|.]"
    r"|\[(?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9_.])+\]|\{\d+(?:,\d*)?\})*\$"
)


class Pattern:
    """A pattern and the longest text that it is tried on."""

    __slots__ = ("limit", "regex")

    def __init__(self, regex: re.Pattern[str], limit: int) -> None:
        self.regex = regex
        self.limit = limit

    def accepts(self, text: str) -> bool:
        return len(text) <= self.limit and self.regex.search(text) is not None


@lru_cache(maxsize=4096)
def find_pattern(text: str) -> Pattern | None:
    """Return the pattern, or None when Python cannot read it or it could run for ever."""
    try:
        regex = re.compile(text)
        tree = parser.parse(text)
        if _is_explosive(tree):
            return None
    except (re.error, OverflowError, RecursionError, ValueError):
        return None
    loops = _count_loops(tree) + (not text.startswith("^"))
    return Pattern(regex, max(SHORTEST_LIMIT, round(STEPS ** (1 / max(loops, 1)))))


def is_for_browsers(text: str) -> bool:
    """Tell whether a browser's `pattern` attribute would decide as the server does."""
    if not _COMMON.fullmatch(text) or find_pattern(text) is None:
        return False
    depth = 0
    for letter in re.sub(r"\\.", "", text):  # `^a|b$` is anchored on one side each
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "|" and depth == 0:
            return False
    return True


def _parts(argument: Any) -> list[Any]:
    """Return the sub-patterns inside an operation's argument."""
    if isinstance(argument, parser.SubPattern):
        return [argument]
    if isinstance(argument, list | tuple):
        return [part for each in argument for part in _parts(each)]
    return []


def _is_loop(operation: Any, argument: Any) -> bool:
    return operation in _REPEATS and argument[1] > _FEW


def _count_loops(tree: Any) -> int:
    return sum(
        _is_loop(operation, argument) + sum(map(_count_loops, _parts(argument)))
        for operation, argument in tree
    )


def _is_explosive(tree: Any) -> bool:
    """Tell whether a repeated part can be read in many ways, like `(a+)+`, or refers back."""
    for operation, argument in tree:
        if operation in {sre.GROUPREF, sre.GROUPREF_EXISTS}:
            return True
        if _is_loop(operation, argument) and not _is_unambiguous(argument[2]):
            return True
        if any(map(_is_explosive, _parts(argument))):
            return True
    return False


def _is_unambiguous(body: Any) -> bool:
    """Tell whether each round of a loop over `body` can begin and end in one place only."""
    inner = [_letters(part) for part in _loops_in(body)]
    marks = [_letters([item]) for item in _flat(body) if item[0] in {sre.LITERAL, sre.IN, sre.ANY}]
    if inner and not any(all(mark.isdisjoint(each) for each in inner) for mark in marks):
        return False
    return all(
        _starts_differ(argument[1])
        for operation, argument in _deep(body)
        if operation is sre.BRANCH
    )


def _flat(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Yield what a pattern must match, in order, groups opened."""
    for operation, argument in tree:
        if operation is sre.SUBPATTERN:
            yield from _flat(argument[-1])
        else:
            yield operation, argument


def _deep(tree: Any) -> Iterator[tuple[Any, Any]]:
    for operation, argument in tree:
        yield operation, argument
        for part in _parts(argument):
            yield from _deep(part)


def _loops_in(tree: Any) -> list[Any]:
    return [argument[2] for operation, argument in _deep(tree) if _is_loop(operation, argument)]


def _starts_differ(branches: Any) -> bool:
    starts = [_letters(list(_flat(branch))[:1]) for branch in branches]
    return sum(map(len, starts)) == len(frozenset().union(*starts)) and all(starts)


def _letters(tree: Any) -> frozenset[str]:
    """Return which of the sample letters a pattern could use anywhere."""
    found: set[str] = set()
    for operation, argument in _deep(tree):
        if operation is sre.LITERAL:
            found.add(chr(argument))
        elif operation is sre.IN:
            one = re.compile(_text_of_set(argument), re.DOTALL)
            found.update(letter for letter in _SAMPLE if one.match(letter))
        elif operation in {sre.ANY, sre.NOT_LITERAL}:
            found.update(_SAMPLE)
    return frozenset(found)


def _text_of_set(items: Any) -> str:
    """Write a character set again, from what the parser made of it."""
    text = ""
    for operation, argument in items:
        if operation is sre.NEGATE:
            text = "^" + text
        elif operation is sre.LITERAL:
            text += re.escape(chr(argument))
        elif operation is sre.RANGE:
            text += f"{re.escape(chr(argument[0]))}-{re.escape(chr(argument[1]))}"
        elif operation is sre.CATEGORY:
            text += _CATEGORIES[argument]
    return f"[{text}]"
