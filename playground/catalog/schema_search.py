"""Finds the schema of a model's inputs in pasted text."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from playground.catalog.almost_json import find_almost
from playground.catalog.candidate import Candidate
from playground.catalog.candidates import find_candidates
from playground.catalog.html_text import is_html, read_html
from playground.catalog.json_text import BrokenObject, FoundObject, find_pieces, read_json
from playground.catalog.line_prefixes import remove_line_prefixes
from playground.catalog.metadata import Metadata, read_metadata
from playground.catalog.yaml_blocks import find_yaml
from playground.schema import JSONError
from playground.schema.lists import list_plain

MOST_CHARACTERS = 10 * 2**20
_MOST_SHOWN = 300
_MOST_PIECES = 2_000
_LONG_BREAK = 400  # characters; a piece that is valid so far is reported as broken
_SHORT_BREAK = 40  # the same, if nothing else was found
_ESCAPED = re.compile(r'\s*"?\{(?:\s|\\[nrt])*\\"')


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaSearch:
    """The schemas that a pasted text contains.

    candidates  the likeliest first; if there are several, the user chooses
    problem     why there is none, or which part is unreadable; "" for none
    notes       repairs and omissions
    """

    text: str
    documents: tuple[Any, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    problem: str = ""
    notes: tuple[str, ...] = ()

    def read_metadata(self, chosen: Candidate) -> Metadata:
        """Return the metadata of the model of a candidate."""
        return read_metadata(self.text, self.documents, chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """The result of one way of reading a text.

    language  format of the text, like "YAML"; "" if unreadable
    is_final  whether no further way is tried
    """

    pieces: tuple[FoundObject, ...]
    problem: str = ""
    repairs: tuple[str, ...] = ()
    language: str = ""
    is_final: bool = False


def find_schemas(text: str) -> SchemaSearch:
    """Return all candidates for a model's input schema in a text; never raises."""
    if not text.strip():
        return SchemaSearch(text=text, problem=_("Paste a documentation page or a schema first."))
    if len(text) > MOST_CHARACTERS:
        return SchemaSearch(text=text, problem=explain_length(text))
    problem = language = ""
    plain, repairs = remove_line_prefixes(_unescape(text))
    for way, source in _ways(plain):
        reading = way(source)
        candidates, hidden = rank_candidates(
            replace(candidate, line=piece.line)
            for piece in reading.pieces
            for candidate in find_candidates(piece.value)
        )
        if candidates:
            repairs = (*repairs, *reading.repairs)
            words = _("This is not quite JSON, but it could be read. Repaired: %(repairs)s.")
            notes = [words % {"repairs": list_plain(repairs)}]
            if hidden:
                words = ngettext(
                    "%(count)d more schema is in this text, but less likely the right one.",
                    "%(count)d more schemas are in this text, but less likely the right ones.",
                    hidden,
                )
                notes.append(words % {"count": hidden})
            return SchemaSearch(
                text=text,
                documents=tuple(piece.value for piece in reading.pieces),
                candidates=candidates,
                problem=reading.problem,
                notes=tuple(notes if repairs else notes[1:]),
            )
        problem, language = problem or reading.problem, language or reading.language
        if reading.is_final:
            break
    return SchemaSearch(text=text, problem=problem or explain_no_schema(plain, language))


def _ways(text: str) -> Iterator[tuple[Callable[[str], _Reading], str]]:
    """Yield the ways to read a text, to be tried in order."""
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start in {"{", "["}:
        yield _read_json, text
    else:
        yield _read_yaml, text
    yield _read_almost, text
    if start == "{":  # YAML in flow style
        yield _read_yaml, text
    if is_html(text):
        shown = read_html(text)
        yield from ((way, shown) for way in (_read_yaml, _read_almost))


def explain_length(text: str) -> str:
    words = _(
        "This text has %(size)s million characters; the limit is 10 million. Paste only the part "
        "that describes the model."
    )
    return words % {"size": f"{len(text) / 1e6:.1f}"}


def not_yet_json(problem: object) -> str:
    return _("This is not valid JSON yet. %(problem)s") % {"problem": problem}


def explain_no_schema(text: str, language: str) -> str:
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        try:
            read_json(text.lstrip("\ufeff"))
        except JSONError as error:
            return not_yet_json(error)
    if language:
        words = _("This text contains %(language)s, but no JSON Schema with fields.")
        return words % {"language": language}
    return _(
        "No JSON or YAML found in this text. Copy the part of the page that shows the schema, from "
        "its first line to its last."
    )


def _read_json(text: str) -> _Reading:
    pieces, problem = read_pieces(text)
    return _Reading(pieces=tuple(pieces), problem=problem, language="JSON" if pieces else "")


def _read_yaml(text: str) -> _Reading:
    """Read the YAML in a text, and the JSON in the rest of it."""
    found = find_yaml(text)
    pieces, problem = read_pieces(found.rest)
    language = "YAML" if found.pieces else "JSON" if pieces else ""
    return _Reading(
        pieces=(*found.pieces, *pieces),
        problem=found.problem or problem,
        language=language,
        is_final=found.is_whole,
    )


def _read_almost(text: str) -> _Reading:
    """Read almost valid JSON; return nothing from a text that is one broken object."""
    pieces: list[FoundObject] = []
    repairs: dict[str, None] = {}
    is_json = text.lstrip("\ufeff \t\r\n").startswith("{")
    for each in find_almost(text):
        if isinstance(each, BrokenObject):
            if is_json and not pieces:
                return _Reading(pieces=())
            continue
        pieces.append(each[0])
        repairs |= dict.fromkeys(each[1])
        if len(pieces) >= _MOST_PIECES:
            break
    return _Reading(pieces=tuple(pieces), repairs=tuple(repairs))


def _unescape(text: str) -> str:
    """Return the JSON inside a JSON string, as programs print it: "{\\"type\\": ...}"."""
    if not _ESCAPED.match(text):
        return text
    inner = text.strip().removeprefix('"').removesuffix('"')
    try:
        found = read_json(f'"{inner}"')
    except JSONError:
        return text
    return found if isinstance(found, str) else text


def read_pieces(text: str) -> tuple[list[FoundObject], str]:
    """Return the JSON objects in a text, and the error of the longest broken one."""
    if text.lstrip().startswith("["):
        try:
            return [
                FoundObject(value=each, line=1) for each in read_json(text) if _is_object(each)
            ], ""
        except JSONError:
            pass  # prose can begin with a bracket too
    pieces: list[FoundObject] = []
    worst = BrokenObject(message="", size=0)
    is_json = text.lstrip().startswith("{")
    for piece in find_pieces(text):
        if isinstance(piece, BrokenObject):
            if is_json and not pieces:  # meant as one document, so its parts do not count
                return [], not_yet_json(piece.message)
            worst = max(worst, piece, key=lambda each: each.size)
            continue
        pieces.append(piece)
        if len(pieces) >= _MOST_PIECES:
            break
    if worst.size > (_LONG_BREAK if pieces else _SHORT_BREAK):
        words = _("A part of the text is not valid JSON. %(problem)s")
        return pieces, words % {"problem": worst.message}
    return pieces, ""


def rank_candidates(candidates: Iterable[Candidate]) -> tuple[tuple[Candidate, ...], int]:
    """Return (distinct candidates, number of those omitted).

    Candidates with a much lower score than the best are dropped.
    """
    ranked = sorted(candidates, key=lambda each: -each.score)
    near = [each for each in ranked if each.score >= ranked[0].score / 2]
    unlike = list(_unlike(near))
    return tuple(unlike[:_MOST_SHOWN]), max(0, len(unlike) - _MOST_SHOWN)


def _unlike(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    seen: set[str] = set()
    for each in candidates:
        text = json.dumps(each.raw, sort_keys=True)
        if text not in seen:
            seen.add(text)
            yield each


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)
