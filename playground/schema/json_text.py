"""Reads JSON that a person typed; errors name the place in plain words."""

import json
import math
import re

from .values import JSON

MAX_DEPTH = 64  # of a value; deeper than any form, shallower than Python's stack
_UNFIT = re.compile("[\0\ud800-\udfff]")
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
# What is found where JSON breaks off, and is something else than it looks.
_CULPRITS = (
    (re.compile("[“”„‟«»‘’‚‛]"), 'these are typographic quotes; JSON wants straight ones, "'),
    (re.compile("'"), 'this is a single quote; JSON wants double ones, "'),
    (re.compile("`"), 'this is a backtick; JSON wants double quotes, "'),
    (re.compile("&(?:quot|#34|#x22);"), 'this is how HTML writes a quote; JSON wants " itself'),
    (re.compile("//|/\\*|#"), "a comment begins here, and JSON has none"),
    (re.compile(r"\.{3}|…"), "the dots replace something that was left out"),
    (re.compile(r"(?:True|False|None)\b"), "Python writes it so; JSON has true, false and null"),
    (
        re.compile("[\u00a0\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff]|&nbsp;"),
        "this is a no-break space or similar; JSON needs plain spaces",
    ),
    (re.compile(r"[A-Za-z_$][\w$]*\s*:"), "this name is not in double quotes"),
)


class JSONError(ValueError):
    """The text is no JSON that can be kept; the message says where and why."""


def read_json(text: str, *, deepest: int = MAX_DEPTH) -> JSON:
    """Return the value of a JSON text.

    deepest  how many levels it may have
    Raises   JSONError
    """
    try:
        value = DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise JSONError(locate(error)) from error
    except RecursionError as error:
        raise JSONError("It is nested too deeply.") from error
    except JSONError:
        raise
    except ValueError as error:  # Python reads no integer of more than 4,300 digits
        raise JSONError("It holds a number that is too long.") from error
    refuse_unfit(value, deepest)
    return value


def locate(error: json.JSONDecodeError) -> str:
    """Return where a text is no JSON, and why."""
    found = next((words for like, words in _CULPRITS if like.match(error.doc, error.pos)), "")
    message = found or _WORDS.get(error.msg, error.msg)
    return f"Line {error.lineno}, column {error.colno}: {message}."


def refuse_unfit(value: JSON, deepest: int) -> None:
    """Raise JSONError for a value that cannot be kept: too deep, or with unfit characters."""
    level = [value]
    for _ in range(deepest):
        inner: list[JSON] = []
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
            raise JSONError("It holds characters that cannot be stored.")
        if not inner:
            return
        level = inner
    raise JSONError("It is nested too deeply.")


def _refuse_constant(name: str) -> float:
    raise JSONError(f"It holds {name}, which is no JSON number.")


def _read_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise JSONError(f"It holds the number {text[:20]}, which is too large.")
    return number


DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_read_float)
