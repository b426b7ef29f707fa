"""Writes the syntax tree of a pattern as RE2 expressions with limits on the text's length.

RE2 limits counts to 1,000, and needs memory in proportion to them. `^.{1,5000}$` therefore becomes
`^.+$` and a check of the text's length, which is equivalent if everything but one repeated
character has a fixed length.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from playground.schema.translation import gettext_noop

from .sets import Ranges, without_surrogates
from .tree import (
    EMPTY,
    Alternation,
    Anchor,
    Assertion,
    Characters,
    PatternError,
    Repeat,
    Sequence,
    Tree,
    choice_of,
    length_of,
    repeat_of,
    sequence_of,
)

_SMALL = 500  # parts; a smaller pattern is passed to RE2 unchanged
_LARGEST = 60_000  # parts, with all counts expanded
_MOST_COUNT = 1_000  # RE2's limit, for nested counts multiplied
_MOST_BRANCHES = 64
_LONGEST = 2_000_000  # characters of an RE2 expression

TOO_LARGE = gettext_noop("It is too large once its counts are written out.")


@dataclass(frozen=True, slots=True)
class Search:
    """One way to match: the text has a length in the range, and RE2 finds the expression in it.

    most  None for unbounded; both count characters, not bytes
    """

    expression: str
    least: int = 0
    most: int | None = None


def write_searches(tree: Tree) -> tuple[Search, ...]:
    """Return searches of which at least one succeeds if and only if the pattern matches.

    Raises  PatternError if it is too large
    """
    branches = tree.branches if isinstance(tree, Alternation) else (tree,)
    trimmed = [_trim(branch) for branch in branches]
    whole = choice_of(trimmed)
    if _size(whole) <= _SMALL:
        return (_search(whole),)
    found = [search for branch in trimmed for search in _search_by_length(branch)]
    if len(found) > _MOST_BRANCHES:
        raise PatternError(TOO_LARGE)
    return tuple(found)


def _trim(tree: Tree) -> Tree:
    """Reduce repeats at unanchored ends to their minimum, which a search does not distinguish."""
    parts = _parts(tree)
    for end in (0, -1):
        while parts and isinstance(repeat := parts[end], Repeat) and repeat.most != repeat.least:
            fixed = repeat_of(repeat.body, repeat.least, repeat.least)
            parts[end : end + 1 or None] = [] if fixed == EMPTY else [fixed]
    return sequence_of(parts)


def _search_by_length(tree: Tree) -> Iterator[Search]:
    """Yield searches for one branch, using the text's length if that makes them smaller."""
    if _size(tree) <= _SMALL:
        yield _search(tree)
        return
    ways = _unfold(tree)
    made = [_by_length(way) for way in ways] if ways else [None]
    if None in made:
        yield _search(tree)
    else:
        yield from (each for each in made if each)


def _unfold(tree: Tree) -> list[Tree]:
    """Expand the alternations in a sequence to branches; return [] for too many."""
    options: list[list[Tree]] = []
    count = 1
    for part in _parts(tree):
        match part:
            case Alternation(branches):
                options.append(list(branches))
            case Repeat(body, 0, 1):
                options.append([EMPTY, body])
            case _:
                options.append([part])
        count *= len(options[-1])
        if count > _MOST_BRANCHES:
            return []
    return [sequence_of(list(parts)) for parts in product(*options)]


def _by_length(tree: Tree) -> Search | None:
    """Return a search for `^…x{a,b}…$` with all else of a fixed length; None for other patterns."""
    parts = _parts(tree)
    ends = [Assertion(Anchor.START), Assertion(Anchor.END)]
    if len(parts) < len(ends) or [parts[0], parts[-1]] != ends:
        return _search(tree) if _size(tree) <= _SMALL else None
    open_parts = [n for n, part in enumerate(parts) if length_of(part) is None]
    counted = [n for n, part in enumerate(parts) if _is_counted(part)]
    place = (open_parts or counted or [0])[0]
    repeat = parts[place]
    if len(open_parts) > 1 or not isinstance(repeat, Repeat) or not _is_counted(repeat):
        return _search(tree) if _size(tree) <= _SMALL else None
    rest = sum(length_of(part) or 0 for n, part in enumerate(parts) if n != place)
    parts[place] = Repeat(repeat.body, min(repeat.least, 1), None)
    most = None if repeat.most is None else repeat.most + rest
    return Search(_search(sequence_of(parts)).expression, repeat.least + rest, most)


def _parts(tree: Tree) -> list[Tree]:
    return list(tree.parts) if isinstance(tree, Sequence) else [tree]


def _is_counted(part: Tree) -> bool:
    return isinstance(part, Repeat) and isinstance(part.body, Characters)


def _size(tree: Tree) -> int:
    """Return the approximate number of parts of a tree with its counts expanded."""
    match tree:
        case Characters(ranges):
            return 1 + len(ranges) // 8
        case Sequence(parts):
            return 1 + sum(map(_size, parts))
        case Alternation(branches):
            return 1 + sum(map(_size, branches))
        case Repeat(body, least, most):
            return _size(body) * max(least + 1 if most is None else most, 1)
        case _:
            return 1


def _search(tree: Tree) -> Search:
    if _size(tree) > _LARGEST:
        raise PatternError(TOO_LARGE)
    expression, _ = _write(tree)
    if len(expression) > _LONGEST:
        raise PatternError(TOO_LARGE)
    if _has_no_word_edge(tree):  # RE2 also matches \B between the bytes of one character
        expression = rf"\A(?s:.)*(?:{expression})"
    return Search(expression)


def _has_no_word_edge(tree: Tree) -> bool:
    match tree:
        case Assertion(place):
            return place is Anchor.NO_WORD_EDGE
        case Sequence(parts) | Alternation(parts):
            return any(map(_has_no_word_edge, parts))
        case Repeat(body):
            return _has_no_word_edge(body)
        case _:
            return False


def _write(tree: Tree) -> tuple[str, int]:
    """Return an RE2 expression and its highest count, nested counts multiplied."""
    match tree:
        case Assertion(place):
            return place.value, 1
        case Characters(ranges):
            return _write_set(ranges), 1
        case Sequence(parts):
            written = [_write(part) for part in parts]
            return "".join(text for text, _ in written), max([1, *(n for _, n in written)])
        case Alternation(branches):
            written = [_write(branch) for branch in branches]
            text = "|".join(text for text, _ in written)
            return f"(?:{text})", max(count for _, count in written)
        case Repeat(body, least, most):
            return _write_repeat(body, least, most)


def _write_repeat(body: Tree, least: int, most: int | None) -> tuple[str, int]:
    """Write a repeat, its count split into counts of at most 1,000."""
    text, inside = _write(body)
    text = text if isinstance(body, Characters) else f"(?:{text})"
    step = max(_MOST_COUNT // inside, 1)
    pieces = [f"{text}{{{count}}}" for count in _split(least, step)]
    if most is None:
        pieces.append(f"{text}*")
    else:
        pieces += [f"{text}{{0,{count}}}" for count in _split(most - least, step)]
    highest = inside * min(step, max(least, (most or least) - least, 1))
    return f"(?:{''.join(pieces)})", highest


def _split(count: int, step: int) -> list[int]:
    return [step] * (count // step) + ([count % step] if count % step else [])


def _write_set(ranges: Ranges) -> str:
    left = without_surrogates(ranges)
    if not left:
        return r"[^\x{0}-\x{10FFFF}]"
    return "[" + "".join(rf"\x{{{low:x}}}-\x{{{high:x}}}" for low, high in left) + "]"
