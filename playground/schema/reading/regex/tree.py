"""The syntax tree of a regular expression."""

from dataclasses import dataclass
from enum import StrEnum

from playground.schema.translation import gettext as _
from playground.schema.translation import spell_digits

from .sets import Ranges


class PatternError(ValueError):
    """The pattern is unchecked. `str()` gives the reason in the active language, because the error
    is cached with its pattern.

    message, words  an untranslated message and its placeholders
    """

    def __init__(self, message: str, **words: object) -> None:
        super().__init__(message)
        self.message = message
        self.words = words

    def __str__(self) -> str:
        return _(self.message) % self.words


class PatternSyntaxError(PatternError):
    """The text is not an ECMA-262 regular expression.

    at  position of the error, counted from 1; 0 for none
    """

    def __init__(self, message: str, at: int = 0, **words: object) -> None:
        super().__init__(message, **words)
        self.at = at

    def __str__(self) -> str:
        problem = super().__str__()
        if not self.at:
            return problem
        return _("Character %(number)s: %(problem)s.") % {
            "number": spell_digits(str(self.at)),
            "problem": problem,
        }


class Anchor(StrEnum):
    START = r"\A"
    END = r"\z"
    WORD_EDGE = r"\b"
    NO_WORD_EDGE = r"\B"


@dataclass(frozen=True, slots=True)
class Characters:
    """One character of a set; an empty set matches nothing."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Assertion:
    """A zero-width assertion."""

    place: Anchor


@dataclass(frozen=True, slots=True)
class Sequence:
    """A concatenation; without parts, the empty text."""

    parts: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Alternation:
    """One of several branches."""

    branches: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A quantified part.

    most  None for unbounded
    """

    body: "Tree"
    least: int
    most: int | None


type Tree = Characters | Assertion | Sequence | Alternation | Repeat

EMPTY = Sequence(())


def sequence_of(parts: list[Tree]) -> Tree:
    """Return a sequence, with nested sequences flattened."""
    flat: list[Tree] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Sequence) else (part,))
    return flat[0] if len(flat) == 1 else Sequence(tuple(flat))


def choice_of(branches: list[Tree]) -> Tree:
    return branches[0] if len(branches) == 1 else Alternation(tuple(branches))


def repeat_of(body: Tree, least: int, most: int | None) -> Tree:
    """Return a repeat; a repeat of a repeat is merged if that is equivalent.

    `(x{a,b}){c,d}` is `x{ac,bd}` if the ranges of consecutive outer counts leave no gap.
    """
    if (least, most) == (1, 1):
        return body
    if most == 0 or body == EMPTY:
        return EMPTY
    if isinstance(body, Repeat) and _has_no_gap(body, least, most):
        ends = None if body.most is None or most is None else body.most * most
        return Repeat(body.body, body.least * least, ends)
    return Repeat(body, least, most)


def _has_no_gap(inner: Repeat, least: int, most: int | None) -> bool:
    if least == 0 and inner.least > 1:
        return False  # none or several: the counts have a gap
    if inner.most is None:
        return least > 0 or inner.least <= 1
    first = max(least, 1)
    return least == most or (first + 1) * inner.least <= first * inner.most + 1


def length_of(tree: Tree) -> int | None:
    """Return the number of characters that a pattern matches; None if it varies."""
    match tree:
        case Characters():
            return 1
        case Assertion():
            return 0
        case Sequence(parts):
            lengths = [length_of(part) for part in parts]
            return None if None in lengths else sum(filter(None, lengths))
        case Alternation(branches):
            every = {length_of(branch) for branch in branches}
            return every.pop() if len(every) == 1 else None
        case Repeat(body, least, most):
            inner = length_of(body)
            return inner * least if inner is not None and least == most else None
