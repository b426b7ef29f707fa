"""Finds the schema of a model's inputs in whatever somebody pasted."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from playground.catalog.candidates import Candidate, find_candidates
from playground.catalog.json_text import (
    MOST_CHARACTERS,
    Broken,
    JSONTextError,
    Piece,
    find_pieces,
    read_json,
)
from playground.catalog.particulars import Particulars, read_particulars

_MOST_SHOWN = 30
_MOST_PIECES = 2_000
_YAML = re.compile(r"^(openapi|swagger):\s", re.MULTILINE)
_LONG_BREAK = 400  # characters; what can be read that far was meant to be a document
_SHORT_BREAK = 40  # the same, where nothing else can be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a pasted text holds.

    candidates  the likeliest first; more than one where a person has to choose
    problem     why there is none, or what could not be read beside those that were; "" if all well
    """

    text: str
    documents: tuple[Any, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    problem: str = ""

    def read_particulars(self, chosen: Candidate) -> Particulars:
        """Return what the text says about the model whose inputs were chosen."""
        return read_particulars(self.text, self.documents, chosen)


def find(text: str) -> Finding:
    """Return every schema in a text that may say what a model takes; never raises."""
    if not text.strip():
        return Finding(text=text, problem="Paste something here first.")
    if len(text) > MOST_CHARACTERS:
        size = f"{len(text) / 1e6:.1f}"
        return Finding(
            text=text,
            problem=f"This text has {size} million characters; 2 million are the most. "
            "Paste only the part that describes the model.",
        )
    pieces, problem = read_pieces(text)
    candidates = rank(
        replace(candidate, line=piece.line)
        for piece in pieces
        for candidate in find_candidates(piece.value)
    )
    if not candidates and not problem:
        problem = explain_nothing(text, pieces)
    documents = tuple(piece.value for piece in pieces)
    return Finding(text=text, documents=documents, candidates=candidates, problem=problem)


def explain_nothing(text: str, pieces: list[Piece]) -> str:
    if pieces:
        return "There is JSON in this text, but no JSON Schema with fields in it."
    if _YAML.search(text):
        return "This is OpenAPI written as YAML. Paste it as JSON: most pages offer both."
    if text.lstrip().startswith("{"):
        try:
            read_json(text)
        except JSONTextError as error:
            return f"This is not quite JSON yet. {error}"
    return (
        "No JSON was found in this text. Copy the part of the page that shows the schema, "
        "from its first { to its last }."
    )


def read_pieces(text: str) -> tuple[list[Piece], str]:
    """Return the JSON objects in a text, and what is wrong with the longest that breaks off."""
    if text.lstrip().startswith("["):
        try:
            return [Piece(value=each, line=1) for each in read_json(text) if _is_object(each)], ""
        except JSONTextError:
            pass  # prose may begin with a bracket too
    pieces: list[Piece] = []
    worst = Broken(message="", size=0)
    is_json = text.lstrip().startswith("{")
    for piece in find_pieces(text):
        if isinstance(piece, Broken):
            if is_json and not pieces:  # meant as one document: its parts are not the whole
                return [], f"This is not quite JSON yet. {piece.message}"
            worst = max(worst, piece, key=lambda each: each.size)
        elif len(pieces) < _MOST_PIECES:
            pieces.append(piece)
    if worst.size > (_LONG_BREAK if pieces else _SHORT_BREAK):
        return pieces, f"One part of the text is not quite JSON. {worst.message}"
    return pieces, ""


def rank(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return what is worth choosing from: each once, nothing far behind the likeliest."""
    best: dict[str, Candidate] = {}
    for each in candidates:
        text = json.dumps(each.raw, sort_keys=True)
        if text not in best or best[text].score < each.score:
            best[text] = each
    ranked = sorted(best.values(), key=lambda each: -each.score)
    if not ranked:
        return ()
    return tuple(each for each in ranked if each.score >= ranked[0].score / 2)[:_MOST_SHOWN]


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)
