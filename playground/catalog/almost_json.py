"""Finds and parses almost valid JSON: with common mistakes of editors, web pages and programs.

Typographic quotes, no-break spaces, `&quot;`, comments, superfluous commas, and literals of Python
and JavaScript are repaired; the content of strings does not change.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from playground.catalog.json_repair import DOUBLE_QUOTES, SINGLE_QUOTES, NotAlmostError, repair
from playground.catalog.json_text import (
    BrokenObject,
    FoundObject,
    read_json,
)
from playground.schema import JSONError

_START = re.compile(
    rf"[{{](?=\s*(?:[\"'}}/#{DOUBLE_QUOTES}{SINGLE_QUOTES}]|&(?:quot|\#34|\#x22|apos|\#39|\#x27);"
    r"|&nbsp;|[A-Za-z_$][\w$]*\s*:))"
)
_MEMBER = re.compile(rf"(?:[\"'{DOUBLE_QUOTES}{SINGLE_QUOTES}]|&quot;)\s*[:：]\s*\Z")
_BARE_MEMBER = re.compile(r"\w\s*:\s*\Z")
_MOST_BROKEN = 500
_MORE_READ = 200_000  # characters that all tries together may read beyond the length of the text


def find_almost(text: str) -> Iterator[tuple[FoundObject, tuple[str, ...]] | BrokenObject]:
    """Yield every object in a text with its repairs, and incomplete objects.

    No part of an incomplete object is yielded as an object.
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
            yield BrokenObject(message=say_where(line + 1, error), size=1)
        budget -= max(at, inside) - counted


def say_where(line: int, error: JSONError) -> str:
    words = _("In the part that begins on line %(line)d: %(problem)s")
    return words % {"line": line, "problem": error}


def read_almost(text: str) -> Any:
    """Parse JSON or almost valid JSON.

    Raises  JSONError, with the message of `read_json`
    """
    return read_repaired(text)[0]


def read_repaired(text: str) -> tuple[Any, tuple[str, ...]]:
    """Parse JSON or almost valid JSON; return (value, repairs).

    Raises  JSONError, with the message of `read_json`
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
