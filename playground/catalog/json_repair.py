"""Repairs invalid JSON (a lenient parser), token by token.

Replaces typographic quotes, no-break spaces, `&quot;`, comments, superfluous commas and the
literals of Python and JavaScript. The content of strings does not change.
"""

import html
import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from playground.catalog.json_text import (
    DEEPEST,
)

DOUBLE_QUOTES, SINGLE_QUOTES = "“”„‟«»", "‘’‚‛"
_FOLLOWS = r"(?=\s*(?:[:,}\])：，]|//|/\*|\Z))"  # what can follow a string
_STRUCTURE = re.compile(_FOLLOWS)
_TOKEN = re.compile(
    r"""
    (?P<strict>(?:
        [ \t\r\n]+ | : | "(?:[^"\\\x00-\x1f]|\\["\\/bfnrtu]){0,100000}+"(?=[ \t\r\n]*[:,}\]])
        | -?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?=[ \t\r\n,}\]])
        | ,(?=[ \t\r\n]*["{\[0-9-]) | (?:true|false|null)\b
    )++)
    | (?P<open>[{\[(]) | (?P<close>[}\])]) | (?P<comma>[,，]) | (?P<colon>：)
    | (?P<space>(?:\s|&nbsp;|&\#160;|&\#xa0;|[\u200b-\u200d\u2060\ufeff])+)
    | (?P<comment>//[^\n]*|/\*.{0,100000}?\*/|\#[^\n]*)
    | (?P<triple>\"{3}(?:[^\\]|\\.){0,100000}?\"{3}|'{3}(?:[^\\]|\\.){0,100000}?'{3})
    | (?P<string>"(?:[^"\\\n]|\\.){0,100000}+") | (?P<single>'(?:[^'\\\n]|\\.){0,100000}+')
    | (?P<back>`(?:[^`\\]|\\.){0,100000}+`)
    | (?P<typographic>[“”„‟«»‘’‚‛])
    | (?P<entity>&(?:quot|\#34|\#x22|apos|\#39|\#x27);)
    | (?P<number>[-+\u2212]?(?:0[xX][0-9a-fA-F]+|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?
        |\.[0-9]+(?:[eE][-+]?[0-9]+)?))
    | (?P<prefix>(?:[uUbBfF]|[bBfF]?[rR][bBfF]?)(?=["']))
    | (?P<word>[A-Za-z_$][\w$]*)
    """,
    re.VERBOSE | re.DOTALL,
)
_NAME_FOLLOWS = re.compile(r"\s*[:：]")
_ESCAPE = re.compile(r'\\(x[0-9a-fA-F]{2}|U[0-9a-fA-F]{8}|\r?\n|.)|["\n\t\r]', re.DOTALL)
_FOREIGN_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|U[0-9a-fA-F]{8}|.)|\t", re.DOTALL)
_JSON_ESCAPES = frozenset('"\\/bfnrtu')
_RAW = {'"': '\\"', "\n": "\\n", "\t": "\\t", "\r": ""}
_LITERALS = {"True": "true", "False": "false", "None": "null", "undefined": "null"}
_KNOWN = frozenset(("true", "false", "null", "NaN", "Infinity"))
_CLOSES = {"{": "}", "[": "]", "(": ")"}
_QUOTED = {
    "single": (gettext_lazy("single quotes"), 1),
    "back": (gettext_lazy("backticks"), 1),
    "triple": (gettext_lazy("triple quotes"), 3),
}


class NotAlmostError(ValueError):
    """The text is not JSON, and cannot be repaired."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


@dataclass(slots=True)
class Repaired:
    """A piece of text as JSON.

    end      end position in the source text
    repairs  descriptions of the repairs
    """

    text: str
    end: int
    repairs: tuple[str, ...]


def repair(text: str, start: int) -> Repaired:
    """Repair the object or array that starts at a position.

    Raises  NotAlmostError
    """
    return _Repair(text, start).run()


@dataclass(slots=True)
class _Repair:
    text: str
    at: int
    parts: list[str] = field(default_factory=list)
    repairs: dict[str, None] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    has_comma: bool = False  # read, possibly superfluous
    is_raw: bool = False
    is_after: bool = False  # a value, so a comma must precede the next

    def run(self) -> Repaired:
        while True:
            token = _TOKEN.match(self.text, self.at)
            if token is None or not token.lastgroup:
                raise NotAlmostError(self.at)
            begun, self.at = self.at, token.end()
            kind, written = token.lastgroup, token[0]
            if kind == "strict":
                self.take_strict(written, begun)
            elif kind == "close":
                self.close(written, begun)
                if not self.open:
                    return Repaired(
                        text="".join(self.parts), end=self.at, repairs=tuple(self.repairs)
                    )
            elif kind in ("space", "comment"):
                self.take_space(kind, written)
            elif kind == "comma":
                if self.has_comma:
                    raise NotAlmostError(begun)
                self.has_comma, self.is_after = True, False
                self.note(_("full-width punctuation"), when=written != ",")
            else:
                self.take_value(kind, written, begun)

    def note(self, words: str, *, when: bool = True) -> None:
        if when:
            self.repairs[words] = None

    def take_strict(self, written: str, begun: int) -> None:
        """Copy a run of valid JSON."""
        inner = written.strip(" \t\r\n")
        if inner:
            if self.is_after and inner[0] not in ",:":
                raise NotAlmostError(begun)
            self.flush_comma()
            self.is_after = inner[-1] not in ",:"
        self.parts.append(written)

    def take_value(self, kind: str, written: str, begun: int) -> None:
        if self.is_after and kind != "colon":
            raise NotAlmostError(begun)
        self.flush_comma()
        self.parts.append(self.read(kind, written, begun))
        self.is_after = kind not in {"open", "colon", "prefix"}

    def flush_comma(self) -> None:
        if self.has_comma:
            self.parts.append(",")
            self.has_comma = False

    def close(self, written: str, begun: int) -> None:
        if not self.open or _CLOSES[self.open.pop()] != written:
            raise NotAlmostError(begun)
        self.note(_("commas at the end of a list"), when=self.has_comma)
        self.has_comma, self.is_after = False, True
        self.parts.append("]" if written == ")" else written)

    def take_space(self, kind: str, written: str) -> None:
        self.parts.append("\n" * written.count("\n") or " ")
        self.note(_("comments"), when=kind == "comment")
        plain = not written.strip(" \t\r\n")
        self.note(_("unusual spaces"), when=kind == "space" and not plain)

    def read(self, kind: str, written: str, begun: int) -> str:
        """Return a token as valid JSON."""
        if kind in _QUOTED:
            words, marks = _QUOTED[kind]
            self.note(str(words))
            return self.quote(written[marks:-marks])
        if kind == "open":
            return self.begin(written, begun)
        if kind == "prefix":
            self.is_raw = "r" in written.lower()
            return ""
        read = {
            "colon": self.read_colon,
            "string": self.read_string,
            "typographic": self.read_typographic,
            "entity": self.read_entity,
            "number": self.read_number,
            "word": self.read_word,
        }
        return read[kind](written, begun)

    def begin(self, written: str, begun: int) -> str:
        self.open.append(written)
        if len(self.open) > DEEPEST:
            raise NotAlmostError(begun)
        return "[" if written == "(" else written

    def read_colon(self, written: str, begun: int) -> str:
        del written, begun
        self.note(_("full-width punctuation"))
        return ":"

    def read_string(self, written: str, begun: int) -> str:
        """Read a string in straight quotes; the closing one may be typographic."""
        if not _STRUCTURE.match(self.text, self.at):
            end = re.compile(rf'[^\n"]{{0,20000}}?[{DOUBLE_QUOTES}]{_FOLLOWS}').match(
                self.text, begun + 1
            )
            if end:
                self.at = end.end()
                self.note(_("typographic quotes"))
                return self.quote(self.text[begun + 1 : self.at - 1])
        if self.is_raw:
            return self.quote(written[1:-1])
        inner = _FOREIGN_ESCAPE.sub(lambda each: _keep_or_escape(each[0]), written[1:-1])
        return f'"{inner}"'

    def read_typographic(self, written: str, begun: int) -> str:
        closing = f'{DOUBLE_QUOTES}"' if written in DOUBLE_QUOTES else f"{SINGLE_QUOTES}'"
        end = re.compile(rf"(?:[^\\\n]|\\.){{0,20000}}?[{closing}]{_FOLLOWS}").match(
            self.text, begun + 1
        )
        if end is None:
            raise NotAlmostError(begun)
        self.at = end.end()
        self.note(_("typographic quotes"))
        return self.quote(self.text[begun + 1 : self.at - 1])

    def read_entity(self, written: str, begun: int) -> str:
        end = self.text.find(written, self.at)
        while end > 0 and self.text[end - 1] == "\\" and self.text[end - 2] != "\\":
            end = self.text.find(written, end + 1)
        if end < 0 or "\n" in self.text[self.at : end]:
            raise NotAlmostError(begun)
        inner, self.at = self.text[self.at : end], end + len(written)
        self.note(_("&quot; in place of quotes"))
        return self.quote(html.unescape(inner))

    def read_number(self, written: str, begun: int) -> str:
        del begun
        sign = "-" if written[0] in "-\u2212" else ""
        digits = written.lstrip("+-\u2212").replace("_", "").lower()
        self.note(_("numbers as in programs"))
        if digits.startswith("0x"):
            return sign + str(int(digits, 16))
        whole, mark, exponent = digits.partition("e")
        whole = f"0{whole}" if whole.startswith(".") else whole
        return sign + (f"{whole}0" if whole.endswith(".") else whole) + mark + exponent

    def read_word(self, written: str, begun: int) -> str:
        if _NAME_FOLLOWS.match(self.text, self.at):
            self.note(_("names without quotes"))
            return f'"{written}"'
        if written in _LITERALS:
            self.note(_("True, False and None as in Python"), when=written[0] != "u")
            return _LITERALS[written]
        if written not in _KNOWN:
            raise NotAlmostError(begun)
        return written

    def quote(self, inner: str) -> str:
        """Return the content of a string in other quotes as a JSON string."""
        if self.is_raw:
            self.is_raw = False
            inner = inner.replace("\\", "\\\\")
        return f'"{_ESCAPE.sub(_escape, inner)}"'


def _keep_or_escape(written: str) -> str:
    """Return a double-quoted string as JSON; unknown escapes remain invalid."""
    if written == "\t":
        return "\\t"
    if written == "\\'":
        return "'"
    is_number = written[1] in "xU" and len(written) > len("\\x")
    return _spell(int(written.lstrip("\\xU"), 16)) if is_number else written


def _escape(found: re.Match[str]) -> str:
    letter = found[1]
    if letter is None:
        return _RAW[found[0]]
    if letter in _JSON_ESCAPES:
        return f"\\{letter}"
    if letter in ("\n", "\r\n"):
        return ""
    if letter[0] in "xU" and len(letter) > 1:
        return _spell(int(letter[1:], 16))
    if letter in f"'`{DOUBLE_QUOTES}{SINGLE_QUOTES}":
        return letter
    return f"\\\\{letter}"  # Python keeps the backslash of an unknown escape


def _spell(code: int) -> str:
    if code > 0xFFFF:  # noqa: PLR2004 - beyond what four digits say
        return chr(code) if code <= 0x10FFFF else "\\ufffd"  # noqa: PLR2004 - the last character
    return f"\\u{code:04x}"
