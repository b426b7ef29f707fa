"""Finds YAML in a text: the whole text, Markdown code fences, blocks between prose."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from playground.catalog.json_text import FoundObject
from playground.catalog.yaml_text import YAMLTextError, read_yaml

MOST_LINES = 500_000  # a document of 10 MB has some 400,000
_MOST_BLOCKS = 200
_MOST_DOCUMENTS = 2_000
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})[ \t]*([\w.+-]*)")
_LANGUAGES = frozenset(("yaml", "yml", "openapi", "swagger"))
_UNMARKED = frozenset(("", "text", "txt", "plaintext"))
_NAME = re.compile(r"""(?:[\w$./{}-]+|"[^"\n]*"|'[^'\n]*'|[“„][^”\n]*”)[ \xa0]*:(?:\s|$)""")
_FIRST = re.compile(
    r"(?:openapi|swagger|\$schema|\$id|\$defs|info|components|definitions|paths|schema|input"
    r"|title|description|type|required|properties|allOf|anyOf|oneOf)[ \xa0]*:(?:\s|$)"
)
_SURE = re.compile(
    r"^[\"']?(?:openapi|swagger|\$schema|properties|paths)[\"']?[ \xa0]*:", re.MULTILINE
)
_WHOLE = re.compile(
    r"\ufeff?(?:(?:#|---|%YAML)[^\n]*\n|[ \t\r]*\n)*+"
    r"[\"']?(?:openapi|swagger|\$schema|type|properties|components|paths|info|definitions)[\"']?"
    r"[ \xa0]*:(?:\s|$)"
)
_WIDE = "\xa0\u2000-\u200a\u202f\u3000"
_INDENT = re.compile(f"^[ \t{_WIDE}]*[{_WIDE}]", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class YAMLBlock:
    """Lines of a text that look like YAML.

    line   number of the first line, counted from 1
    lines  number of lines
    """

    text: str
    line: int
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundYAML:
    """The YAML in a text.

    rest     the text without the YAML, with the same lines
    problem  error of the text as YAML, if it looks like YAML
    is_whole whether the text is one YAML document, so that its parts are not searched
    """

    pieces: tuple[FoundObject, ...]
    rest: str
    problem: str = ""
    is_whole: bool = False


def find_yaml(text: str) -> FoundYAML:
    """Return the YAML objects in a text."""
    problem = ""
    is_whole = looks_like_yaml(text)
    if is_whole:
        try:
            pieces = tuple(_objects(read_yaml(_with_plain_indents(text)), line=1))
            if pieces:
                return FoundYAML(pieces=pieces, rest="")
        except YAMLTextError as error:
            if _WHOLE.match(text):
                problem = _("This is not valid YAML yet. %(problem)s") % {"problem": error}
                return FoundYAML(pieces=(), rest="", problem=problem, is_whole=True)
    found: list[FoundObject] = []
    lines = text.split("\n")
    for block in find_blocks(lines):
        if is_whole and block.lines >= len(lines) - 1:
            continue
        try:
            pieces = tuple(_objects(read_yaml(_with_plain_indents(block.text)), line=block.line))
        except YAMLTextError as error:
            if _SURE.search(block.text):
                words = _("The YAML that begins on line %(line)d is not valid yet. %(problem)s")
                problem = problem or words % {"line": block.line, "problem": error}
            continue
        if pieces:
            found += pieces
            lines[block.line - 1 : block.line - 1 + block.lines] = [""] * block.lines
    return FoundYAML(pieces=tuple(found), rest="\n".join(lines), problem=problem)


def looks_like_yaml(text: str) -> bool:
    """Return whether a text begins like a YAML document."""
    for line in text.lstrip("\ufeff").split("\n", 200)[:200]:
        if line.strip() and not line.startswith(("#", "---", "%YAML", "...")):
            return bool(_NAME.match(line) or line.startswith("- "))
    return False


def find_blocks(lines: list[str]) -> list[YAMLBlock]:
    """Return the Markdown fences with YAML, and the paragraphs that begin like YAML."""
    return list(islice(_blocks(lines), _MOST_BLOCKS)) if len(lines) <= MOST_LINES else []


def _blocks(lines: list[str]) -> Iterator[YAMLBlock]:
    number = 0
    while number < len(lines):
        fence = _FENCE.match(lines[number])
        if fence:
            end = _end_of_fence(lines, number + 1, fence[1])
            text = _without_margin(lines[number + 1 : end])
            language = fence[2].lower()
            if language in _LANGUAGES or (language in _UNMARKED and looks_like_yaml(text)):
                yield YAMLBlock(text=text, line=number + 2, lines=end - number - 1)
            number = end + 1
        elif _FIRST.match(lines[number]):
            end = _end_of_paragraph(lines, number)
            text = "\n".join(lines[number:end])
            yield YAMLBlock(text=text, line=number + 1, lines=end - number)
            number = end
        else:
            number += 1


def _end_of_fence(lines: list[str], start: int, fence: str) -> int:
    for number in range(start, len(lines)):
        if lines[number].lstrip(" \t>").startswith(fence):
            return number
    return len(lines)


def _end_of_paragraph(lines: list[str], start: int) -> int:
    """Return the end of the lines that are indented, or begin with a key or a hyphen."""
    for number in range(start + 1, len(lines)):
        line = lines[number]
        is_inside = not line.strip() or line[0] in " \t\xa0#" or line.startswith(("- ", "---"))
        if not (is_inside or _NAME.match(line)):
            return number
    return len(lines)


def _without_margin(lines: list[str]) -> str:
    """Return the lines of a fence without the indentation or `>` of its container."""
    if all(line.lstrip(" ").startswith(">") for line in lines if line.strip()):
        lines = [line.lstrip(" ").removeprefix(">") for line in lines]
    return textwrap.dedent("\n".join(lines))


def _with_plain_indents(text: str) -> str:
    return _INDENT.sub(lambda found: " " * len(found[0]), text) if not text.isascii() else text


def _objects(values: list[Any], line: int) -> Iterator[FoundObject]:
    for value in values[:_MOST_DOCUMENTS]:
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                yield FoundObject(value=each, line=line)
