"""Text that is almost JSON, as editors, web pages and programs write it, read as JSON.

Typographic quotes, no-break spaces, `&quot;`, comments, commas too many, Python's and JavaScript's
literals are put right outside of texts; the texts themselves stay as they are.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playground.catalog.json_text import (
    DEEPEST,
    BrokenObject,
    FoundObject,
    read_json,
)
from playground.schema import JSONError

_DOUBLE, _SINGLE = "“”„‟«»", "‘’‚‛"
_FOLLOWS = r"(?=\s*(?:[:,}\])：，]|//|/\*|\Z))"  # what can follow a text
_STRUCTURE = re.compile(_FOLLOWS)
_START = re.compile(
    rf"[{{](?=\s*(?:[\"'}}/#{_DOUBLE}{_SINGLE}]|&(?:quot|\#34|\#x22|apos|\#39|\#x27);"
    r"|&nbsp;|[A-Za-z_$][\w$]*\s*:))"
)
_MEMBER = re.compile(rf"(?:[\"'{_DOUBLE}{_SINGLE}]|&quot;)\s*[:：]\s*\Z")
_BARE_MEMBER = re.compile(r"\w\s*:\s*\Z")
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
_MOST_BROKEN = 500
_MORE_READ = 200_000  # characters that all tries together may read beyond the length of the text


_QUOTED = {"single": ("single quotes", 1), "back": ("backticks", 1), "triple": ("triple quotes", 3)}


class NotAlmostError(ValueError):
    """It is no JSON for another reason."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


@dataclass(slots=True)
class Repaired:
    """A piece of text as JSON.

    end      where it ends in the text that it was read from
    repairs  what was put right, in words
    """

    text: str
    end: int
    repairs: tuple[str, ...]


def find_almost(text: str) -> Iterator[tuple[FoundObject, tuple[str, ...]] | BrokenObject]:
    """Yield every object in a text, with what had to be put right, and what breaks off.

    Of a piece that breaks off no part is taken for the whole.
    """
    at = line = counted = broken = inside = 0
    budget = len(text) + _MORE_READ
    while broken < _MOST_BROKEN and budget > 0 and (start := _START.search(text, at)):
        line += text.count("\n", counted, start.start())
        counted = start.start()
        before = text[max(0, counted - 40) : counted]
        is_part = _MEMBER.search(before) or (counted < inside and _BARE_MEMBER.search(before))
        try:
            repaired = repair(text, counted)
            at = repaired.end
            value = read_json(repaired.text)
            if not is_part:
                yield FoundObject(value=value, line=line + 1), repaired.repairs
        except NotAlmostError as error:
            at, inside = counted + 1, max(inside, error.position)
            broken += 1
            yield BrokenObject(message="", size=error.position - counted)
        except JSONError as error:
            inside = max(inside, at)
            at = counted + 1
            broken += 1
            yield BrokenObject(message=f"In what begins on line {line + 1}: {error}", size=1)
        budget -= max(at, inside) - counted


def read_almost(text: str) -> Any:
    """Return the value of a text that is JSON, or almost.

    Raises  JSONError, as `read_json` says it
    """
    return read_repaired(text)[0]


def read_repaired(text: str) -> tuple[Any, tuple[str, ...]]:
    """Return the value of a text that is JSON, or almost, and what had to be put right.

    Raises  JSONError, as `read_json` says it
    """
    try:
        return read_json(text), ()
    except JSONError as error:
        start = len(text) - len(text.lstrip())
        try:
            repaired = repair(text, start)
            if text[repaired.end :].strip(" \t\r\n;\xa0\u200b\ufeff"):
                raise
            return read_json(repaired.text), repaired.repairs
        except (NotAlmostError, JSONError):
            raise error from None


def repair(text: str, start: int) -> Repaired:
    """Return the object or the list that begins at a place as JSON.

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
    has_comma: bool = False  # read, and not known yet whether anything follows it
    is_raw: bool = False
    is_after: bool = False  # a value, so that no other can follow without a comma

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
                self.note("full-width punctuation", when=written != ",")
            else:
                self.take_value(kind, written, begun)

    def note(self, words: str, *, when: bool = True) -> None:
        if when:
            self.repairs[words] = None

    def take_strict(self, written: str, begun: int) -> None:
        """Take a run of what is JSON as it is."""
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
        self.note("commas at the end of a list", when=self.has_comma)
        self.has_comma, self.is_after = False, True
        self.parts.append("]" if written == ")" else written)

    def take_space(self, kind: str, written: str) -> None:
        self.parts.append("\n" * written.count("\n") or " ")
        self.note("comments", when=kind == "comment")
        plain = not written.strip(" \t\r\n")
        self.note("no-break spaces and their like", when=kind == "space" and not plain)

    def read(self, kind: str, written: str, begun: int) -> str:
        """Return a token as JSON has it."""
        if kind in _QUOTED:
            words, marks = _QUOTED[kind]
            self.note(words)
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
        self.note("full-width punctuation")
        return ":"

    def read_string(self, written: str, begun: int) -> str:
        """Read a text in straight quotes, of which the last may be a typographic one."""
        if not _STRUCTURE.match(self.text, self.at):
            end = re.compile(rf'[^\n"]{{0,20000}}?[{_DOUBLE}]{_FOLLOWS}').match(
                self.text, begun + 1
            )
            if end:
                self.at = end.end()
                self.note("typographic quotes")
                return self.quote(self.text[begun + 1 : self.at - 1])
        if self.is_raw:
            return self.quote(written[1:-1])
        inner = _FOREIGN_ESCAPE.sub(lambda each: _keep_or_escape(each[0]), written[1:-1])
        return f'"{inner}"'

    def read_typographic(self, written: str, begun: int) -> str:
        closing = f'{_DOUBLE}"' if written in _DOUBLE else f"{_SINGLE}'"
        end = re.compile(rf"(?:[^\\\n]|\\.){{0,20000}}?[{closing}]{_FOLLOWS}").match(
            self.text, begun + 1
        )
        if end is None:
            raise NotAlmostError(begun)
        self.at = end.end()
        self.note("typographic quotes")
        return self.quote(self.text[begun + 1 : self.at - 1])

    def read_entity(self, written: str, begun: int) -> str:
        end = self.text.find(written, self.at)
        while end > 0 and self.text[end - 1] == "\\" and self.text[end - 2] != "\\":
            end = self.text.find(written, end + 1)
        if end < 0 or "\n" in self.text[self.at : end]:
            raise NotAlmostError(begun)
        inner, self.at = self.text[self.at : end], end + len(written)
        self.note("&quot; for quotes")
        return self.quote(html.unescape(inner))

    def read_number(self, written: str, begun: int) -> str:
        del begun
        sign = "-" if written[0] in "-\u2212" else ""
        digits = written.lstrip("+-\u2212").replace("_", "").lower()
        self.note("numbers as programs write them")
        if digits.startswith("0x"):
            return sign + str(int(digits, 16))
        whole, mark, exponent = digits.partition("e")
        whole = f"0{whole}" if whole.startswith(".") else whole
        return sign + (f"{whole}0" if whole.endswith(".") else whole) + mark + exponent

    def read_word(self, written: str, begun: int) -> str:
        if _NAME_FOLLOWS.match(self.text, self.at):
            self.note("names without quotes")
            return f'"{written}"'
        if written in _LITERALS:
            self.note("True, False and None as Python writes them", when=written[0] != "u")
            return _LITERALS[written]
        if written not in _KNOWN:
            raise NotAlmostError(begun)
        return written

    def quote(self, inner: str) -> str:
        """Return a JSON text of what stood between other quotes."""
        if self.is_raw:
            self.is_raw = False
            inner = inner.replace("\\", "\\\\")
        return f'"{_ESCAPE.sub(_escape, inner)}"'


def _keep_or_escape(written: str) -> str:
    """Return what is in double quotes as JSON; a backslash that nobody knows stays wrong."""
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
    if letter in f"'`{_DOUBLE}{_SINGLE}":
        return letter
    return f"\\\\{letter}"  # Python keeps a backslash that it does not know


def _spell(code: int) -> str:
    if code > 0xFFFF:  # noqa: PLR2004 - beyond what four digits say
        return chr(code) if code <= 0x10FFFF else "\\ufffd"  # noqa: PLR2004 - the last character
    return f"\\u{code:04x}"
