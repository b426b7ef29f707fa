"""Parses JSON typed by a user; error messages name the position."""

import json
import math
import re

from .translation import gettext as _
from .translation import gettext_noop, spell_digits
from .values import JSON

MAX_DEPTH = 64  # levels; deeper than any form, below Python's recursion limit
_UNFIT = re.compile("[\0\ud800-\udfff]")
_WORDS = {
    "Expecting property name enclosed in double quotes": gettext_noop(
        "a name in double quotes is missing here; there is no comma after the last entry"
    ),
    "Illegal trailing comma before end of object": gettext_noop("remove the comma before the }"),
    "Illegal trailing comma before end of array": gettext_noop("remove the comma before the ]"),
    "Expecting ':' delimiter": gettext_noop("a colon is missing between a name and its value"),
    "Expecting ',' delimiter": gettext_noop("a comma or a closing bracket is missing"),
    "Expecting value": gettext_noop("a value is missing"),
    "Extra data": gettext_noop("the JSON ends before this, but more text follows"),
    "Invalid control character at": gettext_noop("a text in quotes must end on the same line"),
    "Unterminated string starting at": gettext_noop("the closing quotes of this text are missing"),
    "Invalid \\escape": gettext_noop(
        "JSON does not know this backslash sequence; write \\\\ for a backslash"
    ),
    "Invalid \\uXXXX escape": gettext_noop("\\u must be followed by four hexadecimal digits"),
}
_OTHERWISE = gettext_noop("this is not JSON")
# Common mistakes at the position of a syntax error.
_CULPRITS = (
    (
        re.compile("[“”„‟«»‘’‚‛]"),
        gettext_noop('these are typographic quotes; JSON needs straight ones, "'),
    ),
    (re.compile("'"), gettext_noop('this is a single quote; JSON needs double quotes, "')),
    (re.compile("`"), gettext_noop('this is a backtick; JSON needs double quotes, "')),
    (
        re.compile("&(?:quot|#34|#x22);"),
        gettext_noop('this is a quote written as HTML; JSON needs " itself'),
    ),
    (re.compile("//|/\\*|#"), gettext_noop("JSON has no comments; remove this one")),
    (re.compile(r"\.{3}|…"), gettext_noop("replace the dots with what was left out")),
    (
        re.compile(r"(?:True|False|None)\b"),
        gettext_noop("this is Python; JSON has true, false and null"),
    ),
    (
        re.compile("[\u00a0\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff]|&nbsp;"),
        gettext_noop("this is a special space, such as a no-break space; JSON needs plain ones"),
    ),
    (
        re.compile(r"[A-Za-z_$][\w$]*\s*:"),
        gettext_noop("put this name in double quotes"),
    ),
)


class JSONError(ValueError):
    """The text is not valid JSON; the message has position and reason."""


def read_json(text: str, *, deepest: int = MAX_DEPTH) -> JSON:
    """Parse a JSON text.

    deepest  maximum nesting depth
    Raises   JSONError
    """
    try:
        value = DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise JSONError(locate(error)) from error
    except RecursionError as error:
        raise JSONError(_("The JSON is nested too deeply.")) from error
    except JSONError:
        raise
    except ValueError as error:  # Python rejects integers of more than 4,300 digits
        raise JSONError(_("The JSON contains a number that is too long.")) from error
    refuse_unfit(value, deepest)
    return value


def locate(error: json.JSONDecodeError) -> str:
    """Return position and reason of a syntax error as a message."""
    found = next((words for like, words in _CULPRITS if like.match(error.doc, error.pos)), "")
    return _("Line %(line)s, column %(column)s: %(problem)s.") % {
        "line": spell_digits(str(error.lineno)),
        "column": spell_digits(str(error.colno)),
        "problem": _(found or _WORDS.get(error.msg, _OTHERWISE)),
    }


def refuse_unfit(value: JSON, deepest: int) -> None:
    """Raise JSONError for a value that is too deep or has characters that cannot be stored."""
    level = [value]
    for _level in range(deepest):
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
            raise JSONError(_("The JSON contains characters that cannot be stored."))
        if not inner:
            return
        level = inner
    raise JSONError(_("The JSON is nested too deeply."))


def _refuse_constant(name: str) -> float:
    raise JSONError(_("%(name)s is not a JSON number.") % {"name": name})


def _read_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise JSONError(_("The number %(number)s is too large.") % {"number": text[:20]})
    return number


DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_read_float)
