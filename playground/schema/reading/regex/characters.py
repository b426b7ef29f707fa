"""Reads the characters of a regular expression: escapes, and classes like [a-z].

Source: ECMA-262 2025, "Patterns" and annex B.1.2
"""

import string
from dataclasses import dataclass

from playground.schema.translation import gettext_noop

from .sets import LAST, Ranges, negate, of_characters, of_escape, of_property, unite
from .tree import PatternSyntaxError

_CONTROLS = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
_NO_MORE = 100_000  # characters


@dataclass(slots=True)
class CharacterReader:
    """A text and the read position."""

    text: str
    at: int = 0

    def error(self, what: str) -> PatternSyntaxError:
        """Return the error for this position; `what` is an untranslated message."""
        return PatternSyntaxError(what, self.at + 1)

    def peek(self, ahead: int = 0) -> str:
        return self.text[self.at + ahead : self.at + ahead + 1]

    def take(self, wanted: str) -> bool:
        found = self.text.startswith(wanted, self.at)
        self.at += len(wanted) if found else 0
        return found

    def take_while(self, letters: str, most: int = _NO_MORE) -> str:
        begin = self.at
        while self.peek() and self.peek() in letters and self.at - begin < most:
            self.at += 1
        return self.text[begin : self.at]

    def set_or_character(self) -> Ranges:
        found = self.set_escape()
        return of_characters(chr(self.character_escape())) if found is None else found

    def set_escape(self) -> Ranges | None:
        r"""Read a class escape like \d or \p{…}; return None if none comes next."""
        letter = self.peek(1)
        if letter and letter in "dDwWsS":
            self.at += 2
            return of_escape(letter)
        if letter not in {"p", "P"}:
            return None
        end = self.text.find("}", self.at)
        found = None
        if self.peek(2) == "{" and end > 0:
            found = of_property(self.text[self.at + 3 : end])
        if found is None:
            raise self.error(gettext_noop("this property of characters is unknown"))
        self.at = end + 1
        return found if letter == "p" else negate(found)

    def character_escape(self) -> int:
        """Read a character escape; return its code point."""
        self.at += 1
        letter = self.peek()
        self.at += 1
        if letter in _CONTROLS:
            return _CONTROLS[letter]
        if letter == "c" and self.peek() and self.peek() in string.ascii_letters:
            self.at += 1
            return ord(self.text[self.at - 1]) % 32
        if letter == "0" and self.peek() not in set(string.digits):
            return 0
        if letter == "x":
            return self.hexadecimal(2)
        if letter == "u":
            return self.unicode_escape()
        if not letter or letter in string.ascii_letters or letter in string.digits:
            self.at -= 1
            raise self.error(gettext_noop("this backslash means nothing"))
        return ord(letter)

    def unicode_escape(self) -> int:
        if self.take("{"):
            digits = self.take_while(string.hexdigits)
            if not digits or len(digits.lstrip("0")) > 6 or int(digits, 16) > LAST:  # noqa: PLR2004
                raise self.error(gettext_noop("there is no character with this number"))
            if not self.take("}"):
                raise self.error(gettext_noop("a } is missing"))
            return int(digits, 16)
        high = self.hexadecimal(4)
        if 0xD800 <= high <= 0xDBFF and self.text.startswith("\\u", self.at):  # noqa: PLR2004
            begin = self.at
            self.at += 2
            low = int(self.take_while(string.hexdigits, 4).zfill(1), 16)
            if self.at == begin + 6 and 0xDC00 <= low <= 0xDFFF:  # noqa: PLR2004
                return 0x10000 + (high - 0xD800) * 0x400 + low - 0xDC00
            self.at = begin
        return high

    def hexadecimal(self, count: int) -> int:
        digits = self.take_while(string.hexdigits, count)
        if len(digits) < count:
            raise self.error(gettext_noop("hexadecimal digits are missing"))
        return int(digits, 16)

    def character_class(self) -> Ranges:
        """Read a character class after its [."""
        is_negative = self.take("^")
        found: list[tuple[int, int]] = []
        while not self.take("]"):
            low = self.class_atom()
            if self.peek() != "-" or self.peek(1) in {"", "]"}:
                found += low
                continue
            self.at += 1
            high = self.class_atom()
            first, last = _single(low), _single(high)
            if first is None or last is None:  # [\w-.]: a literal -
                found += [*low, *high, *of_characters("-")]
            elif first > last:
                raise self.error(gettext_noop("the ends of this range are the wrong way round"))
            else:
                found.append((first, last))
        ranges = unite(found)
        return negate(ranges) if is_negative else ranges

    def class_atom(self) -> Ranges:
        letter = self.peek()
        if not letter:
            raise self.error(gettext_noop("a ] is missing"))
        if letter != "\\":
            self.at += 1
            return of_characters(letter)
        if self.peek(1) == "b":
            self.at += 2
            return of_characters("\b")
        if self.peek(1) == "-":
            self.at += 2
            return of_characters("-")
        return self.set_or_character()


def _single(ranges: Ranges) -> int | None:
    return ranges[0][0] if len(ranges) == 1 and ranges[0][0] == ranges[0][1] else None
