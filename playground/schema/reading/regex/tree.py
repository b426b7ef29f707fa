"""The syntax tree of a regular expression."""

from dataclasses import dataclass
from enum import StrEnum

from playground.schema.translation import gettext as _
from playground.schema.translation import spell_digits

from .sets import Ranges


class PatternError(ValueError):
    """A pattern is not checked. As a text it says why, in the language of the moment: errors are
    kept with their patterns.

    message, words  a message that is not translated yet, and what it names
    """

    def __init__(self, message: str, **words: object) -> None:
        super().__init__(message)
        self.message = message
        self.words = words

    def __str__(self) -> str:
        return _(self.message) % self.words


class PatternSyntaxError(PatternError):
    """The text is no regular expression of ECMA-262.

    at  the number of the character where reading it ended, 0 for none
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
    """One character of a set; of an empty set, none at all."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Assertion:
    """A place in the text, which takes no characters."""

    place: Anchor


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts one after the other; of no parts, the empty text."""

    parts: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Alternation:
    """One of several branches."""

    branches: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part several times.

    most  None for any number
    """

    body: "Tree"
    least: int
    most: int | None


type Tree = Characters | Assertion | Sequence | Alternation | Repeat

EMPTY = Sequence(())


def sequence_of(parts: list[Tree]) -> Tree:
    """Return a sequence without sequences directly inside it."""
    flat: list[Tree] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Sequence) else (part,))
    return flat[0] if len(flat) == 1 else Sequence(tuple(flat))


def choice_of(branches: list[Tree]) -> Tree:
    return branches[0] if len(branches) == 1 else Alternation(tuple(branches))


def repeat_of(body: Tree, least: int, most: int | None) -> Tree:
    """Return a repeat; of a repeat, one alone where that says the same.

    `(x{a,b}){c,d}` is `x{ac,bd}` if no count between is left out: each further round must begin
    where the round before it ends at the latest.
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
        return False  # none at all, or several: one is left out
    if inner.most is None:
        return least > 0 or inner.least <= 1
    first = max(least, 1)
    return least == most or (first + 1) * inner.least <= first * inner.most + 1


def length_of(tree: Tree) -> int | None:
    """Return how many characters a pattern takes; None where that is not always the same."""
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
