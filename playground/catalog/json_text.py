"""JSON that somebody typed or pasted: read with errors that say where, in plain words."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MOST_CHARACTERS = 2_000_000
DEEPEST = 100  # nested deeper than any schema in use, shallower than Python's stack
_MOST_BROKEN = 2_000
_MOST_UNCLOSED = 20  # texts in quotes; to find that one has no end takes reading to the end
_START = re.compile(r'\{\s*["}]')
_UNFIT = re.compile("[\0\ud800-\udfff]")
_MEMBER = re.compile(r'"\s*:\s*\Z')
_WORDS = {
    "Expecting property name enclosed in double quotes": (
        "a name in double quotes is missing here; the last entry of an object has no comma after it"
    ),
    "Illegal trailing comma before end of object": "there is a comma too many before the }",
    "Illegal trailing comma before end of array": "there is a comma too many before the ]",
    "Expecting ':' delimiter": "a colon is missing here, between a name and its value",
    "Expecting ',' delimiter": "a comma is missing here, or a closing bracket",
    "Expecting value": "a value is missing here",
    "Extra data": "the JSON is over before this, and more text follows",
    "Invalid control character at": "a text in quotes goes over the end of its line",
    "Unterminated string starting at": "the text that begins here has no closing quotes",
    "Invalid \\escape": "this backslash is none that JSON knows; write \\\\ for a plain one",
    "Invalid \\uXXXX escape": "four hexadecimal digits must follow \\u",
}
# What stands where JSON breaks off, and is something else than it looks.
_CULPRITS = (
    (re.compile("[“”„‟«»‘’‚‛]"), 'these are typographic quotes; JSON wants straight ones, "'),
    (re.compile("'"), 'this is a single quote; JSON wants double ones, "'),
    (re.compile("`"), 'this is a backtick; JSON wants double quotes, "'),
    (re.compile("&(?:quot|#34|#x22);"), 'this is how HTML writes a quote; JSON wants " itself'),
    (re.compile("//|/\\*|#"), "a comment begins here, and JSON has none"),
    (re.compile(r"\.{3}|…"), "the dots stand for something that was left out"),
    (re.compile(r"(?:True|False|None)\b"), "Python writes it so; JSON has true, false and null"),
    (
        re.compile("[\u00a0\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff]|&nbsp;"),
        "a no-break space or its like stands here; JSON wants plain ones",
    ),
    (re.compile(r"[A-Za-z_$][\w$]*\s*:"), "this name is not in double quotes"),
)


class JSONTextError(ValueError):
    """The text is no JSON that can be kept; the message says where and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One JSON object that stands in a text.

    line  where it begins, counted from 1
    """

    value: dict[str, Any]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A piece of a text that begins like JSON and breaks off.

    size  how many characters of it could be read
    """

    message: str
    size: int


def read_json(text: str) -> Any:
    """Return the value of a JSON text.

    Raises  JSONTextError
    """
    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_read_float)
    except json.JSONDecodeError as error:
        raise JSONTextError(f"Line {error.lineno}, column {error.colno}: {say(error)}.") from error
    except RecursionError as error:
        raise JSONTextError("It is nested too deeply.") from error
    except JSONTextError:
        raise
    except ValueError as error:  # Python reads no integer of more than 4,300 digits
        raise JSONTextError("It holds a number that is too long.") from error
    _refuse_unfit(value)
    return value


def find_pieces(text: str) -> Iterator[Piece | Broken]:
    """Yield every JSON object that stands in a text, and what only begins like one.

    Behind a broken piece the search goes on where it broke: nothing is read twice. What still
    belongs to it, as the value of a name, is left out: no part is taken for the whole.
    """
    decoder = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_read_float)
    at = line = broken = unclosed = counted = 0
    while (
        broken < _MOST_BROKEN and unclosed < _MOST_UNCLOSED and (start := _START.search(text, at))
    ):
        line += text.count("\n", counted, start.start())
        counted = start.start()
        try:
            value, at = decoder.raw_decode(text, counted)
            _refuse_unfit(value)
            if not _MEMBER.search(text[max(0, counted - 40) : counted]):
                yield Piece(value=value, line=line + 1)
        except json.JSONDecodeError as error:
            at = max(error.pos, counted + 1)
            broken += 1
            unclosed += error.msg.startswith("Unterminated")
            where = f"Line {error.lineno}, column {error.colno}"
            yield Broken(message=f"{where}: {say(error)}.", size=at - counted)
        except RecursionError:
            yield Broken(message=f"Line {line + 1}: It is nested too deeply.", size=len(text))
            return
        except ValueError as error:
            at = max(at, counted + 1)
            broken += 1
            words = str(error) if isinstance(error, JSONTextError) else "A number is too long."
            yield Broken(message=f"Line {line + 1}: {words}", size=at - counted)


def say(error: json.JSONDecodeError) -> str:
    found = next((words for like, words in _CULPRITS if like.match(error.doc, error.pos)), "")
    return found or _WORDS.get(error.msg, error.msg)


def _refuse_constant(name: str) -> float:
    raise JSONTextError(f"It holds {name}, which is no JSON number.")


def _read_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise JSONTextError(f"It holds the number {text[:20]}, which is too large.")
    return number


def _refuse_unfit(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        inner: list[Any] = []
        texts: list[str] = []
        for each in level:
            if isinstance(each, dict):
                texts += each
                inner += each.values()
            elif isinstance(each, list):
                inner += each
            elif isinstance(each, str):
                texts.append(each)
        if _UNFIT.search("".join(texts)):
            raise JSONTextError("It holds characters that cannot be stored.")
        if not inner:
            return
        level = inner
    raise JSONTextError("It is nested too deeply.")
