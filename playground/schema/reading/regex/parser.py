"""Parses regular expressions of ECMA-262 with the `u` flag, which JSON Schema recommends.

Unambiguous syntax that only `u` forbids is accepted, because many schemas use it: needless
backslashes before punctuation, lone } and ], and - beside \\w in a class.
Source: ECMA-262 2025, "Patterns" and annex B.1.2
"""

import string
from dataclasses import dataclass, field

from playground.schema.translation import gettext_noop, spell_count

from .characters import CharacterReader
from .sets import LINE_ENDS, negate, of_characters
from .tree import (
    EMPTY,
    Anchor,
    Assertion,
    Characters,
    PatternSyntaxError,
    Tree,
    choice_of,
    repeat_of,
    sequence_of,
)

_LONGEST = 10_000  # characters
_DEEPEST = 100
_ENDLESS = 10**9  # replaces larger counts
_LONGEST_COUNT = 9  # digits
_LOOKS = ("(?=", "(?!", "(?<=", "(?<!")
_ENDS = {"^": Anchor.START, "$": Anchor.END}
_PLACES = {"b": Anchor.WORD_EDGE, "B": Anchor.NO_WORD_EDGE}
_LOOK = gettext_noop(
    "Looking ahead or behind, like (?=…), is not supported: it cannot be done in linear time."
)
_BACK = gettext_noop(
    "Referring back to a group, like \\1, is not supported: it cannot be done in linear time."
)
_FLAGS = gettext_noop("Switching flags, like (?i:…), is not supported.")
_TOO_LONG = gettext_noop("It is longer than %(count)s characters.")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed pattern.

    unsupported  message that names the syntax which the tree leaves out, "" for none
    """

    tree: Tree
    unsupported: str


def parse(text: str) -> Parsed:
    """Parse a pattern.

    Raises  PatternSyntaxError
    """
    if len(text) > _LONGEST:
        raise PatternSyntaxError(_TOO_LONG, count=spell_count(_LONGEST))
    return _Parser(text).run()


@dataclass(slots=True)
class _Parser(CharacterReader):
    depth: int = 0
    groups: int = 0
    unsupported: str = ""
    names: set[str] = field(default_factory=set)
    wanted_names: set[str] = field(default_factory=set)
    wanted_groups: int = 0

    def run(self) -> Parsed:
        tree = self.disjunction()
        if self.at < len(self.text):
            raise self.error(gettext_noop("there is a ) too many"))
        if self.wanted_groups > self.groups or not self.wanted_names <= self.names:
            raise self.error(gettext_noop("the group that it refers to does not exist"))
        return Parsed(tree, self.unsupported)

    def disjunction(self) -> Tree:
        branches = [self.alternative()]
        while self.take("|"):
            branches.append(self.alternative())
        return choice_of(branches)

    def alternative(self) -> Tree:
        parts: list[Tree] = []
        while self.peek() not in {"", "|", ")"}:
            parts.append(self.term())
        return sequence_of(parts)

    def term(self) -> Tree:
        is_group = self.peek() == "("
        atom = self.atom()
        if isinstance(atom, Assertion) and not is_group:
            if self.peek() in {"*", "+", "?"} or self.count_ahead():
                raise self.error(gettext_noop("there is nothing to repeat"))
            return atom
        count = self.quantifier()
        return repeat_of(atom, *count) if count else atom

    def quantifier(self) -> tuple[int, int | None] | None:
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        found = simple.get(self.peek())
        if found:
            self.at += 1
        elif counted := self.count_ahead():
            found, self.at = counted
        if found:
            self.take("?")
        return found

    def count_ahead(self) -> tuple[tuple[int, int | None], int] | None:
        """Return the counts of the next {n}, {n,} or {n,m} and its end position, or None."""
        begin = self.at
        try:
            if not self.take("{"):
                return None
            least = self.take_while(string.digits)
            comma = self.take(",")
            most = self.take_while(string.digits) if comma else least
            if not (least and self.take("}")):
                return None
            low, high = _number(least), _number(most or "0")
            if most and low > high:
                raise self.error(gettext_noop("the counts in braces are the wrong way round"))
            return (low, high if most and high < _ENDLESS else None), self.at
        finally:
            self.at = begin

    def atom(self) -> Tree:
        letter = self.peek()
        if letter in {"*", "+", "?"}:
            raise self.error(gettext_noop("there is nothing to repeat"))
        longer = {"(": self.group, "{": self.brace, "\\": self.escape}.get(letter)
        if longer:
            return longer()
        self.at += 1
        if letter in _ENDS:
            return Assertion(_ENDS[letter])
        if letter == "[":
            return Characters(self.character_class())
        return Characters(negate(LINE_ENDS) if letter == "." else of_characters(letter))

    def brace(self) -> Tree:
        """Read a literal {; one that starts a malformed quantifier is an error."""
        begin = self.at
        self.at += 1
        inside = self.take_while(string.digits + ",")
        if inside and self.peek() == "}":
            raise self.error(gettext_noop("there is nothing for the braces to repeat"))
        self.at = begin + 1
        return Characters(of_characters("{"))

    def group(self) -> Tree:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.error(gettext_noop("it is nested too deeply"))
        is_look = any(self.text.startswith(look, self.at) for look in _LOOKS)
        self.open_group()
        inside = self.disjunction()
        if not self.take(")"):
            raise self.error(gettext_noop("a ) is missing"))
        self.depth -= 1
        return EMPTY if is_look else inside

    def open_group(self) -> None:
        if any(self.take(look) for look in sorted(_LOOKS, key=len, reverse=True)):
            self.unsupported = self.unsupported or _LOOK
        elif self.take("(?<"):
            self.groups += 1
            self.names.add(self.name())
        elif self.take("(?:"):
            pass
        elif self.take("(?"):
            flags = self.take_while("ims-")
            if not flags.strip("-") or flags.count("-") > 1 or not self.take(":"):
                raise self.error(gettext_noop("a group cannot begin like this"))
            self.unsupported = self.unsupported or _FLAGS
        else:
            self.at += 1
            self.groups += 1

    def name(self) -> str:
        end = self.text.find(">", self.at)
        name = self.text[self.at : max(end, self.at)]
        if not name.replace("$", "_").isidentifier():
            raise self.error(gettext_noop("a group needs a name of letters and digits in < and >"))
        self.at = end + 1
        return name

    def escape(self) -> Tree:
        letter = self.peek(1)
        if letter in _PLACES:
            self.at += 2
            return Assertion(_PLACES[letter])
        if letter and letter in "123456789":
            self.at += 1
            self.wanted_groups = max(self.wanted_groups, _number(self.take_while(string.digits)))
            self.unsupported = self.unsupported or _BACK
            return EMPTY
        if letter == "k":
            self.at += 2
            if not self.take("<"):
                raise self.error(gettext_noop("\\k needs the name of a group"))
            self.wanted_names.add(self.name())
            self.unsupported = self.unsupported or _BACK
            return EMPTY
        return Characters(self.set_or_character())


def _number(digits: str) -> int:
    significant = digits.lstrip("0") or "0"
    return int(significant) if len(significant) <= _LONGEST_COUNT else _ENDLESS
