"""Finds JSON objects in pasted text."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from playground.schema import json_text
from playground.schema.json_text import DECODER, JSONError, locate, refuse_unfit

MOST_CHARACTERS = 2_000_000
DEEPEST = 100  # levels; deeper than any schema in use, below Python's recursion limit
_MOST_BROKEN = 2_000
_MOST_UNCLOSED = 20  # strings; detecting each takes reading to the end of the text
_START = re.compile(r'\{\s*["}]')
_MEMBER = re.compile(r'"\s*:\s*\Z')


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundObject:
    """One JSON object in a text.

    line  first line, counted from 1
    """

    value: dict[str, Any]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenObject:
    """A piece of text that begins like JSON and becomes invalid.

    size  number of valid characters
    """

    message: str
    size: int


def read_json(text: str) -> Any:
    """Parse JSON, up to the depth of schemas.

    Raises  JSONError
    """
    return json_text.read_json(text, deepest=DEEPEST)


def say_line(line: int, problem: str) -> str:
    return _("Line %(line)d: %(problem)s") % {"line": line + 1, "problem": problem}


def find_pieces(text: str) -> Iterator[FoundObject | BrokenObject]:
    """Yield every JSON object in a text, and pieces that only begin like one.

    After a broken piece the search continues at the error, so nothing is read twice. The rest of
    the broken object is skipped, so that no part of it is taken for a document.
    """
    at = line = broken = unclosed = counted = 0
    while (
        broken < _MOST_BROKEN and unclosed < _MOST_UNCLOSED and (start := _START.search(text, at))
    ):
        line += text.count("\n", counted, start.start())
        counted = start.start()
        try:
            value, at = DECODER.raw_decode(text, counted)
            refuse_unfit(value, DEEPEST)
            if not _MEMBER.search(text[max(0, counted - 40) : counted]):
                yield FoundObject(value=value, line=line + 1)
        except json.JSONDecodeError as error:
            at = max(error.pos, counted + 1)
            broken += 1
            unclosed += error.msg.startswith("Unterminated")
            yield BrokenObject(message=locate(error), size=at - counted)
        except RecursionError:
            yield BrokenObject(
                message=say_line(line, _("It is nested too deeply.")), size=len(text)
            )
            return
        except ValueError as error:
            at = max(at, counted + 1)
            broken += 1
            words = str(error) if isinstance(error, JSONError) else _("A number is too long.")
            yield BrokenObject(message=say_line(line, words), size=at - counted)
